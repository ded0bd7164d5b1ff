import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../clickhouse/migrate.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';

export interface TestWarehouse {
  readonly warehouse: Warehouse;
  readonly database: string;
  readonly directory: string;
  stop(): Promise<void>;
}

/**
 * A migrated warehouse: the embedded engine in a folder of its own, one per process at a time, or
 * the server at an address.
 */
export async function startTestWarehouse({
  url,
}: {
  readonly url?: string;
} = {}): Promise<TestWarehouse> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-warehouse-'));
  const warehouse = await createClickHouseWarehouse({
    url: url ?? `chdb://${directory}/warehouse`,
    connections: 2,
  });
  const database = 'sluice';
  await migrate({ warehouse, topology: { database, cluster: null } });
  return {
    warehouse,
    database,
    directory,
    async stop() {
      await warehouse.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Puts made-up events into silver, past the ingester, with ids `0`, `1` …; the rollups follow.
 *
 * @param columns Expressions over `number`: `atMs` for the instant in ms since 1970, others by column.
 */
export async function fillSilver(
  { warehouse, database }: Pick<TestWarehouse, 'warehouse' | 'database'>,
  count: number,
  { atMs, ...columns }: { readonly atMs: string; readonly [column: string]: string },
): Promise<void> {
  await warehouse.execute(
    statement<never>(
      'test.fill',
      `INSERT INTO ${database}.silver_events (occurred_at, received_at, queryable_at, event_id, ${Object.keys(columns).join(', ')})
SELECT fromUnixTimestamp64Milli(toInt64(${atMs}), 'UTC') AS at, at, at, toString(number), ${Object.values(columns).join(', ')}
FROM numbers(${count})`,
    ),
  );
}
