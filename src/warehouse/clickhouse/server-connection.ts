import { createClient } from '@clickhouse/client';
import type { ClientPool, ClientPools } from './client-pool.js';

export interface ServerConnectionOptions {
  /** `http(s)://user:password@host:port`. */
  readonly url: string;
  /** Requests that may read at the same time. */
  readonly readers: number;
  readonly writers: number;
  /** Longest wait for one answer, ms. */
  readonly requestTimeoutMs: number;
}

/** Connections to a ClickHouse server over HTTP(S), through the official client. */
export function createServerPools({
  url,
  readers,
  writers,
  requestTimeoutMs,
}: ServerConnectionOptions): ClientPools {
  const open = (connections: number): ClientPool => {
    const client = createClient({
      url,
      max_open_connections: connections,
      request_timeout: requestTimeoutMs,
      compression: { request: false, response: false },
      log: { level: 127 },
      keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
    });
    return { run: (use) => use(client), close: () => client.close() };
  };
  return { read: open(readers), write: open(writers) };
}
