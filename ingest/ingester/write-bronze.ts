import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AppError, isAppError, messageOf } from '../../src/errors.js';
import type { InsertBlock, WarehouseWriter } from '../../src/warehouse/warehouse.js';

/** A row that the warehouse refuses alone, in whatever company. */
export interface RefusedRow {
  /** Index into the rows of the block that was to be written. */
  readonly index: number;
  /** The engine's code and type; never the row's content. */
  readonly message: string;
}

/** Told while a block cannot be written, and once it is. */
export interface WriteObserver {
  /** Before each back-off; `token` is that of the whole block. */
  onRetry(token: string): void;
  /** A block was refused as a whole and is cut in two. */
  onHalved(rows: number): void;
}

export interface WriteBronzeOptions {
  readonly warehouse: Pick<WarehouseWriter, 'insert'>;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly observer: WriteObserver;
  /** First wait after a failure and the longest one, ms. */
  readonly backOff?: { readonly firstMs: number; readonly maxMs: number };
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
}

/**
 * Writes one block under its token and resolves once the warehouse has it, with the rows it
 * refuses (none is the rule).
 *
 * Retryable and unknown errors are tried again, with back-off and jitter, until `signal` aborts:
 * then the last error is thrown. A block refused for a row's sake is halved, deterministically and
 * under tokens of its own, until the bad row stands alone.
 */
export type WriteBronze = (
  block: InsertBlock,
  signal: AbortSignal,
) => Promise<readonly RefusedRow[]>;

const DEFAULT_BACK_OFF = { firstMs: 100, maxMs: 10_000 };

/**
 * Codes of the engine that speak of a cell's content. They are raised while the block is parsed,
 * before any table has a row of it, so that cutting it is safe. Any other refusal (unknown table,
 * unknown column, a view that fails) is no row's fault: every row would be refused, and parts of
 * the block may be stored already. It is tried again under its own token, and somebody is called.
 */
const ROW_FAULTS: ReadonlySet<string> = new Set([
  '6', // CANNOT_PARSE_TEXT
  '25', // CANNOT_PARSE_ESCAPE_SEQUENCE
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '130', // CANNOT_READ_ARRAY_FROM_TEXT
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '407', // DECIMAL_OVERFLOW
]);

export function createWriteBronze({
  warehouse,
  log,
  observer,
  backOff = DEFAULT_BACK_OFF,
  random = Math.random,
}: WriteBronzeOptions): WriteBronze {
  /** Resolves with the refusal, or null once the block is stored. */
  async function insertUntilAnswered(
    block: InsertBlock,
    wholeToken: string,
    signal: AbortSignal,
  ): Promise<AppError | null> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await warehouse.insert(block);
        return null;
      } catch (error) {
        if (isRowFault(error)) return error;
        if (signal.aborted) throw error;
        const limit = Math.min(backOff.maxMs, backOff.firstMs * 2 ** Math.min(attempt, 30));
        const delayMs = Math.round(limit * (0.5 + random() / 2));
        observer.onRetry(wholeToken);
        const fields = {
          token: block.token,
          rows: block.rows.length,
          attempt: attempt + 1,
          nextTryInMs: delayMs,
          reason: messageOf(error),
        };
        if (isAppError(error) && error.isRetryable) {
          log.warn(fields, 'the warehouse does not take a block, trying again');
        } else {
          log.error(fields, 'the warehouse refuses a block for no fault of its rows, trying again');
        }
        try {
          await setTimeout(delayMs, undefined, { signal });
        } catch {
          // Only the abort ends the wait early; what matters to the caller is the failed write.
          throw error;
        }
      }
    }
  }

  return async (block, signal) => {
    const refused: RefusedRow[] = [];
    const write = async (from: number, to: number, token: string): Promise<void> => {
      const isWhole = to - from === block.rows.length;
      const rows = isWhole ? block.rows : block.rows.slice(from, to);
      const refusal = await insertUntilAnswered({ ...block, rows, token }, block.token, signal);
      if (refusal === null) return;
      if (to - from === 1) {
        refused.push({ index: from, message: refusalText(refusal) });
        return;
      }
      observer.onHalved(to - from);
      const middle = from + Math.ceil((to - from) / 2);
      await write(from, middle, `${token}/h0`);
      await write(middle, to, `${token}/h1`);
    };
    if (block.rows.length > 0) await write(0, block.rows.length, block.token);
    return refused;
  };
}

function isRowFault(error: unknown): error is AppError {
  return isAppError(error, 'WAREHOUSE_REFUSED') && ROW_FAULTS.has(String(error.details.engineCode));
}

function refusalText(refusal: AppError): string {
  return `The warehouse refuses the row: ${String(refusal.details.engineType ?? 'unknown type')} (code ${String(refusal.details.engineCode)}).`;
}
