import { applyDurability } from '../../clickhouse/durability.js';
import { migrate } from '../../clickhouse/migrate.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';

/** The database of the product's default configuration. */
export const DATABASE = 'sluice';

export type Guarantees = 'exact' | 'at least once';

/** What a warehouse holds at the end of a run. */
export interface Contents {
  readonly bronzeRows: number;
  readonly silverRows: number;
  /** Events by the rollup per day. */
  readonly goldEvents: number;
  readonly rollups: number;
  /** Compressed bytes of active parts, by table, largest first. */
  readonly bytesByTable: ReadonlyMap<string, number>;
}

async function withWarehouse<T>(
  directory: string,
  use: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const warehouse = await createClickHouseWarehouse({ url: `chdb://${directory}`, connections: 1 });
  try {
    return await use(warehouse);
  } finally {
    await warehouse.stop();
  }
}

/**
 * Makes the tables and views of the product. `at least once` are the same ones without what exactness
 * costs: no look-up and no memory of ids, no copies marked, no tokens kept.
 *
 * @param fsync As `WAREHOUSE_FSYNC`.
 */
export async function prepareWarehouse(
  directory: string,
  guarantees: Guarantees,
  fsync: 'always' | 'never',
): Promise<void> {
  await withWarehouse(directory, async (warehouse) => {
    await migrate({ warehouse, topology: { database: DATABASE, cluster: null } });
    await applyDurability({ warehouse, database: DATABASE, fsync });
    if (guarantees === 'exact') return;
    const run = (sql: string) => warehouse.execute(statement('bench.prepare', sql));
    await run(`DROP VIEW ${DATABASE}.silver_events_mv SYNC`);
    await run(`DROP VIEW ${DATABASE}.silver_event_ids_mv SYNC`);
    await run(
      `CREATE MATERIALIZED VIEW ${DATABASE}.silver_events_mv TO ${DATABASE}.silver_events AS
       SELECT * EXCEPT (queryable_at, topic, log_partition, log_offset, appended_at, ingested_at, is_repeat),
         ifNull(bronze_events.queryable_at, bronze_events.ingested_at) AS queryable_at
       FROM ${DATABASE}.bronze_events`,
    );
    const { rows } = await warehouse.query(
      statement<{ name: string }>(
        'bench.tables',
        `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'`,
        { database: DATABASE },
      ),
    );
    for (const { name } of rows) {
      await run(
        `ALTER TABLE ${DATABASE}.${name} MODIFY SETTING non_replicated_deduplication_window = 0`,
      );
    }
  });
}

/** Looks into a warehouse that no process has open. */
export function contentsOf(directory: string): Promise<Contents> {
  return withWarehouse(directory, async (warehouse) => {
    const { rows } = await warehouse.query(
      statement<Omit<Contents, 'bytesByTable'>>(
        'bench.contents',
        `SELECT (SELECT count() FROM ${DATABASE}.bronze_events) AS bronzeRows,
                (SELECT count() FROM ${DATABASE}.silver_events) AS silverRows,
                (SELECT sum(event_count) FROM ${DATABASE}.gold_event_counts_per_day) AS goldEvents,
                (SELECT count() FROM system.tables WHERE database = '${DATABASE}'
                   AND engine = 'MaterializedView' AND name LIKE 'gold%') AS rollups`,
      ),
    );
    const { rows: tables } = await warehouse.query(
      statement<{ table: string; bytes: number }>(
        'bench.bytes',
        `SELECT table, toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts
         WHERE active AND database = {database:String} GROUP BY table ORDER BY bytes DESC`,
        { database: DATABASE },
      ),
    );
    const [counts] = rows;
    if (counts === undefined) throw new Error('expected one row of counts');
    return { ...counts, bytesByTable: new Map(tables.map(({ table, bytes }) => [table, bytes])) };
  });
}
