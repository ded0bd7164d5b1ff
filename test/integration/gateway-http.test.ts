import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';

const RANGE = '{ from: "2026-01-01", to: "2026-01-31" }';
const VOLUME = `{ eventVolume(range: ${RANGE}) { total } }`;

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
});
afterAll(() => server.stop());

describe('questions over HTTP', () => {
  test('a POST is answered with the fields that were asked', async () => {
    const response = await server.client('reader').query(
      `query Q($range: TimeRangeInput!) {
        eventVolume(range: $range, grain: MINUTE, breakdown: "device_type") {
          total series { bucketStarts values } breakdown { values counts sharePercents otherCount }
          meta { source rowsRead exact asOf elapsedMs }
        }
      }`,
      { range: { from: '2026-01-31T10:00:00Z', to: '2026-01-31T10:02:00Z' } },
    );
    expect(response.expectNoErrors()).toEqual({
      eventVolume: {
        total: 3,
        series: {
          bucketStarts: ['2026-01-31T10:00:00.000Z', '2026-01-31T10:01:00.000Z'],
          values: [3, 0],
        },
        breakdown: {
          values: ['desktop', 'mobile'],
          counts: [2, 1],
          sharePercents: [50, null],
          otherCount: 3,
        },
        meta: {
          source: ['silver_events'],
          rowsRead: 42,
          exact: true,
          asOf: '2026-01-31T10:00:00.000Z',
          elapsedMs: 1.5,
        },
      },
    });
  });

  test('a GET with a preflight header is answered', async () => {
    const response = await server
      .client('reader')
      .send(
        { headers: { 'apollo-require-preflight': 'true' } },
        `?query=${encodeURIComponent(VOLUME)}`,
      );
    expect(response.expectNoErrors()).toEqual({ eventVolume: { total: 3 } });
  });

  test('a GET that any web page could send is refused', async () => {
    const response = await server.client('reader').send({}, `?query=${encodeURIComponent(VOLUME)}`);
    expect(response.status).toBe(400);
  });

  test('a persisted query is registered once and then asked by its hash', async () => {
    const client = server.client('reader');
    const sha256Hash = createHash('sha256').update(VOLUME).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const post = (body: object) =>
      client.send({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post({ extensions })).codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    (await post({ query: VOLUME, extensions })).expectNoErrors();
    expect((await post({ extensions })).expectNoErrors()).toEqual({ eventVolume: { total: 3 } });
  });

  test.each([
    ['eventRate', 'perMinuteAverage peakPerMinute series { values }'],
    ['uniqueUsers', 'total'],
    ['activeUsers', 'dates dau wau mau stickiness'],
    ['newReturning', 'newUsers returningUsers total'],
    ['stickinessHistogram', 'histogram'],
    ['retention', 'cohorts matrix complete ratePercents brackets { from people ratePercent }'],
    ['lifecycle', 'buckets newUsers returning resurrecting dormant'],
    ['botTraffic', 'events botEvents botPercent humanUsers'],
    ['pageViews', 'total unique pages { values }'],
    ['sessions', 'total users viewsPerSession'],
    ['sessionDuration', 'averageSeconds medianSeconds p90Seconds'],
    ['bounceRate', 'eligibleSessions bounces bounceRatePercent engagementRatePercent'],
    ['engagementTime', 'averageSecondsPerSession byPage { pages averageSeconds }'],
    ['entryExit', 'pages entries exits pageViews exitRatePercents otherPages'],
    ['revenue', 'currencies netSums total orders buyers averageOrderValue averageRevenuePerUser'],
    ['eventChannels', 'eventIds channels sources areBots hasMore'],
    ['topPages', 'values users sessions pageViews userSharePercents otherValues'],
    ['topSources', 'values'],
    ['topDevices', 'values'],
    ['topBrowsers', 'values'],
  ])('%s is asked with its arguments and answered', async (field, selection) => {
    const query = `{ ${field}(range: ${RANGE}, includeBots: true, timeZone: "Asia/Tokyo",
      filter: [{ field: "country", values: ["DE"] }]) { ${selection} meta { exact } } }`;
    const data = (await server.client('reader').query(query)).expectNoErrors();
    expect(data[field]).toMatchObject({ meta: { exact: true } });
    expect(server.asked.at(-1)?.question).toMatchObject({
      projectId: 'default',
      range: { kind: 'dates', from: '2026-01-01', to: '2026-01-31' },
      timeZone: 'Asia/Tokyo',
      filter: [{ field: 'country', operator: 'equals', values: ['DE'] }],
      includeBots: true,
    });
  });

  test('pages are counted only where they are asked for', async () => {
    const reader = server.client('reader');
    await reader.query(`{ pageViews(range: ${RANGE}) { total } }`);
    expect(server.asked.at(-1)?.question).not.toHaveProperty('breakdown');
    await reader.query(
      `{ pageViews(range: ${RANGE}, limit: 7) { ...F } } fragment F on PageViews { pages { values } }`,
    );
    expect(server.asked.at(-1)?.question).toMatchObject({
      breakdown: { dimension: 'page', limit: 7 },
    });
  });

  test('a conversion rate is asked with its goal', async () => {
    const query = `{ conversionRate(range: ${RANGE}, goal: { event: "purchase" }, breakdown: "browser") {
      users convertedUsers userRatePercent byValue { values } } }`;
    expect((await server.client('reader').query(query)).expectNoErrors()).toEqual({
      conversionRate: { users: 2, convertedUsers: 1, userRatePercent: 50, byValue: null },
    });
    expect(server.asked.at(-1)?.question).toMatchObject({
      goal: { event: 'purchase' },
      breakdown: { dimension: 'browser', limit: 100 },
    });
  });

  test('retention is asked with its events, columns, brackets and its now', async () => {
    const query = `{ retention(range: ${RANGE}, grain: MONTH, intervals: 3, type: RECURRING, mode: ROLLING,
      startEvent: { event: "signup" }, returnEvent: { where: { page: "/b" } },
      brackets: [{ from: 1, to: 7 }], asOf: "2026-02-01T00:00:00Z") { matrix } }`;
    expect((await server.client('reader').query(query)).expectNoErrors()).toEqual({
      retention: {
        matrix: [
          [2, 1],
          [1, null],
        ],
      },
    });
    expect(server.asked.at(-1)?.question).toMatchObject({
      period: 'month',
      intervals: 3,
      type: 'recurring',
      mode: 'rolling',
      startEvent: { event: 'signup' },
      returnEvent: { where: { page: '/b' } },
      brackets: [{ from: 1, to: 7 }],
      asOf: '2026-02-01T00:00:00Z',
    });
  });

  test('adoption is asked with its feature', async () => {
    const query = `{ featureAdoption(range: ${RANGE}, feature: { event: "export" }, breakdown: "platform") {
      activeUsers newAdopters byValue { values adoptionPercents } } }`;
    expect((await server.client('reader').query(query)).expectNoErrors()).toEqual({
      featureAdoption: {
        activeUsers: 4,
        newAdopters: 1,
        byValue: { values: ['web'], adoptionPercents: [50] },
      },
    });
    expect(server.asked.at(-1)?.question).toMatchObject({ feature: { event: 'export' } });
  });

  test.each([
    ['grain: HOUR', 'DAY, WEEK, MONTH'],
    ['intervals: 0', 'intervals'],
    ['intervals: 401', '400'],
    ['type: SOMETIMES', 'RetentionType'],
    ['brackets: [{ from: -1, to: 2 }]', 'brackets.0.from'],
  ])('retention with %s is refused, naming %s', async (argument, named) => {
    const { errors } = await server
      .client('reader')
      .query(`{ retention(range: ${RANGE}, ${argument}) { matrix } }`);
    expect(errors[0]?.extensions?.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
    expect(errors[0]?.message).toContain(named);
  });

  test('a funnel is asked with its steps, window, exclusions and breakdown', async () => {
    const query = `{ funnel(range: ${RANGE}, order: STRICT, per: SESSION, windowSeconds: 60,
      steps: [{ event: "a" }, { where: { page: "/b" } }],
      exclusions: [{ event: { event: "x" }, fromStep: 1, toStep: 2 }],
      breakdown: { dimension: "browser", attribution: LAST_TOUCH }) {
      result { counts } byValue { value result { counts medianSeconds } } } }`;
    expect((await server.client('reader').query(query)).expectNoErrors()).toEqual({
      funnel: {
        result: null,
        byValue: [{ value: '(none)', result: { counts: [4, 2], medianSeconds: [null, 7200] } }],
      },
    });
    expect(server.asked.at(-1)?.question).toMatchObject({
      steps: [{ event: 'a' }, { where: { page: '/b' } }],
      order: 'strict',
      per: 'session',
      windowSeconds: 60,
      exclusions: [{ event: { event: 'x' }, fromStep: 1, toStep: 2 }],
      breakdown: { dimension: 'browser', attribution: 'last_touch' },
    });
  });

  test('a histogram of hours is refused, naming the widths there are', async () => {
    const { errors } = await server
      .client('reader')
      .query(`{ stickinessHistogram(range: ${RANGE}, grain: HOUR) { histogram } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toContain('DAY, WEEK, MONTH');
  });
});
