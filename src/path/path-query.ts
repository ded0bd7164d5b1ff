import type { AnswerMeta, MetricQuestion } from '../metric/metric-query.js';

/** What the steps of a path are: pages and screens, or names of events that are no views. */
export type PathNode = 'page' | 'event';

/** A step of a path with the one after it. */
export interface PathEdge {
  /** Number of the first of the two, as the answer counts steps. */
  readonly step: number;
  readonly from: string;
  readonly to: string;
}

/** A question about paths (METRICS-SPEC §8). */
export interface PathsQuestion extends MetricQuestion {
  readonly node: PathNode;
  /** Steps of a path, 2 to {@link MAX_PATH_STEPS}; what comes later is cut off. */
  readonly maxSteps: number;
  /** A path begins where this node comes first; sessions without it are left out. */
  readonly start?: string;
  /**
   * Ways that lead to a node: a path ends where this node comes last (behind `start`); sessions
   * without it are left out. They are read backwards from it: of a longer path the last steps are
   * kept, and steps are numbered so that the end is always step `maxSteps`.
   */
  readonly end?: string;
  /** Only sessions that go this way; its step counts in the path as it is shown. */
  readonly through?: PathEdge;
  /** Most edges, nodes and sequences each. */
  readonly limit: number;
}

/** Most steps of a path. */
export const MAX_PATH_STEPS = 50;

/** Lists are parallel. */
export interface PathsAnswer {
  /** Sessions with a path. */
  readonly sessions: number;
  /** Sessions that go from one node to another, by step, then most sessions first. */
  readonly edges: {
    readonly steps: readonly number[];
    readonly from: readonly string[];
    readonly to: readonly string[];
    readonly sessions: readonly number[];
    /** How many further edges the limit left out, and their sessions, summed. */
    readonly otherEdges: number;
    readonly otherSessions: number;
  };
  /** Whole paths, most sessions first. */
  readonly sequences: {
    readonly paths: readonly (readonly string[])[];
    readonly sessions: readonly number[];
    readonly otherSequences: number;
    readonly otherSessions: number;
  };
  /** Sessions at each node, and those whose path ends there without having been cut. */
  readonly nodes: {
    readonly steps: readonly number[];
    readonly nodes: readonly string[];
    readonly sessions: readonly number[];
    readonly dropOffs: readonly number[];
    readonly otherNodes: number;
  };
  readonly meta: AnswerMeta;
}

/** A question about the sessions that take a way. */
export interface PathSessionsQuestion extends PathsQuestion {
  readonly first: number;
  /** Sessions behind this one, in the order of the answer. */
  readonly after?: PathSessionKey;
  /** Only sessions that began up to this moment, ms since 1970: keeps later pages of one list together. */
  readonly untilMs?: number;
}

/** Place of a session in the list: by start, then by key. */
export interface PathSessionKey {
  readonly startedMs: number;
  readonly key: string;
}

/** A session that takes a way, with the person it belongs to. */
export interface PathSession {
  /** Unique within the project, stable while the session's events and settings are. */
  readonly key: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** `user_id` of the person; empty where nobody is known by one. */
  readonly userId: string;
  /** `anonymous_id` of the person without a user id, else empty. */
  readonly anonymousId: string;
  readonly path: readonly string[];
}

export interface PathSessionsPage {
  readonly sessions: readonly PathSession[];
  readonly hasMore: boolean;
  /** Sessions and people in all, over every page. */
  readonly totalSessions: number;
  readonly totalPeople: number;
  readonly meta: AnswerMeta;
}
