import { isAppError } from '../errors.js';
import type { Sleep } from './live-timing.js';
import type { ProjectChanges } from './watch-ingested.js';

/** One evaluation of a live question. */
export interface Evaluation<T> {
  readonly value: T;
  /** Whether there is anything in the window, so that its moving on changes the answer. */
  readonly hasContent: boolean;
  /** Time of the first event behind the window (clocks of devices run ahead), ms; null when none. */
  readonly nextEventAt: number | null;
}

export interface TickLoopOptions<T> {
  /** Ticks fall on multiples of this, ms. */
  readonly intervalMs: number;
  /** Ms since 1970 UTC. */
  readonly clock: () => number;
  readonly sleep: Sleep;
  readonly changes: ProjectChanges;
  /** First instant that a tick at `atMs` looks at. */
  readonly windowStart: (atMs: number) => number;
  readonly evaluate: (atMs: number) => Promise<Evaluation<T>>;
  readonly signal: AbortSignal;
  /** Told of failures that the loop gets over. */
  readonly onError: (error: unknown) => void;
}

/**
 * The ticks of a live question: one at once, then one per interval in which the answer can have
 * changed, because events came or because the window moved on over something. Nothing is asked of
 * the warehouse while neither is the case. That a window has become empty is told once.
 *
 * A retryable failure leaves the tick out and tries at the next; any other ends the iteration.
 */
export async function* tickLoop<T>(
  options: TickLoopOptions<T>,
): AsyncGenerator<T, void, undefined> {
  const { intervalMs, clock, changes, signal } = options;
  let last: Evaluation<T> | null = null;
  let hasFailed = false;
  let at = clock();
  try {
    while (!signal.aborted) {
      // Taken before asking: what comes while the statement runs belongs to the next tick.
      const hasChanged = changes.take(options.windowStart(at));
      if (hasChanged || hasFailed || mayHaveMoved(last, at)) {
        const next: Evaluation<T> | null = await options.evaluate(at).catch((error: unknown) => {
          if (signal.aborted) return null;
          if (!isAppError(error) || !error.isRetryable) throw error;
          options.onError(error);
          return null;
        });
        if (signal.aborted) return;
        hasFailed = next === null;
        if (next !== null) {
          const isNews = last === null || last.hasContent || next.hasContent;
          last = next;
          if (isNews) yield next.value;
        }
      }
      const now = clock();
      at = (Math.floor(now / intervalMs) + 1) * intervalMs;
      await options.sleep(at - now, signal);
    }
  } finally {
    changes.stop();
  }
}

function mayHaveMoved<T>(last: Evaluation<T> | null, atMs: number): boolean {
  if (last === null || last.hasContent) return true;
  // The window may end a part of a second behind the tick.
  return last.nextEventAt !== null && last.nextEventAt < atMs + 1000;
}
