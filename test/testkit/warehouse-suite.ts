import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { migrate } from '../../clickhouse/migrate.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import { startClickHouseServer } from './clickhouse-server.js';

interface Adapter {
  readonly warehouse: Warehouse;
  stop(): Promise<void>;
}

/** Of this run alone, since the server may be somebody's own. */
export const DATABASE = `contract_${randomUUID().slice(0, 8)}`;

async function startEmbedded(): Promise<Adapter> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-contract-'));
  const warehouse = await createClickHouseWarehouse({
    url: `chdb://${directory}/warehouse`,
    connections: 2,
  });
  return {
    warehouse,
    async stop() {
      await warehouse.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startServer(): Promise<Adapter> {
  const server = await startClickHouseServer();
  const warehouse = await createClickHouseWarehouse({ url: server.url, connections: 4 });
  return {
    warehouse,
    async stop() {
      for (const database of [DATABASE, `${DATABASE}_product`]) {
        await warehouse.execute(statement('test.drop', `DROP DATABASE IF EXISTS ${database} SYNC`));
      }
      await warehouse.stop();
      await server.stop();
    },
  };
}

/**
 * Tests that hold for every warehouse: the embedded engine, and a server over HTTP.
 *
 * @param tests Are given the migrated warehouse, which is there while a test runs.
 */
export function describeWarehouses(tests: (adapter: Pick<Adapter, 'warehouse'>) => void): void {
  describe.each([
    ['embedded engine', startEmbedded],
    ['server over HTTP', startServer],
  ])('warehouse: %s', (_, start) => {
    let adapter: Adapter;
    beforeAll(async () => {
      adapter = await start();
      await migrate({
        warehouse: adapter.warehouse,
        topology: { database: DATABASE, cluster: null },
      });
    }, 60_000);
    afterAll(() => adapter.stop());
    tests({
      get warehouse() {
        return adapter.warehouse;
      },
    });
  });
}
