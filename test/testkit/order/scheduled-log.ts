import { setImmediate } from 'node:timers/promises';
import type {
  AppendRecord,
  ConsumeOptions,
  EventLog,
  LogConsumer,
  LogRecord,
  OpenIntent,
  PartitionPosition,
} from '../../../src/event-log/event-log.js';
import {
  createInFlight,
  createLaneSource,
  type LaneSource,
} from '../../../src/event-log/lane-source.js';
import { runLane } from '../../../src/event-log/run-lane.js';
import { createWakeUp } from '../../../src/event-log/wake-up.js';

/**
 * An event log in memory that fetches, cuts and loses lanes at random: the lanes themselves are run
 * by the code of the product. Topics lag behind one another, batches end anywhere, and now and then
 * an owner is lost between the work and its confirmation, so that the next one replays.
 */
export interface ScheduledLog extends EventLog {
  /** Batches handed out, and how many of them were replays. */
  readonly handled: { batches: number; replays: number };
  /** Topic partitions with records. */
  readonly used: ReadonlySet<string>;
}

export interface ScheduledLogOptions {
  readonly partitionCount: number;
  /** 0 to 1; see `randomNumbers`. */
  readonly random: () => number;
  /** Most records fetched at a time, which bounds most batches. */
  readonly longestFetch: number;
  /** Share of batches whose owner is lost before the confirmation. */
  readonly lostShare: number;
  /** When records are appended, ms since 1970. */
  readonly clock: () => number;
}

interface Cursor {
  committed: bigint;
  intent: OpenIntent | null;
}

export function createScheduledLog({
  partitionCount,
  random,
  longestFetch,
  lostShare,
  clock,
}: ScheduledLogOptions): ScheduledLog {
  const partitions = new Map<string, LogRecord[]>();
  const cursors = new Map<string, Cursor>();
  const appended = createWakeUp();
  const handled = { batches: 0, replays: 0 };
  const used = new Set<string>();
  const stopping = new AbortController();
  const running: Promise<void>[] = [];
  const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;
  const recordsOf = (topic: string, partition: number): readonly LogRecord[] =>
    partitions.get(keyOf(topic, partition)) ?? [];
  const upTo = (most: number): number => 1 + Math.floor(random() * most);

  async function runLaneForEver(options: ConsumeOptions, lane: number): Promise<void> {
    while (!stopping.signal.aborted) await runLaneOnce(options, lane);
  }

  /** One owner of a lane, from the positions of the group until it is lost or the log stops. */
  async function runLaneOnce(options: ConsumeOptions, lane: number): Promise<void> {
    const lost = new AbortController();
    const arrived = createWakeUp();
    const inFlight = createInFlight(Number.MAX_SAFE_INTEGER);
    const sources = options.topics.map((topic) =>
      createLaneSource({
        topic,
        partition: lane,
        position: cursors.get(keyOf(topic, lane))?.committed ?? 0n,
        inFlight,
        arrived,
        clock: () => performance.now(),
        readAt: (position) =>
          position >= BigInt(recordsOf(topic, lane).length)
            ? Number.POSITIVE_INFINITY
            : Number.NEGATIVE_INFINITY,
      }),
    );
    const ended = new AbortController();
    const over = AbortSignal.any([stopping.signal, lost.signal, ended.signal]);
    const feeding = feed(sources, over);
    await runLane({
      sources,
      openIntents: sources.flatMap(({ topic }) => cursors.get(keyOf(topic, lane))?.intent ?? []),
      limits: { ...options.batch, maxRecords: upTo(3 * longestFetch), lingerMs: 0 },
      inOrder: options.inOrder ?? [],
      async handle(batch, signal) {
        handled.batches += 1;
        if (batch.isReplay) handled.replays += 1;
        await options.handle(batch, signal);
        if (random() < lostShare) lost.abort();
      },
      onError: options.onError,
      async save({ confirmed, intent }) {
        if (confirmed !== undefined) {
          cursors.set(keyOf(confirmed.topic, lane), {
            committed: confirmed.lastOffset + 1n,
            intent: null,
          });
        }
        if (intent !== undefined) {
          const { committed = 0n } = cursors.get(keyOf(intent.topic, lane)) ?? {};
          cursors.set(keyOf(intent.topic, lane), { committed, intent });
        }
      },
      arrived,
      stopping: stopping.signal,
      lost: lost.signal,
      clock: () => performance.now(),
      wallClock: clock,
    });
    ended.abort();
    await feeding;
  }

  /** Fetches stretches of any length from any topic; each owner favours topics of its own. */
  async function feed(sources: readonly LaneSource[], over: AbortSignal): Promise<void> {
    const weights = sources.map(() => random() ** 3);
    while (!over.aborted) {
      const seen = appended.version;
      const behind = sources
        .map((source, index) => ({ source, at: random() * (weights[index] ?? 1) }))
        .filter(
          ({ source }) =>
            source.position < BigInt(recordsOf(source.topic, source.partition).length),
        )
        .sort((a, b) => b.at - a.at);
      const [next] = behind;
      if (next === undefined) {
        await appended.after(seen, over);
        continue;
      }
      const { topic, partition, position } = next.source;
      const from = Number(position);
      const run = recordsOf(topic, partition).slice(from, from + upTo(longestFetch));
      next.source.push(run, position + BigInt(run.length));
      for (let turns = upTo(3); turns > 0; turns -= 1) await setImmediate();
    }
  }

  return {
    partitionCount,
    handled,
    used,
    async append(records: readonly AppendRecord[]) {
      for (const record of records) {
        const key = keyOf(record.topic, record.partition);
        const kept = partitions.get(key) ?? [];
        partitions.set(key, kept);
        used.add(key);
        kept.push({
          ...record,
          offset: BigInt(kept.length),
          appendedAt: clock(),
          headers: record.headers ?? {},
        });
      }
      appended.notify();
    },
    async consume(options): Promise<LogConsumer> {
      for (let lane = 0; lane < partitionCount; lane += 1) {
        running.push(runLaneForEver(options, lane));
      }
      return {
        isReady: () => true,
        async stop() {
          stopping.abort();
          await Promise.all(running);
        },
      };
    },
    async tail() {
      throw new Error('nobody follows this log');
    },
    async positions(_group, topics): Promise<readonly PartitionPosition[]> {
      return topics.flatMap((topic) =>
        Array.from({ length: partitionCount }, (_, partition) => ({
          topic,
          partition,
          begin: 0n,
          end: BigInt(recordsOf(topic, partition).length),
          committed: cursors.get(keyOf(topic, partition))?.committed ?? null,
          oldestUnreadAt: null,
          openIntent: cursors.get(keyOf(topic, partition))?.intent ?? null,
        })),
      );
    },
    checkReady: async () => undefined,
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
