import { mkdirSync } from 'node:fs';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { AppError, messageOf } from '../../errors.js';
import { createBlockFiles } from './block-files.js';
import type { ClientPool, ClientPools, NativeInsert, PoolSizes } from './client-pool.js';
import { holderOf } from './directory-holder.js';
import { createDurableWrites, type DurableWrites } from './durable-writes.js';
import { fileThroughPipe } from './file-through-pipe.js';
import { mendDeduplicationLogs } from './mend-deduplication-logs.js';
import { parameterPreamble } from './parameters.js';
import { settingsClause, stringLiteral } from './settings-clause.js';
import { createSlots } from './slots.js';
import { forgetSettled, type UndoneParts, undoUnsettledParts } from './undo-unsettled-parts.js';

export interface EmbeddedConnectionOptions extends PoolSizes {
  /** Absolute path of the data directory; belongs to this process alone. */
  readonly path: string;
  /** Whether a write that resolved survives a power loss; see `durable-writes.ts`. */
  readonly isDurable: boolean;
  /** Told before the engine opens when a power loss had left parts of unconfirmed writes. */
  readonly onUndone: (parts: UndoneParts) => void;
}

/** Parameters are part of the text here; the engine's own limit of 256 KB would be too little. */
const MAX_QUERY_BYTES = 64 * 1024 * 1024;

/**
 * Connections to the engine in this process (`chdb`), plugged into the official client.
 *
 * A connection runs one statement at a time and keeps rows of a failed statement for the next one
 * (a leak across tenants), so every connection is closed after any error and a new one takes its
 * place. Statements run on libuv's thread pool: set `UV_THREADPOOL_SIZE` before the process starts
 * any work, to at least readers + writers + 2 × exports + 4.
 *
 * A process has one data directory at a time: another may be opened after `close` of all pools.
 */
export async function createEmbeddedPools({
  path,
  readers,
  writers,
  exports,
  isDurable,
  onUndone,
}: EmbeddedConnectionOptions): Promise<ClientPools> {
  const [{ createChdbConnection }, { drainPending }] = await Promise.all([
    import('chdb/connection'),
    import('chdb'),
  ]);
  // The client carries its own copy of the types that the engine's connection implements.
  const connect = (): ClickHouseClient =>
    createClient({
      connection: createChdbConnection({ path }),
      log: { level: 127 },
    } as unknown as Parameters<typeof createClient>[0]);

  // The engine lives as long as a connection is open. This one runs nothing; without it, replacing
  // the only working connection would close the engine and load all tables again.
  let keeper: Promise<ClickHouseClient> | null = null;
  let durableWrites: DurableWrites | null = null;
  let isEngineClosed = false;
  const openEngine = async (): Promise<ClickHouseClient> => {
    mkdirSync(path, { recursive: true });
    // The engine refuses a directory that another process has open, but says so on stderr alone, and
    // only after its files would have been changed below.
    const holder = holderOf(path);
    if (holder !== null) throw new Error(`the data directory is held by process ${holder}`);
    blockFiles.clear();
    mendDeduplicationLogs(path);
    const parts = undoUnsettledParts(path);
    if (parts.undone.length > 0 || parts.kept.length > 0) onUndone(parts);
    if (isDurable) durableWrites ??= await createDurableWrites(path);
    else forgetSettled(path);
    return connect();
  };
  const unopened = (cause: unknown): AppError =>
    new AppError(
      'WAREHOUSE_UNAVAILABLE',
      `cannot open the embedded warehouse at ${path}: ${messageOf(cause)}`,
      { cause, isRetryable: true, details: { address: `chdb://${path}` } },
    );
  const whenOpen = async (): Promise<void> => {
    keeper ??= openEngine().catch((cause: unknown) => {
      keeper = null;
      throw unopened(cause);
    });
    await keeper;
  };
  const open = async (): Promise<ClickHouseClient> => {
    await whenOpen();
    try {
      const client = connect();
      await client.command({ query: `SET max_query_size = ${MAX_QUERY_BYTES}` });
      return client;
    } catch (cause) {
      throw unopened(cause);
    }
  };
  const blockFiles = createBlockFiles(path);
  let openPools = 3;
  const closeEngine = async (): Promise<void> => {
    openPools -= 1;
    if (openPools > 0) return;
    isEngineClosed = true;
    await (await keeper)?.close();
    await durableWrites?.close();
    // Closing waits for statements nobody waits for any more; only then is the directory free.
    await drainPending();
  };
  return {
    read: createPool(open, readers, closeEngine),
    write: createPool(open, writers, closeEngine),
    files: createPool(open, exports, closeEngine),
    isAbortable: false,
    async confirm(write) {
      // After the end the pool refuses the write by itself.
      if (!isDurable || isEngineClosed) return write();
      await whenOpen();
      return durableWrites === null ? write() : durableWrites.confirm(write);
    },
    insertNative: (client, insert) =>
      blockFiles.use(insert.pieces, async (file) => {
        await client.command({ query: insertFromFile(insert, file) });
      }),
    writeFile: (client, { query, format, path: file, onUnwritable }) =>
      fileThroughPipe(
        file,
        // Not as a new file: the pipe is there already.
        (pipe) =>
          client.command({
            query: `${query}\nINTO OUTFILE ${stringLiteral(pipe)} APPEND FORMAT ${format}`,
          }),
        onUnwritable,
      ),
    bind: (query, params) => ({ query: parameterPreamble(params) + query }),
  };
}

/** The engine's client takes text alone, so the block is read from a file. */
function insertFromFile({ table, columns, settings }: NativeInsert, file: string): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) FROM INFILE ${stringLiteral(file)} ${settingsClause(settings)} FORMAT Native`;
}

function createPool(
  open: () => Promise<ClickHouseClient>,
  size: number,
  onClosed: () => Promise<void>,
): ClientPool {
  const idle: ClickHouseClient[] = [];
  const slots = createSlots(size);
  let isClosed = false;

  return {
    async run(use, signal) {
      if (isClosed) {
        throw new AppError('WAREHOUSE_UNAVAILABLE', 'the embedded warehouse is closed');
      }
      return slots.run(async () => {
        const client = idle.pop() ?? (await open());
        let isClean = false;
        try {
          const result = await use(client);
          isClean = true;
          return result;
        } finally {
          if (isClean) idle.push(client);
          else await client.close();
        }
      }, signal);
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      await slots.whenIdle();
      await Promise.all(idle.splice(0).map((client) => client.close()));
      await onClosed();
    },
  };
}
