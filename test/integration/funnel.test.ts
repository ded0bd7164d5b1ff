import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { computeFunnel } from '../../src/funnel/compute-funnel.js';
import type { FunnelQuestion } from '../../src/funnel/funnel-query.js';
import type { MetricContext } from '../../src/metric/metric.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const START = Date.UTC(2024, 2, 30, 22);

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
      series: null,
      timeHistogram: null,
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
      series: null,
      timeHistogram: null,
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
