import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { computeFunnel } from '../../src/funnel/compute-funnel.js';
import type { FunnelQuestion, FunnelResult } from '../../src/funnel/funnel-query.js';
import type { MetricContext } from '../../src/metric/metric.js';
import type { EventSelector } from '../../src/metric/metric-query.js';
import {
  type OracleChain,
  oracleFunnel,
  type WorldEvent,
  type WorldQuestion,
  type WorldSelector,
} from '../testkit/funnel-oracle.js';
import { type EventJson, seedEvents, seedProjects } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const SEED = 20_261_124;
const WORLDS = 120;
const START = Date.UTC(2024, 2, 30, 22);
const MINUTE = 60_000;
const BOT_AGENT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

let kit: TestWarehouse;
let context: MetricContext;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => START,
  };
});

afterAll(() => kit.stop());

function question(projectId: string, changes: Partial<FunnelQuestion> = {}): FunnelQuestion {
  return {
    projectId,
    range: { kind: 'dates', from: '2021-05-01', to: '2021-05-13' },
    timeZone: 'UTC',
    steps: [{ event: 'a' }, { event: 'b' }],
    order: 'ordered',
    windowSeconds: 1_209_600,
    per: 'user',
    exclusions: [],
    filter: [],
    includeBots: false,
    ...changes,
  };
}

/** `person:event@seconds` since 2021-05-01T00:00Z, with properties. */
function journey(text: string, properties: Readonly<Record<string, unknown>> = {}): EventJson[] {
  return text.split(' ').map((word, i) => {
    const [, person = '', event = '', seconds = ''] = /^(.+):(.+)@(.+)$/.exec(word) ?? [];
    const timestamp = new Date(Date.UTC(2021, 4, 1) + Number(seconds) * 1000).toISOString();
    return {
      event_id: `${text}-${i}`,
      event_name: event,
      timestamp,
      received_at: timestamp,
      platform: 'web',
      anonymous_id: person,
      properties,
    };
  });
}

async function seed(projectId: string, events: readonly EventJson[]): Promise<void> {
  const { warehouse, database } = kit;
  expect(await seedEvents({ warehouse, database, projectId, events, batch: projectId })).toBe(0);
}

describe('a funnel asked of the warehouse', () => {
  test('gives rates, average and median seconds between steps, and totals', async () => {
    await seed(
      'times',
      journey('p1:a@0 p1:b@3600 p1:c@10800 p2:a@0 p2:b@7200 p3:a@0 p3:b@7200 p3:c@10800'),
    );
    const steps = [{ event: 'a' }, { event: 'b' }, { event: 'c' }];
    const answer = await computeFunnel(context, question('times', { steps }));
    expect(answer.result).toEqual({
      counts: [3, 3, 2],
      ratePercents: [100, 100, 200 / 3],
      stepRatePercents: [100, 100, 200 / 3],
      averageSeconds: [null, 6000, 5400],
      medianSeconds: [null, 7200, 5400],
      totalAverageSeconds: 10_800,
      totalMedianSeconds: 10_800,
    });
    expect(answer.byValue).toBeNull();
    expect(answer.meta).toMatchObject({
      source: ['silver_events', 'silver_identity_links'],
      exact: true,
      asOf: new Date(START).toISOString(),
    });
    expect(answer.meta.rowsRead).toBeGreaterThan(0);
  });

  test('is null where nobody started', async () => {
    const answer = await computeFunnel(context, question('nobody'));
    expect(answer.result).toEqual({
      counts: [0, 0],
      ratePercents: [null, null],
      stepRatePercents: [null, null],
      averageSeconds: [null, null],
      medianSeconds: [null, null],
      totalAverageSeconds: null,
      totalMedianSeconds: null,
    });
    const breakdown = { dimension: 'browser', attribution: 'first_touch' } as const;
    const broken = await computeFunnel(context, question('nobody', { breakdown }));
    expect(broken).toMatchObject({ result: null, byValue: [] });
  });

  test('splits by a value that every step must carry', async () => {
    await seed('values', [
      ...journey('p1:a@0', { browser: 'Chrome' }),
      ...journey('p1:b@10', { browser: 'Safari' }),
      ...journey('p2:a@0 p2:b@10', { browser: 'Safari' }),
      ...journey('p3:a@0'),
      ...journey('p3:b@10', { browser: 'Safari' }),
      ...journey('p4:a@0 p4:b@10'),
    ]);
    const breakdown = { dimension: 'browser', attribution: 'all_events' } as const;
    const answer = await computeFunnel(context, question('values', { breakdown }));
    expect(answer.byValue?.map(({ value, result }) => [value, result.counts])).toEqual([
      ['(none)', [2, 1]],
      ['Chrome', [1, 0]],
      ['Safari', [1, 1]],
    ]);
  });

  test('stays exact where time and masks do not fit a double', async () => {
    await seed('wide', journey('p:a@0.001 p:b@0.002 p:c@0.004 q:c@0 q:a@0.003'));
    const steps = ['a', 'b', 'c', ...Array.from({ length: 17 }, (_, i) => `s${i}`)];
    const exclusions = Array.from({ length: 20 }, (_, i) => ({
      event: { event: `x${i}` },
      fromStep: 1,
      toStep: 2,
    }));
    for (const order of ['ordered', 'strict', 'unordered'] as const) {
      const answer = await computeFunnel(
        context,
        question('wide', {
          range: { kind: 'dates', from: '1990-01-01', to: '2030-12-31' },
          steps: steps.map((event) => ({ event })),
          exclusions,
          order,
        }),
      );
      expect(answer.result?.counts.slice(0, 4)).toEqual([2, order === 'unordered' ? 2 : 1, 1, 0]);
      expect(answer.result?.averageSeconds.slice(0, 4)).toEqual([
        null,
        order === 'unordered' ? 0.002 : 0.001,
        0.002,
        null,
      ]);
    }
  });

  test('refuses wrong questions with a code and the field', async () => {
    const refused = async (changes: Partial<FunnelQuestion>) =>
      computeFunnel(context, question('values', changes)).catch((error: unknown) => error);
    expect(await refused({ steps: [{ event: 'a' }] })).toMatchObject({
      code: 'INVALID_FUNNEL',
      details: { field: 'steps', minimum: 2, maximum: 20 },
    });
    expect(await refused({ windowSeconds: 0 })).toMatchObject({
      code: 'INVALID_FUNNEL',
      details: { field: 'windowSeconds' },
    });
    const exclusion = { event: { event: 'x' }, fromStep: 2, toStep: 2 };
    expect(await refused({ exclusions: [exclusion] })).toMatchObject({
      code: 'INVALID_EXCLUSION',
      details: { index: 0, fromStep: 2, toStep: 2, stepCount: 2 },
    });
    const range = { kind: 'dates', from: '2021-05-01', to: 'soon' } as const;
    expect(await refused({ range })).toMatchObject({ code: 'INVALID_RANGE' });
  });
});

describe('funnels of random worlds', () => {
  interface World {
    readonly question: WorldQuestion;
    readonly events: readonly WorldEvent[];
  }

  const selector: fc.Arbitrary<WorldSelector> = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c').map((event) => ({ event })) },
    {
      weight: 2,
      arbitrary: fc.record({ event: fc.constantFrom('a', 'b'), plan: fc.constantFrom('p', 'q') }),
    },
    { weight: 1, arbitrary: fc.constantFrom('p', 'q').map((plan) => ({ plan })) },
  );

  const world: fc.Arbitrary<World> = fc
    .record({
      steps: fc.array(selector, { minLength: 2, maxLength: 4 }),
      order: fc.constantFrom('ordered', 'strict', 'unordered'),
      // Minutes: sessions end after 30.
      scale: fc.constantFrom(1, 1, 12),
      window: fc.integer({ min: 1, max: 8 }),
      from: fc.integer({ min: 0, max: 3 }),
      length: fc.integer({ min: 6, max: 12 }),
      excluded: fc.array(
        fc.record({
          event: fc.constantFrom<WorldSelector>({ event: 'x' }, { event: 'y' }, { event: 'a' }),
          fromStep: fc.integer({ min: 1, max: 3 }),
          toStep: fc.integer({ min: 2, max: 4 }),
        }),
        { maxLength: 2 },
      ),
      per: fc.constantFrom('user', 'user', 'session'),
      breakdown: fc.constantFrom(null, null, 'first_touch', 'last_touch', 'all_events'),
      onlyPlan: fc.constantFrom(null, null, null, 'p'),
      onlyEntryPage: fc.constantFrom(null, null, null, '/x'),
      includeBots: fc.constantFrom(false, false, true),
      events: fc.array(
        fc.record({
          name: fc.constantFrom('a', 'a', 'b', 'b', 'c', 'x', 'y', 'page_view', 'app_start'),
          at: fc.integer({ min: 0, max: 15 }),
          device: fc.constantFrom('d1', 'd1', 'd2', 'd3', 'd4', 'u1', ''),
          user: fc.constantFrom('', '', '', 'u1', 'u2', 'd1'),
          session: fc.constantFrom('', '', '', 's1', 's2'),
          page: fc.constantFrom('/x', '/y'),
          plan: fc.constantFrom('', 'p', 'q'),
          isBot: fc.constantFrom(false, false, false, false, true),
        }),
        { minLength: 10, maxLength: 40, size: 'max' },
      ),
    })
    .map(({ scale, window, from, length, excluded, events, ...asked }) => ({
      question: {
        ...asked,
        window: window * scale * MINUTE,
        from: START + from * scale * MINUTE,
        to: START + (from + length) * scale * MINUTE,
        exclusions: excluded.flatMap(({ event, fromStep, toStep }) =>
          fromStep < toStep && toStep <= asked.steps.length ? [{ event, fromStep, toStep }] : [],
        ),
      },
      events: events.flatMap(({ at, ...event }, i) =>
        event.device === '' && event.user === ''
          ? []
          : [{ ...event, id: `${(i * 17) % 31}-é-${i}`, time: START + at * scale * MINUTE }],
      ),
    }));

  function asImported(event: WorldEvent): EventJson {
    return {
      event_id: event.id,
      event_name: event.name,
      timestamp: new Date(event.time).toISOString(),
      received_at: new Date(event.time).toISOString(),
      platform: 'web',
      anonymous_id: event.device,
      user_id: event.user,
      session_id: event.session,
      url: `https://shop.example${event.page}`,
      user_agent: event.isBot ? BOT_AGENT : '',
      properties: event.plan === '' ? {} : { plan: event.plan },
    };
  }

  function asAsked(projectId: string, asked: WorldQuestion): FunnelQuestion {
    const picked = ({ event, plan }: WorldSelector): EventSelector => ({
      ...(event === undefined ? {} : { event }),
      ...(plan === undefined ? {} : { where: { plan } }),
    });
    return question(projectId, {
      range: {
        kind: 'instants',
        from: new Date(asked.from).toISOString(),
        to: new Date(asked.to).toISOString(),
      },
      steps: asked.steps.map(picked),
      order: asked.order,
      windowSeconds: asked.window / 1000,
      per: asked.per,
      exclusions: asked.exclusions.map((exclusion) => ({
        ...exclusion,
        event: picked(exclusion.event),
      })),
      ...(asked.breakdown === null
        ? {}
        : { breakdown: { dimension: 'plan', attribution: asked.breakdown } }),
      filter: [
        ...(asked.onlyPlan === null
          ? []
          : [{ field: 'plan', operator: 'equals' as const, values: [asked.onlyPlan] }]),
        ...(asked.onlyEntryPage === null
          ? []
          : [{ field: 'entry_page', operator: 'equals' as const, values: [asked.onlyEntryPage] }]),
      ],
      includeBots: asked.includeBots,
    });
  }

  /** The values of a funnel, computed plainly from the chains of its actors. */
  function resultOf(chains: readonly OracleChain[], stepCount: number): FunnelResult {
    const steps = Array.from({ length: stepCount }, (_, i) => i);
    const counts = steps.map((i) => chains.filter(({ depth }) => depth > i).length);
    const seconds = (from: number, to: number) =>
      chains
        .filter(({ depth }) => depth > to)
        .map(({ times }) => ((times[to] ?? 0) - (times[from] ?? 0)) / 1000)
        .sort((a, b) => a - b);
    const mean = (values: number[]) =>
      values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
    const median = (values: number[]) => {
      if (values.length === 0) return null;
      const position = (values.length - 1) / 2;
      return mean([values[Math.floor(position)] ?? 0, values[Math.ceil(position)] ?? 0]);
    };
    const percent = (part = 0, whole = 0) => (whole === 0 ? null : (part * 100) / whole);
    const total = seconds(0, stepCount - 1);
    return {
      counts,
      ratePercents: counts.map((count) => percent(count, counts[0])),
      stepRatePercents: counts.map((count, i) => percent(count, counts[Math.max(0, i - 1)])),
      averageSeconds: steps.map((i) => (i === 0 ? null : mean(seconds(i - 1, i)))),
      medianSeconds: steps.map((i) => (i === 0 ? null : median(seconds(i - 1, i)))),
      totalAverageSeconds: mean(total),
      totalMedianSeconds: median(total),
    };
  }

  test(`${WORLDS} projects in one batch agree with the slow evaluation`, async () => {
    const worlds = fc.sample(world, { seed: SEED, numRuns: WORLDS });
    const { warehouse, database } = kit;
    const projects = worlds.map(({ events }, i) => [`world-${i}`, events.map(asImported)] as const);
    await seedProjects({ warehouse, database, events: new Map(projects), batch: 'worlds' });
    let chains = 0;
    for (const [i, { question: asked, events }] of worlds.entries()) {
      const answer = await computeFunnel(context, asAsked(`world-${i}`, asked));
      const expected = oracleFunnel(asked, events);
      const stepCount = asked.steps.length;
      for (const list of expected.values()) chains += list.length;
      const got =
        answer.byValue === null
          ? answer.result
          : Object.fromEntries(answer.byValue.map(({ value, result }) => [value, result]));
      const wanted =
        asked.breakdown === null
          ? resultOf(expected.get('(none)') ?? [], stepCount)
          : Object.fromEntries([...expected].map(([v, list]) => [v, resultOf(list, stepCount)]));
      try {
        expect(got).toEqual(wanted);
      } catch (cause) {
        throw new Error(
          `world ${i}, seed ${SEED}: ${JSON.stringify({ asked, events }, null, 1)}\n${String(cause)}`,
        );
      }
    }
    // The worlds must not be empty by accident.
    expect(chains).toBeGreaterThan(WORLDS);
  }, 120_000);
});
