import type { ClickHouseClient } from '@clickhouse/client';
import type { Parameter, StatementSettings } from '../statement.js';

/** Gives out clients, one statement at a time per embedded connection. */
export interface ClientPool {
  /**
   * Runs `use` with a client that nobody else uses meanwhile (embedded) or with the shared one
   * (server), once one is free. `use` must have read the whole answer before it resolves. After a
   * throw nothing of the statement is left for the next one.
   *
   * @param signal Ends the wait for a free client, with the signal's reason.
   */
  run<T>(use: (client: ClickHouseClient) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Waits for what is running and closes; later calls of `run` are refused. */
  close(): Promise<void>;
}

/** A statement as the client takes it. */
export interface BoundQuery {
  readonly query: string;
  readonly query_params?: Record<string, unknown>;
}

/** One block in the Native format on its way into a table. */
export interface NativeInsert {
  /** With its database. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly settings: StatementSettings;
  /** In pieces, one behind the other. */
  readonly pieces: readonly Buffer[];
}

/** How much may run at the same time. */
export interface PoolSizes {
  /** Statements that read. */
  readonly readers: number;
  /** Blocks that are written. */
  readonly writers: number;
  /** Files that are written. */
  readonly exports: number;
}

/** A SELECT whose rows go into a file. */
export interface FileSelect extends BoundQuery {
  /** Name of a format. */
  readonly format: string;
  /** Absolute path of a file that does not exist. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  /** To be called when the file cannot be written while the statement goes on, so that it is ended. */
  readonly onUnwritable: () => void;
}

/** The pools of a warehouse: what one statement sets on a connection never meets the other kinds. */
export interface ClientPools {
  readonly read: ClientPool;
  readonly write: ClientPool;
  /** For statements whose rows go into files, so that these take no connection from questions. */
  readonly files: ClientPool;
  /** Whether a signal given to the client ends the request (server) or only the waiting (embedded). */
  readonly isAbortable: boolean;
  /**
   * Runs a write and resolves with its result once the warehouse answers for it: at once for a
   * server, and on an embedded engine that synchronises once it would survive a power loss.
   */
  confirm<T>(write: () => Promise<T>): Promise<T>;
  /** Hands a block over with a client of `write`, in the way this connection takes bytes. */
  insertNative(client: ClickHouseClient, insert: NativeInsert): Promise<void>;
  /** Runs a SELECT with a client of `files` and puts its rows into a new file. */
  writeFile(client: ClickHouseClient, select: FileSelect): Promise<void>;
  /** Joins a statement with its parameters in the way this connection takes them. */
  bind(query: string, params: Readonly<Record<string, Parameter>>): BoundQuery;
}
