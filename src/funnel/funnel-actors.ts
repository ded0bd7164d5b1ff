import type { AnswerMeta } from '../metric/metric-query.js';
import type { FunnelQuestion } from './funnel-query.js';

/** A question for the actors behind a number of a funnel. */
export interface FunnelActorsQuestion extends FunnelQuestion {
  /** From 1 to the number of steps; for drop-offs one less. */
  readonly step: number;
  /** Those that reached the step, or those of them that went no further. */
  readonly which: 'reached' | 'dropped_off';
  /** Only of this value of the breakdown, as it is shown; left out: of any. */
  readonly value?: string;
  /** 1 to {@link MAX_FUNNEL_ACTORS}. */
  readonly first: number;
  /** Behind this one, which need not be there any more. */
  readonly after?: FunnelActorKey;
  /** What was queryable at this moment (ms since 1970 UTC) answers; left out: now. */
  readonly asOfMs?: number;
}

/** Most actors of one page. */
export const MAX_FUNNEL_ACTORS = 1_000;

/** Place in the list: latest first step first, then by actor and value, bytewise. */
export interface FunnelActorKey {
  /** ms since 1970 UTC. */
  readonly startedMs: number;
  readonly actor: string;
  readonly value: string;
}

/** One actor's way through a funnel: the chain that §7 reports. */
export interface FunnelPassage extends FunnelActorKey {
  /** `user_id` of the person, of a session who has its first step event; empty where nobody is known by one. */
  readonly userId: string;
  /** `anonymous_id` of the person without a user id, else empty. */
  readonly anonymousId: string;
  /** Key of the session; empty for people. */
  readonly session: string;
  /** When each step was reached, ISO 8601 UTC; as many as the actor went. */
  readonly reachedAt: readonly string[];
}

export interface FunnelActorsPage {
  readonly passages: readonly FunnelPassage[];
  readonly hasMore: boolean;
  /** Of the whole list. */
  readonly total: number;
  /** Its `asOf` is the moment that this list is of; give it to the next page. */
  readonly meta: AnswerMeta;
}
