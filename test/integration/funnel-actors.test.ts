import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { computeFunnelActors } from '../../src/funnel/compute-funnel-actors.js';
import type { FunnelActorsPage, FunnelActorsQuestion } from '../../src/funnel/funnel-actors.js';
import type { MetricContext } from '../../src/metric/metric.js';
import { DAY, story } from '../testkit/funnel-story.js';
import { seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

jest.setTimeout(120_000);

let kit: TestWarehouse;
let context: MetricContext;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => DAY,
  };
});

afterAll(() => kit.stop());

function question(
  projectId: string,
  changes: Partial<FunnelActorsQuestion> = {},
): FunnelActorsQuestion {
  return {
    projectId,
    range: { kind: 'dates', from: '2024-05-01', to: '2024-05-01' },
    timeZone: 'UTC',
    steps: [{ event: 'a' }, { event: 'b' }],
    order: 'ordered',
    windowSeconds: 86_400,
    per: 'user',
    exclusions: [],
    filter: [],
    includeBots: false,
    step: 1,
    which: 'reached',
    first: 2,
    ...changes,
  };
}

async function seed(projectId: string, text: string, queryableDay: number): Promise<void> {
  const { warehouse, database } = kit;
  const events = story(text, queryableDay);
  const batch = `${projectId} ${queryableDay}`;
  expect(await seedEvents({ warehouse, database, projectId, events, batch })).toBe(0);
}

const shown = ({ passages }: FunnelActorsPage): readonly string[] =>
  passages.map(({ userId, anonymousId, reachedAt }) => {
    const minutes = reachedAt.map((at) => (Date.parse(at) - DAY) / 60_000);
    return `${userId || anonymousId} ${minutes.join(' ')}`;
  });

/** The pages behind a first one. */
async function rest(asked: FunnelActorsQuestion, page: FunnelActorsPage): Promise<string[]> {
  const after = page.passages.at(-1);
  if (!page.hasMore || after === undefined) return [];
  const next = await computeFunnelActors(context, {
    ...asked,
    asOfMs: Date.parse(page.meta.asOf),
    after,
  });
  expect(next.total).toBe(page.total);
  return [...shown(next), ...(await rest(asked, next))];
}

describe('the actors behind a number of a funnel', () => {
  test('are those who reached a step, or went no further', async () => {
    await seed('steps', 'p:a@1 p:b@3 q:a@2 r/u:a@5 r/u:b@9', 1);
    const names = async (changes: Partial<FunnelActorsQuestion>) =>
      shown(await computeFunnelActors(context, question('steps', { first: 9, ...changes })));
    expect(await names({})).toEqual(['u 5 9', 'q 2', 'p 1 3']);
    expect(await names({ step: 2 })).toEqual(['u 5 9', 'p 1 3']);
    expect(await names({ which: 'dropped_off' })).toEqual(['q 2']);
    const breakdown = { dimension: 'plan', attribution: 'first_touch' } as const;
    expect(await names({ breakdown, value: 'p', step: 2 })).toEqual(['u 5 9', 'p 1 3']);
    expect(await names({ breakdown, value: '(none)' })).toEqual([]);
  });

  test.each([
    { order: 'ordered', per: 'user' },
    { order: 'strict', per: 'user' },
    { order: 'unordered', per: 'session' },
    { order: 'ordered', per: 'session', attribution: 'all_events' },
    { order: 'strict', per: 'session', attribution: 'all_events' },
    { order: 'strict', per: 'session', attribution: 'last_touch' },
  ] as const)('stay the same over all pages while events and links come in: %j', async (shape) => {
    const { order, per } = shape;
    const breakdown =
      'attribution' in shape
        ? { breakdown: { dimension: 'plan', attribution: shape.attribution } }
        : {};
    const projectId = `stable-${Object.values(shape).join('-')}`;
    const asked = question(projectId, { order, per, ...breakdown });
    await seed(projectId, 'p:a@10 p:b@11 q:a@9 r:a@8 r:b@9 s:a@7 t/v:a@6 t/v:b@8', 2);
    const before = await computeFunnelActors(context, { ...asked, first: 9 });
    expect(shown(before)).toEqual(['p 10 11', 'q 9', 'r 8 9', 's 7', 'v 6 8']);
    const page = await computeFunnelActors(context, asked);
    // A newcomer, a later step, an earlier one, an end of the chain, and a login of somebody else.
    await seed(projectId, 'n:a@30 q:b@12 r:a@1 s:x@7.5 p/v:login@40', 3);
    expect([...shown(page), ...(await rest(asked, page))]).toEqual(shown(before));
    const now = shown(await computeFunnelActors(context, { ...asked, first: 9 }));
    expect(now.slice(0, 1)).toEqual(['n 30']);
    expect(now).toContain('q 9 12');
    expect(now).not.toContain('p 10 11');
  });

  test('of nobody are an empty page', async () => {
    expect(await computeFunnelActors(context, question('nobody'))).toMatchObject({
      passages: [],
      hasMore: false,
      total: 0,
    });
  });

  test('are refused for a step, a value or a page that cannot be', async () => {
    const refused = (changes: Partial<FunnelActorsQuestion>) =>
      computeFunnelActors(context, question('steps', changes)).catch((error: unknown) => error);
    for (const step of [0, 3, 1.5, Number.NaN]) {
      expect(await refused({ step })).toMatchObject({
        code: 'INVALID_FUNNEL',
        details: { field: 'step', minimum: 1, maximum: 2 },
      });
    }
    expect(await refused({ step: 2, which: 'dropped_off' })).toMatchObject({
      code: 'INVALID_FUNNEL',
      details: { field: 'step', maximum: 1 },
    });
    expect(await refused({ first: 1_001 })).toMatchObject({ details: { field: 'first' } });
    expect(await refused({ value: 'p' })).toMatchObject({ details: { field: 'value' } });
  });
});
