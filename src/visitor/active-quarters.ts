import type { BoundParameters } from '../metric/bound-parameters.js';

const QUARTER_MS = 900_000;
const QUARTERS_PER_DAY = 96;

/** A stretch of time in quarter hours, half-open, with the index of the bucket it belongs to. */
export interface QuarterSpan {
  readonly bucket: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * A table of (bucket, UTC day, bits) that joins with `gold_active_users_per_day`: a device was
 * active in a bucket when one of its days shares a bit with the bucket's.
 *
 * Columns `span_bucket` (Int64), `span_day` (Date32), `span_mask` (UInt128). Bounds must be
 * multiples of a quarter hour.
 */
export function quarterSpansSql(
  spans: readonly QuarterSpan[],
  parameters: BoundParameters,
): string {
  const buckets: number[] = [];
  const days: number[] = [];
  const firsts: number[] = [];
  const counts: number[] = [];
  for (const span of spans) {
    const end = span.toMs / QUARTER_MS;
    for (let quarter = span.fromMs / QUARTER_MS; quarter < end; ) {
      const day = Math.floor(quarter / QUARTERS_PER_DAY);
      const next = Math.min(end, (day + 1) * QUARTERS_PER_DAY);
      buckets.push(span.bucket);
      days.push(day);
      firsts.push(quarter - day * QUARTERS_PER_DAY);
      counts.push(next - quarter);
      quarter = next;
    }
  }
  const list = (values: readonly number[]): string => parameters.bind('Array(Int64)', values);
  return `SELECT span.1 AS span_bucket, addDays(toDate32('1970-01-01'), span.2) AS span_day,
  bitShiftLeft(bitShiftLeft(toUInt128(1), toUInt8(span.4)) - 1, toUInt8(span.3)) AS span_mask
FROM (SELECT arrayJoin(arrayZip(${list(buckets)}, ${list(days)}, ${list(firsts)}, ${list(counts)})) AS span)`;
}

/** Condition that keeps the days of the table that any span can touch. */
export function spanDaysSql(fromMs: number, toMs: number, parameters: BoundParameters): string {
  const day = (ms: number): string =>
    `addDays(toDate32('1970-01-01'), ${parameters.bind('Int64', Math.floor(ms / 86_400_000))})`;
  return `day >= ${day(fromMs)} AND day <= ${day(toMs)}`;
}
