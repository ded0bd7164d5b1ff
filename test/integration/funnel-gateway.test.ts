import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { DAY, story } from '../testkit/funnel-story.js';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';

jest.setTimeout(120_000);

let world: GatewayWorld;

beforeAll(async () => {
  world = await startGatewayWorld({
    nowMs: DAY + 86_400_000,
    events: story('p:a@-1440 p:a@1 p:b@3 q:a@2 r/u:a@65 r/u:b@69', 1),
  });
});

afterAll(() => world.stop());

const FUNNEL =
  'range: { from: "2024-05-01", to: "2024-05-01" }, timeZone: "UTC", steps: [{ event: "a" }, { event: "b" }]';

async function ask<Data>(query: string): Promise<Data> {
  return (await world.client.query(query)).expectNoErrors<Data>();
}

test('shows its course, its times, its segments and the day before side by side', async () => {
  expect(
    await ask(`{ funnel(${FUNNEL}, grain: HOUR, timeBounds: [121, 240],
        segments: [{ name: "known", cohort: { did: { event: { event: "b" }, atLeast: 1 } } }, { name: "x", filter: [{ field: "plan", values: ["x"] }] }]) {
      result { counts series { conversionPercents counts } timeHistogram { steps total } }
      segments { name result { counts timeHistogram { total } } }
      previous { result { counts } }
    } }`),
  ).toEqual({
    funnel: {
      result: {
        counts: [3, 2],
        series: {
          conversionPercents: [50, 100, ...Array<null>(22).fill(null)],
          counts: [
            [2, 1, ...Array<number>(22).fill(0)],
            [1, 1, ...Array<number>(22).fill(0)],
          ],
        },
        timeHistogram: {
          steps: [
            [0, 0, 0],
            [1, 0, 1],
          ],
          total: [1, 0, 1],
        },
      },
      segments: [
        { name: 'known', result: { counts: [2, 2], timeHistogram: { total: [1, 0, 1] } } },
        { name: 'x', result: { counts: [0, 0], timeHistogram: { total: [0, 0, 0] } } },
      ],
      previous: { result: { counts: [1, 0] } },
    },
  });
});

test('lists its actors as a connection', async () => {
  interface Answer {
    readonly funnelActors: {
      readonly totalCount: number;
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      readonly edges: readonly { readonly node: object }[];
    };
  }
  const page = (after: string): string =>
    `{ funnelActors(${FUNNEL}, step: 1, first: 2${after}) { totalCount pageInfo { hasNextPage endCursor }
      edges { node { userId anonymousId session value reachedAt } } } }`;
  const { funnelActors: first } = await ask<Answer>(page(''));
  expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
  expect(first.edges[0]?.node).toEqual({
    userId: 'u',
    anonymousId: '',
    session: null,
    value: null,
    reachedAt: ['2024-05-01T01:05:00.000Z', '2024-05-01T01:09:00.000Z'],
  });
  const cursor = `, after: "${first.pageInfo.endCursor}"`;
  const { funnelActors: second } = await ask<Answer>(page(cursor));
  expect(second).toMatchObject({
    totalCount: 3,
    pageInfo: { hasNextPage: false },
    edges: [{ node: { anonymousId: 'p' } }],
  });
  const elsewhere = await world.client.query(page(`${cursor}, which: DROPPED_OFF`));
  expect(elsewhere.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_CURSOR' });
});

test.each([
  ['steps: [{ event: "a" }]', 'BAD_USER_INPUT'],
  [`steps: [${'{ event: "a" } '.repeat(21)}]`, 'BAD_USER_INPUT'],
  ['steps: [{ event: "a" }, { event: "b" }], windowSeconds: 0', 'BAD_USER_INPUT'],
  ['steps: [{ event: "a" }, { event: "b" }], windowSeconds: -1', 'BAD_USER_INPUT'],
  ['steps: [{ event: "a" }, { event: "b" }], windowSeconds: 63072000', 'INVALID_FUNNEL'],
  ['steps: [{ event: "a" }, { event: "b" }], timeBounds: [2, 1]', 'INVALID_FUNNEL'],
  [
    'steps: [{ event: "a" }, { event: "b" }], segments: [{ name: "x" }, { name: "x" }]',
    'INVALID_FUNNEL',
  ],
  [
    'steps: [{ event: "a" }, { event: "b" }], exclusions: [{ event: { event: "x" }, fromStep: 1, toStep: 3 }]',
    'INVALID_EXCLUSION',
  ],
])('refuses what cannot be: %s', async (args, code) => {
  const range = 'range: { from: "2024-05-01", to: "2024-05-01" }';
  const refused = await world.client.query(
    `{ funnel(${range}, ${args}) { result { counts timeHistogram { total } } } }`,
  );
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code });
});
