import { AppError } from '../errors.js';
import type { BoundParameters } from './bound-parameters.js';
import { instantTexts } from './instant-text.js';
import { firstOfMonth, firstOfNextMonth, mondayOf } from './local-date.js';
import type { Grain, Series } from './metric-query.js';
import type { ResolvedRange } from './time-range.js';
import { type ZoneOffset, zoneOffsets } from './zone-offsets.js';

const DAY_MS = 86_400_000;
const WIDTHS: Partial<Record<Grain, number>> = { minute: 60_000, hour: 3_600_000 };

/** Most values of one series. */
export const MAX_BUCKETS = 50_000;

/** The buckets of a series, in order and without gaps. */
export interface Buckets {
  readonly grain: Grain;
  /** First instant of each bucket, ms; the first one may lie before the range. */
  readonly startsMs: readonly number[];
  /** Bounds of the range and of all buckets inside it: where time is cut. */
  readonly cuts: readonly number[];
  /** First local day of each bucket, as days since 1970-01-01; for hours and minutes the day of `from`. */
  readonly firstDay: number;
  /** Zone offsets over the range. */
  readonly offsets: readonly ZoneOffset[];
}

/**
 * Cuts a range into buckets. Days, weeks (from Monday) and months are local; a day has 23, 24 or
 * 25 hours, one left out by the zone has none. Hours and minutes are real ones, counted from the
 * local midnight before the range. A bucket that the range only touches is there, and holds what
 * lies in the range.
 *
 * @throws AppError `LIMIT_EXCEEDED` beyond {@link MAX_BUCKETS}.
 */
export function bucketsOf(range: ResolvedRange, grain: Grain): Buckets {
  const width = WIDTHS[grain];
  const firstDay = firstDayOf(range.firstDay, grain);
  const lastDay = range.lastDay;
  const count =
    width === undefined ? lastDay - firstDay + 1 : Math.ceil((range.toMs - range.fromMs) / width);
  if (count > MAX_BUCKETS) {
    throw new AppError(
      'LIMIT_EXCEEDED',
      `a series may have at most ${MAX_BUCKETS} buckets, this one would have ${count} of one ${width === undefined ? 'day' : grain}`,
      { details: { field: 'grain', maximum: MAX_BUCKETS, asked: count } },
    );
  }
  const offsets = zoneOffsets(
    range.clock,
    (Math.min(firstDay, range.firstDay) - 1) * DAY_MS,
    Math.max(range.toMs, (lastDay + 2) * DAY_MS),
  );
  const startsMs =
    width === undefined
      ? localStarts(firstDay, lastDay, grain, offsets)
      : realStarts(range, width, offsets);
  const inside = startsMs.filter((start) => start > range.fromMs && start < range.toMs);
  return { grain, startsMs, cuts: [range.fromMs, ...inside, range.toMs], firstDay, offsets };
}

/** First local day of the bucket that a local day belongs to, both as days since 1970-01-01. */
export function firstDayOf(day: number, grain: Grain): number {
  if (grain === 'week') return mondayOf(day);
  return grain === 'month' ? firstOfMonth(day) : day;
}

function localStarts(
  firstDay: number,
  lastDay: number,
  grain: Grain,
  offsets: readonly ZoneOffset[],
): readonly number[] {
  const starts: number[] = [];
  for (let day = firstDay; day <= lastDay; ) {
    starts.push(startOfDay(day, offsets));
    if (grain === 'month') day = firstOfNextMonth(day);
    else day += grain === 'week' ? 7 : 1;
  }
  return starts;
}

function realStarts(
  range: ResolvedRange,
  width: number,
  offsets: readonly ZoneOffset[],
): readonly number[] {
  if (range.toMs <= range.fromMs) return [];
  const midnight = startOfDay(range.firstDay, offsets);
  const first = midnight + Math.floor((range.fromMs - midnight) / width) * width;
  const starts: number[] = [];
  for (let start = first; start < range.toMs; start += width) starts.push(start);
  return starts;
}

/** First instant whose local day is `day` or a later one, from offsets that begin before it. */
function startOfDay(day: number, offsets: readonly ZoneOffset[]): number {
  for (const [index, { fromMs, offsetMs }] of offsets.entries()) {
    const start = Math.max(fromMs, day * DAY_MS - offsetMs);
    if (start < (offsets[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY)) return start;
  }
  return day * DAY_MS;
}

/** The local day of an instant, as days since 1970-01-01; `ms` is an Int64 expression. */
export function localDaySql(
  ms: string,
  offsets: readonly ZoneOffset[],
  parameters: BoundParameters,
): string {
  const [first, ...rest] = offsets;
  // The engine divides towards zero; a day more keeps the last local hours of 1969 positive.
  const shifted = (offsetMs: number): string => parameters.bind('Int64', offsetMs + DAY_MS);
  const base = shifted(first?.offsetMs ?? 0);
  const cases = [...rest]
    .reverse()
    .map((each) => `${ms} >= ${parameters.bind('Int64', each.fromMs)}, ${shifted(each.offsetMs)}`);
  const offset = cases.length === 0 ? base : `multiIf(${cases.join(', ')}, ${base})`;
  return `(intDiv(${ms} + ${offset}, ${DAY_MS}) - 1)`;
}

/** Index of the bucket of an instant that lies in the range; `ms` is an Int64 expression. */
export function bucketIndexSql(ms: string, buckets: Buckets, parameters: BoundParameters): string {
  const width = WIDTHS[buckets.grain];
  if (width !== undefined) {
    return `intDiv(${ms} - ${parameters.bind('Int64', buckets.startsMs[0] ?? 0)}, ${width})`;
  }
  const first = parameters.bind('Int64', buckets.firstDay);
  const day = localDaySql(ms, buckets.offsets, parameters);
  if (buckets.grain === 'day') return `${day} - ${first}`;
  if (buckets.grain === 'week') return `intDiv(${day} - ${first}, 7)`;
  const month = (days: string): string =>
    `toRelativeMonthNum(addDays(toDate32('1970-01-01'), ${days}))`;
  return `toInt64(${month(day)}) - toInt64(${month(first)})`;
}

/** Puts (bucket index, value) rows into a series with every bucket, zero-filled. */
export function seriesOf(
  buckets: Buckets,
  rows: readonly { readonly bucket: number; readonly value: number }[],
): Series {
  const values = new Array<number>(buckets.startsMs.length).fill(0);
  for (const { bucket, value } of rows) {
    if (bucket >= 0 && bucket < values.length) values[bucket] = value;
  }
  return { bucketStarts: instantTexts(buckets.startsMs), values };
}
