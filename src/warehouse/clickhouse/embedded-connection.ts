import { mkdirSync } from 'node:fs';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { AppError, messageOf } from '../../errors.js';
import type { ClientPool, ClientPools } from './client-pool.js';

export interface EmbeddedConnectionOptions {
  /** Absolute path of the data directory; belongs to this process alone. */
  readonly path: string;
  /** Statements that may read at the same time. */
  readonly readers: number;
  /** Blocks that may be written at the same time. */
  readonly writers: number;
}

/**
 * Connections to the engine in this process (`chdb`), plugged into the official client.
 *
 * A connection runs one statement at a time and keeps rows of a failed statement for the next one
 * (a leak across tenants), so every connection is closed after any error and a new one takes its
 * place. Statements run on libuv's thread pool: set `UV_THREADPOOL_SIZE` before the process starts
 * any work, to at least readers + writers + 4.
 */
export async function createEmbeddedPools({
  path,
  readers,
  writers,
}: EmbeddedConnectionOptions): Promise<ClientPools> {
  const { createChdbConnection } = await import('chdb/connection');
  mkdirSync(path, { recursive: true });
  const open = (): ClickHouseClient => {
    try {
      return createClient({
        connection: createChdbConnection({ path }),
      } as unknown as Parameters<typeof createClient>[0]);
    } catch (cause) {
      throw new AppError(
        'WAREHOUSE_UNAVAILABLE',
        `cannot open the embedded warehouse at ${path}: ${messageOf(cause)}`,
        { cause, isRetryable: true },
      );
    }
  };
  return { read: createPool(open, readers), write: createPool(open, writers) };
}

function createPool(open: () => ClickHouseClient, size: number): ClientPool {
  const idle: ClickHouseClient[] = [];
  const waiting: (() => void)[] = [];
  let inUse = 0;
  let isClosed = false;

  async function acquire(): Promise<ClickHouseClient> {
    while (inUse >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    if (isClosed) throw closedError();
    inUse += 1;
    try {
      return idle.pop() ?? open();
    } catch (error) {
      release(null);
      throw error;
    }
  }

  function release(client: ClickHouseClient | null): void {
    inUse -= 1;
    if (client !== null) idle.push(client);
    waiting.shift()?.();
  }

  return {
    async run(use) {
      const client = await acquire();
      let isClean = false;
      try {
        const result = await use(client);
        isClean = true;
        return result;
      } finally {
        if (isClean && !isClosed) {
          release(client);
        } else {
          await client.close();
          release(null);
        }
      }
    },

    async close() {
      isClosed = true;
      while (inUse > 0) await new Promise<void>((resolve) => waiting.push(resolve));
      for (const resolve of waiting.splice(0)) resolve();
      await Promise.all(idle.splice(0).map((client) => client.close()));
    },
  };
}

function closedError(): AppError {
  return new AppError('WAREHOUSE_UNAVAILABLE', 'the embedded warehouse is closed');
}
