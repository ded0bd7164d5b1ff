import { AppError } from '../../errors.js';
import { assignLanes } from '../assign-lanes.js';
import type { BatchIntent, ConsumeOptions, LogConsumer } from '../event-log.js';
import {
  createInFlight,
  createLaneSource,
  type InFlight,
  type LaneSource,
} from '../lane-source.js';
import { runLane } from '../run-lane.js';
import { backOffMs, createWakeUp, pause } from '../wake-up.js';
import type { GroupCursor } from './group-cursor.js';
import type { PartitionLog } from './partition-log.js';

/** Bytes read from a segment at a time. */
const READ_BYTES = 1024 * 1024;
const DEFAULT_STOP_MS = 10_000;

/** The consumers of one group within this process, which shares the lanes out among them. */
export interface ConsumerGroup {
  join(options: ConsumeOptions): LogConsumer;
}

export interface ConsumerGroupOptions {
  readonly laneCount: number;
  readonly cursor: GroupCursor;
  readonly openPartition: (topic: string, partition: number) => Promise<PartitionLog>;
  /** Milliseconds now. */
  readonly clock: () => number;
}

interface Member {
  readonly options: ConsumeOptions;
  readonly inFlight: InFlight;
  readonly runs: Map<number, LaneRun>;
  hasExpiredLane: boolean;
}

interface LaneRun {
  readonly stopping: AbortController;
  readonly lost: AbortController;
  readonly settled: Promise<void>;
}

/**
 * Creates the group. Lanes are spread evenly and stay where they are as far as that allows. A lane
 * that moves is aborted at its old owner; the new owner begins when the old run has settled.
 */
export function createConsumerGroup({
  laneCount,
  cursor,
  openPartition,
  clock,
}: ConsumerGroupOptions): ConsumerGroup {
  const members: Member[] = [];
  /** When everything that ever ran in a lane has settled. */
  const settledOf: Promise<void>[] = Array.from({ length: laneCount }, () => Promise.resolve());

  function assign(): void {
    const assigned = assignLanes(
      laneCount,
      members.map((member) => ({ id: member, owned: [...member.runs.keys()] })),
    );
    for (const [member, lanes] of assigned) {
      for (const [lane, run] of member.runs) {
        if (lanes.includes(lane)) continue;
        member.runs.delete(lane);
        run.stopping.abort();
        run.lost.abort();
      }
    }
    for (const [member, lanes] of assigned) {
      for (const lane of lanes) if (!member.runs.has(lane)) start(member, lane);
    }
  }

  function start(member: Member, lane: number): void {
    const stopping = new AbortController();
    const lost = new AbortController();
    const before = settledOf[lane];
    const settled = (async () => {
      await before;
      await repeatLane(member, lane, stopping.signal, lost.signal);
    })();
    settledOf[lane] = settled;
    member.runs.set(lane, { stopping, lost, settled });
  }

  /** Runs a lane; failures outside of `handle` are reported and tried again. */
  async function repeatLane(
    member: Member,
    lane: number,
    stopping: AbortSignal,
    lost: AbortSignal,
  ): Promise<void> {
    for (let attempt = 1; !stopping.aborted; attempt += 1) {
      try {
        await runOnce(member, lane, stopping, lost);
        return;
      } catch (error) {
        member.options.onError(error, { partition: lane });
        if (error instanceof AppError && error.code === 'EVENT_LOG_OFFSET_EXPIRED') {
          member.hasExpiredLane = true;
          return;
        }
      }
      await pause(backOffMs(attempt), stopping);
    }
  }

  async function runOnce(
    { options, inFlight }: Member,
    lane: number,
    stopping: AbortSignal,
    lost: AbortSignal,
  ): Promise<void> {
    const arrived = createWakeUp();
    const ended = new AbortController();
    const pumps: Promise<void>[] = [];
    const sources: LaneSource[] = [];
    const openIntents: BatchIntent[] = [];
    let failure: unknown;
    try {
      for (const topic of options.topics) {
        const partition = await openPartition(topic, lane);
        const stored = cursor.get(topic, lane);
        const position = stored?.committed ?? partition.begin;
        if (position < partition.begin) {
          throw new AppError(
            'EVENT_LOG_OFFSET_EXPIRED',
            `group ${options.group} stands at offset ${position} of ${topic}/${lane}, but the log begins at ${partition.begin}: records in between are gone unread`,
            { details: { topic, partition: lane, position, begin: partition.begin } },
          );
        }
        if (stored?.intent) openIntents.push(stored.intent);
        const source = createLaneSource({
          topic,
          partition: lane,
          position,
          inFlight,
          arrived,
          clock,
          readAt: (pushed) =>
            !partition.isAppending && pushed >= partition.end
              ? Number.POSITIVE_INFINITY
              : Number.NEGATIVE_INFINITY,
        });
        sources.push(source);
        pumps.push(
          pump(partition, source, inFlight, ended.signal).catch((error: unknown) => {
            failure ??= error;
            ended.abort();
          }),
        );
      }
      await runLane({
        sources,
        openIntents,
        limits: options.batch,
        inOrder: options.inOrder ?? [],
        handle: options.handle,
        onError: options.onError,
        save: (update) => cursor.save(update),
        arrived,
        stopping: AbortSignal.any([stopping, ended.signal]),
        lost,
        clock,
        wallClock: clock,
      });
    } finally {
      ended.abort();
      await Promise.all(pumps);
      for (const source of sources) source.clear();
    }
    if (failure !== undefined) throw failure;
  }

  return {
    join(options) {
      const member: Member = {
        options,
        inFlight: createInFlight(options.maxInFlightBytes),
        runs: new Map(),
        hasExpiredLane: false,
      };
      members.push(member);
      assign();
      let stopped: Promise<void> | null = null;
      const stop = async (deadlineMs: number): Promise<void> => {
        // Who stops gets no lane of another that stops too; its own wait until its runs have settled.
        members.splice(members.indexOf(member), 1);
        const runs = [...member.runs.values()];
        for (const { stopping } of runs) stopping.abort();
        assign();
        const waited = new AbortController();
        await Promise.race([
          Promise.all(runs.map(({ settled }) => settled)),
          pause(deadlineMs, waited.signal),
        ]);
        waited.abort();
        for (const { lost } of runs) lost.abort();
      };
      return {
        isReady: () => stopped === null && !member.hasExpiredLane,
        stop(deadlineMs = DEFAULT_STOP_MS) {
          stopped ??= stop(deadlineMs);
          return stopped;
        },
      };
    },
  };
}

/** Feeds a source from its partition while it has room. */
async function pump(
  partition: PartitionLog,
  source: LaneSource,
  inFlight: InFlight,
  signal: AbortSignal,
): Promise<void> {
  const reader = partition.reader(source.position);
  try {
    while (!signal.aborted) {
      const releasedSeen = inFlight.released.version;
      if (!source.isOpen()) {
        await inFlight.released.after(releasedSeen, signal);
        continue;
      }
      const appendedSeen = partition.appended.version;
      const before = source.position;
      const { records, position } = await reader.read(READ_BYTES);
      if (records.length > 0 || position > before) source.push(records, position);
      else await partition.appended.after(appendedSeen, signal);
    }
  } finally {
    await reader.close();
  }
}
