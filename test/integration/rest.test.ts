import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { computeBounceRate } from '../../src/metric/bounce-rate.js';
import { computeConversionRate } from '../../src/metric/conversion-rate.js';
import { computeCrashFree } from '../../src/metric/crash-free.js';
import { computeEngagementTime } from '../../src/metric/engagement-time.js';
import { computeEntryExit } from '../../src/metric/entry-exit.js';
import { computeFeatureAdoption } from '../../src/metric/feature-adoption.js';
import type { MetricContext } from '../../src/metric/metric.js';
import type { MetricQuestion } from '../../src/metric/metric-query.js';
import { computePageLoad } from '../../src/metric/page-load.js';
import { computeScreenViews } from '../../src/metric/screen-views.js';
import { computeTop } from '../../src/metric/top.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
let context: MetricContext;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1_800 },
    clock: () => Date.UTC(2024, 0, 6, 12),
  };
}, 60_000);

afterAll(() => kit.stop());

let projects = 0;

/** A project with events on 1 January 2024, a minute apart, each in a session of its own device. */
async function ask(
  events: readonly (Partial<EventJson> & { readonly page?: string })[],
): Promise<MetricQuestion> {
  projects += 1;
  const projectId = `p${projects}`;
  await seedEvents({
    ...kit,
    projectId,
    batch: projectId,
    events: events.map(({ page, ...event }, index) => ({
      event_id: `e${index}`,
      event_name: 'page_view',
      timestamp: new Date(Date.UTC(2024, 0, 1, 10, index)).toISOString(),
      ...(page === undefined ? {} : { url: `https://shop.example${page}` }),
      ...event,
    })),
  });
  return {
    projectId,
    range: { kind: 'dates', from: '2024-01-01', to: '2024-01-01' },
    timeZone: 'UTC',
    filter: [],
    includeBots: false,
  };
}

const limited = (question: MetricQuestion, dimension: string, limit = 1): MetricQuestion => ({
  ...question,
  breakdown: { dimension, limit },
});

/** Ann on all three pages, Bob on b and c, Cy on a; d1 is Ann's too. */
const VISITS = [
  { user_id: 'ann', page: '/a' },
  { user_id: 'cy', page: '/a' },
  { user_id: 'dan', page: '/a' },
  { user_id: 'ann', page: '/b' },
  { anonymous_id: 'd1', page: '/b' },
  { user_id: 'bob', page: '/b' },
  { user_id: 'bob', page: '/c' },
  { user_id: 'ann', anonymous_id: 'd1', page: '/c' },
];

test('the rest of people are the distinct ones, over devices and values', async () => {
  const answer = await computeUniqueUsers(context, limited(await ask(VISITS), 'page'));
  expect(answer.total).toBe(4);
  expect(answer.breakdown).toEqual({
    values: ['/a'],
    counts: [3],
    sharePercents: [75],
    otherValues: 2,
    otherCount: 2,
    otherSharePercent: 50,
  });
});

test('without a rest it is nothing', async () => {
  const answer = await computeUniqueUsers(context, limited(await ask(VISITS), 'page', 3));
  expect(answer.breakdown).toMatchObject({
    values: ['/a', '/b', '/c'],
    counts: [3, 2, 2],
    otherValues: 0,
    otherCount: 0,
    otherSharePercent: 0,
  });
  const empty = await computeUniqueUsers(context, limited(await ask([]), 'page', 3));
  expect(empty.breakdown).toEqual({
    values: [],
    counts: [],
    sharePercents: [],
    otherValues: 0,
    otherCount: 0,
    otherSharePercent: null,
  });
});

test('the rest of a top list has distinct people and sessions', async () => {
  const answer = await computeTop(context, limited(await ask(VISITS), 'page'));
  expect(answer).toMatchObject({
    values: ['/a'],
    users: [3],
    pageViews: [3],
    otherValues: 2,
    otherUsers: 2,
    otherPageViews: 5,
    otherUserSharePercent: 50,
  });
  // Sessions by device: Ann's account, d1, and Bob's.
  expect(answer.otherSessions).toBe(3);
});

test('the rest of a conversion rate is a rate of distinct people', async () => {
  const question = await ask([
    ...VISITS,
    { user_id: 'ann', page: '/b', event_name: 'order' },
    { user_id: 'ann', page: '/c', event_name: 'order' },
  ]);
  const answer = await computeConversionRate(context, {
    ...limited(question, 'page'),
    goal: { event: 'order' },
  });
  expect(answer.byValue).toEqual({
    values: ['/a'],
    users: [3],
    convertedUsers: [0],
    ratePercents: [0],
    otherValues: 2,
    otherUsers: 2,
    otherConvertedUsers: 1,
    otherRatePercent: 50,
  });
  const adoption = await computeFeatureAdoption(context, {
    ...limited(question, 'page'),
    feature: { event: 'order' },
  });
  expect(adoption.byValue).toMatchObject({
    otherValues: 2,
    otherActiveUsers: 2,
    otherAdopters: 1,
    otherAdoptionPercent: 50,
  });
});

test('the rest of pages of sessions', async () => {
  const at = (minute: number): string => new Date(Date.UTC(2024, 0, 1, 9, minute)).toISOString();
  const question = await ask([
    { anonymous_id: 'x', page: '/a' },
    { anonymous_id: 'y', page: '/a' },
    { anonymous_id: 'z', page: '/b', timestamp: at(0) },
    { anonymous_id: 'z', page: '/c', timestamp: at(1) },
    { anonymous_id: 'v', page: '/c', timestamp: at(0) },
    {
      anonymous_id: 'v',
      page: '/c',
      event_name: 'engagement',
      timestamp: at(2),
      properties: { engaged_ms: 4_000 },
    },
    {
      anonymous_id: 'z',
      page: '/b',
      event_name: 'engagement',
      timestamp: at(2),
      properties: { engaged_ms: 1_000 },
    },
    {
      anonymous_id: 'x',
      page: '/a',
      event_name: 'engagement',
      timestamp: at(2),
      properties: { engaged_ms: 9_000 },
    },
  ]);
  const bounce = await computeBounceRate(context, limited(question, 'entry_page'));
  expect(bounce.byEntryPage).toEqual({
    pages: ['/a'],
    eligibleSessions: [2],
    bounces: [2],
    bounceRatePercents: [100],
    otherPages: 2,
    otherEligibleSessions: 2,
    otherBounces: 0,
    otherBounceRatePercent: 0,
  });
  expect(await computeEntryExit(context, limited(question, 'page'))).toMatchObject({
    pages: ['/a'],
    otherPages: 2,
    otherEntries: 2,
    otherExits: 2,
    otherPageViews: 3,
    otherExitRatePercent: (2 * 100) / 3,
  });
  expect((await computeEngagementTime(context, limited(question, 'page'))).byPage).toEqual({
    pages: ['/a'],
    averageSeconds: [9],
    otherPages: 2,
    otherAverageSeconds: 2.5,
  });
});

test('the rest of screens, versions and load times', async () => {
  const mobile = (user: string, version: string, screen: string, name = 'screen_view') => ({
    user_id: user,
    platform: 'mobile' as const,
    event_name: name,
    properties: { screen, app_version: version },
    session_id: `${user}-${version}`,
  });
  const question = await ask([
    mobile('ann', '1', 'Home'),
    mobile('ann', '1', 'Home'),
    mobile('ann', '2', 'Cart'),
    mobile('ann', '3', 'Help'),
    mobile('ann', '3', 'Help', 'app_crash'),
    mobile('bob', '1', 'Home'),
    mobile('bob', '2', 'Cart'),
    ...[10, 20, 30].map((load_ms) => ({
      user_id: 'cy',
      page: '/a',
      event_name: 'page_performance',
      properties: { load_ms },
    })),
    ...[100, 200].map((load_ms) => ({
      user_id: 'cy',
      page: `/${load_ms}`,
      event_name: 'page_performance',
      properties: { load_ms },
    })),
  ]);
  expect(await computeScreenViews(context, limited(question, 'page'))).toMatchObject({
    total: 6,
    users: 2,
    screens: ['Home'],
    otherScreens: 2,
    otherViews: 3,
    otherUsers: 2,
  });
  expect(await computeCrashFree(context, limited(question, 'app_version'))).toMatchObject({
    overall: { sessions: 5, users: 2, crashFreeUsersPercent: 50 },
    versions: ['1'],
    otherVersions: 2,
    other: { sessions: 3, crashedSessions: 1, users: 2, crashFreeUsersPercent: 50 },
  });
  expect(await computePageLoad(context, limited(question, 'page'))).toMatchObject({
    samples: 5,
    p50: 30,
    byPage: { pages: ['/a'], p50: [20] },
    otherPages: 2,
    other: { samples: 2, p50: 150, p75: 175, p95: 195 },
  });
});
