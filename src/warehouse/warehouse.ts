import type { CellType } from './cell-type.js';
import type { Statement } from './statement.js';

/**
 * The port to ClickHouse: the embedded engine or a server, one SQL dialect.
 *
 * What every adapter promises:
 * - A failed statement never leaves anything behind on a connection: no rows, no settings.
 * - `max_execution_time` is honoured by the engine; aborting only stops the waiting, but for an export.
 * - `insert` puts all rows into the engine as ONE block under its token, so that a repeated token
 *   changes nothing, in the table and in every table its views feed.
 * - Errors are `AppError`s: `WAREHOUSE_UNAVAILABLE`, `WAREHOUSE_TIMEOUT`, `WAREHOUSE_OVERLOADED`
 *   (retryable: connection lost, too many parts, memory) and `WAREHOUSE_REFUSED` (not retryable:
 *   the engine's code and type are in `details`). Row content is in neither message nor details.
 */

export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  /** Rows the engine read from tables to answer. */
  readonly rowsRead: number;
  /** Bytes of those rows before compression; left out where the engine does not tell. */
  readonly bytesRead?: number;
  /** Wall time of the statement as the caller saw it, in ms. */
  readonly elapsedMs: number;
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
}

/**
 * Cells are given in the order of `columns`. Without `types` each is what JSON has for its column, an
 * instant `YYYY-MM-DD hh:mm:ss.SSS` in UTC: right for a few rows. With `types` the rows travel in the
 * engine's own format, several times faster.
 */
export interface InsertBlock {
  /** Table with its database, from code, never from input. */
  readonly table: string;
  readonly columns: readonly string[];
  /** One for each of the columns. */
  readonly types?: readonly CellType[];
  readonly rows: readonly (readonly unknown[])[];
  /** Deduplication token: a function of the batch, equal on every replay. */
  readonly token: string;
}

export interface WarehouseReader {
  /**
   * Runs a SELECT. 64-bit integers arrive as JS numbers (beyond 2^53 they lose precision, which
   * callers detect with `Number.isSafeInteger`), decimals as strings, instants as
   * `YYYY-MM-DD hh:mm:ss.SSS` in UTC unless the statement formats them.
   */
  query<Row>(statement: Statement<Row>, options?: QueryOptions): Promise<QueryResult<Row>>;
  /** Runs a SELECT and returns the engine's bytes in the given format, e.g. `Native`. */
  queryBytes(
    statement: Statement<unknown>,
    format: string,
    options?: QueryOptions,
  ): Promise<Buffer>;
}

/** How far the engine is with a statement. */
export interface ExportProgress {
  /** Rows read from tables so far. */
  readonly rowsRead: number;
  /** Rows that will be read in all, as far as the engine can tell. */
  readonly rowsToRead: number;
}

export interface ExportOptions extends QueryOptions {
  /** Told about twice a second while the statement runs. */
  readonly onProgress?: (progress: ExportProgress) => void;
}

export interface WarehouseExporter {
  /**
   * Runs a SELECT and puts the engine's bytes in the given format into a new file, however many
   * they are: they never lie in memory together. Resolves when the file is complete; after a throw
   * there may be a part of it. An abort stops the statement itself, and the promise rejects with
   * the signal's reason once nothing writes into the file any more.
   *
   * @param path Absolute path of a file that does not exist.
   * @throws AppError `DISK_FULL` when the file cannot be written on, and as `query` does.
   */
  exportFile(
    statement: Statement<unknown>,
    format: string,
    path: string,
    options?: ExportOptions,
  ): Promise<void>;
}

export interface WarehouseWriter {
  /** Inserts all rows as one block; resolves when the table and its views have it. Empty `rows` do nothing. */
  insert(block: InsertBlock): Promise<void>;
  /** Runs DDL or maintenance; resolves when done. */
  execute(statement: Statement<never>): Promise<void>;
}

export interface Warehouse extends WarehouseReader, WarehouseWriter, WarehouseExporter {
  /** Rejects with `WAREHOUSE_UNAVAILABLE` naming address and cause while statements cannot run. */
  checkReady(): Promise<void>;
  stop(): Promise<void>;
}
