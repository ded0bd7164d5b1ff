import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { mendDeduplicationLogs } from '../../src/warehouse/clickhouse/mend-deduplication-logs.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';

const SETTINGS = 'SETTINGS non_replicated_deduplication_window = 1000';
const BLOCK = { table: 'd.events', columns: ['id'], rows: [[1], [2], [3]], token: 'batch/0-2' };

describe('a warehouse that died between the token of a block and its part', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-tokens-'));
  let warehouse: Warehouse | null = null;
  const open = async (): Promise<Warehouse> => {
    warehouse = await createClickHouseWarehouse({ url: `chdb://${directory}`, connections: 1 });
    return warehouse;
  };
  const close = async (): Promise<void> => {
    await warehouse?.stop();
    warehouse = null;
  };
  afterEach(async () => {
    await close();
    rmSync(directory, { recursive: true, force: true });
  });

  const count = async (table: string): Promise<number> => {
    const { rows } = await (warehouse ?? (await open())).query(
      statement<{ n: number }>('test.count', `SELECT toFloat64(sum(n)) AS n FROM d.${table}`),
    );
    return rows[0]?.n ?? 0;
  };

  test('takes the replayed block where it is missing, and nowhere else', async () => {
    const first = await open();
    for (const sql of [
      'CREATE DATABASE d ENGINE = Atomic',
      `CREATE TABLE d.events (id UInt64, n UInt8 DEFAULT 1) ENGINE = MergeTree ORDER BY id ${SETTINGS}`,
      `CREATE TABLE d.counts (n UInt64) ENGINE = SummingMergeTree ORDER BY tuple() ${SETTINGS}`,
      'CREATE MATERIALIZED VIEW d.counts_mv TO d.counts AS SELECT count() AS n FROM d.events',
    ]) {
      await first.execute(statement('test.create', sql));
    }
    await first.insert({ ...BLOCK, token: 'batch/before', rows: [[0]] });
    await first.insert(BLOCK);
    const { rows } = await first.query(
      statement<{ path: string }>(
        'test.part',
        `SELECT path FROM system.parts WHERE table = 'counts' AND active ORDER BY name DESC LIMIT 1`,
      ),
    );
    await close();
    // The state that a kill leaves: the token is in the log, the part never came to its place.
    rmSync(rows[0]?.path ?? '', { recursive: true });
    expect([await count('events'), await count('counts')]).toEqual([4, 1]);

    await (warehouse ?? (await open())).insert(BLOCK);
    expect([await count('events'), await count('counts')]).toEqual([4, 4]);
    await close();
    expect(mendDeduplicationLogs(directory)).toEqual({ forgottenTokens: 0, cutLogs: 0 });
  }, 60_000);

  test('opens with a log whose last line was cut off', async () => {
    const first = await open();
    await first.execute(statement('test.create', 'CREATE DATABASE d ENGINE = Atomic'));
    await first.execute(
      statement(
        'test.create',
        `CREATE TABLE d.events (id UInt64, n UInt8 DEFAULT 1) ENGINE = MergeTree ORDER BY id ${SETTINGS}`,
      ),
    );
    await first.insert(BLOCK);
    await close();
    const store = join(directory, 'store');
    const log = readdirSync(store, { recursive: true, encoding: 'utf8' })
      .map((name) => join(store, name))
      .find((path) => path.endsWith('.txt') && readTokens(path).length > 0);
    appendFileSync(log ?? '', '1\tall_2_2_0\tall_12');
    await (await open()).insert(BLOCK);
    expect(await count('events')).toBe(3);
    expect(readTokens(log ?? '')).toHaveLength(1);
  }, 60_000);
});

function readTokens(path: string): readonly string[] {
  if (!path.includes('deduplication_log_')) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
