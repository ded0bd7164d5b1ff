import { checkInterval } from './live-interval.js';
import { type Sleep, sleep } from './live-timing.js';
import type { IngestedNotices } from './watch-ingested.js';

/** What an answer depends on, as far as it is known. */
export interface Dependence {
  /** Event times `[fromMs, toMs)`, ms since 1970 UTC, that it counts; infinite: any may matter. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether the moment of asking is part of the answer, in days of any zone. */
  readonly isOnClock: boolean;
  /** Whether it may have changed without an announcement. */
  readonly isUnknown: boolean;
}

export interface ChangeQuestion {
  readonly projectId: string;
  /** Shortest time between two ticks, ms; they fall on multiples of it. */
  readonly intervalMs: number;
  /** Asked before each tick, so that it may follow from the answer before. */
  readonly dependence: () => Dependence;
}

/** The ticks of a question at which its answer may be another one; they end when `signal` aborts. */
export type WatchChanges = (
  question: ChangeQuestion,
  signal: AbortSignal,
) => AsyncIterable<{ readonly atMs: number }>;

export interface WatchChangesOptions {
  readonly notices: Pick<IngestedNotices, 'observe'>;
  /** Ms since 1970 UTC. */
  readonly clock: () => number;
  /** Pause between ticks; that of the process unless a test brings its own. */
  readonly sleep?: Sleep;
}

/** Days begin on quarter hours in every zone. */
const QUARTER_HOUR_MS = 900_000;

/**
 * Watches a project for data that a question depends on: a tick at once, then one per interval in
 * which such data became queryable. What comes while a tick is answered belongs to the next one.
 *
 * @throws AppError `BAD_USER_INPUT` from the returned function for an interval out of bounds.
 */
export function createWatchChanges({
  notices,
  clock,
  sleep: pause = sleep,
}: WatchChangesOptions): WatchChanges {
  return ({ projectId, intervalMs, dependence }, signal) => {
    checkInterval(intervalMs);
    return (async function* () {
      const changes = notices.observe(projectId);
      let answeredAt = Number.NEGATIVE_INFINITY;
      let atMs = clock();
      try {
        while (!signal.aborted) {
          const { fromMs, toMs, isOnClock, isUnknown } = dependence();
          const isLater = isOnClock && quarterHour(atMs) !== quarterHour(answeredAt);
          if (changes.take(fromMs, toMs) || isLater || isUnknown) {
            answeredAt = atMs;
            yield { atMs };
          }
          const now = clock();
          atMs = (Math.floor(now / intervalMs) + 1) * intervalMs;
          await pause(atMs - now, signal);
        }
      } finally {
        changes.stop();
      }
    })();
  };
}

function quarterHour(ms: number): number {
  return Math.floor(ms / QUARTER_HOUR_MS);
}
