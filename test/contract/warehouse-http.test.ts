import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import { type ClickHouseStandIn, startClickHouseStandIn } from '../testkit/clickhouse-stand-in.js';
import { startTcpProxy, type TcpProxy } from '../testkit/tcp-proxy.js';

let server: ClickHouseStandIn;
let proxy: TcpProxy;
let warehouse: Warehouse;

beforeAll(async () => {
  server = await startClickHouseStandIn();
  proxy = await startTcpProxy({ target: new URL(server.url).host });
  const url = new URL(server.url);
  url.port = String(proxy.port);
  warehouse = await createClickHouseWarehouse({ url: url.href, connections: 1 });
}, 60_000);

afterAll(async () => {
  await warehouse.stop();
  await proxy.stop();
  await server.stop();
});

const ONE = statement<{ readonly n: number }>('test.one', 'SELECT 1 AS n');

test('a read over a connection that was closed while idle is asked again', async () => {
  expect((await warehouse.query(ONE)).rows).toEqual([{ n: 1 }]);
  for (let round = 0; round < 5; round += 1) {
    // The next statement takes the idle connection before it has heard that it is closed.
    proxy.cut();
    expect((await warehouse.query(ONE)).rows).toEqual([{ n: 1 }]);
  }
});

test('a warehouse that is away is told after the second try', async () => {
  await warehouse.query(ONE);
  proxy.block();
  await expect(warehouse.query(ONE)).rejects.toMatchObject({
    code: 'WAREHOUSE_UNAVAILABLE',
    isRetryable: true,
  });
  proxy.restore();
  expect((await warehouse.query(ONE)).rows).toEqual([{ n: 1 }]);
});
