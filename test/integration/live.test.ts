import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createTailReader } from '../../ingest/tail-reader.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import { computeActiveNow, evaluateActiveNow } from '../../src/live/active-now.js';
import { computeLiveEventRate, evaluateEventRate } from '../../src/live/event-rate.js';
import type { LiveWindowQuestion } from '../../src/live/live-query.js';
import { createWatchEventTail } from '../../src/live/watch-event-tail.js';
import { watchIngested } from '../../src/live/watch-ingested.js';
import { createWatchWindow } from '../../src/live/watch-window.js';
import type { MetricContext } from '../../src/metric/metric.js';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import { createTelemetry } from '../../src/telemetry.js';
import { openIngesterWorld } from '../testkit/ingester-world.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const { log } = createTelemetry({ level: 'silent' });
/** A whole second now: the table per second forgets what is older than two days. */
const NOW = Math.floor(Date.now() / 1000) * 1000;

let kit: TestWarehouse;

beforeAll(async () => {
  kit = await startTestWarehouse();
});

afterAll(() => kit.stop());

function contextAt(clock: () => number): MetricContext {
  return {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock,
  };
}

function asked(projectId: string, changes: Partial<LiveWindowQuestion> = {}): LiveWindowQuestion {
  return {
    projectId,
    windowSeconds: 10,
    intervalMs: 250,
    filter: [],
    includeBots: false,
    ...changes,
  };
}

/** The first value that fits. */
async function first<T>(values: AsyncIterable<T>, fits: (value: T) => boolean): Promise<T> {
  for await (const value of values) if (fits(value)) return value;
  throw new Error('the iteration ended first');
}

/** A promise and what resolves it. */
function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}

describe('the moment as a question', () => {
  function at(ms: number, id: string, more: Partial<EventJson> = {}): EventJson {
    const timestamp = new Date(NOW + ms).toISOString();
    return {
      event_id: id,
      event_name: 'page_view',
      timestamp,
      received_at: timestamp,
      platform: 'web',
      anonymous_id: id,
      url: 'https://shop.example/x',
      ...more,
    };
  }

  beforeAll(async () => {
    const events = [
      at(-11_000, 'before'),
      at(-10_000, 'edge', { anonymous_id: 'd1' }),
      at(-1_500, 'a', { anonymous_id: 'd1', url: 'https://shop.example/y' }),
      at(-1_400, 'b', { anonymous_id: 'd2', user_id: 'u' }),
      at(-1_400, 'copy', { anonymous_id: 'd2', user_id: 'u' }),
      at(-1_400, 'copy', { anonymous_id: 'd2', user_id: 'u' }),
      at(-1_000, 'c', { anonymous_id: 'd2', event_name: 'buy', properties: { plan: 'pro' } }),
      at(-1, 'd', { platform: 'mobile', event_name: 'app_start', url: '' }),
      at(-1, 'bot', { user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' }),
      at(0, 'after'),
    ];
    const { warehouse, database } = kit;
    await seedEvents({ warehouse, database, projectId: 'moment', events, batch: 'moment' });
  });

  const context = () => contextAt(() => NOW);

  test('counts events by second over the window that ends now, each id once', async () => {
    const tick = await computeLiveEventRate(context(), asked('moment'));
    expect(tick).toEqual({
      asOf: new Date(NOW).toISOString(),
      windowSeconds: 10,
      total: 6,
      perSecond: 0.6,
      perMinute: 36,
      series: {
        bucketStarts: Array.from({ length: 10 }, (_, i) =>
          new Date(NOW - 10_000 + i * 1000).toISOString(),
        ),
        values: [1, 0, 0, 0, 0, 0, 0, 0, 3, 2],
      },
    });
  });

  test('within a second, the running one is part of the window', async () => {
    const tick = await computeLiveEventRate(
      contextAt(() => NOW + 1),
      asked('moment'),
    );
    expect(tick.series.bucketStarts.at(-1)).toBe(new Date(NOW).toISOString());
    expect(tick.series.values).toEqual([0, 0, 0, 0, 0, 0, 0, 3, 2, 1]);
  });

  test('narrows by event, platform, property and bots, from either table', async () => {
    const total = async (changes: Partial<LiveWindowQuestion>) =>
      (await computeLiveEventRate(context(), asked('moment', changes))).total;
    expect(await total({ event: { event: 'buy' } })).toBe(1);
    expect(await total({ platform: 'mobile' })).toBe(1);
    expect(await total({ includeBots: true })).toBe(7);
    expect(await total({ event: { where: { plan: 'pro' } } })).toBe(1);
    expect(await total({ filter: [{ field: 'page', operator: 'equals', values: ['/x'] }] })).toBe(
      4,
    );
  });

  test('gives the same from silver, where the table per second has forgotten', async () => {
    const later = contextAt(() => NOW + 72 * 3_600_000);
    const tick = await computeLiveEventRate(later, asked('moment'), NOW);
    expect(tick).toEqual(await computeLiveEventRate(context(), asked('moment')));
    expect(tick.total).toBe(6);
  });

  test('knows the first event behind the window', async () => {
    const rate = await evaluateEventRate(context(), asked('moment'), NOW);
    expect(rate.nextEventAt).toBe(NOW);
    const people = await evaluateActiveNow(context(), asked('moment'), NOW);
    expect(people.nextEventAt).toBe(NOW);
  });

  test('counts persons, identity resolved, and names the pages they are on', async () => {
    const tick = await computeActiveNow(context(), { ...asked('moment'), topPages: 5 });
    expect(tick).toEqual({
      asOf: new Date(NOW).toISOString(),
      windowSeconds: 10,
      users: 3,
      topPages: { pages: ['/x', '/y'], users: [2, 1] },
    });
  });

  test('refuses a window out of bounds', async () => {
    const wrong = asked('moment', { windowSeconds: 3_601 });
    await expect(computeLiveEventRate(context(), wrong)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'windowSeconds', maximum: 3600 },
    });
    await expect(computeActiveNow(context(), wrong)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('an event on its way', () => {
  let world: Awaited<ReturnType<typeof openIngesterWorld>>;
  let leave: AbortController;
  const pubsub = createMemoryPubSub({ bufferLength: 100 });

  beforeEach(async () => {
    leave = new AbortController();
    world = await openIngesterWorld({ kit, pubsub });
    await world.start();
  });

  afterEach(async () => {
    leave.abort();
    await world.close();
  });

  function event(eventId: string, more: Partial<TrackedEvent> = {}): TrackedEvent {
    return {
      projectId: world.projectId,
      eventId,
      eventName: 'signup',
      occurredAt: Date.now(),
      receivedAt: Date.now(),
      queryableAt: null,
      platform: 'web',
      anonymousId: 'd1',
      userId: '',
      sessionId: '',
      url: 'https://shop.example/x',
      referrer: '',
      userAgent: '',
      ip: '',
      utmSource: '',
      utmMedium: '',
      utmCampaign: '',
      utmContent: '',
      utmTerm: '',
      properties: { plan: '"pro"' },
      isTrusted: false,
      ...more,
    };
  }

  test('arrives at open watchers, and the query then gives the tick', async () => {
    const context = contextAt(Date.now);
    const notices = watchIngested({ pubsub, log, signal: leave.signal });
    const watchRate = createWatchWindow({ evaluate: evaluateEventRate, notices, log });
    const watchActive = createWatchWindow({ evaluate: evaluateActiveNow, notices, log });
    const question = asked(world.projectId, { windowSeconds: 3_600 });
    const before = deferred();
    const rate = first(watchRate(context, question, leave.signal), ({ total }) => {
      before.resolve();
      return total > 0;
    });
    const active = first(watchActive(context, question, leave.signal), ({ users }) => users > 0);
    await before.promise;
    await world.append([event('e1'), event('e1')]);
    const tick = await rate;
    expect(tick.total).toBe(1);
    expect(await computeLiveEventRate(context, question, Date.parse(tick.asOf))).toEqual(tick);
    const people = await active;
    expect(people.users).toBe(1);
    expect(await computeActiveNow(context, question, Date.parse(people.asOf))).toEqual(people);
  });

  test('is in the tail as soon as the log has it', async () => {
    const open = deferred();
    const watchTail = createWatchEventTail({
      eventLog: {
        async tail(options) {
          const records = await world.log.tail(options);
          open.resolve();
          return records;
        },
        positions: (group, topics) => world.log.positions(group, topics),
      },
      group: 'g',
      topics: [world.topics.web, world.topics.app],
      read: createTailReader({ codec: world.codec, defaultProjectId: world.projectId }),
      log,
    });
    const question = {
      projectId: world.projectId,
      event: { event: 'signup', where: { plan: 'pro' } },
      filter: [{ field: 'page', operator: 'equals' as const, values: ['/x'] }],
      includeBots: false,
    };
    const tailed = first(watchTail(question, leave.signal), ({ events }) => events.length > 0);
    await open.promise;
    await world.append([
      event('other', { eventName: 'login' }),
      event('free', { properties: { plan: '"free"' } }),
      event('pro'),
    ]);
    const batch = await tailed;
    expect(batch).toMatchObject({ dropped: 0, isDeduplicated: false });
    expect(batch.events).toMatchObject([
      { eventId: 'pro', eventName: 'signup', page: '/x', properties: { plan: '"pro"' } },
    ]);
    expect(Date.parse(batch.events[0]?.receivedAt ?? '')).toBeGreaterThanOrEqual(NOW);
  });
});
