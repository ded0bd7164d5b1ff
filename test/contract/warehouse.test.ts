import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate } from '../../clickhouse/migrate.js';
import { BRONZE_COLUMNS, BRONZE_TYPES } from '../../ingest/ingester/bronze-row.js';
import type { CellType } from '../../src/warehouse/cell-type.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import type { ExportProgress, Warehouse } from '../../src/warehouse/warehouse.js';
import { startClickHouseServer } from '../testkit/clickhouse-server.js';
import { startClickHouseStandIn } from '../testkit/clickhouse-stand-in.js';
import { mountSmall } from '../testkit/small-mount.js';

interface Adapter {
  readonly warehouse: Warehouse;
  stop(): Promise<void>;
}

/** Of this run alone, since the server may be somebody's own. */
const DATABASE = `contract_${randomUUID().slice(0, 8)}`;

/** The log's time decides when bronze forgets a row, so fixtures are appended now. */
const APPENDED_AT = new Date().toISOString().replace('T', ' ').replace('Z', '');

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

const DELIVERY_COLUMNS = [
  'project_id',
  'event_id',
  'event_name',
  'occurred_at',
  'received_at',
  'platform',
  'anonymous_id',
  'topic',
  'log_partition',
  'log_offset',
  'appended_at',
  'ingested_at',
  'batch',
  'is_repeat',
];

function delivery(
  id: string,
  batch: string,
  at = '2024-01-01 10:00:00.000',
  isRepeat = false,
): unknown[] {
  return [
    'p',
    id,
    'page_view',
    at,
    at,
    'web',
    'a',
    't',
    0,
    1,
    APPENDED_AT,
    APPENDED_AT,
    batch,
    isRepeat,
  ];
}

function typeOf(column: string): CellType {
  return BRONZE_TYPES[BRONZE_COLUMNS.findIndex((name) => name === column)] ?? 'String';
}

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

  const counts = async (): Promise<Record<string, number>> => {
    const { rows } = await adapter.warehouse.query(
      statement<Record<string, number>>(
        'test.counts',
        `SELECT (SELECT count() FROM ${DATABASE}.bronze_events) AS bronze,
                (SELECT count() FROM ${DATABASE}.silver_events) AS silver,
                (SELECT count() FROM ${DATABASE}.silver_event_ids) AS ids,
                (SELECT sum(event_count) FROM ${DATABASE}.gold_event_counts_per_minute) AS minute,
                (SELECT sum(event_count) FROM ${DATABASE}.gold_event_counts_per_day) AS day,
                (SELECT sum(view_count) FROM ${DATABASE}.gold_page_views_per_hour) AS pages`,
      ),
    );
    return rows[0] ?? {};
  };

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

  test.each([
    ['of JSON', false, '1'],
    ['with types', true, '2'],
  ])(
    'a block %s of 20,000 rows is one part, and its token makes a repeat harmless down to gold',
    async (_, isTyped, batch) => {
      const before = await counts();
      const rows = Array.from({ length: 20_000 }, (__, i) => delivery(`bulk-${batch}-${i}`, batch));
      const types = DELIVERY_COLUMNS.map((name) => typeOf(name));
      const isInstant = types.map((type) => type.startsWith('DateTime'));
      const block = {
        table: `${DATABASE}.bronze_events`,
        columns: DELIVERY_COLUMNS,
        ...(isTyped ? { types } : {}),
        rows: isTyped
          ? rows.map((row) =>
              row.map((cell, at) => (isInstant[at] ? Date.parse(`${cell}Z`) : cell)),
            )
          : rows,
        token: `t/0/bulk-${batch}`,
      };
      await adapter.warehouse.insert(block);
      const once = await counts();
      await adapter.warehouse.insert(block);
      expect(await counts()).toEqual(once);
      for (const [table, n] of Object.entries(once))
        expect([table, n - (before[table] ?? 0)]).toEqual([table, 20_000]);
      const { rows: parts } = await adapter.warehouse.query(
        statement<{ n: number }>(
          'test.parts',
          `SELECT uniqExact(_part) AS n FROM ${DATABASE}.bronze_events WHERE batch = ${batch}`,
        ),
      );
      expect(parts[0]?.n).toBe(1);
    },
  );

  test('an id known from another batch stays out of silver and gold; a copy in the batch is marked', async () => {
    const insert = (token: string, rows: unknown[][]): Promise<void> =>
      adapter.warehouse.insert({
        table: `${DATABASE}.bronze_events`,
        columns: DELIVERY_COLUMNS,
        rows,
        token,
      });
    const before = await counts();
    await insert('t/0/a', [
      delivery('x1', '11'),
      delivery('x2', '11'),
      delivery('x2', '11', undefined, true),
    ]);
    await insert('t/0/b', [delivery('x1', '12', '2024-03-01 10:00:00.000'), delivery('x3', '12')]);
    const after = await counts();
    const added = Object.fromEntries(
      Object.entries(after).map(([k, n]) => [k, n - (before[k] ?? 0)]),
    );
    expect(added).toEqual({ bronze: 5, silver: 3, ids: 3, minute: 3, day: 3, pages: 3 });
  });

  test('a retry completes what a failure left half done, and nothing counts twice', async () => {
    const { warehouse } = adapter;
    const run = (sql: string): Promise<void> => warehouse.execute(statement('test.ddl', sql));
    await run(`CREATE TABLE ${DATABASE}.gold_failing (n UInt64) ENGINE = MergeTree ORDER BY n`);
    await run(
      `CREATE MATERIALIZED VIEW ${DATABASE}.gold_failing_mv TO ${DATABASE}.gold_failing AS
       SELECT throwIf(event_id = 'boom') AS n FROM ${DATABASE}.silver_events`,
    );
    const block = {
      table: `${DATABASE}.bronze_events`,
      columns: DELIVERY_COLUMNS,
      rows: [delivery('boom', '21'), delivery('fine', '21')],
      token: 't/0/boom',
    };
    const before = await counts();
    await expect(warehouse.insert(block)).rejects.toMatchObject({
      code: 'WAREHOUSE_REFUSED',
      isRetryable: false,
    });
    await run(`DROP VIEW ${DATABASE}.gold_failing_mv SYNC`);
    await warehouse.insert(block);
    await warehouse.insert(block);
    const after = await counts();
    const added = Object.fromEntries(
      Object.entries(after).map(([k, n]) => [k, n - (before[k] ?? 0)]),
    );
    expect(added).toEqual({ bronze: 2, silver: 2, ids: 2, minute: 2, day: 2, pages: 2 });
  });

  test('a block of which a crash left only the ids is completed by its replay', async () => {
    const { warehouse } = adapter;
    const before = await counts();
    await warehouse.insert({
      table: `${DATABASE}.silver_event_ids`,
      columns: ['project_id', 'event_id', 'batch', 'content_hash'],
      rows: ['left-1', 'left-2'].map((id) => ['p', id, '41', 0]),
      token: 'left behind',
    });
    await warehouse.insert({
      table: `${DATABASE}.bronze_events`,
      columns: DELIVERY_COLUMNS,
      rows: [delivery('left-1', '41'), delivery('left-2', '41')],
      token: 't/0/left',
    });
    const after = await counts();
    const added = Object.fromEntries(
      Object.entries(after).map(([k, n]) => [k, n - (before[k] ?? 0)]),
    );
    expect(added).toMatchObject({ bronze: 2, silver: 2, minute: 2, day: 2, pages: 2 });
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

  describe('an export', () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'sluice-export-'));
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    const marked =
      "SELECT count() AS n FROM system.processes WHERE position(query, lower('TEST_EXPORTED')) > 0";
    const runningExports = async (): Promise<number> => {
      const { rows } = await adapter.warehouse.query(
        statement<{ readonly n: number }>('test.running', marked),
      );
      return rows[0]?.n ?? 0;
    };

    test('puts all rows of a statement into a new file, in order and whatever they hold', async () => {
      const path = join(directory, 'rows.ndjson');
      const nasty = "';\nSELECT \\ \u0000 {x:String} 😀";
      await adapter.warehouse.exportFile(
        statement(
          'test.export',
          'SELECT number AS n, {s:String} AS s FROM numbers(200000) ORDER BY n',
          { s: nasty },
          { max_execution_time: 60 },
        ),
        'JSONEachRow',
        path,
      );
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      expect(lines.length).toBe(200_000);
      expect(lines.map((line) => JSON.parse(line)).findIndex((row, n) => row.n !== n)).toBe(-1);
      expect(JSON.parse(lines[7] ?? '')).toEqual({ n: 7, s: nasty });
    });

    test('leaves a file alone that is there already', async () => {
      const path = join(directory, 'taken');
      writeFileSync(path, 'mine');
      await expect(
        adapter.warehouse.exportFile(statement('test.export', 'SELECT 1'), 'CSV', path),
      ).rejects.toBeInstanceOf(Error);
      expect(readFileSync(path, 'utf8')).toBe('mine');
    });

    test('that finds no room says so, and stops the engine', async () => {
      const disk = await mountSmall(4);
      try {
        await expect(
          adapter.warehouse.exportFile(
            statement(
              'test.export',
              'SELECT cityHash64(number) AS test_exported FROM numbers({n:UInt64})',
              { n: 5_000_000 },
              { max_execution_time: 600, max_threads: 1 },
            ),
            'CSV',
            join(disk.directory, 'full.csv'),
          ),
        ).rejects.toMatchObject({ code: 'DISK_FULL' });
        expect(await runningExports()).toBe(0);
      } finally {
        await disk.stop();
      }
    });

    test('is stopped by an abort, with its reason, and the engine works on it no more', async () => {
      const leaving = new AbortController();
      const left = adapter.warehouse.exportFile(
        statement(
          'test.export',
          'SELECT sleepEachRow(0.01) AS test_exported FROM numbers({n:UInt64})',
          { n: 20_000 },
          { max_block_size: 10, max_threads: 1, function_sleep_max_microseconds_per_block: 1e9 },
        ),
        'CSV',
        join(directory, 'left.csv'),
        { signal: leaving.signal },
      );
      left.catch(() => undefined);
      while ((await runningExports()) === 0);
      leaving.abort(new Error('gone'));
      await expect(left).rejects.toThrow('gone');
      while ((await runningExports()) > 0);
      const { rows } = await adapter.warehouse.query(statement('test.after', 'SELECT 1 AS ok'));
      expect(rows).toEqual([{ ok: 1 }]);
    });

    test('tells how far it is', async () => {
      const told: ExportProgress[] = [];
      await adapter.warehouse.exportFile(
        statement(
          'test.export',
          'SELECT sleepEachRow(0.001), {s:String} FROM numbers(2000)',
          { s: 'x' },
          { max_block_size: 10, max_threads: 1 },
        ),
        'CSV',
        join(directory, 'slow.csv'),
        { onProgress: (progress) => told.push(progress) },
      );
      const { rowsRead = 0, rowsToRead = 0 } = told.at(-1) ?? {};
      expect(rowsRead).toBeGreaterThan(0);
      expect(rowsRead).toBeLessThanOrEqual(2_000);
      expect(rowsToRead).toBeGreaterThanOrEqual(rowsRead);
    });

    test('that fails says so as a query does, and leaves nothing for the next one', async () => {
      const fails = statement(
        'test.export',
        'SELECT throwIf(number = 200000) FROM numbers(1000000)',
        {},
        { max_block_size: 1000 },
      );
      await expect(
        adapter.warehouse.exportFile(fails, 'CSV', join(directory, 'failed.csv')),
      ).rejects.toMatchObject({ code: 'WAREHOUSE_REFUSED', details: { engineCode: 395 } });
      const path = join(directory, 'next.csv');
      await adapter.warehouse.exportFile(statement('test.export', 'SELECT 1'), 'CSV', path);
      expect(readFileSync(path, 'utf8')).toBe('1\n');
    });
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

  test('any text is stored as it came, half surrogates as U+FFFD', async () => {
    const { warehouse } = adapter;
    await warehouse.execute(
      statement(
        'test.ddl',
        `CREATE TABLE ${DATABASE}.any_text (n UInt32, s String, m Map(String, String)) ENGINE = MergeTree ORDER BY n`,
      ),
    );
    const texts = [
      "';\nSELECT 1;\n\n--",
      '\u0000\u0007\u001b\u2028',
      ']\n[',
      '\\N',
      'half \ud800',
      '{x:String}',
      '😀',
      'long'.repeat(100_000),
    ];
    await warehouse.insert({
      table: `${DATABASE}.any_text`,
      columns: ['n', 's', 'm'],
      rows: texts.map((text, n) => [n, text, { [text]: text }]),
      token: 'any-text',
    });
    const { rows } = await warehouse.query(
      statement<{ s: string; m: Record<string, string> }>(
        'test.any_text',
        `SELECT s, m FROM ${DATABASE}.any_text ORDER BY n`,
      ),
    );
    const stored = texts.map((text) => Buffer.from(text).toString());
    expect(rows).toEqual(stored.map((text) => ({ s: text, m: { [text]: text } })));
  });

  test('cells of a typed block arrive as the same cells given as JSON', async () => {
    const { warehouse } = adapter;
    const types = [
      'UInt32',
      'String',
      'LowCardinality(String)',
      'Map(LowCardinality(String), String)',
      'Bool',
      'UInt64',
      "DateTime64(3, 'UTC')",
      "Nullable(DateTime64(3, 'UTC'))",
      'Nullable(Decimal(18, 4))',
    ] as const;
    const columns = types.map((_, at) => `c${at}`);
    await warehouse.execute(
      statement(
        'test.ddl',
        `CREATE TABLE ${DATABASE}.typed (
           source LowCardinality(String), ${types.map((type, at) => `c${at} ${type}`).join(', ')}
         ) ENGINE = MergeTree ORDER BY (source, c0)`,
      ),
    );
    const texts = [
      '',
      'a',
      "'\\\n\u0000",
      'é',
      '😀',
      'half \ud800',
      'x'.repeat(41),
      'é'.repeat(64),
    ];
    texts.push('y'.repeat(127), 'z'.repeat(128), '漢'.repeat(6_000), 'long'.repeat(600_000));
    const instants = [0, 1, 946_684_799_999, 1_700_000_000_123, 16_725_225_600_000, -1];
    const whole = [0, 1, 4_294_967_296, Number.MAX_SAFE_INTEGER];
    const exact = ['18446744073709551615', '9223372036854775808', '0', '7'];
    const amounts = ['0', '-20.5', '0.0001', '99999999999999.9999', '-99999999999999.9999', '130'];
    // Above 256 and above 65,536 different texts the numbers of a dictionary become wider.
    const rows = Array.from({ length: 70_000 }, (_, n) => {
      const text = texts[n] ?? texts[n % 7] ?? '';
      const instant = instants[n % instants.length] ?? 0;
      return [
        n * 61_000 + 7,
        text,
        n < 300 ? text : String(n),
        n % 3 === 0 ? {} : { [text]: String(n), other: text },
        n % 2 === 0,
        n % 2 === 0 ? (whole[n % whole.length] ?? 0) : (exact[n % exact.length] ?? ''),
        instant,
        n % 5 === 0 ? null : instant,
        n % 7 === 0 ? null : (amounts[n % amounts.length] ?? ''),
      ];
    });
    const instantText = (ms: unknown): unknown =>
      typeof ms === 'number' ? new Date(ms).toISOString().replace('T', ' ').replace('Z', '') : ms;
    // Wide ones are of one column, so that the engine is not kept busy with what is shown already.
    const blocks = [
      { columns, types: [...types], rows: rows.slice(0, 12) },
      { columns, types: [...types], rows: rows.slice(12, 400) },
      { columns: ['c2'], types: [types[2]], rows: rows.map((row) => [row[2]]) },
    ];
    for (const [part, block] of blocks.entries()) {
      const isInstant = block.types.map((type) => type.includes('DateTime'));
      const asJson = block.rows.map((row) =>
        row.map((cell, at) => (isInstant[at] ? instantText(cell) : cell)),
      );
      for (const source of ['typed', 'json']) {
        await warehouse.insert({
          table: `${DATABASE}.typed`,
          columns: ['source', ...block.columns],
          ...(source === 'typed' ? { types: ['String', ...block.types] } : {}),
          rows: (source === 'typed' ? block.rows : asJson).map((row) => [
            `${source}-${part}`,
            ...row,
          ]),
          token: `typed/${source}/${part}`,
        });
      }
      const hash = (source: string): string =>
        `(SELECT (count(), sum(cityHash64(${columns.join(', ')}))) FROM ${DATABASE}.typed WHERE source = '${source}-${part}')`;
      const { rows: sums } = await warehouse.query(
        statement<{ typed: unknown; json: unknown }>(
          'test.typed',
          `SELECT toString(${hash('typed')}) AS typed, toString(${hash('json')}) AS json`,
        ),
      );
      expect(sums[0]?.typed).toMatch(`(${block.rows.length},`);
      expect(sums[0]?.typed).toEqual(sums[0]?.json);
    }
  });

  test.each([
    ['an instant as text', 6, 'yesterday'],
    ['an amount of too many digits', 8, '1e99'],
    ['no map', 3, 'no map'],
    ['a number below zero', 5, -1],
    ['a number above 32 bits', 0, 2 ** 32],
    ['a flag as a number', 4, 1],
    ['no text', 1, null],
  ])(
    'a typed block with %s is refused as the engine would, without the cell',
    async (_, at, cell) => {
      const good = [1, 'a', 'b', {}, true, 1, 0, null, null];
      const refusal = adapter.warehouse.insert({
        table: `${DATABASE}.typed`,
        columns: good.map((__, n) => `c${n}`),
        types: [
          'UInt32',
          'String',
          'LowCardinality(String)',
          'Map(LowCardinality(String), String)',
          'Bool',
          'UInt64',
          "DateTime64(3, 'UTC')",
          "Nullable(DateTime64(3, 'UTC'))",
          'Nullable(Decimal(18, 4))',
        ],
        rows: [good, good.map((value, n) => (n === at ? cell : value))],
        token: `typed/bad/${at}`,
      });
      await expect(refusal).rejects.toMatchObject({
        code: 'WAREHOUSE_REFUSED',
        isRetryable: false,
        details: { engineCode: expect.any(Number) },
      });
      await expect(refusal).rejects.not.toThrow(/yesterday|1e99|no map$/);
    },
  );

  test('a block that cannot be parsed leaves nothing behind', async () => {
    const { warehouse } = adapter;
    const before = await counts();
    const rows = Array.from({ length: 1_000 }, (_, i) => delivery(`unparsed-${i}`, '31'));
    rows.push(delivery('unparsed', '31', 'no time at all'));
    await expect(
      warehouse.insert({
        table: `${DATABASE}.bronze_events`,
        columns: DELIVERY_COLUMNS,
        rows,
        token: 't/0/unparsed',
      }),
    ).rejects.toMatchObject({ code: 'WAREHOUSE_REFUSED', isRetryable: false });
    expect(await counts()).toEqual(before);
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
