import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemoryCache } from '../../src/cache/memory/memory-cache.js';
import { createBudgets } from '../../src/cost/budgets.js';
import { createRowEstimator, type RowEstimator } from '../../src/cost/estimate-rows.js';
import { openMeter } from '../../src/cost/meter.js';
import { isAppError } from '../../src/errors.js';
import { createTelemetry } from '../../src/telemetry.js';
import { limitReader } from '../../src/warehouse/limited-reader.js';
import { type Statement, statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { type AnsweringGateway, startAnsweringGateway } from '../testkit/answering-gateway.js';
import { fillSilver, startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const RANGE = 'range: { from: "2024-02-01", to: "2024-02-20" }';
const EVENTS = 120_000;
const NOW = Date.UTC(2024, 2, 1);

/** Questions that read silver in different ways, and rollups. */
const QUESTIONS = [
  `uniqueUsers(${RANGE}) { total }`,
  `uniqueUsers(${RANGE}, breakdown: "device_type") { total }`,
  `pageViews(${RANGE}, grain: DAY) { total unique pages { values } }`,
  `sessions(${RANGE}) { total }`,
  `bounceRate(${RANGE}) { bounceRatePercent }`,
  `retention(${RANGE}) { matrix }`,
  `eventVolume(${RANGE}, event: { where: { plan: "pro" } }) { total }`,
  `funnel(${RANGE}, steps: [{ event: "page_view" }, { event: "purchase" }]) { result { counts } }`,
  'eventVolume(range: { from: "2024-02-03", to: "2024-02-04" }, breakdown: "page") { total }',
];

let kit: TestWarehouse;
let read = 0;
/** The warehouse, counting what the engine says it has read for questions. */
let counting: WarehouseReader;
beforeAll(async () => {
  kit = await startTestWarehouse();
  const { warehouse } = kit;
  // Two projects of equal size; a row every few seconds, so that parts have many granules.
  await fillSilver(kit, EVENTS, {
    atMs: `${Date.UTC(2024, 1, 1)} + number * 12000`,
    project_id: `if(number % 2 = 0, 'default', 'other')`,
    event_name: `if(number % 50 = 0, 'purchase', 'page_view')`,
    platform: `'web'`,
    anonymous_id: 'toString(number % 997)',
    url: `'https://shop.example/a'`,
  });
  counting = {
    async query(asked, options) {
      const result = await warehouse.query(asked, options);
      if (!asked.name.startsWith('cost.')) read += result.rowsRead;
      return result;
    },
    queryBytes: (asked, format, options) => warehouse.queryBytes(asked, format, options),
  };
}, 120_000);
afterAll(() => kit.stop());

async function withGateway<T>(
  env: Readonly<Record<string, string>>,
  use: (gateway: AnsweringGateway) => Promise<T>,
): Promise<T> {
  const { database } = kit;
  const gateway = await startAnsweringGateway({
    warehouse: counting,
    database,
    env,
    clock: () => NOW,
  });
  try {
    return await use(gateway);
  } finally {
    await gateway.stop();
  }
}

describe('the cost of a question', () => {
  test('is told before it runs, and is what the engine then reads', async () => {
    await withGateway({}, async (gateway) => {
      const client = gateway.client('reader');
      for (const question of QUESTIONS) {
        const query = `{ ${question} }`;
        const asked = await client.query(
          'query($query: String!) { cost(query: $query) { rows statements statementRows isAffordable budgetRows usedRows resetsAt } }',
          { query },
        );
        const { cost } = asked.expectNoErrors<{
          cost: {
            rows: number;
            statements: string[];
            statementRows: number[];
            isAffordable: boolean;
          };
        }>();
        expect(cost.isAffordable).toBe(true);
        expect(cost.statementRows.reduce((sum, rows) => sum + rows, 0)).toBe(cost.rows);
        read = 0;
        (await client.query(query)).expectNoErrors();
        // Bytes come without statistics, so what a funnel has read is not known here.
        if (question.startsWith('funnel')) continue;
        // Sets that index conditions are made of are not in the index's word: sessions read them.
        const isClose = cost.rows <= read * 1.1 && read <= cost.rows * 1.5;
        expect({ question, cost: cost.rows, read, isClose }).toMatchObject({ isClose: true });
      }
    });
  }, 120_000);

  test('is refused beyond the budget, with cost, budget and reset time, and nothing runs', async () => {
    await withGateway({ GATEWAY_BUDGET_ROWS: '800000' }, async (gateway) => {
      const client = gateway.client('reader');
      const dear = `{ a: ${QUESTIONS[1]} b: ${QUESTIONS[3]} c: ${QUESTIONS[4]} }`;
      for (let n = 0; n < 20; n += 1) {
        read = 0;
        const { codes, errors } = await client.query(dear);
        if (codes.length === 0) continue;
        // One statement of a tick is refused with all of it.
        expect(read).toBe(0);
        expect(codes).toEqual(['COST_EXCEEDED']);
        const { cost, budget, used, windowSeconds, resetsAt } = (errors[0]?.extensions ??
          {}) as Record<string, unknown>;
        expect({ budget, windowSeconds }).toEqual({ budget: 800_000, windowSeconds: 3600 });
        expect(Number(cost) + Number(used)).toBeGreaterThan(800_000);
        expect(Date.parse(String(resetsAt))).toBeGreaterThan(NOW);
        // A question that reads a rollup is still answered, and so is another key.
        (await client.query('{ project { name } }')).expectNoErrors();
        (await gateway.client('stranger').query(`{ ${QUESTIONS[1]} }`)).expectNoErrors();
        return;
      }
      throw new Error('expected a refusal');
    });
  }, 60_000);

  test('larger than the whole budget is never admitted', async () => {
    await withGateway({ GATEWAY_BUDGET_ROWS: '1000' }, async (gateway) => {
      const { errors } = await gateway.client('reader').query(`{ ${QUESTIONS[1]} }`);
      expect(errors[0]?.extensions).toMatchObject({ code: 'COST_EXCEEDED', resetsAt: null });
      expect(await gateway.metrics()).toContain(
        'sluice_gateway_errors_total{code="COST_EXCEEDED",stage="field"} 1',
      );
    });
  });

  test('of what is no query, or of itself, is refused', async () => {
    await withGateway({}, async (gateway) => {
      for (const [query, code] of [
        ['mutation { revokeKey(input: { keyId: "x" }) { key { id } } }', 'BAD_USER_INPUT'],
        ['{ cost(query: "{ __typename }") { rows } }', 'BAD_USER_INPUT'],
        ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
        [`{ ${'a{'.repeat(20)}b${'}'.repeat(20)} }`, 'LIMIT_EXCEEDED'],
        [
          '{ uniqueUsers(range: { from: "2024-02-02", to: "2024-02-01" }) { total } }',
          'INVALID_RANGE',
        ],
      ]) {
        const asked = 'query($query: String!) { cost(query: $query) { rows } }';
        expect((await gateway.client('reader').query(asked, { query })).codes).toEqual([code]);
      }
    });
  });
});

describe('a meter', () => {
  const account = { id: 'k', budgetRows: 1_000_000 };
  const { log } = createTelemetry({ level: 'silent' });
  const scan = (project = 'default'): Statement<unknown> =>
    statement(
      'test.scan',
      `SELECT uniqExact(event_id) FROM ${kit.database}.silver_events WHERE project_id = {p0:String}`,
      { p0: project },
    );

  function meterOf(reader: WarehouseReader = counting) {
    const clock = () => NOW;
    const cache = createMemoryCache({ maxEntries: 100, clock });
    const local = createMemoryCache({ maxEntries: 100, clock });
    const budgets = createBudgets({ cache, local, clock, windowSeconds: 60, log });
    const estimator: RowEstimator = createRowEstimator({
      warehouse: reader,
      database: kit.database,
      clock,
    });
    return {
      meter: openMeter({ warehouse: reader, estimator, budgets }, account),
      budgets,
      estimator,
    };
  }

  test('charges by the rows that were read', async () => {
    const { meter, budgets } = meterOf();
    const { rowsRead } = await meter.reader('default').query(scan());
    expect(rowsRead).toBeGreaterThan(50_000);
    expect((await budgets.check(account, 0))?.used).toBe(rowsRead);
  });

  test('learns from what was read more than the index said', async () => {
    const { estimator } = meterOf();
    const asked = scan();
    const before = await estimator.estimate(asked);
    for (let n = 0; n < 50; n += 1) estimator.learn(asked, before * 2);
    expect((await estimator.estimate(asked)) / before).toBeCloseTo(2, 2);
  });

  test('refuses a statement that does not bind its project', async () => {
    const reader = meterOf().meter.reader('default');
    for (const run of [
      () => reader.query(scan('other')),
      () => reader.queryBytes(scan('other'), 'Native'),
    ]) {
      const error = await run().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(isAppError(error, 'INTERNAL')).toBe(true);
    }
  });

  test('goes on with budgets of its own while the cache is away', async () => {
    const clock = () => NOW;
    const local = createMemoryCache({ maxEntries: 100, clock });
    const cache = createMemoryCache({ maxEntries: 100, clock });
    await cache.stop();
    const budgets = createBudgets({ cache, local, clock, windowSeconds: 60, log });
    await budgets.charge(account, 700_000);
    expect(await budgets.check(account, 400_000)).toMatchObject({ used: 700_000, cost: 400_000 });
  });
});

describe('limits that reach the engine', () => {
  const scan = `SELECT groupArray(event_id) AS ids FROM sluice.silver_events`;
  const limits = { queryTimeoutMs: 60_000, maxMemoryBytes: 0, maxRowsRead: 0 };

  test.each([
    ['rows', { ...limits, maxRowsRead: 10_000 }, scan, 'LIMIT_EXCEEDED'],
    ['memory', { ...limits, maxMemoryBytes: 1_000_000 }, scan, 'WAREHOUSE_OVERLOADED'],
    [
      'time',
      { ...limits, queryTimeoutMs: 50 },
      'SELECT sum(sleepEachRow(0.1)) FROM numbers(50)',
      'WAREHOUSE_TIMEOUT',
    ],
  ])('%s end a statement, whatever it asks for itself', async (_name, limit, sql, code) => {
    const own = {
      max_execution_time: 600,
      max_rows_to_read: 0,
      max_memory_usage: 0,
      max_block_size: 1,
    };
    const settings = sql === scan ? { max_execution_time: 600, max_rows_to_read: 0 } : own;
    const error = await limitReader(kit.warehouse, limit)
      .query(statement('test.limit', sql, {}, settings))
      .then(
        () => null,
        (thrown: unknown) => thrown,
      );
    expect(isAppError(error) ? error.code : error).toBe(code);
  });
});
