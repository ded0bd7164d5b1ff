import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  migrate,
  migrationDirectory,
  readMigrations,
  splitStatements,
} from '../../clickhouse/migrate.js';
import { renderStatement } from '../../clickhouse/topology.js';
import { statement } from '../../src/warehouse/statement.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

describe('migrations', () => {
  let kit: TestWarehouse;
  beforeAll(async () => {
    kit = await startTestWarehouse();
  }, 60_000);
  afterAll(() => kit.stop());

  test('a second run is a no-op', async () => {
    const { warehouse, database } = kit;
    expect(await migrate({ warehouse, topology: { database, cluster: null } })).toEqual([]);
  });

  test('a changed released file is refused, naming it', async () => {
    const { warehouse, database } = kit;
    await warehouse.insert({
      table: `${database}.migrations`,
      columns: ['number', 'name', 'checksum', 'applied_at'],
      rows: [[99, 'gold/0099_create_x.sql', 'aa', '2026-01-01 00:00:00']],
      token: 'other',
    });
    const changed = { number: 1, name: 'control/0001_create_settings.sql' };
    await warehouse.execute(
      statement(
        'test.change',
        `ALTER TABLE ${database}.migrations UPDATE checksum = 'ab' WHERE number = 1 SETTINGS mutations_sync = 2`,
      ),
    );
    await expect(
      migrate({ warehouse, topology: { database, cluster: null } }),
    ).rejects.toMatchObject({ code: 'MIGRATION_CHANGED', details: { migration: changed.name } });
  });

  test('every table keeps a deduplication window and follows the naming rules', async () => {
    const { warehouse, database } = kit;
    const { rows } = await warehouse.query(
      statement<{ name: string; engine: string; create: string }>(
        'test.tables',
        `SELECT name, engine, create_table_query AS create FROM system.tables
         WHERE database = {database:String} AND name NOT LIKE '.inner%' ORDER BY name`,
        { database },
      ),
    );
    expect(rows.length).toBeGreaterThan(15);
    for (const { name, engine, create } of rows) {
      expect(name).toMatch(/^((bronze|silver|gold|control)_[a-z_]+|migrations)$/);
      if (engine === 'MaterializedView') {
        expect(name).toMatch(/_mv$/);
        expect(create).toContain(` TO ${database}.`);
      } else {
        expect(create).toContain('non_replicated_deduplication_window = 10000');
      }
    }
  });

  test('every migration renders for a cluster, with replicated engines of unlike paths', () => {
    const paths: string[] = [];
    for (const { sql } of readMigrations(migrationDirectory())) {
      for (const text of splitStatements(sql)) {
        const rendered = renderStatement(text, { database: 'sluice', cluster: 'main' });
        expect(rendered).not.toContain('{{');
        expect(rendered).toContain('ON CLUSTER main');
        const path = /Replicated\w*MergeTree\('([^']+)'/.exec(rendered)?.[1];
        if (text.startsWith('CREATE TABLE')) expect(path).toBeDefined();
        if (path !== undefined) paths.push(path);
      }
    }
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('statements are cut at semicolons outside strings and comments only', () => {
    expect(
      splitStatements("-- a; b\nSELECT ';', 'it''s; \\';'; /* ; */ SELECT 2;\n-- end;\n"),
    ).toEqual(["SELECT ';', 'it''s; \\';'", '/* ; */ SELECT 2']);
  });
});
