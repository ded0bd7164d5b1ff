import type { QuarterSpan } from '../visitor/active-quarters.js';
import type { BoundParameters } from './bound-parameters.js';
import { firstDayOf, localDaySql } from './buckets.js';
import type { Plan } from './event-source.js';
import { firstOfMonth } from './local-date.js';
import type { Grain } from './metric-query.js';
import type { ResolvedRange } from './time-range.js';
import { type ZoneClock, type ZoneOffset, zoneOffsets } from './zone-offsets.js';

const DAY_MS = 86_400_000;

/** Buckets of the calendar, whose distance is counted by the calendar and never in seconds. */
export type Period = Extract<Grain, 'day' | 'week' | 'month'>;

/**
 * A stretch of the calendar in one period. Buckets `first` … `last` are kept apart; everything
 * before them is the one bucket `first − 1`, everything behind them `last + 1`. Every instant
 * belongs to the bucket of its local date.
 */
export interface BucketWindow {
  readonly period: Period;
  /** Local day on which bucket 0 begins, as days since 1970-01-01. */
  readonly origin: number;
  readonly first: number;
  readonly last: number;
  /** Whole UTC days around the buckets, ms since 1970 UTC, half-open. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Zone offsets over these days. */
  readonly offsets: readonly ZoneOffset[];
}

/** The local day on which the bucket begins that a range touches first. */
export function originOf(range: Pick<ResolvedRange, 'firstDay'>, period: Period): number {
  return firstDayOf(range.firstDay, period);
}

/** How many buckets the range of a question touches; none when it is empty. */
export function touchedBuckets({ question, range }: Plan, period: Period): number {
  // A date that a zone left out has no time either, and yet is a bucket of its own.
  if (question.range.kind === 'instants' && range.toMs === range.fromMs) return 0;
  return bucketOfDay(originOf(range, period), period, range.lastDay) + 1;
}

/** First local day of a bucket, as days since 1970-01-01; bucket 0 begins on `origin`. */
export function firstDayOfBucket(origin: number, period: Period, bucket: number): number {
  if (period !== 'month') return origin + bucket * (period === 'week' ? 7 : 1);
  const date = new Date(origin * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + bucket, 1) / DAY_MS;
}

/** Index of the bucket that a local day belongs to; negative before `origin`. */
export function bucketOfDay(origin: number, period: Period, day: number): number {
  if (period !== 'month') return Math.floor((day - origin) / (period === 'week' ? 7 : 1));
  const months = (each: number): number => {
    const date = new Date(firstOfMonth(each) * DAY_MS);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  return months(day) - months(origin);
}

/** Lays a window over the buckets `first` … `last`, counted from the one that begins on `origin`. */
export function bucketWindow(input: {
  readonly clock: ZoneClock;
  readonly period: Period;
  readonly origin: number;
  readonly first: number;
  readonly last: number;
}): BucketWindow {
  const { clock, period, origin, first, last } = input;
  // Local days lie less than two days from the UTC day of the same date.
  const fromMs = (firstDayOfBucket(origin, period, first) - 2) * DAY_MS;
  const toMs = (firstDayOfBucket(origin, period, last + 1) + 2) * DAY_MS;
  return {
    period,
    origin,
    first,
    last,
    fromMs,
    toMs,
    offsets: zoneOffsets(clock, fromMs, toMs),
  };
}

/**
 * Index of the bucket of any instant, Int64; `ms` is an Int64 expression. Outside the window the
 * offsets at its ends go on, which cannot bring an instant back into it.
 */
export function windowIndexSql(
  ms: string,
  window: BucketWindow,
  parameters: BoundParameters,
): string {
  const { origin, period, first, last } = window;
  const number = (value: number): string => parameters.bind('Int64', value);
  const day = localDaySql(ms, window.offsets, parameters);
  const from = number(firstDayOfBucket(origin, period, first));
  const to = number(firstDayOfBucket(origin, period, last + 1));
  const month = (days: string): string =>
    `toInt64(toRelativeMonthNum(addDays(toDate32('1970-01-01'), ${days})))`;
  const inside =
    period === 'month'
      ? `${month(day)} - ${month(from)}`
      : `intDiv(${day} - ${from}, ${period === 'week' ? 7 : 1})`;
  return `multiIf(${day} < ${from}, ${number(first - 1)}, ${day} >= ${to}, ${number(last + 1)}, ${inside} + ${number(first)})`;
}

/** The stretches of the window's UTC days by bucket, in order, without gaps. */
export function windowSpans(window: BucketWindow): readonly QuarterSpan[] {
  const { origin, period, first, last, offsets, toMs } = window;
  const spans: QuarterSpan[] = [];
  for (const [index, { fromMs, offsetMs }] of offsets.entries()) {
    const end = offsets[index + 1]?.fromMs ?? toMs;
    for (let at = fromMs; at < end; ) {
      const day = Math.floor((at + offsetMs) / DAY_MS);
      const bucket = Math.min(Math.max(bucketOfDay(origin, period, day), first - 1), last + 1);
      const cut = firstDayOfBucket(origin, period, bucket + 1) * DAY_MS - offsetMs;
      const next = bucket > last ? end : Math.min(end, cut);
      spans.push({ bucket, fromMs: at, toMs: next });
      at = next;
    }
  }
  return spans;
}
