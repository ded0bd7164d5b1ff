import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';
import type { EventJson } from '../testkit/seed-events.js';

let world: GatewayWorld;

const event = (
  id: string,
  timestamp: string,
  device: string,
  rest: Partial<EventJson> = {},
): EventJson => ({
  event_id: id,
  event_name: 'page_view',
  timestamp,
  received_at: timestamp,
  anonymous_id: device,
  url: 'https://shop.example/a',
  ...rest,
});

beforeAll(async () => {
  world = await startGatewayWorld({
    nowMs: Date.UTC(2024, 3, 10, 12, 0, 30),
    events: [
      event('a', '2024-03-05T10:00:00Z', 'd1'),
      event('b', '2024-03-06T10:00:00Z', 'd2'),
      // 23:30 in Berlin on 29 February, 00:30 on 1 March.
      event('c', '2024-02-29T22:30:00Z', 'd1'),
      event('d', '2024-02-29T23:30:00Z', 'd3'),
      event('e', '2023-03-31T21:59:59Z', 'd1'),
      event('f', '2024-04-10T12:00:00Z', 'd9', {
        event_name: 'purchase',
        properties: { revenue: 12.5, currency: 'EUR' },
      }),
    ],
  });
}, 60_000);

afterAll(() => world.stop());

async function ask<Data>(query: string): Promise<Data> {
  return (await world.client.query(query)).expectNoErrors<Data>();
}

test('an answer has the one of the month and of the year before, of the same type', async () => {
  const range = '{ from: "2024-03-01", to: "2024-03-31" }';
  expect(
    await ask(`{ uniqueUsers(range: ${range}, grain: MONTH) {
      total
      series { values }
      previous { total series { bucketStarts values } change { absolute percent } }
      year: previous(to: PREVIOUS_YEAR) { total }
      change { absolute percent }
    } }`),
  ).toEqual({
    uniqueUsers: {
      total: 3,
      series: { values: [3] },
      previous: {
        total: 1,
        series: { bucketStarts: ['2024-01-31T23:00:00.000Z'], values: [1] },
        change: { absolute: 1, percent: null },
      },
      year: { total: 1 },
      change: { absolute: 2, percent: 200 },
    },
  });
});

test('what is asked of the earlier time decides what is computed for it', async () => {
  const data = await ask<{ pageViews: { pages: unknown; previous: { pages: unknown } } }>(
    `{ pageViews(range: { from: "2024-03-01", to: "2024-03-31" }) { total previous { pages { values } } } }`,
  );
  expect(data.pageViews).toEqual({ total: 3, previous: { pages: { values: ['/a'] } } });
});

test('every question with a range compares', async () => {
  const { __schema: schema } = await ask<{
    __schema: {
      queryType: {
        fields: {
          name: string;
          args: { name: string }[];
          type: { ofType: { fields: { name: string }[] } };
        }[];
      };
    };
  }>(
    '{ __schema { queryType { fields { name args { name } type { ofType { fields { name } } } } } } }',
  );
  const asked = schema.queryType.fields.filter(
    ({ args, type }) =>
      args.some(({ name }) => name === 'range') &&
      type.ofType.fields.some(({ name }) => name === 'meta'),
  );
  expect(asked.length).toBeGreaterThan(30);
  for (const { type } of asked)
    expect(type.ofType.fields.map(({ name }) => name)).toContain('previous');
});

test('money is compared too', async () => {
  expect(
    await ask(
      '{ revenue(range: { from: "2024-04-10", to: "2024-04-10" }) { total change { absolute percent } } }',
    ),
  ).toEqual({ revenue: { total: '12.5', change: { absolute: 12.5, percent: null } } });
});

test('a time before all calendars is refused, and the rest is answered', async () => {
  const response = await world.client.query(
    '{ eventVolume(range: { from: "0000-01-01", to: "0000-01-31" }) { previous { total } } }',
  );
  expect(response.codes).toEqual(['INVALID_RANGE']);
});

test('freshness is the age of the newest event, whatever is counted', async () => {
  const data = await ask<Record<string, { meta: unknown; previous: { meta: unknown } }>>(
    `{ eventVolume(range: { from: "2024-03-01", to: "2024-03-31" }) {
      meta { freshness }
      previous { meta { freshness } }
    } }`,
  );
  expect(data.eventVolume).toEqual({
    meta: { freshness: 30 },
    previous: { meta: { freshness: 30 } },
  });
  const other = await world.server
    .client('stranger')
    .query(
      '{ eventVolume(range: { from: "2024-03-01", to: "2024-03-31" }) { meta { freshness } } }',
    );
  expect(other.expectNoErrors()).toEqual({ eventVolume: { meta: { freshness: null } } });
});

test('a timeline tells its freshness', async () => {
  expect(await ask('{ device(id: "d1") { timeline(first: 1) { meta { freshness } } } }')).toEqual({
    device: { timeline: { meta: { freshness: 30 } } },
  });
});

test('a cohort is an argument of every question', async () => {
  const range = 'range: { from: "2024-03-01", to: "2024-03-31" }';
  const did = (name: string) => `did: { event: { event: "${name}" } }`;
  expect(
    await ask(`{
      some: uniqueUsers(${range}, cohort: { did: { event: {}, atLeast: 2 } }) { total }
      never: uniqueUsers(${range}, cohort: { not: { ${did('purchase')} } }) { total }
      none: sessions(${range}, cohort: { all: [{ ${did('purchase')} }, { ${did('page_view')} }] }) { total }
      today: uniqueUsers(range: { from: "2024-04-01", to: "2024-04-30" }, cohort: { did: { event: {}, lastDays: 1 } }) { total }
    }`),
  ).toEqual({ some: { total: 1 }, never: { total: 3 }, none: { total: 0 }, today: { total: 1 } });
});

test.each([
  ['{}', 'cohort'],
  ['{ did: { event: {} }, not: { did: { event: {} } } }', 'cohort'],
  ['{ all: [{ any: [{}] }] }', 'cohort.all[0].any[0]'],
  ['{ did: { event: {}, atLeast: -1 } }', 'cohort.did.atLeast'],
  [
    '{ did: { event: {}, lastDays: 3, range: { from: "2024-01-01", to: "2024-01-02" } } }',
    'cohort.did',
  ],
  ['{ person: { field: "plan", operator: IS_SET } }', 'cohort.person'],
])('the cohort %s is refused, naming the place', async (cohort, field) => {
  const { errors } = await world.client.query(
    `{ uniqueUsers(range: { from: "2024-03-01", to: "2024-03-31" }, cohort: ${cohort}) { total } }`,
  );
  expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
});

test.each([
  [9, 'BAD_USER_INPUT'],
  [50, 'BAD_USER_INPUT'],
  [1_000, 'LIMIT_EXCEEDED'],
])('a cohort nested %d deep is refused with %s', async (levels, code) => {
  let cohort: object = { did: { event: {} } };
  for (let depth = 0; depth < levels; depth += 1) cohort = { not: cohort };
  const { codes } = await world.client.query(
    'query ($cohort: CohortInput) { uniqueUsers(range: { from: "2024-03-01", to: "2024-03-31" }, cohort: $cohort) { total } }',
    { cohort },
  );
  expect(codes).toEqual([code]);
});
