import { AppError } from '../errors.js';
import { cutBatch } from './batch-cut.js';
import type {
  BatchIntent,
  BatchLimits,
  ConsumeOptions,
  LogBatch,
  OpenIntent,
} from './event-log.js';
import { countInOrder, isNamedFirst } from './lane-order.js';
import type { LaneSource } from './lane-source.js';
import { backOffMs, pause, type WakeUp } from './wake-up.js';

/** What changes in the positions of a group, saved as one. */
export interface PositionUpdate {
  /** The batch that is done: the position moves behind it and its intent is closed. */
  readonly confirmed?: BatchIntent;
  /** The batch that is handed out next. */
  readonly intent?: OpenIntent;
}

export interface RunLaneOptions {
  /** One source per topic partition of the lane, started at the group's positions. */
  readonly sources: readonly LaneSource[];
  /** Intents an earlier owner left open; replayed first. */
  readonly openIntents: readonly BatchIntent[];
  readonly limits: BatchLimits;
  /** See `ConsumeOptions.inOrder`. */
  readonly inOrder: readonly string[];
  readonly handle: ConsumeOptions['handle'];
  readonly onError: ConsumeOptions['onError'];
  /**
   * Makes the update durable; rejects when it could not. Called again with the same update until
   * it succeeds. Must fail when the lane is no longer owned.
   */
  readonly save: (update: PositionUpdate) => Promise<void>;
  /** Notified when a source got records. */
  readonly arrived: WakeUp;
  /** Aborts when no further batch is to be taken; a running one is finished and confirmed. */
  readonly stopping: AbortSignal;
  /** Aborts when the lane is lost or a stop may wait no longer; no confirmation is saved after it. */
  readonly lost: AbortSignal;
  /** Milliseconds now, the clock of the sources. */
  readonly clock: () => number;
  /** Milliseconds since 1970, noted with each intent. */
  readonly wallClock: () => number;
}

/** How soon is looked again where nothing will be notified: when an append has failed. */
const LOOK_AGAIN_MS = 20;

/**
 * Runs one lane until it is stopped or lost: replays open intents, then cuts batches, records each
 * intent, hands the batch out until it is handled, and confirms it.
 *
 * Crash points: before the intent is saved, the next owner cuts the batch anew, nobody saw it;
 * between intent and confirmation, the next owner gets the same boundaries; after the
 * confirmation, it goes on behind. The confirmation of a batch and the intent of the next are one
 * save when the next is already there.
 *
 * The topics of a lane are merged by the append time of their oldest waiting records (then by
 * topic name and partition), so that none of them starves. Batches of `inOrder` topics end where a
 * copy of a key would overtake an earlier one, see {@link countInOrder}; the boundaries are in the
 * intent, so a replay keeps what was decided.
 *
 * @throws AppError `INTERNAL` when the records read do not fit an open intent.
 */
export async function runLane(options: RunLaneOptions): Promise<void> {
  const { sources, openIntents, arrived, stopping, lost } = options;
  const ordered = sources.filter(({ topic }) => options.inOrder.includes(topic));
  const isOver = (): boolean => stopping.aborted || lost.aborted;

  for (const intent of openIntents) {
    const batch = await readIntent(intent);
    if (batch === null) return;
    if (batch.records.length > 0 && !(await handleUntilDone(batch))) return;
    if (!(await saveUntilDone({ confirmed: intent }))) return;
    sourceOf(intent).settle();
  }

  let done: LogBatch | null = null;
  while (!lost.aborted) {
    let next = stopping.aborted ? null : takeReady(true);
    if (done !== null) {
      const isSaved = await saveUntilDone({
        confirmed: intentOf(done),
        ...(next === null ? {} : { intent: opening(next) }),
      });
      if (!isSaved) return;
      sourceOf(done).settle();
    } else if (next !== null && !(await saveUntilDone({ intent: opening(next) }))) return;
    done = null;
    if (next === null) {
      next = await waitForBatch();
      if (next === null || !(await saveUntilDone({ intent: opening(next) }))) return;
    }
    if (!(await handleUntilDone(next))) return;
    done = next;
  }

  function opening(batch: LogBatch): OpenIntent {
    return { ...intentOf(batch), openedAt: options.wallClock() };
  }

  function sourceOf({ topic, partition }: Pick<BatchIntent, 'topic' | 'partition'>): LaneSource {
    const source = sources.find((one) => one.topic === topic && one.partition === partition);
    if (source === undefined) {
      throw new AppError('INTERNAL', `no source for ${topic}/${partition} in its lane`);
    }
    return source;
  }

  /** Waits until the records of an intent are all there; null when the lane ends first. */
  async function readIntent(intent: BatchIntent): Promise<LogBatch | null> {
    const source = sourceOf(intent);
    source.require(intent.lastOffset);
    for (;;) {
      const seen = arrived.version;
      if (isOver()) return null;
      if (source.position > intent.lastOffset) break;
      await arrived.after(seen, stopping);
    }
    const head = source.records[0];
    if (head !== undefined && head.offset < intent.firstOffset) {
      throw new AppError(
        'INTERNAL',
        `open intent of ${intent.topic}/${intent.partition} starts at ${intent.firstOffset}, but the position of the group is at ${head.offset}`,
      );
    }
    const count = source.records.filter(({ offset }) => offset <= intent.lastOffset).length;
    const { topic, partition, firstOffset, lastOffset } = intent;
    return {
      topic,
      partition,
      firstOffset,
      lastOffset,
      records: source.take(count),
      isReplay: true,
    };
  }

  /**
   * Takes the next batch if one may be cut now: a bound is met, or it waited long enough.
   *
   * @param isPatient Whether a batch that could be longer, once another topic is read further, waits
   *   for that; else a topic that is fetched slowly would cut those beside it into shreds.
   */
  function takeReady(isPatient: boolean): LogBatch | null {
    for (const source of waitingSources()) {
      const cut = cutBatch(source.records, options.limits);
      if (!cut.isFull && source.isOpen() && lingerLeft(source) > 0) return null;
      const { count, waitsForReading } = ordered.includes(source)
        ? countInOrder(source, ordered, cut.count)
        : { count: cut.count, waitsForReading: false };
      if (waitsForReading && isPatient) continue;
      // A source that has to wait for another does not hold up those that need not.
      if (count === 0) continue;
      const records = source.take(count);
      const first = records[0];
      const last = records.at(-1);
      if (first === undefined || last === undefined) return null;
      // What waits behind the batch is looked after while it is handled.
      for (const other of ordered) if (other.records.length === 0) other.askRead();
      return {
        topic: source.topic,
        partition: source.partition,
        firstOffset: first.offset,
        lastOffset: last.offset,
        records,
        isReplay: false,
      };
    }
    return null;
  }

  /** Sources with waiting records, the earliest first. */
  function waitingSources(): LaneSource[] {
    return sources
      .filter((source) => source.records.length > 0)
      .sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  function lingerLeft(source: LaneSource): number {
    return source.waitingSince + options.limits.lingerMs - options.clock();
  }

  async function waitForBatch(): Promise<LogBatch | null> {
    const patientUntil = options.clock() + options.limits.lingerMs;
    for (;;) {
      const seen = arrived.version;
      if (isOver()) return null;
      const batch = takeReady(options.clock() < patientUntil);
      if (batch !== null) return batch;
      const [source] = waitingSources();
      const left = source === undefined ? undefined : Math.ceil(lingerLeft(source));
      const timeout = left === undefined || left > 0 ? left : LOOK_AGAIN_MS;
      await arrived.after(seen, stopping, timeout);
    }
  }

  /** True when handled; false when the lane ended first. */
  async function handleUntilDone(batch: LogBatch): Promise<boolean> {
    for (let attempt = 1; !lost.aborted; attempt += 1) {
      try {
        await options.handle(batch, lost);
        return !lost.aborted;
      } catch (error) {
        options.onError(error, { topic: batch.topic, partition: batch.partition });
      }
      await pause(backOffMs(attempt), stopping);
      if (stopping.aborted) return false;
    }
    return false;
  }

  /** True when durable; false when the lane was lost first. */
  async function saveUntilDone(update: PositionUpdate): Promise<boolean> {
    const { topic, partition } = update.intent ?? update.confirmed ?? {};
    for (let attempt = 1; !lost.aborted; attempt += 1) {
      try {
        await options.save(update);
        return !lost.aborted;
      } catch (error) {
        if (lost.aborted) return false;
        options.onError(error, {
          ...(topic === undefined ? {} : { topic }),
          ...(partition === undefined ? {} : { partition }),
        });
      }
      await pause(backOffMs(attempt), lost);
    }
    return false;
  }
}

function intentOf({ topic, partition, firstOffset, lastOffset }: LogBatch): BatchIntent {
  return { topic, partition, firstOffset, lastOffset };
}

function isBefore(a: LaneSource, b: LaneSource): boolean {
  const timeA = a.records[0]?.appendedAt ?? 0;
  const timeB = b.records[0]?.appendedAt ?? 0;
  return timeA === timeB ? isNamedFirst(a, b) : timeA < timeB;
}
