import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClickHouseError } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { drainPending } from 'chdb';
import { type ChdbConnection, createChdbConnection } from 'chdb/connection';

/**
 * What the embedded engine does when used without care (DESIGN §8). Each test states the trap as it
 * is today; the contract suite shows that the warehouse does not fall into it. When one of these
 * fails, a new version of the engine has closed the trap, and the care may go.
 */
describe('the embedded engine, used raw', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-traps-'));
  const connect = (): ChdbConnection => createChdbConnection({ path: join(directory, 'data') });
  let connection: ChdbConnection;

  const ask = async (
    sql: string,
    params?: Record<string, unknown>,
    on = connection,
  ): Promise<string> => {
    const { stream } = await on.query(
      params === undefined ? { query: sql } : { query: sql, query_params: params },
    );
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString().trim();
  };
  /** Code and type of the failure of a statement. */
  const failure = async (
    sql: string,
  ): Promise<{ code: unknown; type: unknown; error: unknown }> => {
    try {
      await ask(sql);
    } catch (error) {
      const { code, type } = error as { code: unknown; type: unknown };
      return { code, type, error };
    }
    throw new Error(`expected a failure of ${sql}`);
  };

  beforeAll(async () => {
    connection = connect();
    await ask('CREATE DATABASE trap ENGINE = Atomic');
  });
  afterAll(async () => {
    await connection.close();
    await drainPending();
    rmSync(directory, { recursive: true, force: true });
  });

  test('rows of a failed statement open the answer of the next one', async () => {
    const own = connect();
    const failing = ask(
      'SELECT throwIf(number = 200000) AS z FROM numbers(1000000) FORMAT TSV SETTINGS max_block_size = 1000',
      undefined,
      own,
    );
    await expect(failing).rejects.toMatchObject({ code: '395' });
    const answer = await ask('SELECT 7 FORMAT TSV', undefined, own);
    expect(answer.endsWith('7')).toBe(true);
    expect(answer).not.toBe('7');
    await own.close();
  });

  test('settings given beside a statement stay on the connection', async () => {
    const own = connect();
    await own.query({ query: 'SELECT 1', clickhouse_settings: { max_result_rows: '5' } });
    await expect(ask('SELECT number FROM numbers(10)', undefined, own)).rejects.toMatchObject({
      type: 'TOO_MANY_ROWS_OR_BYTES',
    });
    await own.close();
  });

  test('statements bound by the engine’s own way wait for one another, on any connection', async () => {
    const other = connect();
    const finished: string[] = [];
    await Promise.all([
      ask('SELECT sleep({s:Float64}) FORMAT TSV', { s: 0.7 }).then(() => finished.push('long')),
      ask('SELECT {s:Float64} FORMAT TSV', { s: 0 }, other).then(() => finished.push('short')),
    ]);
    expect(finished).toEqual(['long', 'short']);
    await other.close();
  });

  test('a parameter set on a connection is there for the next statement too', async () => {
    const own = connect();
    await ask("SET param_p = 'theirs'; SELECT {p:String} FORMAT TSV", undefined, own);
    expect(await ask('SELECT {p:String} FORMAT TSV', undefined, own)).toBe('theirs');
    await own.close();
  });

  test('an abort ends the waiting but not the statement, which keeps its connection', async () => {
    const own = connect();
    const leaving = new AbortController();
    const finished: string[] = [];
    const left = own
      .query({ query: 'SELECT sleep(1) FORMAT TSV', abort_signal: leaving.signal })
      .catch(() => finished.push('left'));
    const behind = ask('SELECT 1 FORMAT TSV', undefined, own).then(() => finished.push('behind'));
    const aside = ask('SELECT sleep(0.3) FORMAT TSV').then(() => finished.push('aside'));
    leaving.abort();
    await Promise.all([left, behind, aside]);
    expect(finished).toEqual(['left', 'aside', 'behind']);
    await own.close();
  });

  test('errors have the engine’s code and type but another class than the client’s', async () => {
    const { code, type, error } = await failure('SELECT nothing FROM trap.missing');
    expect({ code, type }).toEqual({ code: '60', type: 'UNKNOWN_TABLE' });
    expect(error).not.toBeInstanceOf(ClickHouseError);
  });

  test('a Date as parameter loses its milliseconds', async () => {
    const at = new Date('2024-01-01T00:00:00.123Z');
    expect(await ask("SELECT {at:DateTime64(3, 'UTC')} FORMAT TSV", { at })).toBe(
      '2024-01-01 00:00:00.000',
    );
  });

  test('the default database is not Atomic, and uniqTheta is missing', async () => {
    expect(
      await ask("SELECT engine FROM system.databases WHERE name = 'default' FORMAT TSV"),
    ).not.toBe('Atomic');
    expect(
      await ask("SELECT count() FROM system.functions WHERE name = 'uniqTheta' FORMAT TSV"),
    ).toBe('0');
  });

  test('inserts are asynchronous unless told otherwise', async () => {
    expect(
      await ask("SELECT value FROM system.settings WHERE name = 'async_insert' FORMAT TSV"),
    ).toBe('1');
  });

  test('a token is ignored by a table without a deduplication window', async () => {
    await ask('CREATE TABLE trap.plain (n UInt8) ENGINE = MergeTree ORDER BY n');
    const insert = "INSERT INTO trap.plain SETTINGS insert_deduplication_token = 't' VALUES (1)";
    await ask(insert);
    await ask(insert);
    expect(await ask('SELECT count() FROM trap.plain FORMAT TSV')).toBe('2');
  });

  test('a replay after the window has moved on inserts twice', async () => {
    await ask(
      'CREATE TABLE trap.narrow (n UInt8) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 2',
    );
    const insert = (n: number): Promise<string> =>
      ask(
        `INSERT INTO trap.narrow SETTINGS async_insert = 0, insert_deduplication_token = 't${n}' VALUES (${n})`,
      );
    for (const n of [1, 1, 2, 3, 1]) await insert(n);
    expect(await ask('SELECT count() FROM trap.narrow WHERE n = 1 FORMAT TSV')).toBe('2');
  });

  test('a view whose query was changed in place puts out blocks with other tokens', async () => {
    const window = 'SETTINGS non_replicated_deduplication_window = 10';
    for (const sql of [
      `CREATE TABLE trap.source (n UInt8) ENGINE = MergeTree ORDER BY n ${window}`,
      `CREATE TABLE trap.target (n UInt8) ENGINE = MergeTree ORDER BY n ${window}`,
      'CREATE MATERIALIZED VIEW trap.target_mv TO trap.target AS SELECT n FROM trap.source',
    ]) {
      await ask(sql);
    }
    const insert = (): Promise<string> =>
      ask(
        `INSERT INTO trap.source SETTINGS async_insert = 0, insert_deduplication_token = 't', deduplicate_blocks_in_dependent_materialized_views = 1 VALUES (1)`,
      );
    const count = (): Promise<string> => ask('SELECT count() FROM trap.target FORMAT TSV');
    await insert();
    await insert();
    expect(await count()).toBe('1');
    // Adding a view, or making one anew, changes no token.
    await ask('DROP VIEW trap.target_mv');
    await ask(
      'CREATE MATERIALIZED VIEW trap.target_mv TO trap.target AS SELECT n FROM trap.source',
    );
    await insert();
    expect(await count()).toBe('1');
    await ask('ALTER TABLE trap.target_mv MODIFY QUERY SELECT n FROM trap.source WHERE n > 0');
    await insert();
    expect(await count()).toBe('2');
  });

  test('a block that touches more than a hundred partitions is refused', async () => {
    await ask(
      'CREATE TABLE trap.months (d Date32) ENGINE = MergeTree PARTITION BY toYYYYMM(d) ORDER BY d',
    );
    const { type } = await failure(
      "INSERT INTO trap.months SELECT addMonths(toDate32('1990-01-01'), number) FROM numbers(101)",
    );
    expect(type).toBe('TOO_MANY_PARTS');
  });

  test('half of a surrogate pair in JSON refuses the whole block', async () => {
    await ask('CREATE TABLE trap.text (s String) ENGINE = MergeTree ORDER BY s');
    const { type } = await failure(
      'INSERT INTO trap.text FORMAT JSONCompactEachRow\n["whole"]\n["half \\ud800"]\n',
    );
    expect(type).toBe('CANNOT_PARSE_ESCAPE_SEQUENCE');
  });

  test('days before 1970 wrap in Date but not in Date32', async () => {
    expect(
      await ask("SELECT toDate(toDateTime64('1960-03-01 00:00:00', 3, 'UTC')) FORMAT TSV"),
    ).not.toBe('1960-03-01');
    expect(
      await ask("SELECT toDate32(toDateTime64('1960-03-01 00:00:00', 3, 'UTC')) FORMAT TSV"),
    ).toBe('1960-03-01');
  });

  test('a process has one data directory', () => {
    expect(() => createChdbConnection({ path: join(directory, 'other') })).toThrow(
      /one active data directory/,
    );
  });
});
