import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  migrate,
  migrationDirectory,
  readMigrations,
  splitStatements,
} from '../../clickhouse/migrate.js';
import { DEDUPLICATION_WINDOW, renderStatement } from '../../clickhouse/topology.js';
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
        expect(create).toContain(
          `non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW.node}`,
        );
      }
    }
  });

  test('columns follow the naming rules', async () => {
    const { warehouse, database } = kit;
    const { rows } = await warehouse.query(
      statement<{ table: string; name: string; type: string }>(
        'test.columns',
        `SELECT table, name, type FROM system.columns
         WHERE database = {database:String} AND table NOT LIKE '%_mv' AND default_kind != 'EPHEMERAL'
         ORDER BY table, position`,
        { database },
      ),
    );
    const offences = rows.flatMap(({ table, name, type }) => {
      const isTable = !table.endsWith('_mv');
      const rules: readonly (readonly [string, boolean])[] = [
        ['snake_case', /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)],
        [
          'instants end in _at, buckets are bucket_start',
          !/^(Nullable\()?DateTime/.test(type) || /(_at|^bucket_start)$/.test(name),
        ],
        ['days are called day', !/^Date(32)?$/.test(type) || name === 'day'],
        ['truth values begin with is_ or has_', type !== 'Bool' || /^(is|has)_/.test(name)],
        [
          '_state holds a partial aggregate, and nothing else does',
          /^AggregateFunction/.test(type) === name.endsWith('_state'),
        ],
        [
          'counts are unsigned',
          !name.endsWith('_count') || /^(SimpleAggregateFunction\(sum, )?UInt/.test(type),
        ],
      ];
      return rules.flatMap(([rule, holds]) =>
        holds || !isTable ? [] : [`${table}.${name} ${type}: ${rule}`],
      );
    });
    expect(rows.length).toBeGreaterThan(100);
    expect(offences).toEqual([]);
  });

  test('every table of a layer leads with its project', async () => {
    const { warehouse, database } = kit;
    const { rows } = await warehouse.query(
      statement<{ name: string; key: string }>(
        'test.keys',
        `SELECT name, sorting_key AS key FROM system.tables
         WHERE database = {database:String} AND match(name, '^(silver|gold)_') AND sorting_key != ''`,
        { database },
      ),
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const { name, key } of rows)
      expect([name, key.split(',')[0]]).toEqual([name, 'project_id']);
  });

  test('every file says its layer, its row, its source, its readers and its keeping', () => {
    for (const { name, sql } of readMigrations(migrationDirectory())) {
      expect(name).toMatch(/^[a-z]+\/\d{4}_(create|add|drop|rebuild|backfill)_[a-z0-9_]+\.sql$/);
      const head = sql.split('\n').slice(0, 5).join('\n');
      expect([name, head]).toEqual([
        name,
        expect.stringMatching(
          /^-- layer: .+\n-- one row means: .+\n-- fed by: .+\n-- read by: .+\n-- kept for: .+$/,
        ),
      ]);
    }
  });

  test('several processes may migrate at once', async () => {
    const { warehouse } = kit;
    const topology = { database: 'at_once', cluster: null };
    await Promise.all([1, 2, 3, 4].map(() => migrate({ warehouse, topology })));
    expect(await migrate({ warehouse, topology })).toEqual([]);
    const { rows } = await warehouse.query(
      statement<{ n: number; files: number }>(
        'test.recorded',
        'SELECT count() AS n, uniqExact(number) AS files FROM at_once.migrations',
      ),
    );
    const { length } = readMigrations(migrationDirectory());
    expect(rows[0]).toEqual({ n: length, files: length });
  });

  test('a migration that was interrupted is completed by the next run', async () => {
    const { warehouse } = kit;
    const directory = mkdtempSync(join(tmpdir(), 'sluice-migrations-'));
    const topology = { database: 'interrupted', cluster: null };
    const file = join(directory, 'gold', '0001_create_a.sql');
    mkdirSync(join(directory, 'gold'));
    const first =
      'CREATE TABLE IF NOT EXISTS {{database}}.a {{on_cluster}} (n UInt8) ENGINE = {{engine MergeTree}} ORDER BY n;\n';
    writeFileSync(
      file,
      `${first}CREATE TABLE IF NOT EXISTS {{database}}.b (n Nonsense) ENGINE = Memory;`,
    );
    await expect(migrate({ warehouse, topology, directory })).rejects.toMatchObject({
      code: 'WAREHOUSE_REFUSED',
    });
    writeFileSync(file, first);
    const applied = await migrate({ warehouse, topology, directory });
    expect(applied.map(({ name }) => name)).toEqual(['gold/0001_create_a.sql']);
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    [
      'a gap',
      ['gold/0001_create_a.sql', 'gold/0003_create_c.sql'],
      'expected 2, got gold/0003_create_c.sql',
    ],
    [
      'a number given twice',
      ['gold/0001_create_a.sql', 'silver/0001_create_b.sql'],
      'expected 2, got silver/0001_create_b.sql',
    ],
  ])('%s in the numbers is refused, naming the file', (_, files, message) => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-migrations-'));
    for (const layer of ['gold', 'silver']) mkdirSync(join(directory, layer));
    for (const file of files) writeFileSync(join(directory, file), 'SELECT 1;');
    expect(() => readMigrations(directory)).toThrow(message);
    rmSync(directory, { recursive: true, force: true });
  });

  test('a placeholder nobody knows is refused', () => {
    expect(() =>
      renderStatement('SELECT {{nothing}}', { database: 'sluice', cluster: null }),
    ).toThrow('{{nothing}}');
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
