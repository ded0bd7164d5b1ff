import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';
import type { EventJson } from '../testkit/seed-events.js';

let world: GatewayWorld;

const event = (
  id: string,
  timestamp: string,
  user: string,
  page: string,
  rest: Partial<EventJson> = {},
): EventJson => ({
  event_id: id,
  event_name: 'page_view',
  timestamp,
  received_at: timestamp,
  user_id: user,
  url: `https://shop.example${page}`,
  ...rest,
});

const order = (id: string, revenue: number, currency = 'EUR', name = 'purchase') => ({
  event_name: name,
  properties: { revenue, currency, order_id: id },
});

/** Berlin is an hour ahead of UTC. */
const EVENTS = [
  event('1', '2024-01-01T10:00:00Z', 'ann', '/a'),
  event('2', '2024-01-01T10:01:00Z', 'ann', '/a'),
  event('3', '2024-01-01T11:00:00Z', 'bob', '/a'),
  event('4', '2024-01-01T12:00:00Z', 'bob', '/b', order('o1', 100.1)),
  event('5', '2024-01-02T10:00:00Z', 'ann', '/b'),
  event('6', '2024-01-02T10:05:00Z', 'ann', '/b', order('o1', 100.1)),
  event('7', '2024-01-02T10:06:00Z', 'ann', '/c', order('o2', 50.2)),
  event('8', '2024-01-02T10:07:00Z', 'ann', '/c', order('', 0.3, 'EUR', 'refund')),
  event('9', '2024-01-04T10:00:00Z', 'cy', '/c', order('o3', 9, 'USD')),
  event('10', '2024-01-04T10:01:00Z', 'cy', '/d'),
];

beforeAll(async () => {
  world = await startGatewayWorld({ events: EVENTS, nowMs: Date.UTC(2024, 0, 5) });
}, 60_000);

afterAll(() => world.stop());

const RANGE = 'range: { from: "2024-01-01", to: "2024-01-04" }';

async function formula(args: string, fields: string): Promise<unknown> {
  const { data, errors } = await world.client.query(`{ formula(${RANGE}, ${args}) { ${fields} } }`);
  expect(errors).toEqual([]);
  return data?.formula;
}

describe('a formula', () => {
  test('divides two metrics, bucket by bucket, and never by zero', async () => {
    expect(
      await formula(
        'first: { metric: EVENTS, event: { event: "purchase" } }, second: { metric: SESSIONS }, grain: DAY',
        'total first second series { results first second }',
      ),
    ).toEqual({
      total: 4 / 5,
      first: 4,
      second: 5,
      series: {
        results: [1 / 3, 2, null, 1],
        first: [1, 2, 0, 1],
        second: [3, 1, 0, 1],
      },
    });
  });

  test.each([
    ['ADD', 13],
    ['SUBTRACT', 7],
    ['MULTIPLY', 30],
    ['DIVIDE', 10 / 3],
  ])('%s', async (operator, total) => {
    expect(
      await formula(
        `first: { metric: EVENTS }, operator: ${operator}, second: { metric: UNIQUE_USERS }`,
        'total',
      ),
    ).toEqual({ total });
  });

  test('counts the rest of both operands exactly, people distinct', async () => {
    expect(
      await formula(
        'first: { metric: PAGE_VIEWS }, second: { metric: UNIQUE_USERS }, breakdown: "page", limit: 1',
        'breakdown { values results first second otherValues other { result first second } }',
      ),
    ).toEqual({
      breakdown: {
        values: ['/a'],
        results: [3 / 2],
        first: [3],
        second: [2],
        otherValues: 2,
        // Views of b and d; Ann, Bob and Cy on b, c and d.
        other: { result: 2 / 3, first: 2, second: 3 },
      },
    });
  });

  test('takes a value the second operand lacks as zero', async () => {
    expect(
      await formula(
        'first: { metric: UNIQUE_USERS }, second: { metric: EVENTS, event: { event: "purchase" } }, breakdown: "page"',
        'breakdown { values results second other { result second } }',
      ),
    ).toEqual({
      breakdown: {
        values: ['/a', '/b', '/c', '/d'],
        results: [null, 1, 1, null],
        second: [0, 2, 2, 0],
        other: { result: null, second: 0 },
      },
    });
  });

  test('has revenue of one currency, each order once', async () => {
    expect(
      await formula(
        'first: { metric: NET_REVENUE, currency: "EUR" }, second: { metric: SESSIONS }, grain: DAY, breakdown: "page", limit: 1',
        'first second series { first } breakdown { values first other { first second } }',
      ),
    ).toEqual({
      first: 150,
      second: 5,
      series: { first: [100.1, 49.9, 0, 0] },
      breakdown: { values: ['/b'], first: [100.1], other: { first: 49.9, second: 3 } },
    });
  });

  test('has windows over both operands and compares', async () => {
    expect(
      await formula(
        'first: { metric: EVENTS }, second: { metric: UNIQUE_USERS }, grain: DAY, window: { cumulative: true }',
        'series { first second } change { absolute percent } previous { total first }',
      ),
    ).toEqual({
      series: { first: [4, 8, 8, 10], second: [2, 2, 2, 3] },
      change: { absolute: null, percent: null },
      previous: { total: null, first: 0 },
    });
  });

  test('keeps to the filters of the question and of each side', async () => {
    expect(
      await formula(
        'filter: [{ field: "user_id", operator: NOT_EQUALS, values: ["cy"] }], first: { metric: EVENTS, filter: [{ field: "page", values: ["/b"] }] }, second: { metric: EVENTS }, cohort: { did: { event: { event: "refund" } } }',
        'first second',
      ),
    ).toEqual({ first: 2, second: 6 });
  });

  test('of revenue needs a currency', async () => {
    const { errors } = await world.client.query(
      `{ formula(${RANGE}, first: { metric: NET_REVENUE }, second: { metric: SESSIONS }) { total } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'currency' });
  });
});

describe('windows', () => {
  test('are an argument of every series', async () => {
    const { data } = await world.client.query(`{
      events: eventVolume(${RANGE}, grain: DAY, window: { moving: 2 }) { total series { values } }
      users: uniqueUsers(${RANGE}, grain: DAY, window: { moving: 2 }) { total series { values } }
      all: uniqueUsers(${RANGE}, grain: DAY, window: { cumulative: true }) { series { values } }
      sessions(${RANGE}, grain: DAY, window: { cumulative: true }) { series { values } }
      pageViews(${RANGE}, grain: WEEK, window: { moving: 3 }) { series { values } }
    }`);
    expect(data).toEqual({
      events: { total: 10, series: { values: [4, 8, 4, 2] } },
      users: { total: 3, series: { values: [2, 2, 1, 1] } },
      all: { series: { values: [2, 2, 2, 3] } },
      sessions: { series: { values: [3, 4, 4, 5] } },
      pageViews: { series: { values: [5] } },
    });
  });

  test.each(['{}', '{ cumulative: false }', '{ cumulative: true, moving: 3 }', '{ moving: 0 }'])(
    '%s is refused',
    async (window) => {
      const { codes } = await world.client.query(
        `{ eventVolume(${RANGE}, grain: DAY, window: ${window}) { total } }`,
      );
      expect(codes).toEqual(['BAD_USER_INPUT']);
    },
  );

  test('without a grain they make no sense', async () => {
    const { errors } = await world.client.query(
      `{ eventVolume(${RANGE}, window: { moving: 3 }) { total } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'window' });
  });
});
