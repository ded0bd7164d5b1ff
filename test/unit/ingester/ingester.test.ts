import { expect, test } from '@jest/globals';
import { createDeadLetterCodec } from '../../../ingest/dead-letter.js';
import { createEventCodec } from '../../../ingest/event-codec.js';
import { createIngester } from '../../../ingest/ingester/ingester.js';
import { AppError } from '../../../src/errors.js';
import type { ConsumeOptions, EventLog, LogConsumer } from '../../../src/event-log/event-log.js';
import { createTelemetry } from '../../../src/telemetry.js';
import { eventually } from '../../testkit/deadline.js';

/** An ingester on a log whose `consume` is the given function. */
function ingesterOn(consume: (options: ConsumeOptions) => Promise<LogConsumer>) {
  const eventLog: Pick<EventLog, 'consume' | 'partitionCount' | 'append' | 'positions'> = {
    partitionCount: 1,
    consume,
    append: async () => undefined,
    positions: async () => {
      throw new AppError('EVENT_LOG_UNAVAILABLE', 'away', { isRetryable: true });
    },
  };
  const telemetry = createTelemetry({ level: 'silent' });
  const ingester = createIngester({
    eventLog: eventLog as EventLog,
    warehouse: {
      insert: async () => undefined,
      query: async () => ({ rows: [], rowsRead: 0, elapsedMs: 0 }),
    },
    deduplicationWindow: 100,
    codec: createEventCodec({ registry: null }),
    deadLetterCodec: createDeadLetterCodec(),
    pubsub: { publish: async () => '1' },
    topics: { web: 'w', app: 'a', deadLetters: 'd', foreign: ['f'] },
    config: {
      group: 'g',
      batchSize: 7,
      batchBytes: 1024,
      lingerMs: 5,
      timeoutMs: 30_000,
      inFlightBytes: 4096,
    },
    database: 'db',
    telemetry,
  });
  return { ingester, telemetry };
}

const AWAY = new AppError('EVENT_LOG_UNAVAILABLE', 'away', { isRetryable: true });

test('it consumes every topic under its group, within the configured bounds', async () => {
  const asked: ConsumeOptions[] = [];
  let stoppedWith: number | undefined;
  const { ingester } = ingesterOn(async (options) => {
    asked.push(options);
    return {
      isReady: () => true,
      stop: async (deadlineMs) => {
        stoppedWith = deadlineMs;
      },
    };
  });
  expect(ingester.isReady()).toBe(false);
  await ingester.start();
  expect(ingester.isReady()).toBe(true);
  expect(asked).toMatchObject([
    {
      group: 'g',
      topics: ['w', 'a', 'd', 'f'],
      batch: { maxRecords: 7, maxBytes: 1024, lingerMs: 5 },
      maxInFlightBytes: 4096,
    },
  ]);
  await ingester.stop(1234);
  expect(stoppedWith).toBe(1234);
  expect(ingester.isReady()).toBe(false);
});

test('while the log is away it starts, is not ready, and joins once the log is back', async () => {
  let tries = 0;
  const { ingester } = ingesterOn(async () => {
    tries += 1;
    if (tries < 3) throw AWAY;
    return { isReady: () => true, stop: async () => undefined };
  });
  await ingester.start();
  expect(ingester.isReady()).toBe(false);
  await eventually('it joins', () => ingester.isReady());
  expect(tries).toBe(3);
  await ingester.stop();
});

test('a stop ends the waiting for the log', async () => {
  const { ingester } = ingesterOn(async () => {
    throw AWAY;
  });
  await ingester.start();
  await ingester.stop();
  expect(ingester.isReady()).toBe(false);
});

test('what does not pass by itself fails the start', async () => {
  const wrong = new AppError('CONFIG_INVALID', 'wrong number of partitions');
  const { ingester } = ingesterOn(async () => {
    throw wrong;
  });
  await expect(ingester.start()).rejects.toBe(wrong);
});

test('metrics are served while the log is away, without its lag', async () => {
  const { telemetry } = ingesterOn(async () => {
    throw AWAY;
  });
  const text = await telemetry.registry.metrics();
  expect(text).toContain('sluice_ingester_accepted_total 0');
  expect(text).not.toMatch(/^sluice_ingester_consumer_lag_records\{/m);
});
