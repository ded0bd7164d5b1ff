import { afterAll, afterEach, beforeAll, describe } from '@jest/globals';
import { isAppError } from '../../src/errors.js';
import type {
  AppendRecord,
  ConsumeOptions,
  EventLog,
  LogBatch,
  LogConsumer,
  LogRecord,
} from '../../src/event-log/event-log.js';
import { eventually } from './deadline.js';
import {
  type EventLogAdapter,
  type EventLogWorld,
  kafkaAdapter,
  segmentsAdapter,
} from './event-log-adapters.js';
import { type RunningKafka, startKafka } from './kafka.js';

/** Opens a log, which is closed behind the test. */
export type OpenWorld = (
  options?: Parameters<EventLogAdapter['open']>[0],
) => Promise<EventLogWorld>;

/** Tests that hold for every event log: on segments and on a real Kafka. */
export function describeEventLogs(tests: (open: OpenWorld) => void): void {
  let kafka: RunningKafka | null = null;
  beforeAll(async () => {
    kafka = await startKafka();
  }, 120_000);
  afterAll(async () => {
    await kafka?.stop();
  }, 30_000);

  const adapters: readonly EventLogAdapter[] = [
    segmentsAdapter,
    kafkaAdapter(() => kafka?.url ?? ''),
  ];
  for (const adapter of adapters) {
    describe(`event log on ${adapter.name}`, () => {
      const worlds: EventLogWorld[] = [];
      afterEach(async () => {
        for (const world of worlds.splice(0)) await world.close();
      });
      tests(async (options) => {
        const world = await adapter.open(options);
        worlds.push(world);
        return world;
      });
    });
  }
}

/** A record with a value that is text. */
export function record(
  topic: string,
  partition: number,
  value: string,
  rest: Partial<AppendRecord> = {},
): AppendRecord {
  return { topic, partition, key: null, value: Buffer.from(value), ...rest };
}

/** Records of one partition, numbered. */
export function values(
  topic: string,
  partition: number,
  length: number,
  value = 'v',
): AppendRecord[] {
  return Array.from({ length }, (_, index) => record(topic, partition, `${value}${index}`));
}

/** Records of all batches together. */
export function count(batches: readonly LogBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.records.length, 0);
}

/** How the tests consume, but for what they say otherwise. */
export function consuming(
  world: EventLogWorld,
  options: Partial<ConsumeOptions> & Pick<ConsumeOptions, 'handle'>,
): ConsumeOptions {
  return {
    group: world.group,
    topics: world.topics,
    batch: { maxRecords: 1000, maxBytes: 1e6, lingerMs: 10 },
    maxInFlightBytes: 1e7,
    onError: (error) => {
      // A cluster that is busy with something else says so; every other error is unexpected.
      if (!isAppError(error, 'EVENT_LOG_UNAVAILABLE')) throw error;
    },
    ...options,
  };
}

/** Consumes until so many records have come. */
export async function collect(
  world: EventLogWorld,
  log: EventLog,
  expected: number,
): Promise<{ records: LogRecord[]; consumer: LogConsumer }> {
  const records: LogRecord[] = [];
  const consumer = await log.consume(
    consuming(world, {
      handle: async (batch) => {
        records.push(...batch.records);
      },
    }),
  );
  await eventually(`${expected} records`, () => records.length >= expected);
  return { records, consumer };
}

/** What a group has confirmed of the first partition. */
export async function committed(world: EventLogWorld, log: EventLog): Promise<bigint | null> {
  const [position] = await log.positions(world.group, world.topics);
  return position?.committed ?? null;
}
