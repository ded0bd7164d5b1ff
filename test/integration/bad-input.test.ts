import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';

let world: GatewayWorld;

beforeAll(async () => {
  world = await startGatewayWorld({
    nowMs: Date.UTC(2024, 0, 20),
    events: [
      {
        event_id: 'e1',
        event_name: 'page_view',
        timestamp: '2024-01-10T10:00:00Z',
        anonymous_id: 'd1',
        properties: { 'it\'s [a] "key"': 'x' },
      },
    ],
  });
}, 60_000);

afterAll(() => world.stop());

const RANGE = 'range: { from: "2024-01-01", to: "2024-01-31" }';

/** Questions of every kind of source, with room for further arguments. */
const QUESTIONS = [
  'eventVolume',
  'uniqueUsers',
  'pageViews',
  'sessions',
  'bounceRate',
  'activeUsers',
  'revenue',
  'topPages',
] as const;

const ranged = (from: string, to: string): string => `range: { from: "${from}", to: "${to}" }`;

async function refusal(args: string, field = 'eventVolume') {
  const { errors } = await world.client.query(`{ ${field}(${args}) { meta { rowsRead } } }`);
  return errors[0]?.extensions;
}

describe.each(QUESTIONS)('%s', (field) => {
  test.each([
    ['dates in reverse', ranged('2024-01-31', '2024-01-01'), 'INVALID_RANGE', 'range.to'],
    [
      'instants in reverse',
      ranged('2024-01-31T00:00:00Z', '2024-01-01T00:00:00Z'),
      'INVALID_RANGE',
      'range.to',
    ],
    ['a century', ranged('1950-01-01', '2049-12-31'), 'INVALID_RANGE', 'range'],
    ['no date', ranged('2024-02-30', '2024-03-01'), 'INVALID_RANGE', 'range.from'],
    [
      'a date with an instant',
      ranged('2024-01-01', '2024-01-02T00:00:00Z'),
      'INVALID_RANGE',
      'range',
    ],
    ['no zone', `${RANGE}, timeZone: "Mars/Olympus"`, 'INVALID_TIME_ZONE', 'timeZone'],
    [
      'a property name with NUL',
      `${RANGE}, filter: [{ field: "a\\u0000b", operator: IS_SET }]`,
      'INVALID_DIMENSION',
      'dimension',
    ],
    [
      'an empty property name',
      `${RANGE}, filter: [{ field: "person.", operator: IS_SET }]`,
      'INVALID_DIMENSION',
      'dimension',
    ],
  ])('refuses %s', async (_, args, code, named) => {
    expect(await refusal(args, field)).toMatchObject({ code, field: named });
  });

  test('refuses a property name of 10 kB', async () => {
    const filter = `filter: [{ field: "${'a'.repeat(10_240)}", operator: IS_SET }]`;
    expect(await refusal(`${RANGE}, ${filter}`, field)).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test.each([
    ['no time at all', ranged('2024-01-10T10:00:00Z', '2024-01-10T10:00:00Z')],
    ['an event nobody has', `${RANGE}, filter: [{ field: "event_name", values: ["nothing"] }]`],
    ['a value nobody has', `${RANGE}, filter: [{ field: "plan", values: ["pro"] }]`],
    ['a cohort of nobody', `${RANGE}, cohort: { did: { event: { event: "nothing" } } }`],
  ])('answers %s with nothing', async (_, args) => {
    const { errors } = await world.client.query(`{ ${field}(${args}) { meta { rowsRead } } }`);
    expect(errors).toEqual([]);
  });
});

test.each([
  ['eventVolume', 'limit: -1'],
  ['eventVolume', 'breakdown: "page", limit: 0'],
  ['topPages', 'limit: -5'],
  ['formula', 'first: { metric: EVENTS }, second: { metric: EVENTS }, limit: -1'],
  ['eventChannels', 'first: -1'],
])('%s with %s is refused', async (field, args) => {
  expect(await refusal(`${RANGE}, ${args}`, field)).toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('a limit above that of the installation is refused, naming it', async () => {
  expect(await refusal(`${RANGE}, breakdown: "page", limit: 2000000`)).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    limit: 'limit',
  });
});

test('an impossible dimension names the possible ones', async () => {
  const refused = await refusal(`${RANGE}, breakdown: "a\\u0000"`);
  expect(refused).toMatchObject({ code: 'INVALID_DIMENSION' });
  expect(refused?.allowed).toContain('device_type');
});

test.each(['sessions', 'uniqueUsers', 'eventVolume'])(
  '%s has no breakdown by cohort',
  async (field) => {
    expect(await refusal(`${RANGE}, breakdown: "cohort"`, field)).toMatchObject({
      code: 'INVALID_DIMENSION',
    });
    const filter = 'filter: [{ field: "cohort", values: ["x"] }]';
    expect(await refusal(`${RANGE}, ${filter}`, field)).toMatchObject({ code: 'BAD_USER_INPUT' });
  },
);

test('quotes and brackets in the name of a property are a name', async () => {
  const { data } = await world.client.query(
    `query ($name: String!, $filter: [ConditionInput!]!) {
      eventVolume(${RANGE}, breakdown: $name, filter: $filter) { total breakdown { values } }
    }`,
    {
      name: `it's [a] "key"`,
      filter: [{ field: `properties.it's [a] "key"`, operator: 'EQUALS', values: ['x'] }],
    },
  );
  expect(data).toEqual({ eventVolume: { total: 1, breakdown: { values: ['x'] } } });
});

test('a refusal while other parts are being computed leaves nothing behind', async () => {
  for (let again = 0; again < 20; again += 1) {
    expect(
      await refusal(`${RANGE}, grain: DAY, breakdown: "properties."`, 'uniqueUsers'),
    ).toMatchObject({
      code: 'INVALID_DIMENSION',
    });
  }
  const { codes } = await world.client.query(`{ eventVolume(${RANGE}) { total } }`);
  expect(codes).toEqual([]);
});
