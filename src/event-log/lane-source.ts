import type { LogRecord } from './event-log.js';
import { createWakeUp, type WakeUp } from './wake-up.js';

/** Memory of a fetched record beside its value, estimated: object, buffers, key and headers. */
const RECORD_OVERHEAD_BYTES = 128;

/** Bytes that a consumer has fetched and not yet confirmed, over all of its lanes. */
export interface InFlight {
  readonly maxBytes: number;
  readonly bytes: number;
  /** Notified whenever bytes were given back. */
  readonly released: WakeUp;
  add(bytes: number): void;
}

/** Creates the account of a consumer; `maxBytes` is `ConsumeOptions.maxInFlightBytes`. */
export function createInFlight(maxBytes: number): InFlight {
  const released = createWakeUp();
  let bytes = 0;
  return {
    maxBytes,
    released,
    get bytes() {
      return bytes;
    },
    add(change) {
      bytes += change;
      if (change < 0) released.notify();
    },
  };
}

/**
 * Records of one topic partition between the fetch and their confirmation. The adapter pushes, the
 * lane takes.
 */
export interface LaneSource {
  readonly topic: string;
  readonly partition: number;
  /** Waiting records in offset order. */
  readonly records: readonly LogRecord[];
  /** Every record below this offset was pushed; the adapter fetches from here. */
  readonly position: bigint;
  /** When the oldest waiting record was pushed, in ms of the consumer's clock. */
  readonly waitingSince: number;
  /**
   * The latest moment (ms of the consumer's clock) of which it is known that everything the log had
   * then was pushed; Infinity when that is known of now, -Infinity when of no moment.
   */
  readonly readAt: number;
  /** Asks for a later {@link readAt}; `arrived` is notified when it is known. */
  askRead(): void;
  /** Number of leading records that were pushed at or before a moment of the consumer's clock. */
  countArrivedBy(at: number): number;
  /**
   * Whether the adapter should fetch more. A source without bytes of its own is always open, so
   * that a lane which cannot get on never starves the others; one lane alone holds at most half of
   * the allowance.
   */
  isOpen(): boolean;
  /** Asks for records up to this offset whatever the allowance says: a replay has to be complete. */
  require(offset: bigint): void;
  /** @param position Offset behind the last record looked at; covers gaps between offsets. */
  push(records: readonly LogRecord[], position: bigint): void;
  /** Removes the first `count` records; they stay in the account until their `settle`. */
  take(count: number): LogRecord[];
  /** The records of the oldest unsettled `take` are done with. */
  settle(): void;
  /** Drops everything that waits, and what was taken. */
  clear(): void;
}

export interface LaneSourceOptions {
  readonly topic: string;
  readonly partition: number;
  /** First offset to read. */
  readonly position: bigint;
  readonly inFlight: InFlight;
  /** Notified on every push. */
  readonly arrived: WakeUp;
  /** Milliseconds now. */
  readonly clock: () => number;
  /** See {@link LaneSource.readAt}, given the position up to which was pushed. */
  readonly readAt: (position: bigint) => number;
  /** See {@link LaneSource.askRead}; left out where `readAt` is always up to date. */
  readonly askRead?: () => void;
}

/** Records that were pushed together. */
interface Arrival {
  readonly at: number;
  count: number;
}

/** Creates an empty {@link LaneSource}. */
export function createLaneSource({
  topic,
  partition,
  position: start,
  inFlight,
  arrived,
  clock,
  readAt,
  askRead = () => undefined,
}: LaneSourceOptions): LaneSource {
  let records: LogRecord[] = [];
  let arrivals: Arrival[] = [];
  let position = start;
  let required = start;
  let waitingSince = 0;
  let waitingBytes = 0;
  let takenBytes = 0;
  let taken: number[] = [];
  const sizeOf = (run: readonly LogRecord[]): number =>
    run.reduce((sum, record) => sum + record.value.length + RECORD_OVERHEAD_BYTES, 0);
  return {
    topic,
    partition,
    get records() {
      return records;
    },
    get position() {
      return position;
    },
    get waitingSince() {
      return waitingSince;
    },
    get readAt() {
      return readAt(position);
    },
    askRead,
    countArrivedBy(at) {
      let count = 0;
      for (const arrival of arrivals) {
        if (arrival.at > at) break;
        count += arrival.count;
      }
      return count;
    },
    isOpen() {
      const own = waitingBytes + takenBytes;
      if (own === 0 || position < required) return true;
      return inFlight.bytes < inFlight.maxBytes && own < inFlight.maxBytes / 2;
    },
    require(offset) {
      required = offset + 1n;
      inFlight.released.notify();
    },
    push(run, next) {
      if (run.length > 0) {
        const now = clock();
        if (records.length === 0) waitingSince = now;
        const last = arrivals.at(-1);
        if (last?.at === now) last.count += run.length;
        else arrivals.push({ at: now, count: run.length });
        records = records.length === 0 ? [...run] : records.concat(run);
        const bytes = sizeOf(run);
        waitingBytes += bytes;
        inFlight.add(bytes);
      }
      if (next > position) position = next;
      arrived.notify();
    },
    take(count) {
      const run = records.slice(0, count);
      records = records.slice(count);
      for (let left = run.length; left > 0; ) {
        const first = arrivals[0];
        if (first === undefined) break;
        const gone = Math.min(left, first.count);
        first.count -= gone;
        left -= gone;
        if (first.count === 0) arrivals.shift();
      }
      const bytes = sizeOf(run);
      waitingBytes -= bytes;
      takenBytes += bytes;
      taken.push(bytes);
      return run;
    },
    settle() {
      const bytes = taken.shift() ?? 0;
      takenBytes -= bytes;
      if (bytes > 0) inFlight.add(-bytes);
    },
    clear() {
      const bytes = takenBytes + waitingBytes;
      records = [];
      arrivals = [];
      taken = [];
      takenBytes = 0;
      waitingBytes = 0;
      inFlight.add(-bytes);
    },
  };
}
