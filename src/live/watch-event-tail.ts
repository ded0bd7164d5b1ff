import type { Logger } from 'pino';
import { messageOf } from '../errors.js';
import type { EventLog, LogRecord } from '../event-log/event-log.js';
import type { TimelineEvent } from '../metric/metric-query.js';
import type { LiveEvents, LiveQuestion } from './live-query.js';
import { backOffMs, type Sleep, sleep } from './live-timing.js';
import { createReader, type Reader } from './reader.js';
import { tailFilter } from './tail-filter.js';
import type { TailedEvent } from './tailed-event.js';

/** Events that wait for a slow reader unless the caller says otherwise. */
export const DEFAULT_TAIL_BUFFER = 1_000;

/** Bytes of log values whose events wait for one reader, however few they are. */
const BUFFER_BYTES = 8_000_000;

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
  readonly eventLog: Pick<EventLog, 'tail'>;
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
}

export type WatchEventTail = (
  question: LiveQuestion & { readonly bufferSize?: number },
  signal: AbortSignal,
) => AsyncIterable<TailBatch>;

interface Seat {
  readonly reader: Reader<TailBatch>;
  offer(tailed: TailedEvent, bytes: number): void;
}

/**
 * Subscriptions to events as the log takes them, before they are stored. The process reads the log
 * once for all watchers, from the first one's start to the last one's leaving. A batch holds
 * everything since the one before; a slow reader loses the oldest and is told how many.
 *
 * After a failure of the log the tail goes on with what is appended from then on: it is a view of
 * what happens, not a record of it.
 *
 * @throws AppError as `tailFilter` does, from the returned function.
 */
export function createWatchEventTail(options: WatchEventTailOptions): WatchEventTail {
  const pause = options.sleep ?? sleep;
  const seats = new Set<Seat>();
  let running: AbortController | null = null;

  async function follow(signal: AbortSignal): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const records = await options.eventLog.tail({ topics: options.topics, signal });
        for await (const record of records) {
          tries = 0;
          const tailed = await options.read(record);
          if (tailed === null || signal.aborted) continue;
          for (const seat of seats) seat.offer(tailed, record.value.length);
        }
      } catch (error) {
        if (signal.aborted) return;
        options.log.warn({ reason: messageOf(error) }, 'the tail of the event log is interrupted');
      }
      if (signal.aborted) return;
      await pause(backOffMs(tries), signal);
    }
  }

  return ({ bufferSize = DEFAULT_TAIL_BUFFER, ...question }, signal) => {
    const isWanted = tailFilter(question);
    let waiting: { readonly event: TailEvent; readonly bytes: number }[] = [];
    let waitingBytes = 0;
    let dropped = 0;

    const reader = createReader<TailBatch>({
      signal,
      take() {
        if (waiting.length === 0) return undefined;
        const batch: TailBatch = {
          events: waiting.map(({ event }) => event),
          dropped,
          isDeduplicated: false,
        };
        waiting = [];
        waitingBytes = 0;
        dropped = 0;
        return batch;
      },
      onStart() {
        seats.add(seat);
        if (running !== null) return;
        running = new AbortController();
        void follow(running.signal);
      },
      onEnd() {
        seats.delete(seat);
        waiting = [];
        if (seats.size > 0) return;
        running?.abort();
        running = null;
      },
    });
    const seat: Seat = {
      reader,
      offer(tailed, bytes) {
        if (!isWanted(tailed)) return;
        waiting.push({ event: { ...tailed.event, receivedAt: tailed.receivedAt }, bytes });
        waitingBytes += bytes;
        // The newest event always stays, however large.
        while (waiting.length > 1 && (waiting.length > bufferSize || waitingBytes > BUFFER_BYTES)) {
          waitingBytes -= waiting.shift()?.bytes ?? 0;
          dropped += 1;
        }
        reader.wake();
      },
    };
    return reader.values;
  };
}
