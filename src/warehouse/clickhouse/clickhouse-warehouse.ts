import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { AppError } from '../../errors.js';
import type { Statement, StatementSettings } from '../statement.js';
import type { InsertBlock, QueryOptions, QueryResult, Warehouse } from '../warehouse.js';
import type { ClientPools } from './client-pool.js';
import { createEmbeddedPools } from './embedded-connection.js';
import { createServerPools } from './server-connection.js';
import { warehouseError } from './warehouse-error.js';

export interface ClickHouseWarehouseOptions {
  /** `chdb:///absolute/path` or `http(s)://user:password@host:port`. */
  readonly url: string;
  /** Statements that may read at the same time. */
  readonly connections: number;
  /** Blocks that may be written at the same time. */
  readonly writers?: number;
  /** Longest wait for one answer of a server, ms. */
  readonly requestTimeoutMs?: number;
}

/** How result cells are written, whatever a server's profile says. */
const OUTPUT_SETTINGS: StatementSettings = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
  output_format_json_named_tuples_as_objects: 0,
  date_time_output_format: 'simple',
  // A missing row of a join is told apart by its default, as the statements expect.
  join_use_nulls: 0,
};

/** An insert is one block, in step with its dependent views, or nothing. */
const INSERT_SETTINGS: StatementSettings = {
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  materialized_views_ignore_errors: 0,
  input_format_parallel_parsing: 0,
  max_insert_block_size: 10_000_000,
  min_insert_block_size_rows: 10_000_000,
  min_insert_block_size_bytes: 0,
  max_insert_threads: 1,
  date_time_input_format: 'best_effort',
  input_format_json_read_numbers_as_strings: 1,
};

/**
 * The ClickHouse warehouse: the engine in this process for `chdb:`, a server for `http(s):`. Both go
 * through the official client with the same statements.
 *
 * @throws AppError `WAREHOUSE_UNAVAILABLE` when the embedded engine cannot be loaded or opened.
 */
export async function createClickHouseWarehouse({
  url,
  connections,
  writers = 4,
  requestTimeoutMs = 300_000,
}: ClickHouseWarehouseOptions): Promise<Warehouse> {
  const address = redactUrl(url);
  const pools: ClientPools = url.startsWith('chdb:')
    ? await createEmbeddedPools({
        path: fileURLToPath(url.replace(/^chdb:/, 'file:')),
        readers: connections,
        writers,
      })
    : createServerPools({ url, readers: connections, writers, requestTimeoutMs });

  async function read<T>(
    name: string,
    use: (client: ClickHouseClient) => Promise<T>,
    options: QueryOptions,
  ): Promise<T> {
    options.signal?.throwIfAborted();
    try {
      return await pools.read.run(use);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw warehouseError(error, name, address);
    }
  }

  async function write(
    name: string,
    use: (client: ClickHouseClient) => Promise<void>,
  ): Promise<void> {
    try {
      await pools.write.run(use);
    } catch (error) {
      throw warehouseError(error, name, address);
    }
  }

  return {
    query<Row>(statement: Statement<Row>, options: QueryOptions = {}): Promise<QueryResult<Row>> {
      const startedAt = performance.now();
      return read(
        statement.name,
        async (client) => {
          const result = await client.query({
            query: textOf(statement, OUTPUT_SETTINGS),
            format: 'JSON',
            query_params: statement.params,
          });
          const answer = JSON.parse(await result.text()) as {
            readonly data: readonly Row[];
            readonly statistics?: { readonly rows_read?: number };
            readonly exception?: string;
          };
          if (answer.exception !== undefined) throw exceptionOf(answer.exception);
          return {
            rows: answer.data,
            rowsRead: answer.statistics?.rows_read ?? 0,
            elapsedMs: performance.now() - startedAt,
          };
        },
        options,
      );
    },

    queryBytes(statement: Statement<unknown>, format: string, options: QueryOptions = {}) {
      if (!/^[A-Za-z]+$/.test(format)) {
        throw new AppError('INTERNAL', `expected the name of a format, got ${format}`);
      }
      return read(
        statement.name,
        async (client) => {
          const { stream } = await client.exec({
            query: `${textOf(statement, OUTPUT_SETTINGS)}\nFORMAT ${format}`,
            query_params: statement.params,
          });
          const chunks: Buffer[] = [];
          for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
          return Buffer.concat(chunks);
        },
        options,
      );
    },

    async insert({ table, columns, rows, token }: InsertBlock) {
      if (rows.length === 0) return;
      const settings = settingsClause({ ...INSERT_SETTINGS, insert_deduplication_token: token });
      const body = rows.map((row) => JSON.stringify(row)).join('\n');
      await write(`insert.${table}`, async (client) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} (${columns.join(', ')}) ${settings} FORMAT JSONCompactEachRow`,
          values: Readable.from([body], { objectMode: false }),
        });
        for await (const _ of stream) {
          // An insert answers with an empty body; reading it frees the connection.
        }
      });
    },

    async execute(statement: Statement<never>) {
      await write(statement.name, async (client) => {
        await client.command({ query: textOf(statement), query_params: statement.params });
      });
    },

    async checkReady() {
      await read(
        'warehouse.ready',
        async (client) => {
          const result = await client.query({ query: 'SELECT 1', format: 'JSONEachRow' });
          await result.text();
        },
        {},
      );
    },

    async stop() {
      await Promise.all([pools.read.close(), pools.write.close()]);
    },
  };
}

/** The statement with its name as a comment and its settings in its own clause. */
function textOf(statement: Statement<unknown>, output: StatementSettings = {}): string {
  const settings = settingsClause({ ...output, ...statement.settings });
  return `/* ${statement.name} */ ${statement.sql.trim()}${settings === '' ? '' : `\n${settings}`}`;
}

function settingsClause(settings: StatementSettings): string {
  const parts = Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [`${name} = ${typeof value === 'number' ? value : quote(value)}`];
  });
  return parts.length === 0 ? '' : `SETTINGS ${parts.join(', ')}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** An exception written behind rows that had already left the server. */
function exceptionOf(text: string): Error {
  const code = /Code: (\d+)/.exec(text)?.[1] ?? '0';
  const type = /\(([A-Z_]{3,})\)/.exec(text)?.[1] ?? 'UNKNOWN';
  return Object.assign(new Error('the engine stopped after the first rows'), { code, type });
}

function redactUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
