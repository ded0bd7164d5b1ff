import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClickHouseWarehouse } from '../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../src/warehouse/statement.js';
import type { Warehouse } from '../src/warehouse/warehouse.js';
import { type Benchmark, type Figure, median } from './benchmark.js';
import { DATABASE, prepareWarehouse } from './ingest/prepare-warehouse.js';

type Kind = 'UUIDv7' | 'random';

/** What docs/decisions/0004 states as the most: ids of 36 characters without an order. */
const BAR_MB_PER_MILLION = 55;
const BLOCK_ROWS = 100_000;
const LOOK_UPS = 5;
const ROWS_PER_INSERT = 1_000_000;
/** Ids of one ms: a site with 2,000 events a second. */
const IDS_PER_MS = 2;
const FIRST_MS = Date.UTC(2026, 0, 1);

/** The n-th id as SQL; the same n gives the same id. */
function idSql(kind: Kind, n: string): string {
  const digest = `lower(hex(MD5(toString(${n}))))`;
  const time = `lower(leftPad(hex(toUInt64(${FIRST_MS} + intDiv(${n}, ${IDS_PER_MS}))), 12, '0'))`;
  const front = kind === 'UUIDv7' ? `right(${time}, 12)` : `substring(${digest}, 21, 12)`;
  return `concat(substring(${front}, 1, 8), '-', substring(${front}, 9, 4), '-7', substring(${digest}, 1, 3), '-8', substring(${digest}, 4, 3), '-', substring(${digest}, 7, 12))`;
}

/** The look-up of silver_events_mv, with a table of its block in the place of the inserted block. */
const LOOK_UP = `SELECT toFloat64(count()) AS known FROM ${DATABASE}.bench_block
  WHERE (project_id, event_id) IN (
    SELECT project_id, event_id FROM ${DATABASE}.silver_event_ids
    PREWHERE id_hash IN (SELECT toUInt32(cityHash64(event_id)) FROM ${DATABASE}.bench_block)
    WHERE (project_id, event_id) IN (SELECT project_id, event_id FROM ${DATABASE}.bench_block)
      AND batch NOT IN (SELECT batch FROM ${DATABASE}.bench_block))`;

interface TableSize {
  readonly bytes: number;
  readonly indexBytes: number;
  readonly parts: number;
}

const { values: flags } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { millions: { type: 'string', default: '1,10,50' } },
});

/** Resident memory now, and its peak since the last call. */
function memoryMb(): { readonly now: number; readonly peak: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const of = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) / 1024;
  const memory = { now: of('VmRSS'), peak: of('VmHWM') };
  // Sets the peak back to what is resident now (proc(5)).
  writeFileSync('/proc/self/clear_refs', '5');
  return memory;
}

/** Disk, memory and look-up time of the ids known, `--millions 1,10,50`. */
export const ids: Benchmark = {
  name: 'ids',
  async run() {
    const sizes = String(flags.millions).split(',').map(Number);
    const figures: Figure[] = [];
    for (const kind of ['UUIDv7', 'random'] as const) figures.push(...(await runKind(kind, sizes)));
    return figures;
  },
};

async function runKind(kind: Kind, sizes: readonly number[]): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-ids-'));
  try {
    await prepareWarehouse(directory, 'exact', 'never');
    const warehouse = await createClickHouseWarehouse({
      url: `chdb://${directory}`,
      connections: 1,
      queryTimeoutMs: 600_000,
    });
    try {
      const figures: Figure[] = [];
      let stored = 0;
      for (const millions of sizes) {
        await storeIds(warehouse, kind, stored, millions * 1e6);
        stored = millions * 1e6;
        figures.push(await figureOf(warehouse, kind, millions));
      }
      return figures;
    } finally {
      await warehouse.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function storeIds(warehouse: Warehouse, kind: Kind, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += ROWS_PER_INSERT) {
    await warehouse.execute(
      statement(
        'bench.ids',
        `INSERT INTO ${DATABASE}.silver_event_ids (project_id, event_id, batch, content_hash)
         SELECT 'shop', ${idSql(kind, 'number')}, intDiv(number, ${BLOCK_ROWS}), cityHash64(number) % 9007199254740992
         FROM numbers(${at}, ${Math.min(ROWS_PER_INSERT, to - at)})`,
        {},
        { max_threads: 1 },
      ),
    );
  }
}

async function figureOf(warehouse: Warehouse, kind: Kind, millions: number): Promise<Figure> {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  const rowsRead: number[] = [];
  const before = memoryMb();
  for (let round = 0; round < LOOK_UPS; round += 1) {
    const start = millions * 1e6 + round * BLOCK_ROWS;
    // One in a hundred of the block is known, from anywhere.
    const n = `if(number % 100 = 0, cityHash64(number, ${round}) % ${millions * 1e6}, ${start} + number)`;
    await warehouse.execute(
      statement('bench.block', `DROP TABLE IF EXISTS ${DATABASE}.bench_block SYNC`),
    );
    await warehouse.execute(
      statement(
        'bench.block',
        `CREATE TABLE ${DATABASE}.bench_block ENGINE = Memory AS
         SELECT toLowCardinality('shop') AS project_id, ${idSql(kind, 'n')} AS event_id, toUInt64(18446744073709551615) AS batch
         FROM (SELECT ${n} AS n FROM numbers(${BLOCK_ROWS}))`,
      ),
    );
    const cpu = process.cpuUsage();
    const result = await warehouse.query(
      statement<{ known: number }>('bench.look_up', LOOK_UP, {}, { max_threads: 1 }),
    );
    if (result.rows[0]?.known !== BLOCK_ROWS / 100) {
      throw new Error(`expected ${BLOCK_ROWS / 100} known ids, got ${result.rows[0]?.known}`);
    }
    const { user, system } = process.cpuUsage(cpu);
    cpuTimes.push((user + system) / 1000);
    times.push(result.elapsedMs);
    rowsRead.push(result.rowsRead);
  }
  const { peak } = memoryMb();
  const { rows } = await warehouse.query(
    statement<TableSize>(
      'bench.size',
      `SELECT toFloat64(sum(bytes_on_disk)) AS bytes,
              toFloat64(sum(primary_key_bytes_in_memory_allocated)) AS indexBytes, count() AS parts
       FROM system.parts WHERE active AND database = {database:String} AND table = 'silver_event_ids'`,
      { database: DATABASE },
    ),
  );
  const size = rows[0] ?? { bytes: Number.NaN, indexBytes: Number.NaN, parts: 0 };
  const diskMb = size.bytes / 1e6 / millions;
  const values = {
    'disk MB a million': diskMb.toFixed(1),
    'index in memory MB a million': (size.indexBytes / 1e6 / millions).toFixed(2),
    parts: size.parts,
    [`look-up of ${BLOCK_ROWS} ms`]: median(times).toFixed(0),
    // Merges that go on meanwhile are among it; of the time, what others do on the machine.
    'its CPU ms': median(cpuTimes).toFixed(0),
    'rows read': Math.round(median(rowsRead)),
    'memory of a look-up MB': (peak - before.now).toFixed(0),
  };
  const name = `ids ${kind} ${millions}M`;
  process.stdout.write(`${name}: ${JSON.stringify(values)}\n`);
  return { name, ratio: diskMb, bar: BAR_MB_PER_MILLION, isUpperBound: true, values };
}
