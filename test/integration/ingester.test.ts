import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/errors.js';
import { partitionOf } from '../../src/event/partition-of.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import { eventually } from '../testkit/deadline.js';
import { type IngesterWorldOptions, openIngesterWorld } from '../testkit/ingester-world.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';
import { trackedEvent } from '../unit/ingester/tracked-event.js';

let kit: TestWarehouse;
const open: (() => Promise<void>)[] = [];
beforeAll(async () => {
  kit = await startTestWarehouse();
}, 60_000);
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => kit.stop());

async function world(options: Omit<IngesterWorldOptions, 'kit'> = {}) {
  const opened = await openIngesterWorld({ kit, ...options });
  open.push(opened.close);
  const { projectId } = opened;
  const event = (eventId: string, fields: Partial<TrackedEvent> = {}) =>
    trackedEvent({ projectId, eventId, ...fields });
  const events = (count: number, prefix = 'e') =>
    Array.from({ length: count }, (_, n) => event(`${prefix}${n}`));
  return { ...opened, event, events, world: opened };
}

describe('an accepted event', () => {
  test('is in bronze, silver and gold once it is confirmed, with its enrichment', async () => {
    const { world: w, event } = await world();
    await w.append([
      event('e1', {
        url: 'https://shop.example/caf%C3%A9?utm_source=X',
        userAgent: 'curl/8.4.0',
        properties: { revenue: '"12.34567"', currency: '"EUR"', plan: '"pro\\n"' },
      }),
    ]);
    await w.start();
    await w.drained();
    expect(await w.goldCount()).toBe(1);
    expect(
      await w.column(
        `SELECT [page, utm_source, bot_reason, toString(is_bot), toString(revenue), currency,
           properties['plan'], toString(occurred_at), toString(queryable_at >= received_at)] AS value
         FROM {{db}}.silver_events WHERE project_id = {project:String}`,
      ),
    ).toEqual([
      [
        '/café',
        'x',
        'http_client:curl',
        'true',
        '12.3457',
        'EUR',
        '"pro\\n"',
        '2024-01-15 12:00:00.000',
        '1',
      ],
    ]);
    expect(await w.metric('accepted_total')).toBe(1);
    expect(await w.metric('consumer_lag_records')).toBe(0);
  });

  test('is announced with its project and the span of its batch', async () => {
    const pubsub = createMemoryPubSub({ bufferLength: 10 });
    const { world: w, event } = await world({ pubsub, partitionCount: 1 });
    const signal = AbortSignal.timeout(20_000);
    const messages = await pubsub.subscribe('ingested', { signal });
    await w.append([
      event('a', { occurredAt: 1_000 }),
      event('b', { occurredAt: 3_000 }),
      event('b', { occurredAt: 9_000 }),
    ]);
    await w.start();
    for await (const { text } of messages) {
      expect(JSON.parse(text)).toEqual({
        at: expect.any(Number),
        projects: { [w.projectId]: { events: 2, from: 1_000, to: 3_000 } },
      });
      break;
    }
  });

  test('counts though nobody can be told of it', async () => {
    const publish = async () => {
      throw new AppError('PUBSUB_UNAVAILABLE', 'away', { isRetryable: true });
    };
    const { world: w, events } = await world({ pubsub: { publish } });
    await w.append(events(3));
    await w.start();
    await w.drained();
    expect(await w.silverCount()).toBe(3);
    expect(await w.metric('publish_failures_total')).toBeGreaterThan(0);
  });
});

describe('one event id counts once', () => {
  test('within a batch, the first copy in log order, though the copies lie in unlike months', async () => {
    const { world: w, event } = await world({ partitionCount: 1 });
    await w.append([
      event('x', { eventName: 'first', occurredAt: Date.UTC(2023, 4, 1) }),
      event('y'),
      event('x', { eventName: 'second', occurredAt: Date.UTC(2021, 4, 1) }),
    ]);
    await w.start();
    await w.drained();
    expect(await w.bronzeCount()).toBe(3);
    expect(
      await w.column(
        `SELECT event_name AS value FROM {{db}}.silver_events
         WHERE project_id = {project:String} AND event_id = 'x'`,
      ),
    ).toEqual(['first']);
    expect(await w.goldCount()).toBe(2);
    expect(await w.metric('repeats_total')).toBe(1);
  });

  test('across batches and restarts, the copy appended first', async () => {
    const { world: w, event, events } = await world();
    await w.append([event('x', { eventName: 'first' }), ...events(5)]);
    await w.start();
    await w.drained();
    await w.append([event('x', { eventName: 'second', occurredAt: 5 }), ...events(6)]);
    await w.drained();
    await w.restart();
    await w.append([event('x', { eventName: 'third' }), ...events(7)]);
    await w.start();
    await w.drained();
    expect(await w.silverCount()).toBe(8);
    expect(await w.goldCount()).toBe(8);
    expect(
      await w.column(
        `SELECT event_name AS value FROM {{db}}.silver_events
         WHERE project_id = {project:String} AND event_id = 'x'`,
      ),
    ).toEqual(['first']);
  });

  test('across topics, partitions and producers, though each saw it elsewhere', async () => {
    const { world: w, events } = await world({ partitionCount: 3 });
    const all = events(30);
    const foreign = w.topics.foreign[0] ?? '';
    await w.append(all);
    await w.append(all.map((one) => ({ ...one, platform: 'mobile' as const })));
    // Another producer neither knows how events are keyed nor writes Avro.
    await w.append(all, foreign, 0);
    await w.append(all.slice(0, 10), w.topics.web, 2);
    const json = { event_id: 'json', event_name: 'click', timestamp: '2024-01-15T12:00:00Z' };
    await w.appendValues(
      foreign,
      [1, 2].map(() =>
        Buffer.from(JSON.stringify({ ...json, user_id: 'u', project_id: w.projectId })),
      ),
    );
    await w.start();
    await w.drained();
    expect(await w.silverCount()).toBe(31);
    expect(await w.goldCount()).toBe(31);
    const misplaced = all
      .slice(0, 10)
      .filter(({ projectId, eventId }) => partitionOf(projectId, eventId, 3) !== 2).length;
    expect(await w.metric('forwarded_total')).toBe(32 + misplaced);
    expect(await w.bronzeCount()).toBe(30 + 30 + 30 + 10 + 2);
  });
});

describe('a replay changes nothing', () => {
  test('when the process ends between insert and confirmation', async () => {
    let isBroken = true;
    const {
      world: w,
      events,
      event,
    } = await world({
      wrapLog: (log) => ({
        ...log,
        consume: (options) =>
          log.consume({
            ...options,
            async handle(batch, signal) {
              await options.handle(batch, signal);
              if (isBroken) throw new Error('the process ends here');
            },
          }),
      }),
    });
    await w.append([...events(50), event('e1'), event('far', { occurredAt: 0 })]);
    await w.appendValues(w.topics.web, [Buffer.from('garbage')]);
    await w.start();
    await eventually('both partitions were written', async () => (await w.silverCount()) === 51);
    await w.restart();
    isBroken = false;
    await w.start();
    await w.drained();
    expect(await w.metric('replays_total')).toBeGreaterThan(0);
    expect(await w.bronzeCount()).toBe(52);
    expect(await w.silverCount()).toBe(51);
    expect(await w.goldCount()).toBe(51);
    expect(
      await w.count(
        'SELECT count() AS value FROM {{db}}.bronze_dead_letters FINAL WHERE {{world}}',
      ),
    ).toBe(1);
  });

  test('when the warehouse takes a block and its answer is lost', async () => {
    let failures = 3;
    const { world: w, events } = await world({
      wrapWarehouse: (warehouse) => ({
        async insert(block) {
          await warehouse.insert(block);
          if (failures-- > 0) {
            throw new AppError('WAREHOUSE_UNAVAILABLE', 'reset', { isRetryable: true });
          }
        },
      }),
    });
    await w.append(events(40));
    await w.start();
    await w.drained();
    expect(await w.metric('retries_total')).toBe(3);
    expect(await w.bronzeCount()).toBe(40);
    expect(await w.goldCount()).toBe(40);
    expect(w.ingester?.isReady()).toBe(true);
  });
});

test('while the warehouse is away nothing is confirmed, and the ingester is not ready', async () => {
  let isAway = true;
  const { world: w, events } = await world({
    wrapWarehouse: (warehouse) => ({
      async insert(block) {
        if (isAway) throw new AppError('WAREHOUSE_UNAVAILABLE', 'away', { isRetryable: true });
        await warehouse.insert(block);
      },
    }),
  });
  await w.append(events(4));
  await w.start();
  await eventually('it notices', () => w.ingester?.isReady() === false);
  expect(await w.bronzeCount()).toBe(0);
  isAway = false;
  await w.drained();
  expect(await w.goldCount()).toBe(4);
  expect(w.ingester?.isReady()).toBe(true);
});

test('one batch over thirty years is stored whole', async () => {
  const { world: w, event } = await world({ partitionCount: 1 });
  const months = Array.from({ length: 360 }, (_, n) =>
    event(`m${n}`, { occurredAt: Date.UTC(1994, (n * 7) % 360, 15) }),
  );
  await w.append(months);
  await w.start();
  // Each of 360 months is a part of its own in every table.
  await w.drained(120_000);
  expect(await w.bronzeCount()).toBe(360);
  expect(
    await w.count(
      'SELECT uniqExact(toYYYYMM(occurred_at)) AS value FROM {{db}}.silver_events WHERE project_id = {project:String}',
    ),
  ).toBe(360);
  expect(
    await w.count('SELECT uniqExact(batch) AS value FROM {{db}}.bronze_events WHERE {{world}}'),
  ).toBe(8);
  expect(await w.goldCount()).toBe(360);
}, 150_000);
