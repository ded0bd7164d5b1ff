import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';
import { AppError, messageOf } from '../../errors.js';
import type { ConsumeOptions, LogConsumer, LogRecord } from '../event-log.js';
import { createInFlight, createLaneSource, type LaneSource } from '../lane-source.js';
import { runLane } from '../run-lane.js';
import { backOffMs, createWakeUp, pause } from '../wake-up.js';
import { type Assignment, startConsumerSession } from './consumer-session.js';
import { commitNow, createMembership, saveUpdate } from './fenced-commits.js';
import { createGroupPositions, type LanePartition } from './group-positions.js';
import type { KafkaAdmin } from './kafka-admin.js';
import type { KafkaClient } from './kafka-client.js';
import { toLogRecord } from './kafka-record.js';
import { createLaneAssigner } from './lane-assigner.js';
import {
  type Commit,
  isGap,
  isUntouched,
  keyOf,
  type LaneState,
  openIntentOf,
} from './lane-state.js';
import { createPartitionEnds } from './partition-ends.js';

const DEFAULT_STOP_MS = 10_000;

/** A consumer that can also say what it has not read yet. */
export interface KafkaConsumer extends LogConsumer {
  readonly group: string;
  /** When the oldest unconfirmed record here was appended; null when none is here. */
  oldestUnreadAt(topic: string, partition: number): number | null;
}

export interface KafkaConsumerOptions {
  readonly client: KafkaClient;
  readonly admin: KafkaAdmin;
  readonly laneCount: number;
  readonly sessionTimeoutMs: number;
  /** Creates and checks the topics of this program. */
  readonly prepare: () => Promise<void>;
  readonly consume: ConsumeOptions;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
  /** Resolves when every earlier run of the lane in this process has settled, for this group. */
  readonly settledOf: (lane: number) => Promise<void>;
  /** Announces a new run of a lane. */
  readonly setSettled: (lane: number, settled: Promise<void>) => void;
}

/**
 * Starts a member of a consumer group.
 *
 * kafkajs only fetches: records go to the buffers of the lanes and its handler returns at once, so
 * heartbeats never wait for the work. Positions and intents are committed by the lanes.
 *
 * Between the begin of a join and the check of a lane in the new generation nothing is committed, see
 * `fenced-commits.ts`. A lane that nobody else has touched goes on where it was; any other is aborted
 * and begins from the group's positions.
 */
export function startKafkaConsumer(options: KafkaConsumerOptions): KafkaConsumer {
  const { client, admin, laneCount, consume, log } = options;
  const group = createGroupPositions({ admin, group: consume.group, url: client.url });
  const inFlight = createInFlight(consume.maxInFlightBytes);
  const clock = (): number => performance.now();
  const { inOrder = [] } = consume;
  const lanes = new Map<number, LaneState>();
  /** Lanes that cannot go on until somebody decides; looked at again in the next generation. */
  const stuck = new Set<number>();
  const membership = createMembership();
  const stopping = new AbortController();
  const ended = new AbortController();
  const ends = createPartitionEnds({
    admin,
    topics: () => inOrder.filter((topic) => topicsOf(lanes).has(topic)),
    clock,
    onAnswer() {
      for (const { arrived } of lanes.values()) arrived.notify();
    },
    onError: (error) => consume.onError(error, {}),
    signal: ended.signal,
  });

  const session = startConsumerSession({
    client,
    admin,
    group: consume.group,
    topics: consume.topics,
    sessionTimeoutMs: options.sessionTimeoutMs,
    prepare: options.prepare,
    assigner: createLaneAssigner({
      laneCount,
      owned: () => [...lanes.keys()],
      onJoining() {
        membership.generation += 1;
        membership.isJoined = false;
      },
    }),
    onAssigned,
    onBatch,
    onGap(topic, partition, first, last) {
      const source = currentSource(topic, partition);
      if (source !== undefined && first <= source.position) source.push([], last + 1n);
    },
    onDown() {
      membership.generation += 1;
      membership.isJoined = false;
      membership.consumer = null;
      membership.commitOnce = null;
      for (const lane of lanes.values()) lose(lane);
    },
    onError: (error) => consume.onError(error, {}),
  });
  void resumeWhenReleased();

  function onAssigned(assignment: Assignment, joined: Consumer): void {
    membership.generation += 1;
    membership.isJoined = true;
    membership.consumer = joined;
    stuck.clear();
    const partitionsOf = new Map<number, LanePartition[]>();
    for (const [topic, partitions] of assignment) {
      // Until the position of a lane is known, nothing of it is fetched.
      joined.pause([{ topic, partitions: [...partitions] }]);
      for (const partition of partitions) {
        const lane = partition % laneCount;
        const list = partitionsOf.get(lane) ?? [];
        list.push({ topic, partition });
        partitionsOf.set(lane, list);
      }
    }
    for (const lane of lanes.values()) if (!partitionsOf.has(lane.lane)) lose(lane);
    for (const [lane, partitions] of partitionsOf) {
      partitions.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      void takeLane(lane, partitions, membership.generation);
    }
  }

  function lose(lane: LaneState): void {
    lane.stopping.abort();
    lane.lost.abort();
    if (lanes.get(lane.lane) === lane) lanes.delete(lane.lane);
  }

  /** Keeps a lane that is still ours as we left it, or starts it from the group's positions. */
  async function takeLane(
    number: number,
    partitions: readonly LanePartition[],
    wanted: number,
  ): Promise<void> {
    const isOver = (): boolean => membership.generation !== wanted || ended.signal.aborted;
    for (let attempt = 1; !isOver(); attempt += 1) {
      try {
        const kept = lanes.get(number);
        if (kept !== undefined) {
          const isSameSet = partitions.map(keyOf).join() === [...kept.sources.keys()].join();
          const stored = isSameSet ? await group.stored(partitions) : null;
          if (isOver()) return;
          if (stored !== null && isUntouched(kept, stored) && !kept.lost.signal.aborted) {
            keepLane(kept, wanted);
            return;
          }
          lose(kept);
        }
        // Only now are no commits of an earlier run on their way.
        await options.settledOf(number);
        if (isOver() || stopping.signal.aborted) return;
        const positions = await group.startingAt(partitions);
        if (isOver() || stopping.signal.aborted) return;
        startLane(number, positions, wanted);
        return;
      } catch (error) {
        if (isOver()) return;
        consume.onError(error, { partition: number });
        if (error instanceof AppError && error.code === 'EVENT_LOG_OFFSET_EXPIRED') {
          stuck.add(number);
          return;
        }
      }
      await pause(backOffMs(attempt), ended.signal);
    }
  }

  function keepLane(lane: LaneState, wanted: number): void {
    lane.validFor = wanted;
    lane.paused.clear();
    for (const source of lane.sources.values()) read(source, lane);
    membership.validated.notify();
  }

  function startLane(number: number, positions: readonly Commit[], wanted: number): void {
    const arrived = createWakeUp();
    const sources = new Map(
      positions.map(({ topic, partition, offset }) => [
        keyOf({ topic, partition }),
        createLaneSource({
          topic,
          partition,
          position: offset,
          inFlight,
          arrived,
          clock,
          readAt: (pushed) => ends.readAt({ topic, partition }, pushed),
          askRead: ends.ask,
        }),
      ]),
    );
    const lane: LaneState = {
      lane: number,
      sources,
      arrived,
      saved: new Map(positions.map((commit) => [keyOf(commit), commit])),
      attempted: new Map(),
      validFor: wanted,
      beyond: new Map(),
      paused: new Set(),
      handling: new Map(),
      stopping: new AbortController(),
      lost: new AbortController(),
      settled: Promise.resolve(),
    };
    lanes.set(number, lane);
    lane.settled = runLane({
      sources: [...sources.values()],
      openIntents: positions.map(openIntentOf).filter((intent) => intent !== null),
      limits: consume.batch,
      inOrder,
      async handle(batch, signal) {
        const [first] = batch.records;
        if (first !== undefined) lane.handling.set(keyOf(batch), first.appendedAt);
        await consume.handle(batch, signal);
        lane.handling.delete(keyOf(batch));
      },
      onError: consume.onError,
      save: (update) => saveUpdate({ client, membership, lane, update }),
      arrived,
      stopping: AbortSignal.any([stopping.signal, lane.stopping.signal]),
      lost: lane.lost.signal,
      clock,
      wallClock: options.clock,
    })
      .catch((error: unknown) => {
        lose(lane);
        stuck.add(number);
        consume.onError(error, { partition: number });
      })
      .finally(() => {
        for (const source of sources.values()) source.clear();
      });
    options.setSettled(number, lane.settled);
    for (const source of sources.values()) read(source, lane);
  }

  /** Fetches a source from its position on, unless it is full. */
  function read(source: LaneSource, lane: LaneState): void {
    const { topic, partition } = source;
    membership.consumer?.seek({ topic, partition, offset: String(source.position) });
    if (source.isOpen()) membership.consumer?.resume([{ topic, partitions: [partition] }]);
    else lane.paused.add(source);
  }

  function currentSource(topic: string, partition: number): LaneSource | undefined {
    const lane = lanes.get(partition % laneCount);
    if (lane === undefined || lane.validFor !== membership.generation) return undefined;
    return lane.sources.get(keyOf({ topic, partition }));
  }

  async function onBatch(payload: EachBatchPayload): Promise<void> {
    membership.commitOnce = payload.commitOffsetsIfNecessary;
    const { batch } = payload;
    const { topic, partition } = batch;
    const source = currentSource(topic, partition);
    const lane = lanes.get(partition % laneCount);
    if (source === undefined || lane === undefined) return;
    // Part of the class of kafkajs, though not of its declared type.
    const { fetchedOffset } = batch as { readonly fetchedOffset?: string };
    if (fetchedOffset !== undefined && BigInt(fetchedOffset) > source.position) {
      if (await hasExpired(lane, source)) return;
      if (currentSource(topic, partition) !== source) return;
      if (!isGap(lane.beyond, source, BigInt(fetchedOffset))) {
        read(source, lane);
        return;
      }
    }
    lane.beyond.delete(source);
    const from = source.position;
    const records: LogRecord[] = [];
    for (const message of batch.messages) {
      const record = toLogRecord(topic, partition, message);
      if (record.offset >= from) records.push(record);
    }
    source.push(records, BigInt(batch.lastOffset()) + 1n);
    const last = batch.messages.at(-1);
    if (last !== undefined) payload.resolveOffset(last.offset);
    if (!source.isOpen()) {
      payload.pause();
      lane.paused.add(source);
    }
  }

  /**
   * kafkajs answers an offset that is out of range by going to the earliest one, and commits that.
   * Here such a jump ends the lane, and the position that was lost is committed again.
   */
  async function hasExpired(lane: LaneState, source: LaneSource): Promise<boolean> {
    const { topic, partition, position } = source;
    const error = await group.expiry(source, position);
    if (error === null) return false;
    const saved = lane.saved.get(keyOf(source));
    lose(lane);
    stuck.add(lane.lane);
    for (const one of lane.sources.values()) {
      membership.consumer?.pause([{ topic: one.topic, partitions: [one.partition] }]);
    }
    consume.onError(error, { topic, partition });
    try {
      if (saved !== undefined) await commitNow(membership, [saved]);
    } catch (cause) {
      log.warn({ topic, partition, cause: messageOf(cause) }, 'event log: expired offset not kept');
    }
    return true;
  }

  /** Fetching goes on where bytes in flight were given back. */
  async function resumeWhenReleased(): Promise<void> {
    while (!ended.signal.aborted) {
      const seen = inFlight.released.version;
      for (const lane of lanes.values()) {
        if (lane.validFor !== membership.generation || !membership.isJoined) continue;
        for (const source of lane.paused) {
          if (!source.isOpen()) continue;
          lane.paused.delete(source);
          membership.consumer?.resume([{ topic: source.topic, partitions: [source.partition] }]);
        }
      }
      await inFlight.released.after(seen, ended.signal);
    }
  }

  let stopped: Promise<void> | null = null;
  async function stop(deadlineMs: number): Promise<void> {
    stopping.abort();
    const waited = new AbortController();
    const running = [...lanes.values()].map(({ settled }) => settled);
    await Promise.race([Promise.all(running), pause(deadlineMs, waited.signal)]);
    waited.abort();
    for (const lane of [...lanes.values()]) lane.lost.abort();
    ended.abort();
    await session.stop();
  }

  return {
    group: consume.group,
    isReady: () => membership.isJoined && stuck.size === 0 && stopped === null,
    oldestUnreadAt(topic, partition) {
      const key = keyOf({ topic, partition });
      const lane = lanes.get(partition % laneCount);
      return lane?.handling.get(key) ?? lane?.sources.get(key)?.records[0]?.appendedAt ?? null;
    },
    stop(deadlineMs = DEFAULT_STOP_MS) {
      stopped ??= stop(deadlineMs);
      return stopped;
    },
  };
}

/** Topics that the lanes of this process read. */
function topicsOf(lanes: ReadonlyMap<number, LaneState>): ReadonlySet<string> {
  const topics = new Set<string>();
  for (const { sources } of lanes.values()) {
    for (const { topic } of sources.values()) topics.add(topic);
  }
  return topics;
}
