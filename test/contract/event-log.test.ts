import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isAppError } from '../../src/errors.js';
import type {
  AppendRecord,
  ConsumeOptions,
  EventLog,
  LogBatch,
  LogConsumer,
  LogRecord,
} from '../../src/event-log/event-log.js';
import { eventually } from '../testkit/deadline.js';
import {
  type EventLogAdapter,
  type EventLogWorld,
  kafkaAdapter,
  segmentsAdapter,
} from '../testkit/event-log-adapters.js';
import { type RunningKafka, startKafka } from '../testkit/kafka.js';

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

describe.each(adapters.map((adapter) => [adapter.name, adapter] as const))(
  'event log on %s',
  (_name, adapter) => {
    const worlds: EventLogWorld[] = [];
    const open = async (
      options?: Parameters<EventLogAdapter['open']>[0],
    ): Promise<EventLogWorld> => {
      const world = await adapter.open(options);
      worlds.push(world);
      return world;
    };
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close();
    });

    test('records come back byte for byte, in the order of each partition', async () => {
      const world = await open();
      const [topic = ''] = world.topics;
      const records = Array.from({ length: 40 }, (_, index) =>
        record(topic, index % 4, `value ${index}`, {
          key: index % 3 === 0 ? null : Buffer.from([index, 0, 255]),
          headers: index % 2 === 0 ? {} : { source: Buffer.from([0, 200, index]) },
        }),
      );
      await Promise.all([
        world.log.append(records.slice(0, 10)),
        world.log.append(records.slice(10, 11)),
      ]);
      await world.log.append(records.slice(11));
      const seen = await collect(world, world.log, records.length);
      for (let partition = 0; partition < 4; partition += 1) {
        const expected = records.filter((one) => one.partition === partition);
        const got = seen.records.filter((one) => one.partition === partition);
        expect(got.map(({ value }) => value.toString())).toEqual(
          expected.map(({ value }) => value.toString()),
        );
        expect(got.map(({ key }) => key?.toString('hex') ?? null)).toEqual(
          expected.map(({ key }) => key?.toString('hex') ?? null),
        );
        expect(got.map(({ headers }) => headers['source']?.toString('hex'))).toEqual(
          expected.map(({ headers }) => headers?.['source']?.toString('hex')),
        );
        const offsets = got.map(({ offset }) => offset);
        expect(offsets).toEqual([...offsets].sort((a, b) => (a < b ? -1 : 1)));
        expect(new Set(offsets).size).toBe(offsets.length);
      }
      await seen.consumer.stop();
    });

    test('acknowledged records are there after a restart', async () => {
      const world = await open();
      const [topic = ''] = world.topics;
      await world.log.append([record(topic, 1, 'kept')]);
      const log = await world.reopen();
      await log.append([record(topic, 1, 'added')]);
      const seen = await collect(world, log, 2);
      expect(seen.records.map(({ value }) => value.toString())).toEqual(['kept', 'added']);
      await seen.consumer.stop();
    });

    test('batches close at the number of records, at the bytes, and after the linger', async () => {
      const world = await open({ partitionCount: 1 });
      const [topic = ''] = world.topics;
      await world.log.append([
        ...Array.from({ length: 7 }, (_, index) => record(topic, 0, `r${index}`)),
        record(topic, 0, 'x'.repeat(90)),
        record(topic, 0, 'y'.repeat(300)),
        record(topic, 0, 'z'.repeat(20)),
      ]);
      const batches: LogBatch[] = [];
      const consumer = await world.log.consume(
        consuming(world, {
          batch: { maxRecords: 3, maxBytes: 100, lingerMs: 20 },
          handle: async (batch) => {
            batches.push(batch);
          },
        }),
      );
      await eventually('all records', () => count(batches) === 10);
      expect(batches.map((batch) => batch.records.length)).toEqual([3, 3, 2, 1, 1]);
      for (const batch of batches) {
        expect(batch.firstOffset).toBe(batch.records[0]?.offset);
        expect(batch.lastOffset).toBe(batch.records.at(-1)?.offset);
        expect(batch.isReplay).toBe(false);
      }
      await consumer.stop();
    });

    test('of records with one key in two topics the one appended first is handed out first', async () => {
      const world = await open({ partitionCount: 1, topicCount: 2 });
      const [one = '', other = ''] = world.topics;
      const keyed = (topic: string, key: string) =>
        record(topic, 0, `${topic === one ? 'one' : 'other'} ${key}`, { key: Buffer.from(key) });
      const keys = Array.from({ length: 60 }, (_, n) => `k${n}`);
      const isFirstInOther = (n: number): boolean => n % 3 === 0;
      for (const [n, key] of keys.entries()) {
        const topics = isFirstInOther(n) ? [other, one] : [one, other];
        for (const topic of topics) {
          await world.log.append([keyed(topic, key)]);
          // The order of two records of one millisecond is that of their topics' names.
          const at = Date.now();
          while (Date.now() <= at + 1) await new Promise((resolve) => setTimeout(resolve, 1));
        }
      }
      const first = new Map<string, string>();
      const batches: LogBatch[] = [];
      const consumer = await world.log.consume(
        consuming(world, {
          inOrder: world.topics,
          handle: async (batch) => {
            batches.push(batch);
            for (const { key, value } of batch.records) {
              const id = String(key);
              if (!first.has(id)) first.set(id, value.toString());
            }
          },
        }),
      );
      await eventually('all records', () => count(batches) === 120);
      expect([...first.entries()]).toEqual(
        keys.map((key, n) => [key, `${isFirstInOther(n) ? 'other' : 'one'} ${key}`]),
      );
      // Only copies part batches, so there are fewer of them than turns of the topics.
      expect(batches.length).toBeLessThan(90);
      await world.log.append([keyed(other, 'late')]);
      await eventually('a topic alone goes on', () => count(batches) === 121);
      await consumer.stop();
    });

    test('a rejected batch is handed out again with the same boundaries, and nothing passes it', async () => {
      const world = await open({ partitionCount: 1 });
      const [topic = ''] = world.topics;
      await world.log.append(values(topic, 0, 6));
      const batches: LogBatch[] = [];
      const errors: unknown[] = [];
      const consumer = await world.log.consume(
        consuming(world, {
          batch: { maxRecords: 2, maxBytes: 1e6, lingerMs: 5 },
          handle: async (batch) => {
            batches.push(batch);
            if (batches.length === 2 || batches.length === 3) throw new Error('warehouse away');
          },
          onError: (error) => errors.push(error),
        }),
      );
      await eventually('all batches', () => batches.length === 5);
      expect(batches.map(({ firstOffset, lastOffset }) => [firstOffset, lastOffset])).toEqual(
        [0, 1, 1, 1, 2].map((index) => [BigInt(index * 2), BigInt(index * 2 + 1)]),
      );
      expect(errors).toHaveLength(2);
      await eventually('positions', async () => (await committed(world, world.log)) === 6n);
      await consumer.stop();
    });

    test('the next owner first gets the open batch, with identical boundaries and records', async () => {
      const world = await open({ partitionCount: 1 });
      const [topic = ''] = world.topics;
      await world.log.append(values(topic, 0, 5));
      const first: LogBatch[] = [];
      const failing = await world.log.consume(
        consuming(world, {
          batch: { maxRecords: 3, maxBytes: 1e6, lingerMs: 5 },
          handle: async (batch) => {
            first.push(batch);
            throw new Error('crash between intent and confirmation');
          },
          onError: () => undefined,
        }),
      );
      await eventually('the open batch', () => first.length > 0);
      await failing.stop(0);
      const log = await world.reopen();
      await log.append(values(topic, 0, 4));
      const second: LogBatch[] = [];
      // Other limits: the boundaries come from the intent, not from them.
      const consumer = await log.consume(
        consuming(world, {
          batch: { maxRecords: 100, maxBytes: 1e6, lingerMs: 5 },
          handle: async (batch) => {
            second.push(batch);
          },
        }),
      );
      await eventually('all records', () => count(second) === 9);
      expect(second[0]).toEqual({ ...first[0], isReplay: true });
      expect(second[0]?.records.length).toBe(3);
      expect(second[1]?.isReplay).toBe(false);
      expect(second[1]?.firstOffset).toBe(3n);
      await consumer.stop();
    });

    test('a replay is handed out whole even where it exceeds the bytes in flight', async () => {
      const world = await open({ partitionCount: 1 });
      const [topic = ''] = world.topics;
      await world.log.append(values(topic, 0, 2000, 'x'.repeat(1000)));
      const boundaries: bigint[] = [];
      const failing = await world.log.consume(
        consuming(world, {
          batch: { maxRecords: 2000, maxBytes: 1e7, lingerMs: 2000 },
          handle: async (batch) => {
            boundaries.push(batch.lastOffset);
            throw new Error('no');
          },
          onError: () => undefined,
        }),
      );
      await eventually('the open batch', () => boundaries.length > 0);
      await failing.stop(0);
      const batches: LogBatch[] = [];
      const log = await world.reopen();
      const consumer = await log.consume(
        consuming(world, {
          batch: { maxRecords: 10, maxBytes: 1e4, lingerMs: 5 },
          maxInFlightBytes: 1e4,
          handle: async (batch) => {
            batches.push(batch);
          },
        }),
      );
      await eventually('all records', () => count(batches) === 2000);
      expect(batches[0]?.lastOffset).toBe(boundaries[0]);
      expect(batches[0]?.isReplay).toBe(true);
      await consumer.stop();
    });

    test('fetching pauses at the bytes in flight and goes on when they are confirmed', async () => {
      const world = await open({ partitionCount: 1 });
      const [topic = ''] = world.topics;
      await world.log.append(values(topic, 0, 3000, 'x'.repeat(1000)));
      let records = 0;
      const consumer = await world.log.consume(
        consuming(world, {
          batch: { maxRecords: 100, maxBytes: 50_000, lingerMs: 5 },
          maxInFlightBytes: 100_000,
          handle: async (batch) => {
            records += batch.records.length;
          },
        }),
      );
      await eventually('all records', () => records === 3000);
      await consumer.stop();
    });

    test('one lane that cannot get on does not hold up the others', async () => {
      const world = await open({ partitionCount: 2 });
      const [topic = ''] = world.topics;
      await world.log.append([
        ...values(topic, 0, 300, 'x'.repeat(1000)),
        ...values(topic, 1, 300, 'x'.repeat(1000)),
      ]);
      let records = 0;
      const consumer = await world.log.consume(
        consuming(world, {
          batch: { maxRecords: 20, maxBytes: 1e6, lingerMs: 5 },
          maxInFlightBytes: 100_000,
          handle: async (batch) => {
            if (batch.partition === 0) throw new Error('poison');
            records += batch.records.length;
          },
          onError: () => undefined,
        }),
      );
      await eventually('the other lane', () => records === 300);
      await consumer.stop(0);
    });

    test('two consumers share the lanes, each lane with all its topics', async () => {
      const world = await open({ partitionCount: 4, topicCount: 2 });
      const peer = await world.openPeer();
      const owners = new Map<string, Set<string>>();
      const seen: LogRecord[] = [];
      const consumers: LogConsumer[] = [];
      const start = async (log: EventLog, name: string): Promise<void> => {
        consumers.push(
          await log.consume(
            consuming(world, {
              handle: async (batch) => {
                seen.push(...batch.records);
                for (const one of batch.records) {
                  const owner = owners.get(one.value.toString()) ?? new Set();
                  owners.set(one.value.toString(), owner.add(`${name} ${one.partition}`));
                }
              },
            }),
          ),
        );
      };
      await start(world.log, 'a');
      await eventually('the first is ready', () => consumers[0]?.isReady());
      await start(peer, 'b');
      const lanesOf = (round: number, name: string): Set<number> =>
        new Set(
          [...(owners.get(`round ${round}`) ?? [])]
            .filter((entry) => entry.startsWith(name))
            .map((entry) => Number(entry.slice(2))),
        );
      let round = 0;
      await eventually('two lanes each', async () => {
        round += 1;
        const before = seen.length;
        await world.log.append(
          world.topics.flatMap((topic) =>
            [0, 1, 2, 3].map((partition) => record(topic, partition, `round ${round}`)),
          ),
        );
        await eventually('the round', () => seen.length >= before + 8);
        return lanesOf(round, 'a').size === 2 && lanesOf(round, 'b').size === 2;
      });
      const shared = [...lanesOf(round, 'a')].filter((lane) => lanesOf(round, 'b').has(lane));
      expect(shared).toEqual([]);
      await consumers[0]?.stop();
      await world.log.append([0, 1, 2, 3].map((p) => record(world.topics[1] ?? '', p, 'last')));
      await eventually('all lanes at the other', () => lanesFor('last').size === 4);
      expect([...(owners.get('last') ?? [])].every((entry) => entry.startsWith('b'))).toBe(true);
      await consumers[1]?.stop();

      function lanesFor(value: string): Set<string> {
        return owners.get(value) ?? new Set();
      }
    });

    test('a lost lane aborts the signal of its batch, and the confirmation is dropped', async () => {
      const world = await open({ partitionCount: 2 });
      const [topic = ''] = world.topics;
      await world.log.append([...values(topic, 0, 3), ...values(topic, 1, 3)]);
      const running: { batch: LogBatch; finish: () => void; signal: AbortSignal }[] = [];
      const first = await world.log.consume(
        consuming(world, {
          handle: (batch, signal) =>
            new Promise((resolve) => {
              running.push({ batch, signal, finish: resolve });
            }),
        }),
      );
      await eventually('both lanes busy', () => running.length === 2);
      const peer = await world.openPeer();
      const taken: LogBatch[] = [];
      const second = await peer.consume(
        consuming(world, {
          handle: async (batch) => {
            taken.push(batch);
          },
        }),
      );
      const lost = await eventually('an aborted lane', () =>
        running.find(({ signal }) => signal.aborted),
      );
      for (const { finish } of running) finish();
      await eventually('the open batch at the new owner', () =>
        taken.some((batch) => batch.partition === lost.batch.partition),
      );
      const again = taken.find((batch) => batch.partition === lost.batch.partition);
      expect(again).toEqual({ ...lost.batch, isReplay: true });
      await Promise.all([first.stop(0), second.stop(0)]);
    });

    test('a lane that moves within a process begins anew only when its former run has settled', async () => {
      const world = await open({ partitionCount: 2 });
      const [topic = ''] = world.topics;
      await world.log.append([...values(topic, 0, 3), ...values(topic, 1, 3)]);
      const running: { partition: number; finish: () => void; signal: AbortSignal }[] = [];
      const first = await world.log.consume(
        consuming(world, {
          handle: ({ partition }, signal) =>
            new Promise((resolve) => {
              running.push({ partition, signal, finish: resolve });
            }),
        }),
      );
      await eventually('both lanes busy', () => running.length === 2);
      const taken: LogBatch[] = [];
      const second = await world.log.consume(
        consuming(world, {
          handle: async (batch) => {
            taken.push(batch);
          },
        }),
      );
      const lost = await eventually('an aborted lane', () =>
        running.find(({ signal }) => signal.aborted),
      );
      // The work of the former run is not done, so nobody may repeat it yet.
      for (let turn = 0; turn < 50; turn += 1) await world.log.append(values(topic, 0, 1));
      expect(taken.filter(({ partition }) => partition === lost.partition)).toEqual([]);
      for (const { finish } of running) finish();
      await eventually('the open batch at the new owner', () =>
        taken.some(({ partition, isReplay }) => partition === lost.partition && isReplay),
      );
      const stopped = Promise.all([first.stop(0), second.stop(0)]);
      for (const { finish } of running) finish();
      await stopped;
    });

    test('two consumers that stop together hand nothing to one another', async () => {
      const world = await open({ partitionCount: 2 });
      const [topic = ''] = world.topics;
      const seen: LogBatch[] = [];
      const consumers: LogConsumer[] = [];
      for (let count = 0; count < 2; count += 1) {
        consumers.push(
          await world.log.consume(
            consuming(world, {
              handle: async (batch) => {
                seen.push(batch);
              },
            }),
          ),
        );
      }
      await eventually('both ready', () => consumers.every((consumer) => consumer.isReady()));
      await world.log.append([...values(topic, 0, 1), ...values(topic, 1, 1)]);
      await eventually('both lanes read', () => seen.length === 2);
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await world.log.append([...values(topic, 0, 1), ...values(topic, 1, 1)]);
      const after: LogBatch[] = [];
      await world.log.consume(
        consuming(world, {
          handle: async (batch) => {
            after.push(batch);
          },
        }),
      );
      await eventually('both lanes at the next consumer', () => after.length === 2);
      expect(seen).toHaveLength(2);
    });

    test('stop lets the running batch finish, confirms it and takes no other', async () => {
      const world = await open({ partitionCount: 1 });
      const [topic = ''] = world.topics;
      await world.log.append(values(topic, 0, 4));
      const running: (() => void)[] = [];
      const consumer = await world.log.consume(
        consuming(world, {
          batch: { maxRecords: 2, maxBytes: 1e6, lingerMs: 5 },
          handle: () => new Promise((resolve) => running.push(resolve)),
        }),
      );
      await eventually('a running batch', () => running.length === 1);
      const stopped = consumer.stop(10_000);
      for (const finish of running) finish();
      await stopped;
      expect(running).toHaveLength(1);
      expect(consumer.isReady()).toBe(false);
      expect(await committed(world, world.log)).toBe(2n);
    });

    test('a stop whose deadline passes aborts the batch and leaves it open', async () => {
      const world = await open({ partitionCount: 1 });
      const [topic = ''] = world.topics;
      await world.log.append(values(topic, 0, 2));
      const signals: AbortSignal[] = [];
      const consumer = await world.log.consume(
        consuming(world, {
          handle: (_batch, signal) =>
            new Promise((_resolve, reject) => {
              signals.push(signal);
              signal.addEventListener('abort', () => reject(new Error('aborted')));
            }),
          onError: () => undefined,
        }),
      );
      await eventually('a running batch', () => signals.length === 1);
      await consumer.stop(20);
      expect(signals[0]?.aborted).toBe(true);
      const taken: LogBatch[] = [];
      const next = await world.log.consume(
        consuming(world, {
          handle: async (batch) => {
            taken.push(batch);
          },
        }),
      );
      await eventually('the open batch', () => taken.length === 1);
      expect(taken[0]?.isReplay).toBe(true);
      await next.stop();
    });

    test('tail gives records appended from now on, and ends when aborted', async () => {
      const world = await open({ topicCount: 2 });
      const [topic = '', other = ''] = world.topics;
      await world.log.append(values(topic, 0, 3, 'old'));
      const abort = new AbortController();
      const tail = await world.log.tail({ topics: world.topics, signal: abort.signal });
      await world.log.append([record(topic, 3, 'new 1')]);
      await world.log.append([record(other, 1, 'new 2')]);
      const seen: string[] = [];
      for await (const one of tail) {
        seen.push(one.value.toString());
        if (seen.length === 2) {
          setImmediate(() => abort.abort());
        }
      }
      expect(seen.sort()).toEqual(['new 1', 'new 2']);
    });

    test('tail goes on from given places, and elsewhere with what is appended from now on', async () => {
      const world = await open({ topicCount: 2 });
      const [topic = '', other = ''] = world.topics;
      await world.log.append(values(topic, 0, 3, 'old'));
      await world.log.append(values(other, 1, 3, 'other'));
      const ends = await world.log.positions(world.group, world.topics);
      const end = ends.find((one) => one.topic === topic && one.partition === 0)?.end ?? 0n;
      const abort = new AbortController();
      const from = [{ topic, partition: 0, offset: end - 2n }];
      const tail = await world.log.tail({ topics: world.topics, from, signal: abort.signal });
      await world.log.append([record(other, 1, 'new')]);
      const seen: string[] = [];
      for await (const one of tail) {
        seen.push(one.value.toString());
        if (seen.length === 3) setImmediate(() => abort.abort());
      }
      expect(seen.sort()).toEqual(['new', 'old1', 'old2']);
    });

    test('positions tell begin, end, what a group confirmed and how old the rest is', async () => {
      const world = await open({ partitionCount: 2 });
      const [topic = ''] = world.topics;
      expect(await world.log.positions(world.group, world.topics)).toEqual(
        [0, 1].map((partition) => ({
          topic,
          partition,
          begin: 0n,
          end: 0n,
          committed: null,
          oldestUnreadAt: null,
          openIntent: null,
        })),
      );
      const before = Date.now();
      await world.log.append(values(topic, 1, 3));
      const batches: LogBatch[] = [];
      const consumer = await world.log.consume(
        consuming(world, {
          handle: (batch, signal) => {
            batches.push(batch);
            if (batches.length === 1) return Promise.resolve();
            return new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(new Error('stopped')));
            });
          },
          onError: () => undefined,
        }),
      );
      await eventually('the first batch', () => batches.length === 1);
      await world.log.append(values(topic, 1, 2));
      await eventually('the second batch', () => batches.length === 2);
      const [, position] = await world.log.positions(world.group, world.topics);
      expect(position).toMatchObject({ partition: 1, begin: 0n, end: 5n, committed: 3n });
      expect(position?.openIntent).toMatchObject({ firstOffset: 3n, lastOffset: 4n, partition: 1 });
      expect(position?.openIntent?.openedAt).toBeGreaterThanOrEqual(before);
      expect(position?.openIntent?.openedAt).toBeLessThanOrEqual(Date.now());
      expect(position?.oldestUnreadAt).toBe(batches[1]?.records[0]?.appendedAt);
      expect(position?.oldestUnreadAt).toBeGreaterThanOrEqual(before - 1000);
      expect(position?.oldestUnreadAt).toBeLessThanOrEqual(Date.now() + 1000);
      await consumer.stop(0);
    });

    test('a topic first used after the consumer started is read from its beginning', async () => {
      const world = await open({ topicCount: 1 });
      const later = `${world.topics[0]}_later`;
      const seen: LogRecord[] = [];
      const consumer = await world.log.consume(
        consuming(world, {
          topics: [...world.topics, later],
          handle: async (batch) => {
            seen.push(...batch.records);
          },
        }),
      );
      await world.log.append([record(world.topics[0] ?? '', 0, 'there')]);
      await eventually('the existing topic', () => seen.length === 1);
      await world.createTopic(later);
      await world.log.append([record(later, 2, 'later')]);
      await eventually('the later topic', () => seen.length === 2);
      expect(seen[1]?.topic).toBe(later);
      await consumer.stop();
    });

    test('a stopped log refuses appends with a retryable error', async () => {
      const world = await open();
      await world.log.checkReady();
      await world.log.stop();
      const expected = { code: 'EVENT_LOG_UNAVAILABLE', isRetryable: true };
      await expect(world.log.append(values(world.topics[0] ?? '', 0, 1))).rejects.toMatchObject(
        expected,
      );
      await expect(world.log.checkReady()).rejects.toMatchObject(expected);
    });
  },
);

function record(
  topic: string,
  partition: number,
  value: string,
  rest: Partial<AppendRecord> = {},
): AppendRecord {
  return { topic, partition, key: null, value: Buffer.from(value), ...rest };
}

function values(topic: string, partition: number, length: number, value = 'v'): AppendRecord[] {
  return Array.from({ length }, (_, index) => record(topic, partition, `${value}${index}`));
}

function count(batches: readonly LogBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.records.length, 0);
}

function consuming(
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

async function collect(
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

async function committed(world: EventLogWorld, log: EventLog): Promise<bigint | null> {
  const [position] = await log.positions(world.group, world.topics);
  return position?.committed ?? null;
}
