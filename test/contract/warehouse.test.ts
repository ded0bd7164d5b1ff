import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import { startClickHouseStandIn } from '../testkit/clickhouse-stand-in.js';
import { describeWarehouses } from '../testkit/warehouse-suite.js';

describeWarehouses((adapter) => {
  test('values arrive unchanged whatever characters they hold', async () => {
    const nasty = 'a\'b\\c\n\t\u0000"😀`{x:String}';
    const { rows } = await adapter.warehouse.query(
      statement<Record<string, unknown>>(
        'test.parameters',
        'SELECT {s:String} AS s, {a:Array(String)} AS a, {m:Map(String, String)} AS m, {n:Nullable(String)} AS n, {u:UInt64} AS u',
        { s: nasty, a: [nasty, ''], m: { k: nasty }, n: null, u: 9_007_199_254_740_991 },
      ),
    );
    expect(rows[0]).toEqual({
      s: nasty,
      a: [nasty, ''],
      m: { k: nasty },
      n: null,
      u: 9_007_199_254_740_991,
    });
  });

  test('rows read are the rows the engine read, decimals are text, instants keep milliseconds', async () => {
    const result = await adapter.warehouse.query(
      statement<Record<string, unknown>>(
        'test.shapes',
        "SELECT count() AS n, toDecimal64('1.5', 4) AS d, toDateTime64('2024-01-01 00:00:00.123', 3, 'UTC') AS t FROM (SELECT * FROM numbers(5000))",
      ),
    );
    expect(result.rows[0]).toEqual({ n: 5000, d: '1.5', t: '2024-01-01 00:00:00.123' });
    expect(result.rowsRead).toBe(5000);
  });

  test('a statement that failed after its first rows leaves nothing for the next one', async () => {
    const { warehouse } = adapter;
    for (let round = 0; round < 3; round++) {
      await expect(
        warehouse.query(
          statement(
            'test.fails',
            'SELECT throwIf(number = 200000) AS z FROM numbers(1000000)',
            {},
            { max_block_size: 1000 },
          ),
        ),
      ).rejects.toMatchObject({ code: 'WAREHOUSE_REFUSED', details: { engineCode: 395 } });
      const { rows } = await warehouse.query(
        statement<{ ok: number }>('test.next', 'SELECT 1 AS ok'),
      );
      expect(rows).toEqual([{ ok: 1 }]);
    }
  });

  test('settings of one statement do not reach the next', async () => {
    const { warehouse } = adapter;
    await warehouse.query(statement('test.limited', 'SELECT 1', {}, { max_result_rows: 5 }));
    const { rows } = await warehouse.query(
      statement('test.unlimited', 'SELECT number FROM numbers(10)'),
    );
    expect(rows.length).toBe(10);
  });

  test('the engine stops a statement at its time limit', async () => {
    await expect(
      adapter.warehouse.query(
        statement(
          'test.slow',
          'SELECT sleepEachRow(0.05) FROM numbers(100)',
          {},
          { max_execution_time: 0.3, max_block_size: 1 },
        ),
      ),
    ).rejects.toMatchObject({ code: 'WAREHOUSE_TIMEOUT' });
  });

  test('bytes of a binary format are the engine’s own', async () => {
    const bytes = await adapter.warehouse.queryBytes(
      statement('test.bytes', 'SELECT toFloat64(number + 0.5) AS x FROM numbers(3)'),
      'RowBinary',
    );
    expect([0, 8, 16].map((at) => bytes.readDoubleLE(at))).toEqual([0.5, 1.5, 2.5]);
    expect(bytes.length).toBe(24);
  });

  test('no row content is in the message of an error', async () => {
    const refusal = adapter.warehouse.query(
      statement('test.secret', 'SELECT toUInt8({secret:String})', { secret: 'customer-name' }),
    );
    await expect(refusal).rejects.toMatchObject({ code: 'WAREHOUSE_REFUSED' });
    await expect(refusal).rejects.not.toThrow(/customer-name/);
  });

  test('long lists of parameters arrive whole', async () => {
    const list = Array.from({ length: 30_000 }, (_, i) => `device-${i}-é'`);
    const { rows } = await adapter.warehouse.query(
      statement<Record<string, unknown>>(
        'test.long_list',
        'SELECT length({list:Array(String)}) AS n, {list:Array(String)}[30000] AS last',
        { list },
      ),
    );
    expect(rows[0]).toEqual({ n: 30_000, last: "device-29999-é'" });
  });

  test('a placeholder without a value is refused, though an earlier statement had one', async () => {
    const { warehouse } = adapter;
    await warehouse.query(statement('test.given', 'SELECT {p:String} AS p', { p: 'theirs' }));
    await expect(
      warehouse.query(statement('test.lacking', 'SELECT {p:String} AS p')),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('statements with parameters run side by side', async () => {
    const { warehouse } = adapter;
    const finished: string[] = [];
    const sleep = (name: string, seconds: number): Promise<unknown> =>
      warehouse
        .query(statement('test.sleep', 'SELECT sleep({s:Float64}) AS z', { s: seconds }))
        .then(() => finished.push(name));
    await Promise.all([sleep('long', 1.5), sleep('short', 0.01)]);
    expect(finished).toEqual(['short', 'long']);
  });

  test('settings reach every part of a UNION', async () => {
    await expect(
      adapter.warehouse.query(
        statement(
          'test.union',
          'SELECT number FROM numbers(10) UNION ALL SELECT number FROM numbers(10)',
          {},
          { max_result_rows: 15 },
        ),
      ),
    ).rejects.toMatchObject({ details: { engineType: 'TOO_MANY_ROWS_OR_BYTES' } });
  });

  test('an abort ends the waiting with its reason, and the warehouse goes on', async () => {
    const { warehouse } = adapter;
    const leaving = new AbortController();
    const left = warehouse.query(statement('test.left', 'SELECT sleep(2) AS z'), {
      signal: leaving.signal,
    });
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(
      warehouse.query(statement('test.left', 'SELECT 1'), { signal: leaving.signal }),
    ).rejects.toThrow('gone');
    const { rows } = await warehouse.query(statement('test.after', 'SELECT 1 AS ok'));
    expect(rows).toEqual([{ ok: 1 }]);
  });
});

test('an unreachable server is named without its password', async () => {
  const warehouse = await createClickHouseWarehouse({
    url: 'http://user:hunter2@127.0.0.1:9',
    connections: 1,
  });
  const refusal = warehouse.checkReady();
  await expect(refusal).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE', isRetryable: true });
  await expect(refusal).rejects.toThrow(/127\.0\.0\.1:9/);
  await expect(refusal).rejects.not.toThrow(/hunter2/);
  await warehouse.stop();
});

test('a server that went away is used again once it is back, without a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-contract-'));
  const first = await startClickHouseStandIn({ directory });
  const warehouse = await createClickHouseWarehouse({ url: first.url, connections: 1 });
  await warehouse.checkReady();
  await first.kill('SIGKILL');
  await expect(warehouse.checkReady()).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
  const second = await startClickHouseStandIn({ directory, port: Number(new URL(first.url).port) });
  await warehouse.checkReady();
  await warehouse.stop();
  await second.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A log as a kill within a write leaves it. */
const TORN_LINE = '1\tall_1_1_0\tall_12';

test('an embedded directory that another process holds is named with its holder, and left alone', async () => {
  const holder = await startClickHouseStandIn();
  const path = join(holder.directory, 'warehouse');
  const logs = join(path, 'store/abc/abcdef/deduplication_logs');
  mkdirSync(logs, { recursive: true });
  const strayLog = join(logs, 'deduplication_log_1.txt');
  writeFileSync(strayLog, TORN_LINE);
  const warehouse = await createClickHouseWarehouse({ url: `chdb://${path}`, connections: 1 });
  const refusal = warehouse.checkReady();
  await expect(refusal).rejects.toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE' });
  await expect(refusal).rejects.toThrow(`${path}`);
  await expect(refusal).rejects.toThrow(`process ${holder.pid}`);
  // What a start mends on disk is left alone: the files are those of a running engine.
  expect(readFileSync(strayLog, 'utf8')).toBe(TORN_LINE);
  await warehouse.stop();
  await holder.stop();
});

test('an address of another kind is refused', async () => {
  await expect(
    createClickHouseWarehouse({ url: 'postgres://db/x', connections: 1 }),
  ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
