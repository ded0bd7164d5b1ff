import { expect, test } from '@jest/globals';
import { BRONZE_COLUMNS, BRONZE_TYPES } from '../../ingest/ingester/bronze-row.js';
import type { CellType } from '../../src/warehouse/cell-type.js';
import { statement } from '../../src/warehouse/statement.js';
import { DATABASE, describeWarehouses } from '../testkit/warehouse-suite.js';

/** The log's time decides when bronze forgets a row, so fixtures are appended now. */
const APPENDED_AT = new Date().toISOString().replace('T', ' ').replace('Z', '');

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

describeWarehouses((adapter) => {
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
  const addedSince = async (before: Record<string, number>): Promise<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(await counts()).map(([table, n]) => [table, n - (before[table] ?? 0)]),
    );

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
    expect(await addedSince(before)).toEqual({
      bronze: 5,
      silver: 3,
      ids: 3,
      minute: 3,
      day: 3,
      pages: 3,
    });
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
    expect(await addedSince(before)).toEqual({
      bronze: 2,
      silver: 2,
      ids: 2,
      minute: 2,
      day: 2,
      pages: 2,
    });
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
    expect(await addedSince(before)).toMatchObject({
      bronze: 2,
      silver: 2,
      minute: 2,
      day: 2,
      pages: 2,
    });
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
