import type { Logger } from 'pino';
import type { EventLog, LogRecord } from '../event-log/event-log.js';
import type { TimelineEvent } from '../metric/metric-query.js';
import { createLogFollower } from './follow-log.js';
import type { LiveEvents, LiveQuestion } from './live-query.js';
import { type Sleep, sleep } from './live-timing.js';
import { createReader } from './reader.js';
import { tailFilter } from './tail-filter.js';
import type { TailedEvent } from './tailed-event.js';

/** Events that wait for a slow reader unless the caller says otherwise. */
export const DEFAULT_TAIL_BUFFER = 1_000;

/** Bytes of log values whose events wait for one reader, however few they are. */
const BUFFER_BYTES = 8_000_000;
/** Shortest time between two batches, ms: many events make a batch, not many batches. */
const SPACING_MS = 50;
/** After so long without a batch an empty one tells the place that was reached meanwhile, ms. */
const QUIET_MS = 20_000;

/** An event of the tail. */
export interface TailEvent extends TimelineEvent {
  /** When the collector, else the log, took it; ISO 8601, UTC. */
  readonly receivedAt: string;
}

/** What came since the batch before. */
export interface TailBatch extends LiveEvents {
  readonly events: readonly TailEvent[];
  /** Repeats of an event are removed only when it is stored: the tail shows every copy. */
  readonly isDeduplicated: false;
}

export interface WatchEventTailOptions {
  readonly eventLog: Pick<EventLog, 'tail' | 'positions'>;
  /** Any consumer group of these topics: it is asked where they end. */
  readonly group: string;
  /**
   * Topics whose records are events. Leave out those whose records the ingester appends again to
   * the partition that owns them, or their events show twice.
   */
  readonly topics: readonly string[];
  /** Reads a record; null when it holds no event that would be accepted. */
  readonly read: (record: LogRecord) => TailedEvent | null | Promise<TailedEvent | null>;
  readonly log: Pick<Logger, 'warn'>;
  /** Pause between tries; that of the process unless a test brings its own. */
  readonly sleep?: Sleep;
  /** Ms that only rise. */
  readonly clock?: () => number;
}

/** What is watched, from where, and how much may wait. */
export interface TailQuestion extends LiveQuestion {
  /** `cursor` of the batch to go on behind, of this or another process; left out: from now on. */
  readonly from?: string | null;
  readonly bufferSize?: number;
}

export type WatchEventTail = (
  question: TailQuestion,
  signal: AbortSignal,
) => AsyncIterable<TailBatch>;

/**
 * Subscriptions to events as the log takes them, before they are stored. The process reads the log
 * once for all watchers, from the first one's start to the last one's leaving. The first batch says
 * that the watcher is live, and may be empty; each later one holds everything since the one before.
 * A slow reader loses the oldest and is told how many.
 *
 * @throws AppError as `tailFilter` does, from the returned function.
 */
export function createWatchEventTail(options: WatchEventTailOptions): WatchEventTail {
  const { sleep: pause = sleep, clock = () => performance.now() } = options;
  const follower = createLogFollower({ ...options, sleep: pause });

  return ({ bufferSize = DEFAULT_TAIL_BUFFER, from = null, ...question }, signal) => {
    const isWanted = tailFilter(question);
    let waiting: { readonly event: TailEvent; readonly bytes: number }[] = [];
    let waitingBytes = 0;
    let dropped = 0;
    let isAnew = false;
    /** Whether a batch is due though nothing waits. */
    let isDue = false;
    let toldAt = Number.NEGATIVE_INFINITY;
    let quietSince = clock();
    let isResting = false;
    let joined: ReturnType<typeof follower.join> | null = null;

    /** Has the reader look again when enough time has passed since the last batch. */
    function rest(ms: number): void {
      if (isResting) return;
      isResting = true;
      void pause(ms, signal).then(() => {
        isResting = false;
        reader.wake();
      });
    }

    const reader = createReader<TailBatch>({
      signal,
      take() {
        if (waiting.length === 0 && !isDue) return undefined;
        const now = clock();
        if (now < toldAt + SPACING_MS) {
          rest(toldAt + SPACING_MS - now);
          return undefined;
        }
        const batch: TailBatch = {
          events: waiting.map(({ event }) => event),
          dropped,
          cursor: joined?.cursor() ?? null,
          isAnew,
          isDeduplicated: false,
        };
        waiting = [];
        waitingBytes = 0;
        dropped = 0;
        isAnew = false;
        isDue = false;
        toldAt = now;
        quietSince = now;
        return batch;
      },
      onStart() {
        joined = follower.join(seat, from);
      },
      onEnd() {
        joined?.leave();
        waiting = [];
      },
    });
    const seat = {
      offer(tailed: TailedEvent, bytes: number): void {
        if (isWanted(tailed)) {
          waiting.push({ event: { ...tailed.event, receivedAt: tailed.receivedAt }, bytes });
          waitingBytes += bytes;
          // The newest event always stays, however large.
          while (
            waiting.length > 1 &&
            (waiting.length > bufferSize || waitingBytes > BUFFER_BYTES)
          ) {
            waitingBytes -= waiting.shift()?.bytes ?? 0;
            dropped += 1;
          }
        } else if (waiting.length > 0 || clock() < quietSince + QUIET_MS) return;
        else isDue = true;
        reader.wake();
      },
      live(): void {
        if (from === null && toldAt === Number.NEGATIVE_INFINITY) isDue = true;
        reader.wake();
      },
      broken(): void {
        isAnew = true;
        isDue = true;
      },
    };
    return reader.values;
  };
}
