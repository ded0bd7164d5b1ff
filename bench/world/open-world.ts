import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, migrationDirectory, readMigrations } from '../../clickhouse/migrate.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import {
  insertSessionsSql,
  WORLD_DAYS,
  WORLD_FROM_MS,
  WORLD_VERSION,
  worldSize,
} from './generated-events.js';

const DATABASE = 'sluice';

/** Sessions of one block: about half a million events. */
const BLOCK_SESSIONS = 37_500;

/** A block for every view is a block here, as it is for the ingester. */
const BLOCK_SETTINGS = {
  max_block_size: 2_048,
  max_insert_threads: 1,
  min_insert_block_size_rows: 10_000_000,
  min_insert_block_size_bytes: 0,
} as const;

/** A warehouse of generated events: three projects over 90 days. */
export interface World {
  readonly warehouse: Warehouse;
  readonly database: string;
  /** Half-open, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Folder of the engine; one process at a time. */
  readonly directory: string;
  stop(): Promise<void>;
}

/**
 * Opens the warehouse of about so many generated events. It is made at the first time, by the views
 * of the product, and kept in the folder for temporary files until the generator or a migration
 * changes. `BENCH_WORLDS` names another folder.
 *
 * @param onProgress Told while it is made, 0 to 1.
 */
export async function openWorld(
  events: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<World> {
  const root = process.env['BENCH_WORLDS'] ?? join(tmpdir(), 'sluice-bench-worlds');
  const directory = join(root, `${events}-${key()}`);
  if (!existsSync(directory)) {
    const unfinished = `${directory}.making`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await make(unfinished, events, onProgress);
    renameSync(unfinished, directory);
  }
  const warehouse = await open(directory);
  return {
    warehouse,
    database: DATABASE,
    fromMs: WORLD_FROM_MS,
    toMs: WORLD_FROM_MS + WORLD_DAYS * 86_400_000,
    directory,
    stop: () => warehouse.stop(),
  };
}

/** What the rows of all tables follow from. */
function key(): string {
  const hash = createHash('sha256').update(String(WORLD_VERSION));
  for (const { name, checksum } of readMigrations(migrationDirectory())) {
    hash.update(`${name} ${checksum}`);
  }
  return hash.digest('hex').slice(0, 12);
}

function open(directory: string): Promise<Warehouse> {
  return createClickHouseWarehouse({ url: `chdb://${directory}/warehouse`, connections: 4 });
}

async function make(
  directory: string,
  events: number,
  onProgress: (done: number) => void,
): Promise<void> {
  const warehouse = await open(directory);
  try {
    await migrate({ warehouse, topology: { database: DATABASE, cluster: null } });
    // The generated days are always the same ones, however long ago.
    await warehouse.execute(
      statement('bench.keep', `ALTER TABLE ${DATABASE}.bronze_events REMOVE TTL`),
    );
    const size = worldSize(events);
    for (let first = 0; first < size.sessions; first += BLOCK_SESSIONS) {
      const count = Math.min(BLOCK_SESSIONS, size.sessions - first);
      const sql = insertSessionsSql(DATABASE, size, first, count);
      await warehouse.execute(statement('bench.generate', sql, {}, BLOCK_SETTINGS));
      onProgress((first + count) / size.sessions);
    }
    await untilMerged(warehouse);
  } finally {
    await warehouse.stop();
  }
}

/** Waits until the engine has no merge left that it would do by itself. */
async function untilMerged(warehouse: Warehouse): Promise<void> {
  let quiet = 0;
  while (quiet < 5) {
    const { rows } = await warehouse.query(
      statement<{ readonly n: number }>('bench.merges', 'SELECT count() AS n FROM system.merges'),
    );
    quiet = rows[0]?.n === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
