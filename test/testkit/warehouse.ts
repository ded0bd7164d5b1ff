import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../clickhouse/migrate.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';

export interface TestWarehouse {
  readonly warehouse: Warehouse;
  readonly database: string;
  readonly directory: string;
  stop(): Promise<void>;
}

/** The embedded engine, migrated, in a folder of its own. One per process at a time. */
export async function startTestWarehouse(): Promise<TestWarehouse> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-warehouse-'));
  const warehouse = await createClickHouseWarehouse({
    url: `chdb://${directory}/warehouse`,
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
