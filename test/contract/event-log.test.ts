import { expect, test } from '@jest/globals';
import type { LogBatch, LogRecord } from '../../src/event-log/event-log.js';
import { eventually } from '../testkit/deadline.js';
import {
  collect,
  consuming,
  count,
  describeEventLogs,
  record,
  values,
} from '../testkit/event-log-suite.js';

describeEventLogs((open) => {
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
});
