import type { Logger } from 'pino';
import { messageOf } from '../errors.js';
import type { MetricContext } from '../metric/metric.js';
import { checkWindow } from './event-rate.js';
import { checkInterval } from './live-interval.js';
import type { LiveWindowQuestion } from './live-query.js';
import { type Sleep, sleep } from './live-timing.js';
import { createSharedWatches } from './shared-watch.js';
import { type Evaluation, tickLoop } from './tick-loop.js';
import type { IngestedNotices } from './watch-ingested.js';

const SECOND_MS = 1000;

export interface WatchWindowOptions<T, Q extends LiveWindowQuestion> {
  /** Answers for the window that ends at a tick, e.g. `evaluateEventRate`. */
  readonly evaluate: (context: MetricContext, question: Q, atMs: number) => Promise<Evaluation<T>>;
  readonly notices: Pick<IngestedNotices, 'observe'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Pause between ticks; that of the process unless a test brings its own. */
  readonly sleep?: Sleep;
}

/** Subscribes to a live question; the iteration ends when `signal` aborts. */
export type WatchWindow<T, Q extends LiveWindowQuestion> = (
  context: MetricContext,
  question: Q,
  signal: AbortSignal,
) => AsyncIterable<T>;

/**
 * Subscriptions to a window before now: a tick at once, then one per interval in which data came
 * or the window moved on over something. Each distinct question is asked once a tick, however many
 * watch it; a slow reader finds the newest tick.
 *
 * A tick is what the same question answers when it is asked at the `asOf` of the tick.
 *
 * @throws AppError `BAD_USER_INPUT` from the returned function for a window or interval out of
 *   bounds; what else is wrong with a question ends the iteration with the error of the query.
 */
export function createWatchWindow<T, Q extends LiveWindowQuestion = LiveWindowQuestion>(
  options: WatchWindowOptions<T, Q>,
): WatchWindow<T, Q> {
  const watches = createSharedWatches();

  return (context, question, signal) => {
    checkWindow(question.windowSeconds);
    checkInterval(question.intervalMs);
    // One reader's leaving must not abort the statement of the others.
    const { signal: _, ...shared } = context;
    return watches.join({
      // Settings decide what channels and sources mean.
      key: JSON.stringify([question, context.settings]),
      signal,
      start: (stop) =>
        tickLoop({
          intervalMs: question.intervalMs,
          clock: context.clock,
          sleep: options.sleep ?? sleep,
          changes: options.notices.observe(question.projectId),
          windowStart: (atMs) => atMs - question.windowSeconds * SECOND_MS,
          evaluate: (atMs) => options.evaluate({ ...shared, signal: stop }, question, atMs),
          signal: stop,
          onError: (error) =>
            options.log.warn(
              { reason: messageOf(error) },
              'a live question waits for the warehouse',
            ),
        }),
    });
  };
}
