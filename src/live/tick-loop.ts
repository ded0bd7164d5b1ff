import { isAppError } from '../errors.js';
import type { LiveTiming } from './live-timing.js';
import type { ProjectChanges } from './watch-ingested.js';

/** One evaluation of a live question. */
export interface Evaluation<T> {
  readonly value: T;
  /** Whether there is anything in the window, so that its moving on changes the answer. */
  readonly hasContent: boolean;
  /** Time of the first event behind the window (clocks of devices run ahead); null when none. */
  readonly nextEventAt: number | null;
}

export interface TickLoopOptions<T> extends LiveTiming {
  /** Ticks fall on multiples of this, ms. */
  readonly intervalMs: number;
  readonly changes: ProjectChanges;
  /** First instant of the window that ends at a tick. */
  readonly windowStart: (atMs: number) => number;
  readonly evaluate: (atMs: number) => Promise<Evaluation<T>>;
  readonly signal: AbortSignal;
  /** Told of failures that the loop gets over. */
  readonly onError: (error: unknown) => void;
}

/**
 * The ticks of a live question: one at once, then one per interval in which the answer can have
 * changed, because events came or because the window moved on over something. Nothing is asked of
 * the warehouse while neither is the case. An empty window is told once.
 *
 * A retryable failure leaves the tick out and tries the next; any other ends the iteration.
 */
export async function* tickLoop<T>({
  intervalMs,
  clock,
  sleep,
  changes,
  windowStart,
  evaluate,
  signal,
  onError,
}: TickLoopOptions<T>): AsyncGenerator<T, void, undefined> {
  let last: Evaluation<T> | null = null;
  let hasFailed = false;
  let at = clock();
  try {
    while (!signal.aborted) {
      const hasChanged = changes.take(windowStart(at));
      const hasMoved =
        last === null || last.hasContent || (last.nextEventAt !== null && last.nextEventAt < at);
      if (hasChanged || hasMoved || hasFailed) {
        try {
          const before: Evaluation<T> | null = last;
          last = await evaluate(at);
          hasFailed = false;
          if (signal.aborted) return;
          if (before === null || before.hasContent || last.hasContent) yield last.value;
        } catch (error) {
          if (signal.aborted) return;
          if (!isAppError(error) || !error.isRetryable) throw error;
          hasFailed = true;
          onError(error);
        }
      }
      const now = clock();
      at = (Math.floor(now / intervalMs) + 1) * intervalMs;
      await sleep(at - now, signal);
    }
  } finally {
    changes.stop();
  }
}
