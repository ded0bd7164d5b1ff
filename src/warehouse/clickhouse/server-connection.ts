import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createClient } from '@clickhouse/client';
import { AppError } from '../../errors.js';
import type { ClientPool, ClientPools, PoolSizes } from './client-pool.js';
import { settingsClause } from './settings-clause.js';
import { createSlots } from './slots.js';

export interface ServerConnectionOptions extends PoolSizes {
  /** `http(s)://user:password@host:port`. */
  readonly url: string;
  /** Longest wait for one answer, ms. */
  readonly requestTimeoutMs: number;
}

/**
 * Connections to a ClickHouse server over HTTP(S), through the official client. Requests carry no
 * session, so a failed one leaves nothing behind, and a server that comes back is simply used again.
 */
export function createServerPools({
  url,
  readers,
  writers,
  exports,
  requestTimeoutMs,
}: ServerConnectionOptions): ClientPools {
  const open = (connections: number): ClientPool => {
    const client = createClient({
      url,
      application: 'sluice',
      max_open_connections: connections,
      request_timeout: requestTimeoutMs,
      compression: { request: false, response: false },
      // Long lists would not fit into a URL.
      use_multipart_params_auto: true,
      // The client's own logger prints errors; here every one reaches the caller instead.
      log: { level: 127 },
      keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
      // The server answers only once it is done: an error after the first rows has a status then,
      // instead of standing in the middle of an answer that began well.
      clickhouse_settings: { wait_end_of_query: 1 },
    });
    const slots = createSlots(connections);
    let isClosed = false;
    return {
      async run(use, signal) {
        if (isClosed) {
          throw new AppError('WAREHOUSE_UNAVAILABLE', 'the warehouse connection is closed');
        }
        return slots.run(() => use(client), signal);
      },
      async close() {
        isClosed = true;
        await slots.whenIdle();
        await client.close();
      },
    };
  };
  return {
    read: open(readers),
    write: open(writers),
    files: open(exports),
    isAbortable: true,
    confirm: (write) => write(),
    async insertNative(client, { table, columns, settings, pieces }) {
      const { stream } = await client.exec({
        query: `INSERT INTO ${table} (${columns.join(', ')}) ${settingsClause(settings)} FORMAT Native`,
        values: Readable.from(pieces, { objectMode: false }),
      });
      // An insert answers with an empty body; reading it frees the connection.
      for await (const _ of stream);
    },
    async writeFile(client, { query, query_params = {}, format, path, signal }) {
      const { stream } = await client.exec({
        query: `${query}\nFORMAT ${format}`,
        query_params,
        ...(signal === undefined ? {} : { abort_signal: signal }),
        // The answer begins when the statement is done; these lines keep the wait from timing out.
        clickhouse_settings: {
          send_progress_in_http_headers: 1,
          http_headers_progress_interval_ms: String(Math.ceil(requestTimeoutMs / 3)),
        },
      });
      await pipeline(stream, createWriteStream(path, { flags: 'wx' }));
    },
    bind: (query, params) =>
      Object.keys(params).length === 0 ? { query } : { query, query_params: { ...params } },
  };
}
