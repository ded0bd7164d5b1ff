import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import { AppError } from '../../errors.js';
import type { Statement, StatementSettings } from '../statement.js';
import type { InsertBlock, QueryOptions, QueryResult, Warehouse } from '../warehouse.js';
import type { ClientPool } from './client-pool.js';
import { encodeNative } from './encode-native.js';
import { exportFile } from './export-file.js';
import { jsonRows } from './json-rows.js';
import { openPools, redactUrl } from './open-pools.js';
import { requireParameters } from './parameters.js';
import { settingsClause } from './settings-clause.js';
import type { UndoneParts } from './undo-unsettled-parts.js';
import { exportError, isConnectionClosed, warehouseError } from './warehouse-error.js';

export interface ClickHouseWarehouseOptions {
  /** `chdb:///absolute/path` or `http(s)://user:password@host:port`. */
  readonly url: string;
  /** Statements that may read at the same time. */
  readonly connections: number;
  /** Blocks that may be written at the same time. */
  readonly writers?: number;
  /** Files that may be written at the same time. */
  readonly exports?: number;
  /** Longest wait for one answer of a server, ms. */
  readonly requestTimeoutMs?: number;
  /** After this the engine stops a SELECT that names no limit of its own, ms. */
  readonly queryTimeoutMs?: number;
  /**
   * Embedded engine: `always` resolves a write once it would survive a power loss, for tables whose
   * parts the engine synchronises (`clickhouse/durability.ts`). `never` is the default here.
   */
  readonly fsync?: 'always' | 'never';
  /** Told of parts that were taken back because their writes had not been confirmed. */
  readonly onUndone?: (parts: UndoneParts) => void;
}

/** How result cells are written, whatever a server's profile says. */
const OUTPUT_SETTINGS: StatementSettings = {
  session_timezone: 'UTC',
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
  output_format_json_named_tuples_as_objects: 0,
  date_time_output_format: 'simple',
  // A missing row of a join is told apart by its default, as the statements expect.
  join_use_nulls: 0,
};

/**
 * An insert is one block, in step with its dependent views, or nothing. One thread all the way down,
 * so that a replay cuts what the views put out at the same places and the tokens meet again.
 */
const INSERT_SETTINGS: StatementSettings = {
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  materialized_views_ignore_errors: 0,
  input_format_parallel_parsing: 0,
  max_block_size: 10_000_000,
  max_insert_block_size: 10_000_000,
  min_insert_block_size_rows: 10_000_000,
  min_insert_block_size_bytes: 0,
  max_insert_threads: 1,
  max_threads: 1,
  date_time_input_format: 'best_effort',
  input_format_json_read_numbers_as_strings: 1,
};

/** The `JSONCompact` format: rows as arrays, and how many rows were read for them. */
interface CompactAnswer {
  readonly meta: readonly { readonly name: string }[];
  readonly data: readonly (readonly unknown[])[];
  readonly statistics?: { readonly rows_read?: number; readonly bytes_read?: number };
}

/**
 * The ClickHouse warehouse: the engine in this process for `chdb:`, a server for `http(s):`. Both go
 * through the official client with the same statements. Nothing is opened before the first
 * statement, so an address that cannot be reached shows in `checkReady`.
 *
 * @throws AppError `CONFIG_INVALID` for an address of another kind.
 */
export async function createClickHouseWarehouse({
  url,
  connections,
  writers = 4,
  exports = 1,
  requestTimeoutMs = 300_000,
  queryTimeoutMs = 60_000,
  fsync = 'never',
  onUndone = () => undefined,
}: ClickHouseWarehouseOptions): Promise<Warehouse> {
  const address = redactUrl(url);
  const pools = await openPools({
    url,
    readers: connections,
    writers,
    exports,
    requestTimeoutMs,
    isDurable: fsync === 'always',
    onUndone,
  });

  async function run<T>(
    pool: ClientPool,
    name: string,
    use: (client: ClickHouseClient) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await whileWaited(pool.run(use, signal), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw warehouseError(error, name, address);
    }
  }

  /**
   * Runs a read. A server closes connections that nothing came over for a while, and one may be picked
   * at that very moment; a read changes nothing, so it is then asked once more over another.
   */
  async function read<T>(
    name: string,
    use: (client: ClickHouseClient) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await run(pools.read, name, use, signal);
    } catch (error) {
      if (!isConnectionClosed(error)) throw error;
      return run(pools.read, name, use, signal);
    }
  }

  /** Runs a write; resolves once the warehouse answers for it. */
  async function write(
    name: string,
    use: (client: ClickHouseClient) => Promise<void>,
  ): Promise<void> {
    try {
      await pools.confirm(() => run(pools.write, name, use));
    } catch (error) {
      throw warehouseError(error, name, address);
    }
  }

  /** The text of a SELECT without FORMAT, bound, with what the client wants beside it. */
  function prepare(statement: Statement<unknown>, signal: AbortSignal | undefined) {
    requireParameters(statement);
    // At the end of a UNION the clause belongs to the whole of it.
    const settings = settingsClause({
      ...OUTPUT_SETTINGS,
      max_execution_time: queryTimeoutMs / 1000,
      ...statement.settings,
    });
    const bound = pools.bind(`${commented(statement)}\n${settings}`, statement.params);
    return signal !== undefined && pools.isAbortable ? { ...bound, abort_signal: signal } : bound;
  }

  async function query<Row>(
    statement: Statement<Row>,
    { signal }: QueryOptions = {},
  ): Promise<QueryResult<Row>> {
    const startedAt = performance.now();
    const request = { ...prepare(statement, signal), format: 'JSONCompact' as const };
    const text = await read(
      statement.name,
      async (client) => (await client.query(request)).text(),
      signal,
    );
    const answer = JSON.parse(text) as CompactAnswer;
    return {
      rows: toObjects<Row>(answer),
      rowsRead: answer.statistics?.rows_read ?? 0,
      bytesRead: answer.statistics?.bytes_read ?? 0,
      elapsedMs: performance.now() - startedAt,
    };
  }

  return {
    query,

    async queryBytes(statement: Statement<unknown>, format: string, { signal }: QueryOptions = {}) {
      requireFormat(format);
      const request = prepare(statement, signal);
      const formatted = { ...request, query: `${request.query}\nFORMAT ${format}` };
      return read(
        statement.name,
        async (client) => drained((await client.exec(formatted)).stream),
        signal,
      );
    },

    async exportFile(asked, format, path, options = {}) {
      requireFormat(format);
      // Marked, so that this very run can be found among the others; comments may get lost.
      const mark = randomUUID();
      const marked = { ...asked, settings: { ...asked.settings, log_comment: mark } };
      const select = { ...prepare(marked, undefined), format, path };
      try {
        await exportFile(pools, select, mark, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        throw exportError(error, asked.name, address);
      }
    },

    async insert({ table, columns, types, rows, token }: InsertBlock) {
      if (rows.length === 0) return;
      const name = `insert.${table}`;
      const settings = { ...INSERT_SETTINGS, insert_deduplication_token: token };
      if (types !== undefined) {
        const pieces = encodeNative({ columns, types, rows });
        const insert = { table, columns, settings, pieces };
        await write(name, (client) => pools.insertNative(client, insert));
        return;
      }
      const body = Buffer.from(jsonRows(rows));
      await write(name, async (client) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} (${columns.join(', ')}) ${settingsClause(settings)} FORMAT JSONCompactEachRow`,
          values: Readable.from([body], { objectMode: false }),
        });
        // An insert answers with an empty body; reading it frees the connection.
        await drained(stream);
      });
    },

    async execute(statement: Statement<never>) {
      requireParameters(statement);
      const text = [commented(statement), settingsClause(statement.settings ?? {})].join('\n');
      const bound = pools.bind(text.trim(), statement.params);
      await write(statement.name, async (client) => {
        await client.command(bound);
      });
    },

    async checkReady() {
      try {
        await query({ name: 'warehouse.ready', sql: 'SELECT 1', params: {} });
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'WAREHOUSE_UNAVAILABLE') throw error;
        throw new AppError('WAREHOUSE_UNAVAILABLE', error.message, {
          isRetryable: true,
          cause: error,
          details: { ...error.details, address },
        });
      }
    },

    async stop() {
      await Promise.all([pools.read.close(), pools.write.close(), pools.files.close()]);
    },
  };
}

/** The statement with its name as a comment, which shows in the engine's lists of running ones. */
function commented({ name, sql }: Statement<unknown>): string {
  return `/* ${name} */ ${sql.trim()}`;
}

function requireFormat(format: string): void {
  if (/^[A-Za-z]+$/.test(format)) return;
  throw new AppError('INTERNAL', `expected the name of a format, got ${format}`);
}

async function drained(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function toObjects<Row>({ meta, data }: CompactAnswer): readonly Row[] {
  const names = meta.map(({ name }) => name);
  return data.map((cells) => {
    const row: Record<string, unknown> = {};
    for (const [i, name] of names.entries()) row[name] = cells[i];
    return row as Row;
  });
}

/** Rejects with the signal's reason as soon as it aborts; the work itself goes on to its end. */
async function whileWaited<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let leave: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (leave !== undefined) signal.removeEventListener('abort', leave);
  }
}
