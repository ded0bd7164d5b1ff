import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { applyDurability } from '../../clickhouse/durability.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { logPaths, partName } from '../../src/warehouse/clickhouse/table-files.js';
import {
  settledPath,
  type UndoneParts,
} from '../../src/warehouse/clickhouse/undo-unsettled-parts.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';

const SETTINGS = 'SETTINGS non_replicated_deduplication_window = 1000';
const FIRST = [[1], [2]];
const OPEN = [[3], [4], [5]];

/** What of one table's block is on disk after the machine came back. */
interface Left {
  readonly token: boolean;
  readonly part: boolean;
}

const ANY_LEFT: readonly Left[] = [true, false].flatMap((token) =>
  [true, false].map((part) => ({ token, part })),
);

let directory: string;
const directories: string[] = [];
let warehouse: Warehouse | null = null;
let undone: UndoneParts[];

beforeEach(() => {
  directory = newDirectory();
  undone = [];
});
afterEach(async () => {
  await close();
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

function newDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'sluice-power-'));
  directories.push(path);
  return path;
}

/**
 * Goes on with the disk as it is while the engine runs, which an end in order would tidy up first.
 *
 * @param settled What was noted as settled: as if no later insert had been answered.
 */
async function losePower(settled: Buffer): Promise<void> {
  const image = newDirectory();
  cpSync(directory, image, { recursive: true, filter: isLeft });
  await close();
  directory = image;
  writeFileSync(settledPath(directory), settled);
}

/** The engine's lock does not survive, and what it is about to move may be gone meanwhile. */
function isLeft(path: string): boolean {
  return !/\/(?:delete_)?tmp_|\/status$/.test(path);
}

async function open(fsync: 'always' | 'never' = 'always'): Promise<Warehouse> {
  warehouse ??= await createClickHouseWarehouse({
    url: `chdb://${directory}`,
    connections: 1,
    fsync,
    onUndone: (parts) => undone.push(parts),
  });
  return warehouse;
}

async function close(): Promise<void> {
  await warehouse?.stop();
  warehouse = null;
}

async function execute(...statements: readonly string[]): Promise<void> {
  const opened = await open();
  for (const sql of statements) await opened.execute(statement('test.execute', sql));
}

/** A source and a rollup of it, as bronze feeds gold. */
async function createPair(suffix: string): Promise<void> {
  await execute(
    'CREATE DATABASE IF NOT EXISTS d ENGINE = Atomic',
    `CREATE TABLE d.events${suffix} (id UInt64, n UInt8 DEFAULT 1) ENGINE = MergeTree ORDER BY id ${SETTINGS}`,
    `CREATE TABLE d.counts${suffix} (n UInt64) ENGINE = SummingMergeTree ORDER BY tuple() ${SETTINGS}`,
    `CREATE MATERIALIZED VIEW d.counts${suffix}_mv TO d.counts${suffix} AS SELECT count() AS n FROM d.events${suffix}`,
  );
  await applyDurability({ warehouse: await open(), database: 'd', fsync: 'always' });
}

async function insert(suffix: string, token: string, rows: number[][]): Promise<void> {
  await (await open()).insert({ table: `d.events${suffix}`, columns: ['id'], rows, token });
}

async function countOf(table: string): Promise<number> {
  const { rows } = await (await open()).query(
    statement<{ n: number }>('test.count', `SELECT toFloat64(sum(n)) AS n FROM d.${table}`),
  );
  return rows[0]?.n ?? 0;
}

async function pathOf(table: string): Promise<string> {
  const { rows } = await (await open()).query(
    statement<{ path: string }>(
      'test.path',
      `SELECT toString(data_paths[1]) AS path FROM system.tables WHERE database = 'd' AND name = {table:String}`,
      { table },
    ),
  );
  return (rows[0]?.path ?? '').replace(/\/$/, '').replace(`${directory}/`, '');
}

/** Takes from the disk what the loss of power took of the last block of a table. */
function lose(at: string, left: Left): void {
  const table = join(directory, at);
  const log = logPaths(table).at(-1) ?? '';
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const [, part = ''] = lines.at(-1)?.split('\t') ?? [];
  if (!left.part) rmSync(join(table, part), { recursive: true });
  if (!left.token)
    writeFileSync(
      log,
      lines
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    );
}

describe('after a loss of power', () => {
  test('the replay of an open batch is exact, whatever reached the disk in each table', async () => {
    const cases = ANY_LEFT.flatMap((events) => ANY_LEFT.map((counts) => ({ events, counts })));
    const tables: { events: string; counts: string }[] = [];
    for (const [index] of cases.entries()) {
      await createPair(`${index}`);
      await insert(`${index}`, 'batch/0-1', FIRST);
      tables.push({
        events: await pathOf(`events${index}`),
        counts: await pathOf(`counts${index}`),
      });
    }
    const settled = readFileSync(settledPath(directory));
    for (const [index] of cases.entries()) await insert(`${index}`, 'batch/2-4', OPEN);
    await losePower(settled);
    for (const [index, { events, counts }] of cases.entries()) {
      lose(tables[index]?.events ?? '', events);
      lose(tables[index]?.counts ?? '', counts);
    }

    for (const [index, left] of cases.entries()) {
      await insert(`${index}`, 'batch/2-4', OPEN);
      expect({ left, events: await countOf(`events${index}`) }).toEqual({ left, events: 5 });
      expect({ left, counts: await countOf(`counts${index}`) }).toEqual({ left, counts: 5 });
      // The confirmed batch is remembered in any case.
      await insert(`${index}`, 'batch/0-1', FIRST);
      expect(await countOf(`counts${index}`)).toBe(5);
    }
    // Of each table: a part without its token in 4 of 16.
    expect(undone.flatMap((parts) => parts.undone)).toHaveLength(8);
    expect(undone.flatMap((parts) => parts.kept)).toEqual([]);
  }, 120_000);

  test('a block without its token is taken out of what it was merged into', async () => {
    await createPair('');
    await insert('', 'batch/0-1', FIRST);
    const table = await pathOf('counts');
    const settled = readFileSync(settledPath(directory));
    await insert('', 'batch/2-4', OPEN);
    await execute('OPTIMIZE TABLE d.counts FINAL');
    await losePower(settled);
    lose(table, { token: false, part: true });

    expect(await countOf('counts')).toBe(2);
    await insert('', 'batch/2-4', OPEN);
    expect([await countOf('events'), await countOf('counts')]).toEqual([5, 5]);
  }, 60_000);

  test('a merged block whose sources are gone stays, and is reported', async () => {
    await createPair('');
    await insert('', 'batch/0-1', FIRST);
    const table = await pathOf('counts');
    const settled = readFileSync(settledPath(directory));
    await insert('', 'batch/2-4', OPEN);
    await execute('OPTIMIZE TABLE d.counts FINAL');
    await losePower(settled);
    lose(table, { token: false, part: true });
    rmSync(join(directory, table, 'all_1_1_1'), { recursive: true });

    expect(await countOf('counts')).toBe(5);
    expect(undone).toEqual([{ undone: [], kept: [join(directory, table, 'all_2_2_1')] }]);
  }, 60_000);

  test('a part that never had a token stays, because no insert wrote it', async () => {
    await createPair('');
    await insert('', 'batch/0-1', FIRST);
    const settled = readFileSync(settledPath(directory));
    await execute(
      'CREATE TABLE d.staging AS d.counts',
      'INSERT INTO d.staging VALUES (40)',
      'ALTER TABLE d.counts REPLACE PARTITION tuple() FROM d.staging',
      'DROP TABLE d.staging SYNC',
    );
    await close();
    writeFileSync(settledPath(directory), settled);
    expect(await countOf('counts')).toBe(40);
    expect(undone).toEqual([]);
  }, 60_000);
});

describe('the fsync policy of the embedded warehouse', () => {
  test('notes up to when writes are settled, at each of them', async () => {
    await createPair('');
    // The kernel's clock of files moves in steps of some milliseconds.
    const before = Date.now() - 50;
    await insert('', 'batch/0-1', FIRST);
    expect(Number.parseFloat(readFileSync(settledPath(directory), 'utf8'))).toBeGreaterThanOrEqual(
      before,
    );
  }, 60_000);

  test('is applied once, and taken back', async () => {
    await createPair('');
    const opened = await open();
    const apply = (fsync: 'always' | 'never') =>
      applyDurability({ warehouse: opened, database: 'd', fsync });
    expect(await apply('always')).toEqual([]);
    expect(await apply('never')).toEqual(['counts', 'events']);
    expect(await apply('never')).toEqual([]);
    expect(await apply('always')).toEqual(['counts', 'events']);
  }, 60_000);

  test('leaves nothing to judge parts by once it is off', async () => {
    await createPair('');
    await insert('', 'batch/0-1', FIRST);
    await close();
    await (await open('never')).checkReady();
    expect(existsSync(settledPath(directory))).toBe(false);
  }, 60_000);

  test('keeps the sources of a merge for a while', async () => {
    await createPair('');
    for (const id of [1, 2, 3]) await insert('', `batch/${id}`, [[id]]);
    const table = await pathOf('events');
    await execute('OPTIMIZE TABLE d.events FINAL');
    const blocks = readdirSync(join(directory, table))
      .flatMap((name) => partName(name) ?? [])
      .filter(({ firstBlock, lastBlock }) => firstBlock === lastBlock);
    expect(blocks).toHaveLength(3);
  }, 60_000);
});
