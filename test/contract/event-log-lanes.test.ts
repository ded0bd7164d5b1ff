import { expect, test } from '@jest/globals';
import type { EventLog, LogBatch, LogConsumer, LogRecord } from '../../src/event-log/event-log.js';
import { eventually } from '../testkit/deadline.js';
import {
  committed,
  consuming,
  count,
  describeEventLogs,
  record,
  values,
} from '../testkit/event-log-suite.js';

describeEventLogs((open) => {
  test('a rejected batch is handed out again with the same boundaries, and nothing passes it', async () => {
    const world = await open({ partitionCount: 1 });
    const [topic = ''] = world.topics;
    await world.log.append(values(topic, 0, 6));
    const batches: LogBatch[] = [];
    const errors: unknown[] = [];
    const away = new Error('warehouse away');
    const consumer = await world.log.consume(
      consuming(world, {
        batch: { maxRecords: 2, maxBytes: 1e6, lingerMs: 5 },
        handle: async (batch) => {
          batches.push(batch);
          if (batches.length === 2 || batches.length === 3) throw away;
        },
        onError: (error) => errors.push(error),
      }),
    );
    await eventually('all batches', () => batches.length === 5);
    expect(batches.map(({ firstOffset, lastOffset }) => [firstOffset, lastOffset])).toEqual(
      [0, 1, 1, 1, 2].map((index) => [BigInt(index * 2), BigInt(index * 2 + 1)]),
    );
    // A broker that has just started may have said that it is not ready yet.
    expect(errors.filter((error) => error === away)).toHaveLength(2);
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
});
