import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { classifyEvents } from '../../src/channel/classify-events.js';
import { isAppError } from '../../src/errors.js';
import { computeBounceRate } from '../../src/metric/bounce-rate.js';
import { computeEventRate } from '../../src/metric/event-rate.js';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import type { MetricContext } from '../../src/metric/metric.js';
import type { Condition, JsonValue, MetricQuestion } from '../../src/metric/metric-query.js';
import { computePageViews } from '../../src/metric/page-views.js';
import { computeSessionDuration } from '../../src/metric/session-duration.js';
import { computeSessions } from '../../src/metric/sessions.js';
import { computeTimeline } from '../../src/metric/timeline.js';
import { computeTop } from '../../src/metric/top.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { CHANNEL_CASES } from '../testkit/channel-cases.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
let context: MetricContext;
let projects = 0;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: ['partner.example'], sessionTimeoutSeconds: 1_800 },
    clock: () => Date.UTC(2024, 5, 1),
  };
}, 60_000);

afterAll(async () => {
  await kit.stop();
});

/** Seeds a project of its own and returns a question about it. */
async function ask(
  events: readonly Partial<EventJson>[],
  from = '2024-01-01',
  to = from,
  timeZone = 'UTC',
): Promise<MetricQuestion> {
  projects += 1;
  const projectId = `p${projects}`;
  await seedEvents({
    warehouse: kit.warehouse,
    database: kit.database,
    projectId,
    batch: projectId,
    events: events.map((event, index) => ({
      event_id: `e${index}`,
      event_name: 'page_view',
      timestamp: '2024-01-01T10:00:00Z',
      anonymous_id: 'd1',
      ...event,
    })),
  });
  const kind = from.length === 10 ? 'dates' : 'instants';
  return { projectId, range: { kind, from, to }, timeZone, filter: [], includeBots: false };
}

const at = (time: string): string => `2024-01-01T${time}Z`;
const url = (path: string): string => `https://shop.example${path}`;

describe('volume', () => {
  test('copies of an event count once, also when they come in different batches', async () => {
    const copies = Array.from({ length: 15 }, (_, index) => ({ event_id: `id${index % 3}` }));
    const question = await ask(copies);
    await seedEvents({
      ...kit,
      projectId: question.projectId,
      batch: 'again',
      events: [
        {
          event_id: 'id1',
          event_name: 'other',
          timestamp: '2024-01-01T23:00:00Z',
          anonymous_id: 'd9',
        },
      ],
    });
    const answer = await computeEventVolume(context, {
      ...question,
      breakdown: { dimension: 'event_name', limit: 10 },
    });
    expect(answer.total).toBe(3);
    expect(answer.breakdown).toEqual({
      values: ['page_view'],
      counts: [3],
      sharePercents: null,
      otherValues: 0,
      otherCount: 0,
      otherSharePercent: null,
    });
    expect(answer.meta).toMatchObject({ exact: true, asOf: '2024-06-01T00:00:00.000Z' });
    expect(answer.meta.source).toEqual(['gold_event_counts_per_day']);
    expect(answer.meta.rowsRead).toBeGreaterThan(0);
  });

  test('what a limit leaves out is summed', async () => {
    const names = ['b', 'b', 'b', 'a', 'a', 'c', 'd', 'd'];
    const question = await ask(names.map((event_name) => ({ event_name })));
    const answer = await computeEventVolume(context, {
      ...question,
      breakdown: { dimension: 'event_name', limit: 2 },
    });
    expect(answer.breakdown).toMatchObject({
      values: ['b', 'a'],
      counts: [3, 2],
      otherValues: 2,
      otherCount: 3,
    });
  });

  test('three events in five minutes are 0.6 a minute', async () => {
    const times = ['10:00:00', '10:03:59.999', '10:03:00', '10:05:00'];
    const question = await ask(
      times.map((time) => ({ timestamp: at(time) })),
      at('10:00:00'),
      at('10:05:00'),
    );
    expect(await computeEventRate(context, question)).toMatchObject({
      perMinuteAverage: 0.6,
      peakPerMinute: 2,
      series: { values: [1, 0, 0, 2, 0] },
    });
  });

  test('a range without minutes has no rate and no peak', async () => {
    const question = await ask([{}], at('10:00:00'), at('10:00:00'));
    expect(await computeEventRate(context, question)).toMatchObject({
      perMinuteAverage: null,
      peakPerMinute: null,
      series: { values: [] },
    });
  });

  test('an instant is in the range that it begins, and in none that it ends', async () => {
    const question = await ask(
      ['09:59:59.999', '10:00:00', '10:59:59.999', '11:00:00'].map((time, index) => ({
        timestamp: at(time),
        anonymous_id: `d${index}`,
      })),
      at('10:00:00'),
      at('11:00:00'),
    );
    for (const onlyTables of [undefined, ['silver_events'] as const]) {
      const asked = onlyTables === undefined ? context : { ...context, onlyTables };
      expect((await computeEventVolume(asked, question)).total).toBe(2);
      expect((await computeUniqueUsers(asked, question)).total).toBe(2);
      expect((await computePageViews(asked, question)).total).toBe(2);
      expect((await computeSessions(asked, question)).total).toBe(2);
    }
  });

  test('a doubled midnight stays within its date', async () => {
    const timestamps = ['2023-11-05T04:30:00Z', '2023-11-05T05:30:00Z', '2023-11-06T05:00:00Z'];
    const question = await ask(
      timestamps.map((timestamp) => ({ timestamp })),
      '2023-11-05',
      '2023-11-06',
      'America/Havana',
    );
    const answer = await computeEventVolume(context, { ...question, grain: 'day' });
    expect(answer.series?.values).toEqual([2, 1]);
  });
});

describe('people', () => {
  test('a login joins the earlier anonymous events, and a second account takes nothing over', async () => {
    const question = await ask([
      { timestamp: at('09:00:00') },
      { timestamp: at('10:00:00'), event_name: 'login', user_id: 'u1' },
      { timestamp: at('11:00:00'), event_name: 'login', user_id: 'u2' },
      { timestamp: at('12:00:00') },
    ]);
    const views = { ...question, event: { event: 'page_view' } };
    expect((await computeUniqueUsers(context, views)).total).toBe(1);
    expect((await computeUniqueUsers(context, question)).total).toBe(2);
  });

  test('equal texts of a user id and a device id are two people', async () => {
    const question = await ask([
      { anonymous_id: 'same' },
      { anonymous_id: 'other', user_id: 'same' },
    ]);
    const answer = await computeUniqueUsers(context, question);
    expect(answer.total).toBe(2);
    expect(answer.meta.source).toContain('gold_active_users_per_day');
  });

  test('shares are of all users and may exceed 100 in sum', async () => {
    const question = await ask([
      { properties: { device_type: 'desktop' } },
      { properties: { device_type: 'mobile' } },
      { anonymous_id: 'd2' },
    ]);
    const answer = await computeUniqueUsers(context, {
      ...question,
      breakdown: { dimension: 'device_type', limit: 10 },
    });
    expect(answer.breakdown).toMatchObject({
      values: ['(unknown)', 'desktop', 'mobile'],
      sharePercents: [50, 50, 50],
      otherCount: 0,
    });
  });
});

describe('sessions', () => {
  test('exactly the timeout stays, a moment more does not', async () => {
    const times = ['10:00:00', '10:30:00', '11:00:00.001'];
    const question = await ask(times.map((time) => ({ timestamp: at(time), url: url('/') })));
    expect(await computeSessions(context, question)).toMatchObject({
      total: 2,
      users: 1,
      viewsPerSession: 1.5,
    });
  });

  test('percentiles interpolate: 0, 60, 120, 600', async () => {
    const lengths = [0, 60, 120, 600];
    const question = await ask(
      lengths.flatMap((seconds, index) =>
        [0, seconds].map((offset) => ({
          anonymous_id: `d${index}`,
          event_id: `${index}-${offset}`,
          timestamp: new Date(Date.parse(at('10:00:00')) + offset * 1000).toISOString(),
        })),
      ),
    );
    const answer = await computeSessionDuration(context, question);
    expect(answer).toMatchObject({ averageSeconds: 195, medianSeconds: 90 });
    expect(answer.p90Seconds).toBeCloseTo(456, 9);
  });

  test('one id is one session over devices and days, and belongs to the day it began', async () => {
    const question = await ask([
      { session_id: 's', timestamp: '2023-12-31T23:59:00Z' },
      { session_id: 's', timestamp: at('20:00:00'), anonymous_id: 'd2' },
    ]);
    expect((await computeSessions(context, question)).total).toBe(0);
    const before = { kind: 'dates', from: '2023-12-31', to: '2023-12-31' } as const;
    expect((await computeSessions(context, { ...question, range: before })).total).toBe(1);
  });

  test('half of two views apart bounce; sessions without views are not asked', async () => {
    const question = await ask([
      { anonymous_id: 'a', url: url('/x') },
      { anonymous_id: 'b', url: url('/x') },
      { anonymous_id: 'b', url: url('/y'), timestamp: at('10:00:01') },
      { anonymous_id: 'c', event_name: 'scroll' },
    ]);
    expect(
      await computeBounceRate(context, {
        ...question,
        breakdown: { dimension: 'entry_page', limit: 10 },
      }),
    ).toMatchObject({
      eligibleSessions: 2,
      bounces: 1,
      bounceRatePercent: 50,
      engagementRatePercent: 50,
      byEntryPage: { pages: ['/x'], eligibleSessions: [2], bounces: [1] },
    });
  });
});

describe('nothing', () => {
  test('gives zeros for counts and null for what has no denominator', async () => {
    const question = await ask([{}], '2020-01-01', '2020-01-02');
    const series = { ...question, grain: 'day' } as const;
    const breakdown = { dimension: 'page', limit: 5 };
    expect(await computeEventVolume(context, { ...series, breakdown })).toMatchObject({
      total: 0,
      series: { values: [0, 0] },
      breakdown: { values: [], otherValues: 0, otherCount: 0 },
    });
    expect(await computeUniqueUsers(context, { ...series, breakdown })).toMatchObject({
      total: 0,
      series: { values: [0, 0] },
      breakdown: { values: [], sharePercents: [] },
    });
    expect(await computePageViews(context, series)).toMatchObject({ total: 0, unique: 0 });
    expect(await computeSessions(context, series)).toMatchObject({
      total: 0,
      users: 0,
      viewsPerSession: null,
    });
    expect(await computeSessionDuration(context, question)).toMatchObject({
      averageSeconds: null,
      medianSeconds: null,
      p90Seconds: null,
    });
    expect(await computeBounceRate(context, question)).toMatchObject({
      eligibleSessions: 0,
      bounceRatePercent: null,
      engagementRatePercent: null,
    });
    expect(await computeTop(context, { ...question, breakdown })).toMatchObject({ values: [] });
  });

  test('an unknown event is an empty answer', async () => {
    const question = { ...(await ask([{}])), event: { event: 'no such event' } };
    expect((await computeEventVolume(context, question)).total).toBe(0);
    expect((await computeUniqueUsers(context, question)).total).toBe(0);
  });
});

describe('conditions', () => {
  const values: readonly JsonValue[] = ['5', 5, true, 'true', ['a'], { b: 1, a: 2 }, 'é', null];

  test('a property is equal by type and value', async () => {
    const question = await ask(
      values.map((plan, index) => ({
        event_id: `v${index}`,
        properties: { plan },
      })),
    );
    for (const plan of [...values, { a: 2, b: 1 }, 'e\u0301', 5.0]) {
      const { total } = await computeEventVolume(context, {
        ...question,
        event: { where: { plan } },
      });
      expect([plan, total]).toEqual([plan, 1]);
    }
    const { total } = await computeEventVolume(context, {
      ...question,
      event: { where: { plan: 6 } },
    });
    expect(total).toBe(0);
  });

  test.each<[Condition, number]>([
    [{ field: 'country', operator: 'equals', values: ['(unknown)'] }, 1],
    [{ field: 'country', operator: 'not_equals', values: ['DE'] }, 2],
    [{ field: 'country', operator: 'in', values: ['DE', 'FR'] }, 2],
    [{ field: 'country', operator: 'not_in', values: ['DE', 'FR'] }, 1],
    [{ field: 'country', operator: 'is_set', values: [] }, 2],
    [{ field: 'country', operator: 'is_not_set', values: [] }, 1],
    [{ field: 'page', operator: 'starts_with', values: ['/a'] }, 2],
    [{ field: 'page', operator: 'contains', values: ['b'] }, 1],
    [{ field: 'price', operator: 'greater_than', values: [9] }, 1],
    [{ field: 'price', operator: 'at_least', values: [9] }, 2],
    [{ field: 'price', operator: 'less_than', values: [10] }, 1],
    [{ field: 'price', operator: 'at_most', values: ['10'] }, 1],
    [{ field: 'price', operator: 'equals', values: ['10'] }, 0],
    [{ field: 'price', operator: 'equals', values: [10] }, 1],
    [{ field: 'price', operator: 'equals', values: ['(none)'] }, 1],
    [{ field: 'anonymous_id', operator: 'equals', values: ['d2'] }, 1],
    [{ field: 'properties.country', operator: 'equals', values: ['DE'] }, 1],
  ])('%j leaves %i of three', async (condition, wanted) => {
    const question = await ask([
      { url: url('/a'), properties: { country: 'DE', price: 9 } },
      { url: url('/ab'), properties: { country: 'FR', price: 10 }, anonymous_id: 'd2' },
      { url: url('/c') },
    ]);
    const { total } = await computeEventVolume(context, { ...question, filter: [condition] });
    expect(total).toBe(wanted);
  });

  const HOSTILE = [
    `'; DROP TABLE sluice.silver_events; --`,
    `') OR 1=1 --`,
    '{p0:String}',
    '\\',
    "\\'",
    '`',
    '"',
    '[0]',
    'a\nb\tc',
    '%00',
    'a\u0000b',
    '\ud83d\ude00',
    'x'.repeat(900),
  ];

  test.each(HOSTILE)('%j is a value like any other', async (text) => {
    const isStorable = !text.includes('\u0000');
    const question = await ask([
      {
        event_name: isStorable ? text : 'n',
        user_id: isStorable ? text : 'n',
        properties: isStorable ? { [text]: text } : {},
      },
      { event_id: 'other', event_name: 'other', anonymous_id: 'd2' },
    ]);
    const n = isStorable ? 1 : 0;
    const total = async (some: Partial<MetricQuestion>): Promise<number> =>
      (await computeEventVolume(context, { ...question, ...some })).total;
    expect(await total({ event: { event: text } })).toBe(n);
    expect(await total({ event: { where: { user_id: text } } })).toBe(n);
    expect(await total({ event: { where: { page: text } } })).toBe(0);
    expect(await total({ filter: [{ field: 'os', operator: 'in', values: [text] }] })).toBe(0);
    expect(await total({ projectId: text })).toBe(0);
    if (isStorable) {
      expect(await total({ event: { where: { [text]: text } } })).toBe(n);
      const breakdown = { dimension: text, limit: 5 };
      expect(
        (await computeEventVolume(context, { ...question, breakdown })).breakdown?.values,
      ).toEqual(['(none)', text].sort());
      expect((await computeTop(context, { ...question, breakdown })).values).toHaveLength(2);
    }
    const page = await computeTimeline(context, {
      projectId: question.projectId,
      subject: { userId: text },
      timeZone: 'UTC',
      filter: [],
      includeBots: false,
      first: 5,
    });
    expect(page.events).toHaveLength(n);
  });

  test('wrong limits, names and ranges are typed errors', async () => {
    const question = await ask([{}]);
    const codeOf = async (some: Partial<MetricQuestion>): Promise<string> =>
      computeEventVolume(context, { ...question, ...some }).then(
        () => 'none',
        (error: unknown) => (isAppError(error) ? error.code : String(error)),
      );
    const page = (limit: number) => ({ breakdown: { dimension: 'page', limit } });
    expect(await codeOf(page(-1))).toBe('BAD_USER_INPUT');
    expect(await codeOf(page(1.5))).toBe('BAD_USER_INPUT');
    expect(await codeOf(page(1_000_000))).toBe('BAD_USER_INPUT');
    expect(await codeOf({ breakdown: { dimension: '', limit: 1 } })).toBe('INVALID_DIMENSION');
    expect(await codeOf({ breakdown: { dimension: 'x'.repeat(10_000), limit: 1 } })).toBe(
      'INVALID_DIMENSION',
    );
    expect(await codeOf({ timeZone: 'Nowhere' })).toBe('INVALID_TIME_ZONE');
    expect(await codeOf({ range: { kind: 'dates', from: '2024-01-02', to: '2024-01-01' } })).toBe(
      'INVALID_RANGE',
    );
  });
});

describe('channels', () => {
  test('each rule of the table decides, in its order', async () => {
    const question = await ask(
      CHANNEL_CASES.map((each, index) => ({
        event_id: `c${String(index).padStart(3, '0')}`,
        url: url(`/${each.query === '' ? '' : `?${each.query}`}`),
        ...(each.referrer === '' ? {} : { referrer: each.referrer }),
      })),
    );
    const answer = await classifyEvents(context, { ...question, first: 1_000 });
    const got = CHANNEL_CASES.map((each, index) => ({ ...each, channel: answer.channels[index] }));
    expect(got).toEqual(CHANNEL_CASES);
    expect(new Set(answer.channels).size).toBe(20);
  });
});
