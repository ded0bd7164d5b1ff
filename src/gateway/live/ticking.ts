import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { isAppError } from '../../errors.js';
import type { LiveResult } from '../../live/lead-question.js';
import type { AnswerMeta } from '../../metric/metric-query.js';
import { resolveRange } from '../../metric/time-range.js';
import { type RangeArguments, timeRange } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';

/** A batch that must not be lost. */
type LiveCounted = Extract<LiveResult, { kind: 'next' }>['counted'];

/** An answer that went into a tick: the question's own, or one that it is compared with. */
interface Note {
  /** Equal for equal questions and answers, whatever they cost. */
  readonly print: string;
  /** Tables that it was read from. */
  readonly sources: readonly string[];
  readonly args: RangeArguments;
}

/** What went into the last tick of a subscription, for whoever decides about the next one. */
export interface Ticking {
  /** Forgets the tick before. */
  begin(): void;
  /** Asks a question of the tick, and remembers what became of it. */
  note<Answer>(args: RangeArguments, ask: () => Promise<Answer>): Promise<Answer>;
  /** Equal for equal answers; null without any. */
  readonly print: string | null;
  /** Tables that all answers together were read from. */
  readonly sources: readonly string[];
  /** Whether asking failed in a way that may pass. */
  readonly hasFailed: boolean;
  /** What is said of the last result of a source that loses none; undefined for questions. */
  counted: LiveCounted | undefined;
  /** Where such a source goes on; null: from now on. */
  from: string | null;
  /** Event times that the questions are about together, `[fromMs, toMs)`. */
  span(asking: Asking): { readonly fromMs: number; readonly toMs: number };
}

export function createTicking(): Ticking {
  let isTicking = false;
  let notes: Note[] = [];
  let failures: unknown[] = [];
  return {
    counted: undefined,
    from: null,
    begin() {
      isTicking = true;
      notes = [];
      failures = [];
    },
    async note(args, ask) {
      if (!isTicking) return ask();
      try {
        const answer = await ask();
        const { meta, ...said } = answer as { readonly meta: AnswerMeta };
        const text = JSON.stringify([args.range, said], withoutCursors);
        const print = createHash('sha1').update(text).digest('base64url');
        notes.push({ print, sources: meta.source, args });
        return answer;
      } catch (error) {
        failures.push(error);
        throw error;
      }
    },
    get print() {
      return notes.length === 0
        ? null
        : notes
            .map(({ print }) => print)
            .sort()
            .join('');
    },
    get sources() {
      return notes.flatMap(({ sources }) => sources);
    },
    get hasFailed() {
      return failures.length > 0 && failures.every(mayPass);
    },
    span({ project }) {
      const spans = notes.map(({ args }) =>
        resolveRange(timeRange(args.range), args.timeZone ?? project.timeZone),
      );
      return {
        fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
        toMs: Math.max(...spans.map(({ toMs }) => toMs)),
      };
    },
  };
}

/** Cursors of a list may hold the moment of its first page: an answer is the same without them. */
function withoutCursors(key: string, value: unknown): unknown {
  return CURSORS.has(key) && typeof value === 'string' ? undefined : value;
}

const CURSORS: ReadonlySet<string> = new Set(['cursor', 'startCursor', 'endCursor']);

function mayPass(error: unknown): boolean {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  return isAppError(cause) && cause.isRetryable;
}
