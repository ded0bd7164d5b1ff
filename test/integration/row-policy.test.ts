import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT_SETTING, rowPolicyStatements } from '../../clickhouse/row-policy.js';
import { createMemoryCache } from '../../src/cache/memory/memory-cache.js';
import { createBudgets } from '../../src/cost/budgets.js';
import { createRowEstimator } from '../../src/cost/estimate-rows.js';
import { createMeters } from '../../src/cost/meters.js';
import { createTelemetry } from '../../src/telemetry.js';
import { type Statement, statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
let tables: readonly { readonly name: string; readonly hasProject: number }[];
beforeAll(async () => {
  kit = await startTestWarehouse();
  const { rows } = await kit.warehouse.query(
    statement<{ readonly name: string; readonly hasProject: number }>(
      'test.tables',
      `SELECT columns.table AS name, max(columns.name = 'project_id') AS hasProject FROM system.columns AS columns WHERE columns.database = {database:String} GROUP BY columns.table`,
      { database: kit.database },
    ),
  );
  tables = rows;
}, 60_000);
afterAll(() => kit.stop());

describe('the second lock of a server', () => {
  test.each([null, 'main'])(
    'is on every table of questions, as the engine reads it (cluster %s)',
    async (cluster) => {
      const locked = rowPolicyStatements(
        { database: kit.database, cluster },
        'sluice_gateway',
        tables.map(({ name }) => name),
      );
      const answering = tables.filter(
        ({ name }) => /^(silver|gold)_/.test(name) && !/_mv$|_event_ids$/.test(name),
      );
      for (const { name, hasProject } of answering) {
        expect({ name, hasProject }).toEqual({ name, hasProject: 1 });
        expect(locked.filter((sql) => sql.includes(`.${name} `))).toHaveLength(2);
      }
      // The embedded engine has no access management, but the parser of a server.
      for (const sql of locked) {
        const { rows } = await kit.warehouse.query(
          statement<{ readonly explain: string }>('test.ast', `EXPLAIN AST ${sql}`),
        );
        expect(rows[0]?.explain).toContain('ROW POLICY');
      }
    },
  );

  test('is not made for what is no name of a user', () => {
    const topology = { database: 'sluice', cluster: null };
    expect(() => rowPolicyStatements(topology, 'a`; DROP', ['silver_events'])).toThrow('user');
  });

  test('every statement of a question tells the server its project, estimates too', async () => {
    const seen: Statement<unknown>[] = [];
    const warehouse: WarehouseReader = {
      async query(asked) {
        seen.push(asked);
        return { rows: [], rowsRead: 0, elapsedMs: 0 };
      },
      async queryBytes(asked) {
        seen.push(asked);
        return Buffer.alloc(0);
      },
    };
    const clock = () => 0;
    const cache = createMemoryCache({ maxEntries: 10, clock });
    const local = createMemoryCache({ maxEntries: 10, clock });
    const { log } = createTelemetry({ level: 'silent' });
    const meters = createMeters({
      warehouse,
      estimator: createRowEstimator({ warehouse, database: 'sluice', clock }),
      budgets: createBudgets({ cache, local, clock, windowSeconds: 60, log }),
      projectSetting: PROJECT_SETTING,
    });
    const asked = statement('test.asked', 'SELECT {p0:String}', { p0: 'shop' });
    await meters.open({ id: 'k', budgetRows: null }).reader('shop').query(asked);
    await meters.open({ id: 'k', budgetRows: null }).reader('shop').queryBytes(asked, 'Native');
    await meters.openDry().reader('shop').query(asked);
    expect(seen).toHaveLength(3);
    for (const { settings } of seen) expect(settings).toMatchObject({ [PROJECT_SETTING]: 'shop' });
  });
});
