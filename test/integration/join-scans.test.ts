import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../src/errors.js';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import { joinScans } from '../../src/metric/join-scans.js';
import type { MetricContext } from '../../src/metric/metric.js';
import type { AnswerMeta, MetricQuestion } from '../../src/metric/metric-query.js';
import { computePageViews } from '../../src/metric/page-views.js';
import { scanStatement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { startAnsweringGateway } from '../testkit/answering-gateway.js';
import { fillSilver, startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const NOW = Date.UTC(2024, 2, 1);
const FIRST = Date.UTC(2024, 1, 1);

let kit: TestWarehouse;
/** Names of the scans that reached the engine. */
let reached: string[] = [];
let counting: WarehouseReader;
beforeAll(async () => {
  kit = await startTestWarehouse();
  const { warehouse } = kit;
  await fillSilver(kit, 5_000, {
    atMs: `${FIRST} + cityHash64(number) % 864000000`,
    project_id: `if(number % 5 = 0, 'other', 'default')`,
    event_name: `['page_view', 'purchase', 'signup', 'page_view'][number % 4 + 1]`,
    platform: `if(number % 3 = 0, 'ios', 'web')`,
    anonymous_id: 'toString(number % 97)',
    url: `'https://shop.example/' || toString(number % 7)`,
    country: `['DE', 'FR', ''][number % 3 + 1]`,
    is_bot: 'number % 11 = 0',
  });
  counting = {
    query(asked, options) {
      if (asked.scan !== undefined) reached.push(asked.name);
      return warehouse.query(asked, options);
    },
    queryBytes: (asked, format, options) => warehouse.queryBytes(asked, format, options),
  };
}, 120_000);
afterAll(() => kit.stop());
beforeEach(() => {
  reached = [];
});

type Ask = (context: MetricContext, question: MetricQuestion) => Promise<{ meta: AnswerMeta }>;

const contextOf = (warehouse: WarehouseReader): MetricContext => ({
  warehouse,
  database: kit.database,
  clock: () => NOW,
  settings: { linkedDomains: [], sessionTimeoutSeconds: 1_800 },
});

/** An answer without what tells how it came about. */
function told({ meta, ...answer }: { readonly meta: AnswerMeta }): object {
  return { ...answer, source: meta.source, asOf: meta.asOf, exact: meta.exact };
}

const hours = fc.integer({ min: -30, max: 250 });
const question = fc
  .record({
    hours: fc.tuple(hours, hours).filter(([a, b]) => a !== b),
    isByDay: fc.boolean(),
    event: fc.constantFrom(undefined, 'purchase', "it's {p0:String}", 'page_view'),
    filter: fc.subarray([
      { field: 'platform', operator: 'equals' as const, values: ['ios'] },
      { field: 'country', operator: 'in' as const, values: ['DE', 'FR'] },
    ]),
    grain: fc.constantFrom(undefined, 'hour' as const, 'day' as const),
    includeBots: fc.boolean(),
    projectId: fc.constantFrom('default', 'default', 'other', 'nobody'),
    timeZone: fc.constantFrom('UTC', 'Asia/Kolkata'),
  })
  .map(({ hours: pair, isByDay, event, grain, ...rest }): MetricQuestion => {
    const [from, to] = [Math.min(...pair), Math.max(...pair)].map(
      (hour) => FIRST + (isByDay ? Math.ceil(hour / 24) * 24 : hour) * 3_600_000,
    ) as [number, number];
    const bounds = {
      from: new Date(from).toISOString(),
      to: new Date(Math.max(to, from + 3_600_000)).toISOString(),
    };
    return {
      ...rest,
      range: { kind: 'instants', ...bounds },
      ...(event === undefined ? {} : { event: { event } }),
      ...(grain === undefined ? {} : { grain }),
    };
  });
/** Tiles of one dashboard, of which some are about something else. */
const tiles = fc
  .tuple(
    question,
    fc.array(fc.tuple(question, fc.boolean(), fc.boolean()), { minLength: 2, maxLength: 8 }),
  )
  .map(([shared, others]) =>
    others.map(([own, isOther, isOwnRange]): MetricQuestion => {
      if (isOther && isOwnRange) return own;
      const { event: _, ...rest } = shared;
      const { event, filter, includeBots } = own;
      const range = isOther ? own.range : shared.range;
      return { ...rest, ...(event === undefined ? {} : { event }), filter, includeBots, range };
    }),
  );
const ask = fc.constantFrom<Ask>(computeEventVolume, computeEventVolume, computePageViews);

describe('scans that are asked for together', () => {
  test('answer what each answers alone, in fewer statements', async () => {
    let together = 0;
    let alone = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(tiles, fc.array(ask, { minLength: 8, maxLength: 8 })),
        async ([questions, asks]) => {
          const asked = questions.map(
            (each, at) => [asks[at] ?? computeEventVolume, each] as const,
          );
          reached = [];
          const expected = [];
          for (const [compute, each] of asked) {
            expected.push(told(await compute(contextOf(counting), each)));
          }
          alone += reached.length;
          reached = [];
          const context = contextOf(joinScans(counting));
          const found = await Promise.all(asked.map(([compute, each]) => compute(context, each)));
          together += reached.length;
          expect(found.map(told)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
    expect(together).toBeLessThan(alone);
  }, 120_000);

  const counted = (event: string, limit?: number) =>
    scanStatement<{ readonly n: number }>(
      `test.${event}`,
      {
        from: `${kit.database}.silver_events`,
        where:
          limit === undefined
            ? 'event_name = {p0:String}'
            : `event_name = {p0:String} AND throwIf(number > ${limit})`,
        columns: { n: ['count', ''] },
      },
      { p0: event, p1: 'default' },
    );

  test('give each its own groups', async () => {
    const byName = (platform: string) =>
      scanStatement<{ readonly name: string; readonly last: string }>(
        `test.${platform}`,
        {
          from: `${kit.database}.silver_events`,
          where: 'platform = {p0:String} AND project_id = {p1:String}',
          by: { name: 'name', sql: 'event_name' },
          columns: { last: ['max', 'event_id'] },
        },
        { p0: platform, p1: 'default' },
      );
    const reader = joinScans(counting);
    const [ios, none] = await Promise.all([
      reader.query(byName('ios')),
      reader.query(byName('tv')),
    ]);
    expect(reached).toEqual(['test.ios+test.tv']);
    expect(none.rows).toEqual([]);
    const alone = await counting.query(byName('ios'));
    const sorted = (rows: readonly { readonly name: string }[]) =>
      [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(sorted(ios.rows)).toEqual(sorted(alone.rows));
    expect(ios.rows).toHaveLength(3);
  });

  test('fail alone', async () => {
    const reader = joinScans(counting);
    const [purchases, wrong, signups] = await Promise.allSettled([
      reader.query(counted('purchase')),
      reader.query(counted('wrong', 1)),
      reader.query(counted('signup')),
    ]);
    expect(purchases).toMatchObject({ status: 'fulfilled', value: { rows: [{ n: 1250 }] } });
    expect(signups).toMatchObject({ status: 'fulfilled', value: { rows: [{ n: 1250 }] } });
    expect(wrong.status).toBe('rejected');
    expect((wrong as PromiseRejectedResult).reason).toBeInstanceOf(AppError);
  });

  test('go on while one of them is waited for, and end with the last', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const reader = joinScans({
      ...counting,
      query: (_, options) =>
        new Promise((_resolve, reject) => {
          signals.push(options?.signal);
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
        }),
    });
    const [first, last] = [new AbortController(), new AbortController()];
    const asked = [first, last].map(({ signal }, at) =>
      reader.query(counted(`event${at}`), { signal }),
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(signals).toHaveLength(1);
    first.abort();
    expect(signals[0]?.aborted).toBe(false);
    last.abort();
    expect(signals[0]?.aborted).toBe(true);
    await expect(Promise.allSettled(asked)).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
  });

  test('leave nothing at a signal that outlives them', async () => {
    const { signal } = new AbortController();
    const reader = joinScans(counting);
    for (let tick = 0; tick < 3; tick += 1) {
      await Promise.all(
        ['purchase', 'signup'].map((event) => reader.query(counted(event), { signal })),
      );
    }
    expect(reached).toHaveLength(3);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('are the tiles of one request: a table is read once', async () => {
    const gateway = await startAnsweringGateway({
      warehouse: counting,
      database: kit.database,
      clock: () => NOW,
    });
    try {
      const range = 'range: { from: "2024-02-01", to: "2024-02-10" }, timeZone: "UTC"';
      const tile = (name: string): string =>
        `${name}: eventVolume(${range}, event: { event: "${name}" }) { total meta { source rowsRead } }`;
      const query = `{ ${['purchase', 'signup', 'page_view', 'nothing'].map(tile).join(' ')} }`;
      const data = (await gateway.client('reader').query(query)).expectNoErrors();
      expect(reached).toEqual(['metric.event_count.total']);
      const alone = await Promise.all(
        ['purchase', 'signup', 'page_view', 'nothing'].map(async (name) =>
          (await gateway.client('reader').query(`{ ${tile(name)} }`)).expectNoErrors(),
        ),
      );
      const totals = (answer: object) =>
        Object.entries(answer).map(([name, { total }]) => [name, total]);
      expect(totals(data)).toEqual(alone.flatMap(totals));
      expect(totals(data).map(([, total]) => total)).not.toContain(null);
    } finally {
      await gateway.stop();
    }
  });
});
