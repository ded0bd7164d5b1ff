import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createWarehouseProjectStore } from '../../src/project/warehouse-project-store.js';
import { type GatewayWorld, startGatewayWorld } from '../testkit/gateway-world.js';

const RANGE = 'range: { from: "2024-01-01", to: "2024-01-31" }';

/** Where each visit came from, and the channel of METRICS-SPEC §5 before and after the rules below. */
const VISITS: readonly (readonly [Readonly<Record<string, string>>, string, string])[] = [
  [{ referrer: 'https://www.search.intranet.example/?q=x' }, 'Referral', 'Organic Search'],
  [{ referrer: 'https://intranet.example/' }, 'Referral', 'Referral'],
  [{ referrer: 'https://search.intranet.example.evil.example/' }, 'Referral', 'Referral'],
  [{ utm_source: 'Partner News', utm_medium: 'x' }, 'Unassigned', 'Email'],
  [{ referrer: 'https://www.google.com/' }, 'Organic Search', 'Organic Shopping'],
  [{ referrer: 'https://www.bing.com/' }, 'Organic Search', 'Organic Search'],
  [{ utm_source: 'forum', utm_medium: 'cpc' }, 'Paid Other', 'Paid Social'],
  [{}, 'Direct', 'Direct'],
];

let world: GatewayWorld;

beforeAll(async () => {
  world = await startGatewayWorld({
    nowMs: Date.UTC(2024, 1, 1),
    events: VISITS.map(([from], index) => ({
      event_id: `e${index}`,
      event_name: 'page_view',
      timestamp: `2024-01-0${index + 1}T10:00:00Z`,
      anonymous_id: `d${index}`,
      url: 'https://shop.example/a',
      ...from,
    })),
  });
}, 60_000);

afterAll(() => world.stop());

/** Channels with their sessions, and media with theirs. */
async function channels(): Promise<ReadonlyMap<string, number>> {
  const response = await world.client.query(
    `{ sessions(${RANGE}, breakdown: "channel") { breakdown { values counts } } }`,
  );
  const { sessions } = response.expectNoErrors<{
    sessions: { breakdown: { values: string[]; counts: number[] } };
  }>();
  const { values, counts } = sessions.breakdown;
  return new Map(values.map((value, index) => [value, counts[index] ?? 0]));
}

const counted = (index: 1 | 2): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const visit of VISITS) counts.set(visit[index], (counts.get(visit[index]) ?? 0) + 1);
  return counts;
};

async function setRules(rules: string): Promise<readonly { code: string }[]> {
  const response = await world.admin.query(
    `mutation { updateProject(input: { projectId: "default", channelRules: ${rules} }) { project { channelRules { category sources } } userErrors { code path } } }`,
  );
  return response.expectNoErrors<{ updateProject: { userErrors: readonly { code: string }[] } }>()
    .updateProject.userErrors;
}

test('what a project knows of its sources decides the channels of all history', async () => {
  expect(await channels()).toEqual(counted(1));
  const rules =
    '[{ category: SEARCH, sources: ["search.intranet.example"] }, { category: EMAIL, sources: ["partner news"] }, { category: SHOPPING, sources: ["google.com"] }, { category: SOCIAL, sources: ["forum"] }]';
  expect(await setRules(rules)).toEqual([]);
  expect(await channels()).toEqual(counted(2));
  const goal = `attribution(${RANGE}, goal: { event: "page_view" }, models: [FIRST_TOUCH]) { models { values credits } }`;
  const data = (await world.client.query(`{ ${goal} }`)).expectNoErrors<{
    attribution: { models: { values: string[]; credits: number[] }[] };
  }>();
  const [{ values = [], credits = [] } = {}] = data.attribution.models;
  expect(new Map(values.map((value, index) => [value, credits[index] ?? 0]))).toEqual(counted(2));
  expect(await setRules('[]')).toEqual([]);
  expect(await channels()).toEqual(counted(1));
});

test('a kind is given once', async () => {
  const rules = '[{ category: EMAIL, sources: ["a"] }, { category: EMAIL, sources: ["b"] }]';
  expect(await setRules(rules)).toMatchObject([
    { code: 'BAD_USER_INPUT', path: ['input', 'channelRules'] },
  ]);
});

test('rules are kept in the warehouse', async () => {
  const { warehouse, database } = world.kit;
  const open = () => createWarehouseProjectStore({ warehouse, database, clock: Date.now });
  const store = open();
  const channelRules = { search: ['search.intranet.example'], email: ['partner news', 'x'] };
  await store.createProject({ id: 'shop' });
  expect((await open().project('shop'))?.channelRules).toEqual({});
  await store.updateProject('shop', { channelRules });
  expect((await open().project('shop'))?.channelRules).toEqual(channelRules);
  for (const source of ['', 'Upper', ' padded', 'x'.repeat(254), 'a\nb', 'x']) {
    const wrong = store.updateProject('shop', { channelRules: { ai: [source], social: ['x'] } });
    await expect(wrong).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'channelRules' },
    });
  }
});
