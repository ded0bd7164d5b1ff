import type { BatchLimits, LogRecord } from './event-log.js';

/** How many of the waiting records the next batch takes. */
export interface BatchCut {
  /** Number of leading records, at least 1 when any wait. */
  readonly count: number;
  /** Their value bytes. */
  readonly bytes: number;
  /** True when a bound was met, so that waiting longer cannot make the batch larger. */
  readonly isFull: boolean;
}

/**
 * Cuts the next batch off a run of waiting records of one topic partition. Pure: boundaries depend
 * on the records and the limits only.
 *
 * @param records Waiting records in offset order.
 * @param limits `maxRecords` and `maxBytes` (of values); a single larger record is cut alone.
 */
export function cutBatch(
  records: readonly LogRecord[],
  { maxRecords, maxBytes }: Pick<BatchLimits, 'maxRecords' | 'maxBytes'>,
): BatchCut {
  let count = 0;
  let bytes = 0;
  for (const record of records) {
    if (count > 0 && bytes + record.value.length > maxBytes) {
      return { count, bytes, isFull: true };
    }
    count += 1;
    bytes += record.value.length;
    if (count >= maxRecords || bytes >= maxBytes) return { count, bytes, isFull: true };
  }
  return { count, bytes, isFull: false };
}
