import type { Statement, StatementSettings } from './statement.js';
import type { WarehouseReader } from './warehouse.js';

/** Limits that the engine itself keeps while a statement runs; 0: none. */
export interface ReaderLimits {
  /** Longest run of one statement, ms. */
  readonly queryTimeoutMs: number;
  /** Most memory of one statement, bytes. */
  readonly maxMemoryBytes: number;
  /** Most rows that one statement may read. */
  readonly maxRowsRead: number;
}

/**
 * The one place where the statements of questions get their limits: time, memory and rows travel
 * in the SETTINGS of each statement, whatever it asks for itself.
 */
export function limitReader(warehouse: WarehouseReader, limits: ReaderLimits): WarehouseReader {
  const settings: StatementSettings = {
    max_execution_time: limits.queryTimeoutMs / 1000,
    timeout_overflow_mode: 'throw',
    max_memory_usage: limits.maxMemoryBytes,
    max_rows_to_read: limits.maxRowsRead,
    read_overflow_mode: 'throw',
  };
  const limited = <Row>(asked: Statement<Row>): Statement<Row> => ({
    ...asked,
    settings: { ...asked.settings, ...settings },
  });
  return {
    query: (asked, options) => warehouse.query(limited(asked), options),
    queryBytes: (asked, format, options) => warehouse.queryBytes(limited(asked), format, options),
  };
}
