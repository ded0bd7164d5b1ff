import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { computeFunnel } from '../../src/funnel/compute-funnel.js';
import { computeActiveUsers } from '../../src/metric/active-users.js';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import type { MetricContext } from '../../src/metric/metric.js';
import type { Cohort, Condition, MetricQuestion } from '../../src/metric/metric-query.js';
import { computeNewReturning } from '../../src/metric/new-returning.js';
import { computePageViews } from '../../src/metric/page-views.js';
import { computeSessions } from '../../src/metric/sessions.js';
import { computeTimeline } from '../../src/metric/timeline.js';
import { computeTop } from '../../src/metric/top.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
let context: MetricContext;

/**
 * Ann: devices a1 and a2, a pro since the 3rd (free before), three orders. Bob: device b1, free,
 * one order. Device c1: nobody logged in, identified with a city. Device d1: nothing known.
 */
const EVENTS: readonly Partial<EventJson>[] = [
  { anonymous_id: 'a1', timestamp: '2024-01-01T10:00:00Z' },
  {
    anonymous_id: 'a1',
    user_id: 'ann',
    event_name: 'identify',
    timestamp: '2024-01-02T10:00:00Z',
    properties: { traits: { plan: 'free', seats: 3, note: null } },
  },
  {
    anonymous_id: 'a2',
    user_id: 'ann',
    event_name: '$identify',
    timestamp: '2024-01-03T10:00:00Z',
    properties: { $set: { plan: 'pro' } },
  },
  {
    anonymous_id: 'a2',
    event_name: 'order',
    timestamp: '2024-01-03T11:00:00Z',
    properties: { total: 10 },
  },
  {
    anonymous_id: 'a1',
    event_name: 'order',
    timestamp: '2024-01-04T11:00:00Z',
    properties: { total: 20 },
  },
  {
    user_id: 'ann',
    event_name: 'order',
    timestamp: '2024-01-05T11:00:00Z',
    properties: { total: 30 },
  },
  {
    anonymous_id: 'b1',
    user_id: 'bob',
    event_name: 'identify',
    timestamp: '2024-01-02T12:00:00Z',
    properties: { plan: 'free' },
  },
  { anonymous_id: 'b1', timestamp: '2024-01-05T12:00:00Z' },
  {
    anonymous_id: 'b1',
    event_name: 'order',
    timestamp: '2024-01-05T12:10:00Z',
    properties: { total: 5 },
  },
  {
    anonymous_id: 'c1',
    event_name: 'identify',
    timestamp: '2024-01-04T12:00:00Z',
    properties: { city: 'Bonn' },
  },
  { anonymous_id: 'c1', timestamp: '2024-01-04T12:01:00Z' },
  { anonymous_id: 'd1', timestamp: '2024-01-05T13:00:00Z' },
];

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1_800 },
    clock: () => Date.UTC(2024, 0, 6, 12),
  };
  await seedEvents({
    ...kit,
    projectId: 'p',
    batch: 'people',
    events: EVENTS.map((event, index) => ({
      event_id: `e${index}`,
      event_name: 'page_view',
      timestamp: '2024-01-01T10:00:00Z',
      ...event,
    })),
  });
}, 60_000);

afterAll(() => kit.stop());

const QUESTION: MetricQuestion = {
  projectId: 'p',
  range: { kind: 'dates', from: '2024-01-01', to: '2024-01-31' },
  timeZone: 'UTC',
  filter: [],
  includeBots: false,
};

const person = (
  name: string,
  operator: Condition['operator'],
  ...values: Condition['values']
): Condition => ({ field: `person.${name}`, operator, values });

const did = (event: string, rest: Partial<Extract<Cohort, { kind: 'did' }>> = {}): Cohort => ({
  kind: 'did',
  event: { event },
  filter: [],
  atLeast: 1,
  ...rest,
});

const never = (cohort: Cohort): Cohort => ({ kind: 'not', cohort });

async function users(...filter: readonly Condition[]): Promise<number> {
  return (await computeUniqueUsers(context, { ...QUESTION, filter })).total;
}

const inCohort = (cohort: Cohort): Condition => ({
  field: 'cohort',
  operator: 'in',
  values: [],
  cohort,
});

describe('person properties', () => {
  test.each<[string, Condition, number]>([
    ['the newest value counts for all of history', person('plan', 'equals', 'pro'), 1],
    ['a value that was replaced counts no more', person('plan', 'equals', 'free'), 1],
    ['a device without account has properties of its own', person('city', 'equals', 'Bonn'), 1],
    ['who has none fits not_equals', person('plan', 'not_equals', 'pro'), 3],
    ['who has none is missing', person('plan', 'is_not_set'), 2],
    ['the label of the missing finds them', person('plan', 'equals', '(none)'), 2],
    ['null is missing', person('note', 'is_set'), 0],
    ['numbers compare as numbers', person('seats', 'at_least', 3), 1],
    ['text is no number', person('plan', 'at_least', 3), 0],
    ['a property nobody has', person('nothing', 'is_set'), 0],
  ])('%s', async (_, condition, expected) => {
    expect(await users(condition)).toBe(expected);
  });

  test('break down events by the person they belong to', async () => {
    const answer = await computeEventVolume(context, {
      ...QUESTION,
      event: { event: 'order' },
      breakdown: { dimension: 'person.plan', limit: 10 },
    });
    expect(answer.breakdown).toMatchObject({ values: ['pro', 'free'], counts: [3, 1] });
  });

  test('break down people, with those of whom nothing is known', async () => {
    const answer = await computeUniqueUsers(context, {
      ...QUESTION,
      breakdown: { dimension: 'person.plan', limit: 10 },
    });
    expect(answer.breakdown).toMatchObject({
      values: ['(none)', 'free', 'pro'],
      counts: [2, 1, 1],
    });
  });

  test('break down and filter sessions by the person of their first event', async () => {
    const answer = await computeSessions(context, {
      ...QUESTION,
      filter: [person('plan', 'is_set')],
      breakdown: { dimension: 'person.plan', limit: 10 },
    });
    expect(answer.breakdown).toMatchObject({ values: ['pro', 'free'], counts: [6, 2] });
    expect(answer.users).toBe(2);
  });

  test('split a funnel, per person and per session', async () => {
    const funnel = {
      ...QUESTION,
      steps: [{ event: 'identify' }, { event: 'order' }],
      order: 'ordered',
      windowSeconds: 1_000_000,
      exclusions: [],
      breakdown: { dimension: 'person.plan', attribution: 'first_touch' },
    } as const;
    const byUser = await computeFunnel(context, { ...funnel, per: 'user' });
    expect(byUser.byValue?.map(({ value, result }) => [value, result.counts])).toEqual([
      ['(none)', [1, 0]],
      ['free', [1, 1]],
      ['pro', [1, 1]],
    ]);
    const bySession = await computeFunnel(context, { ...funnel, per: 'session' });
    expect(bySession.byValue?.map(({ value, result }) => [value, result.counts])).toEqual([
      ['(none)', [1, 0]],
      ['free', [1, 0]],
      ['pro', [1, 0]],
    ]);
  });

  test('hold on every path a question takes', async () => {
    const filter = [person('plan', 'equals', 'pro')];
    const pageViews = await computePageViews(context, { ...QUESTION, filter });
    expect([pageViews.total, pageViews.unique]).toEqual([1, 1]);
    const active = await computeActiveUsers(context, { ...QUESTION, filter });
    expect(active.dau.slice(0, 6)).toEqual([1, 1, 1, 1, 1, 0]);
    expect(active.meta.source).toContain('gold_active_users_per_day');
    expect(await computeNewReturning(context, { ...QUESTION, filter })).toMatchObject({
      newUsers: 1,
      returningUsers: 0,
    });
    const top = await computeTop(context, {
      ...QUESTION,
      filter,
      breakdown: { dimension: 'event_name', limit: 10 },
    });
    expect([...top.values].sort()).toEqual(['$identify', 'identify', 'order', 'page_view']);
    const timeline = await computeTimeline(context, {
      ...QUESTION,
      subject: { anonymousId: 'b1' },
      filter,
      first: 10,
    });
    expect(timeline.events).toEqual([]);
  });
});

describe('cohorts', () => {
  const rows: readonly [string, Cohort, number][] = [
    ['did it at all', did('order'), 2],
    ['did it at least twice', did('order', { atLeast: 2 }), 1],
    ['did it exactly once', did('order', { atMost: 1 }), 1],
    ['never did it', never(did('order')), 2],
    ['never did it, as a count', did('order', { atLeast: 0, atMost: 0 }), 2],
    ['did it in the last two days', did('order', { period: { lastDays: 2 } }), 2],
    ['did it twice in the last two days', did('order', { atLeast: 2, period: { lastDays: 2 } }), 0],
    [
      'did it in a range',
      did('order', { period: { kind: 'dates', from: '2024-01-03', to: '2024-01-04' } }),
      1,
    ],
    [
      'did it with a condition',
      did('order', { filter: [{ field: 'total', operator: 'greater_than', values: [15] }] }),
      1,
    ],
    [
      'did one thing and never another',
      { kind: 'all', cohorts: [did('page_view'), never(did('order'))] },
      2,
    ],
    [
      'did something or is somebody',
      {
        kind: 'any',
        cohorts: [
          did('order', { atLeast: 3 }),
          { kind: 'person', condition: person('city', 'is_set') },
        ],
      },
      2,
    ],
    [
      'free and ordered',
      {
        kind: 'all',
        cohorts: [{ kind: 'person', condition: person('plan', 'equals', 'free') }, did('order')],
      },
      1,
    ],
    ['nobody', { kind: 'all', cohorts: [did('order'), never(did('order'))] }, 0],
    ['everybody', { kind: 'any', cohorts: [did('order'), never(did('order'))] }, 4],
  ];

  test.each(rows)('%s', async (_, cohort, expected) => {
    expect(await users(inCohort(cohort))).toBe(expected);
    expect(await users({ ...inCohort(cohort), operator: 'not_in' })).toBe(4 - expected);
  });

  test('a login later on changes who belonged', async () => {
    const events = [
      { anonymous_id: 'x', event_name: 'order', event_id: 'o1', timestamp: '2024-01-01T10:00:00Z' },
      { anonymous_id: 'y', event_name: 'order', event_id: 'o2', timestamp: '2024-01-01T11:00:00Z' },
    ];
    const asked = { ...QUESTION, projectId: 'q', filter: [inCohort(did('order', { atLeast: 2 }))] };
    await seedEvents({ ...kit, projectId: 'q', batch: 'q1', events });
    expect((await computeUniqueUsers(context, asked)).total).toBe(0);
    const login = { event_name: 'login', user_id: 'u', timestamp: '2024-01-09T10:00:00Z' };
    await seedEvents({
      ...kit,
      projectId: 'q',
      batch: 'q2',
      events: [
        { ...login, anonymous_id: 'x', event_id: 'l1' },
        { ...login, anonymous_id: 'y', event_id: 'l2' },
      ],
    });
    expect((await computeUniqueUsers(context, asked)).total).toBe(1);
    expect((await computeEventVolume(context, asked)).total).toBe(4);
  });

  test.each<[string, Cohort, string]>([
    ['nothing in all', { kind: 'all', cohorts: [] }, 'cohort.all'],
    ['a fraction of times', did('order', { atLeast: 1.5 }), 'cohort.did.atLeast'],
    ['fewer at most than at least', did('order', { atLeast: 3, atMost: 2 }), 'cohort.did.atMost'],
    ['no days', did('order', { period: { lastDays: 0 } }), 'cohort.did.lastDays'],
    [
      'a page of the session',
      did('order', { filter: [{ field: 'entry_page', operator: 'is_set', values: [] }] }),
      'cohort.did.filter',
    ],
    [
      'a condition on an event',
      { kind: 'person', condition: { field: 'plan', operator: 'is_set', values: [] } },
      'cohort.person',
    ],
    [
      'too many parts',
      { kind: 'any', cohorts: Array.from({ length: 40 }, () => did('order')) },
      'cohort',
    ],
  ])('%s is refused', async (_, cohort, field) => {
    await expect(users(inCohort(cohort))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field },
    });
  });

  test('a cohort that is nested too deep, or holds itself, is refused', async () => {
    const holder: { kind: 'not'; cohort: Cohort } = { kind: 'not', cohort: did('order') };
    holder.cohort = holder;
    await expect(users(inCohort(holder))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
