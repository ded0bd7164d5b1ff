import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Consumer,
  type ConsumerConfig,
  type EachBatchPayload,
  Kafka,
  logLevel,
} from 'kafkajs';
import { pino } from 'pino';
import { isAppError } from '../../src/errors.js';
import type { EventLog, LogBatch, LogConsumer, LogRecord } from '../../src/event-log/event-log.js';
import { createKafkaAdmin } from '../../src/event-log/kafka/kafka-admin.js';
import { createKafkaClient } from '../../src/event-log/kafka/kafka-client.js';
import { startKafkaConsumer } from '../../src/event-log/kafka/kafka-consumer.js';
import {
  createKafkaEventLog,
  type KafkaEventLogOptions,
} from '../../src/event-log/kafka/kafka-event-log.js';
import { eventually } from '../testkit/deadline.js';
import { uniqueNames } from '../testkit/event-log-adapters.js';
import { type RunningKafka, startKafka } from '../testkit/kafka.js';
import { collecting, holding, record, succeeds } from '../testkit/kafka-consumers.js';
import { startTcpProxy, type TcpProxy } from '../testkit/tcp-proxy.js';

let proxy: TcpProxy;
let broker: RunningKafka;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-kafka-'));
  proxy = await startTcpProxy({});
  broker = await startKafka({ directory, proxy, isOwn: true });
}, 120_000);
afterAll(async () => {
  await broker.stop();
  await proxy.stop();
  await rm(directory, { recursive: true, force: true });
}, 30_000);

describe('event log on Kafka, when things go wrong', () => {
  const logs: EventLog[] = [];
  afterEach(async () => {
    proxy.restore();
    for (const log of logs.splice(0)) await log.stop();
  }, 30_000);

  const open = (
    options: Partial<KafkaEventLogOptions> & Pick<KafkaEventLogOptions, 'topics'>,
  ): EventLog => {
    const log = createKafkaEventLog({
      url: broker.url,
      partitionCount: 2,
      replication: 1,
      sessionTimeoutMs: 3_000,
      clock: Date.now,
      log: pino({ level: 'silent' }),
      ...options,
    });
    logs.push(log);
    return log;
  };
  const admin = async <T>(act: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> => {
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
    const client = kafka.admin();
    await client.connect();
    try {
      return await act(client);
    } finally {
      await client.disconnect();
    }
  };

  const deleteBefore = (topic: string, offset: string): Promise<void> =>
    admin(async (client) => {
      // kafkajs deletes only in topics whose metadata it happens to have.
      await client.fetchTopicOffsets(topic);
      await client.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
    });

  test('a broker that cannot be reached is named with the cause, and used once it is there', async () => {
    const { topics, group } = uniqueNames(1);
    proxy.block();
    const log = open({ topics });
    await expect(log.checkReady()).rejects.toMatchObject({
      code: 'EVENT_LOG_UNAVAILABLE',
      isRetryable: true,
      message: expect.stringContaining(broker.url),
    });
    await expect(log.append([record(topics, 0, 'lost')])).rejects.toMatchObject({
      code: 'EVENT_LOG_UNAVAILABLE',
    });
    const seen: LogRecord[] = [];
    const errors: unknown[] = [];
    const consumer = await log.consume(collecting(group, topics, seen, errors));
    await eventually('a report', () => errors.length > 0);
    expect(errors.every((error) => isAppError(error, 'EVENT_LOG_UNAVAILABLE'))).toBe(true);
    expect(consumer.isReady()).toBe(false);
    proxy.restore();
    await eventually('ready', () => succeeds(() => log.checkReady()));
    await log.append([record(topics, 1, 'there')]);
    await eventually('the record', () => seen.length === 1);
    expect(consumer.isReady()).toBe(true);
  }, 60_000);

  test('appending and consuming go on after every connection was cut, again and again', async () => {
    const { topics, group } = uniqueNames(1);
    const log = open({ topics });
    await log.checkReady();
    const seen = new Map<string, number>();
    await log.consume({
      ...collecting(group, topics, [], []),
      handle: async (batch) => {
        for (const { value } of batch.records) {
          seen.set(value.toString(), (seen.get(value.toString()) ?? 0) + 1);
        }
      },
    });
    for (let round = 0; round < 4; round += 1) {
      const sent = `round ${round}`;
      const appended = eventually('the append', () =>
        succeeds(() => log.append([record(topics, round % 2, sent)])),
      );
      proxy.cut();
      await appended;
      await eventually(sent, () => seen.has(sent));
    }
  }, 90_000);

  test('a broker that was killed and started again has what it acknowledged', async () => {
    const { topics, group } = uniqueNames(1);
    const log = open({ topics });
    await log.append([record(topics, 0, 'before')]);
    const seen: LogRecord[] = [];
    const consumer = await log.consume(collecting(group, topics, seen, []));
    await eventually(
      'the first record to be confirmed',
      async () => (await log.positions(group, topics))[0]?.committed === 1n,
    );
    await broker.kill('SIGKILL');
    await expect(log.append([record(topics, 0, 'meanwhile')])).rejects.toMatchObject({
      code: 'EVENT_LOG_UNAVAILABLE',
    });
    broker = await startKafka({ directory, proxy, isOwn: true });
    await eventually('an append', () => succeeds(() => log.append([record(topics, 0, 'after')])));
    await eventually(
      'the record after',
      () => seen.some((one) => String(one.value) === 'after'),
      40_000,
    );
    await eventually('ready', () => consumer.isReady());
    expect(new Set(seen.map(({ offset }) => offset)).size).toBe(seen.length);
  }, 120_000);

  test('a member that was silent past its session is fenced, and its batch replayed elsewhere', async () => {
    const { topics, group } = uniqueNames(1);
    const [topic = ''] = topics;
    const first = open({ topics, partitionCount: 1 });
    await first.append([0, 1, 2].map((index) => record(topics, 0, `v${index}`)));
    const atFirst = holding();
    await first.consume({ ...collecting(group, topics, [], []), handle: atFirst.handle });
    await eventually('the first owner', () => atFirst.running.length === 1);
    const second = open({ topics, partitionCount: 1 });
    proxy.freezeOpen();
    const atSecond = holding();
    await second.consume({ ...collecting(group, topics, [], []), handle: atSecond.handle });
    // The confirmation of the first is on its way, and arrives only after the frost.
    atFirst.finish();
    await eventually('the replay', () => atSecond.running.length === 1);
    expect(atSecond.running[0]?.batch).toMatchObject({
      firstOffset: 0n,
      lastOffset: 2n,
      isReplay: true,
    });
    atSecond.finish();
    await second.append([record(topics, 0, 'v3')]);
    await eventually('the next batch', () => atSecond.running.length === 2);
    proxy.restore();
    await eventually('the first to be back', async () => {
      const { groups } = await admin((client) => client.describeGroups([group]));
      return groups[0]?.state === 'Stable' && groups[0].members.length === 2;
    });
    const [stored] = await admin((client) =>
      client.fetchOffsets({ groupId: group, topics: [topic] }),
    );
    expect(stored?.partitions[0]).toMatchObject({
      offset: '3',
      metadata: expect.stringMatching(/^sluice\/1 3-3 at \d+$/),
    });
    await eventually('the end of the log', async () => {
      atFirst.finish();
      atSecond.finish();
      return (await second.positions(group, topics))[0]?.committed === 4n;
    });
    for (const { batch } of [...atFirst.running, ...atSecond.running]) {
      expect([
        [0n, 2n],
        [3n, 3n],
      ]).toContainEqual([batch.firstOffset, batch.lastOffset]);
    }
  }, 90_000);

  test('a member that comes back to its lane goes on where the group is, not where it was', async () => {
    const { topics, group } = uniqueNames(1);
    const first = open({ topics, partitionCount: 1 });
    await first.append([0, 1, 2].map((index) => record(topics, 0, `v${index}`)));
    const atFirst = holding();
    await first.consume({ ...collecting(group, topics, [], []), handle: atFirst.handle });
    await eventually('the first owner', () => atFirst.running.length === 1);
    const second = open({ topics, partitionCount: 1 });
    proxy.freezeOpen();
    const atSecond = await second.consume(collecting(group, topics, [], []));
    const committedAt = async (): Promise<bigint | null | undefined> =>
      (await second.positions(group, topics))[0]?.committed;
    await eventually('the replay', async () => (await committedAt()) === 3n);
    await second.append([record(topics, 0, 'v3')]);
    await eventually('the next batch', async () => (await committedAt()) === 4n);
    await atSecond.stop();
    // The confirmation of the first batch is sent now, by an owner that has missed all this.
    atFirst.finish();
    proxy.restore();
    await eventually('the first alone', async () => {
      const { groups } = await admin((client) => client.describeGroups([group]));
      return groups[0]?.state === 'Stable' && groups[0].members.length === 1;
    });
    await second.append([record(topics, 0, 'v4')]);
    await eventually('the end of the log', async () => {
      atFirst.finish();
      return (await committedAt()) === 5n;
    });
    const boundaries = atFirst.running.map(({ batch }) => [batch.firstOffset, batch.lastOffset]);
    expect(boundaries).toEqual([
      [0n, 2n],
      [4n, 4n],
    ]);
  }, 90_000);

  test('a rebalance leaves the work of a lane that stays alone', async () => {
    const { topics, group } = uniqueNames(1);
    const first = open({ topics });
    const second = open({ topics });
    await first.append([record(topics, 0, 'a'), record(topics, 1, 'b')]);
    const { running, handle, finish } = holding();
    await first.consume({ ...collecting(group, topics, [], []), handle });
    await eventually('both lanes', () => running.length === 2);
    const taken: LogBatch[] = [];
    await second.consume({
      ...collecting(group, topics, [], []),
      handle: async (batch) => {
        taken.push(batch);
      },
    });
    const lost = await eventually('a lost lane', () => running.find((one) => one.signal.aborted));
    const kept = running.find((one) => one !== lost);
    expect(kept?.signal.aborted).toBe(false);
    finish();
    await eventually('both confirmed', async () =>
      (await first.positions(group, topics)).every(({ committed }) => committed === 1n),
    );
    expect(running).toHaveLength(2);
    expect(taken.map(({ partition }) => partition)).toEqual([lost.batch.partition]);
    expect(taken[0]?.isReplay).toBe(true);
  }, 60_000);

  test('a topic with another number of partitions is refused, naming topic, expected and got', async () => {
    const { topics } = uniqueNames(1);
    await open({ topics, partitionCount: 3 }).checkReady();
    const [topic = ''] = topics;
    await expect(open({ topics, partitionCount: 2 }).checkReady()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      isRetryable: false,
      details: { topic, expected: 2, got: 3 },
    });
  }, 60_000);

  test('several processes may create the same topics at once', async () => {
    const { topics } = uniqueNames(3);
    const peers = [1, 2, 3, 4].map(() => open({ topics }));
    await Promise.all(
      peers.map((peer) => eventually('ready', () => succeeds(() => peer.checkReady()))),
    );
  }, 60_000);

  test('partitions of a foreign topic go to the owner of their lane', async () => {
    const { topics, group } = uniqueNames(1);
    const foreign = [`${topics[0]}_foreign`];
    const producer = open({ topics: foreign, partitionCount: 5 });
    await producer.append([0, 1, 2, 3, 4].map((partition) => record(foreign, partition, 'x')));
    const owners = new Map<string, string>();
    const peers = ['a', 'b'].map((name) => ({ name, log: open({ topics }) }));
    const consumers: LogConsumer[] = [];
    for (const { name, log } of peers) {
      consumers.push(
        await log.consume({
          ...collecting(group, [...topics, ...foreign], [], []),
          handle: async (batch) => {
            owners.set(`${batch.topic}/${batch.partition}`, name);
          },
        }),
      );
    }
    await eventually('both ready', () => consumers.every((consumer) => consumer.isReady()));
    await eventually('two owners', async () => {
      owners.clear();
      await producer.append([0, 1, 2, 3, 4].map((partition) => record(foreign, partition, 'y')));
      await producer.append([0, 1].map((partition) => record(topics, partition, 'y')));
      await eventually('all partitions', () => owners.size === 7);
      const isTogether = [0, 1, 2, 3, 4].every(
        (partition) =>
          owners.get(`${foreign[0]}/${partition}`) === owners.get(`${topics[0]}/${partition % 2}`),
      );
      return isTogether && new Set(owners.values()).size === 2;
    });
    expect(owners.get(`${topics[0]}/0`)).not.toBe(owners.get(`${topics[0]}/1`));
  }, 60_000);

  test('partitions that are added to a foreign topic are read, and the others go on', async () => {
    const { topics, group } = uniqueNames(1);
    const [foreign = ''] = [`${topics[0]}_foreign`];
    const producer = open({ topics: [foreign], partitionCount: 2 });
    await producer.append([0, 1].map((partition) => record([foreign], partition, 'before')));
    const seen: LogRecord[] = [];
    const log = open({ topics });
    await log.consume(collecting(group, [...topics, foreign], seen, []));
    await eventually('the first records', () => seen.length === 2);
    await admin(async (client) => {
      await client.createPartitions({ topicPartitions: [{ topic: foreign, count: 4 }] });
    });
    const later = open({ topics: [foreign], partitionCount: 4 });
    await eventually('the new partitions', () =>
      succeeds(() =>
        later.append([0, 1, 2, 3].map((partition) => record([foreign], partition, 'after'))),
      ),
    );
    const partitions = (): number[] =>
      seen
        .filter(({ value }) => value.toString() === 'after')
        .map(({ partition }) => partition)
        .sort();
    await eventually('records of every partition', () => partitions().length >= 4, 60_000);
    expect(new Set(partitions())).toEqual(new Set([0, 1, 2, 3]));
  }, 90_000);

  test('an expired offset stops the lane with a clear error instead of jumping', async () => {
    const { topics, group } = uniqueNames(1);
    const [topic = ''] = topics;
    const log = open({ topics, partitionCount: 1 });
    await log.append([0, 1, 2, 3].map((index) => record(topics, 0, `v${index}`)));
    const first = await log.consume({
      ...collecting(group, topics, [], []),
      batch: { maxRecords: 1, maxBytes: 1e6, lingerMs: 0 },
    });
    await eventually(
      'a position',
      async () => (await log.positions(group, topics))[0]?.committed === 4n,
    );
    await first.stop();
    await log.append([4, 5, 6].map((index) => record(topics, 0, `v${index}`)));
    await deleteBefore(topic, '6');
    const errors: unknown[] = [];
    const seen: LogRecord[] = [];
    const second = await log.consume(collecting(group, topics, seen, errors));
    const error = await eventually('the error', () =>
      errors.find((one) => isAppError(one, 'EVENT_LOG_OFFSET_EXPIRED')),
    );
    expect(error).toMatchObject({
      isRetryable: false,
      details: { group, topic, partition: 0, offset: 4n, begin: 6n },
    });
    expect(second.isReady()).toBe(false);
    expect(seen).toEqual([]);
    expect((await log.positions(group, topics))[0]?.committed).toBe(4n);
  }, 60_000);

  test('records deleted under a running consumer are noticed too, and its position is kept', async () => {
    const { topics, group } = uniqueNames(1);
    const [topic = ''] = topics;
    const log = open({ topics, partitionCount: 1 });
    await log.append(
      Array.from({ length: 40 }, (_, index) => record(topics, 0, `v${index}`.repeat(2000))),
    );
    const errors: unknown[] = [];
    let isStuck = true;
    const consumer = await log.consume({
      ...collecting(group, topics, [], errors),
      batch: { maxRecords: 5, maxBytes: 1e6, lingerMs: 0 },
      maxInFlightBytes: 1,
      handle: async () => {
        if (isStuck) throw new Error('warehouse away');
      },
    });
    await eventually('a first try', () => errors.length > 0);
    await log.append(
      Array.from({ length: 500 }, (_, index) => record(topics, 0, `w${index}`.repeat(2000))),
    );
    await deleteBefore(topic, '530');
    isStuck = false;
    await eventually(
      'the error',
      () => errors.find((one) => isAppError(one, 'EVENT_LOG_OFFSET_EXPIRED')),
      40_000,
    );
    expect(consumer.isReady()).toBe(false);
    await consumer.stop(0);
    // Also the next owner is told: nothing was moved silently.
    const again: unknown[] = [];
    await log.consume(collecting(group, topics, [], again));
    await eventually('the error again', () =>
      again.find((one) => isAppError(one, 'EVENT_LOG_OFFSET_EXPIRED')),
    );
  }, 90_000);

  test('gaps between offsets, left by transactions, are passed', async () => {
    const { topics, group } = uniqueNames(1);
    const [topic = ''] = topics;
    const log = open({ topics, partitionCount: 1 });
    await log.checkReady();
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
    const producer = kafka.producer({
      transactionalId: group,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    for (let round = 0; round < 4; round += 1) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: `t${round}`, partition: 0 }] });
      if (round % 2 === 0) await transaction.commit();
      else await transaction.abort();
    }
    await producer.disconnect();
    await log.append([record(topics, 0, 'last')]);
    const batches: LogBatch[] = [];
    const consumer = await log.consume({
      ...collecting(group, topics, [], []),
      batch: { maxRecords: 2, maxBytes: 1e6, lingerMs: 50 },
      handle: async (batch) => {
        batches.push(batch);
      },
    });
    await eventually('all records', () => batches.flatMap((batch) => batch.records).length === 3);
    expect(batches.flatMap((batch) => batch.records.map(({ value }) => value.toString()))).toEqual([
      't0',
      't2',
      'last',
    ]);
    await eventually(
      'confirmed',
      async () => (await log.positions(group, topics))[0]?.committed === 9n,
    );
    await consumer.stop();
  }, 60_000);
  test.each([
    {
      name: 'a fetch that was asked for before its lane was sought passes over nothing',
      times: 1,
      expected: [0, 1, 2, 3, 4, 5],
    },
    {
      name: 'offsets that are skipped each time they are sought are passed',
      times: Number.POSITIVE_INFINITY,
      expected: [3, 4, 5],
    },
  ])(
    '$name',
    async ({ times, expected }) => {
      const { topics, group } = uniqueNames(1);
      const log = open({ topics, partitionCount: 1 });
      await log.append([0, 1, 2, 3, 4, 5].map((index) => record(topics, 0, `v${index}`)));
      const client = createKafkaClient({ url: broker.url, log: pino({ level: 'silent' }) });
      let left = times;
      // What kafkajs hands out is the real fetch, said to come from offset 3 and without the records before it.
      const late = ({ batch, ...rest }: EachBatchPayload): EachBatchPayload => {
        left -= 1;
        const messages = batch.messages.filter(({ offset }) => Number(offset) >= 3);
        return {
          ...rest,
          batch: Object.assign(Object.create(batch), { messages, fetchedOffset: '3' }),
        };
      };
      const kafka = Object.assign(Object.create(client.kafka), {
        consumer(config: ConsumerConfig) {
          const consumer = client.kafka.consumer(config);
          const run: Consumer['run'] = (options = {}) =>
            consumer.run({
              ...options,
              eachBatch: async (payload) => {
                const isFromStart =
                  (payload.batch as { fetchedOffset?: string }).fetchedOffset === '0';
                await options.eachBatch?.(isFromStart && left > 0 ? late(payload) : payload);
              },
            });
          return { ...consumer, run };
        },
      });
      const admin = createKafkaAdmin(client);
      const seen: LogRecord[] = [];
      const consumer = startKafkaConsumer({
        client: { ...client, kafka },
        admin,
        laneCount: 1,
        sessionTimeoutMs: 3_000,
        prepare: async () => undefined,
        consume: collecting(group, topics, seen, []),
        clock: Date.now,
        log: pino({ level: 'silent' }),
        settledOf: () => Promise.resolve(),
        setSettled: () => undefined,
      });
      try {
        await eventually('the last record', () => seen.some(({ offset }) => offset === 5n));
        // A machine too busy for its session has a batch handed out again.
        expect([...new Set(seen.map(({ offset }) => Number(offset)))]).toEqual(expected);
      } finally {
        await consumer.stop();
        await admin.stop();
      }
    },
    60_000,
  );
});
