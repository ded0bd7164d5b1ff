import type { Logger } from 'pino';
import { isAppError, messageOf } from '../errors.js';
import type { MetricContext } from '../metric/metric.js';
import type { LiveWindowQuestion } from './live-query.js';
import { checkLiveWindow } from './live-window.js';
import { createSharedSources } from './shared-source.js';
import { type IngestedNotices, pause } from './notices.js';

/** A window slides by a second even when nothing arrives. */
const SLIDE_MS = 1_000;
const RETRY_MS = 1_000;

/** Answers a live question once. */
export type ComputeWindow<T> = (context: MetricContext, question: LiveWindowQuestion) => Promise<T>;

export interface WatchWindowOptions<T> {
  readonly compute: ComputeWindow<T>;
  /** What of an answer may change; equal texts are one tick. */
  readonly contentOf: (answer: T) => string;
  /** Whether the window holds anything, so that sliding it may change the answer. */
  readonly isEmpty: (answer: T) => boolean;
  readonly notices: IngestedNotices;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Subscriptions to a window before now: the answer at once, then whenever new data of the project
 * is queryable, at most every `intervalMs`, and as the window slides. Each distinct question runs
 * once however many watch it; a slow reader gets the latest answer.
 */
export function createWatchWindow<T>(options: WatchWindowOptions<T>) {
  const sources = createSharedSources<T>({ isState: true, bufferLength: 1 });

  function watch(
    context: MetricContext,
    question: LiveWindowQuestion,
    signal: AbortSignal,
  ): AsyncIterable<T> {
    checkLiveWindow(question);
    // The settings are part of the key: they change what channels and sources mean.
    const key = JSON.stringify([question, context.settings]);
    const { signal: _, ...shared } = context;
    return sources.watch(key, (emit, stop) => produce(shared, question, emit, stop), signal);
  }

  async function produce(
    context: MetricContext,
    question: LiveWindowQuestion,
    emit: (answer: T) => void,
    stop: AbortSignal,
  ): Promise<void> {
    let hasChanged = true;
    const bell: { ring: (() => void) | null } = { ring: null };
    const forget = options.notices.onIngested(question.projectId, () => {
      hasChanged = true;
      bell.ring?.();
    });
    stop.addEventListener('abort', () => bell.ring?.());
    let lastContent: string | null = null;
    try {
      while (!stop.aborted) {
        hasChanged = false;
        let answer: T;
        try {
          answer = await options.compute(context, question);
        } catch (error) {
          if (!isAppError(error) || !error.isRetryable) throw error;
          options.log.warn({ reason: messageOf(error) }, 'a live question waits for the warehouse');
          await pause(RETRY_MS, stop);
          continue;
        }
        const content = options.contentOf(answer);
        if (content !== lastContent) emit(answer);
        lastContent = content;
        await pause(question.intervalMs, stop);
        if (hasChanged || stop.aborted) continue;
        const slide = options.isEmpty(answer)
          ? null
          : setTimeout(() => bell.ring?.(), Math.max(0, SLIDE_MS - question.intervalMs));
        await new Promise<void>((resolve) => {
          bell.ring = resolve;
          if (hasChanged || stop.aborted) resolve();
        });
        bell.ring = null;
        if (slide !== null) clearTimeout(slide);
      }
    } finally {
      forget();
    }
  }

  return watch;
}
