import { AppError } from '../errors.js';
import { type Buckets, bucketsOf, firstDayOf, seriesOf } from './buckets.js';
import { type Plan, planBetween } from './event-source.js';
import { firstOfMonth } from './local-date.js';
import type { Grain, Series, SeriesWindow } from './metric-query.js';
import { localDay, type ResolvedRange } from './time-range.js';
import { startOfLocalDay } from './zone-offsets.js';

/** Longest moving window, in buckets. */
export const MAX_WINDOW_BUCKETS = 1_000;

/** Longer than any series has buckets. */
const NO_END = 1_000_000;

/** What has to be read for a series, and how its values come of it. */
export interface SeriesRead {
  /** Reads the range, and with a moving window as many whole buckets before it as that needs. */
  readonly plan: Plan;
  readonly buckets: Buckets;
  /** Of them, the first that is shown. */
  readonly first: number;
  /** Buckets that a value tells of, itself the last. */
  readonly width: number;
}

/**
 * What a series takes. Without a window each value is of its own bucket. A cumulative one is of the
 * range up to the end of its bucket. A moving one is of that many whole buckets, of which its own is
 * the last, also before the range; only the end of the range cuts it.
 *
 * @throws AppError `BAD_USER_INPUT` for a window out of bounds, `LIMIT_EXCEEDED` as `bucketsOf`.
 */
export function seriesRead(plan: Plan, grain: Grain, window: SeriesWindow | undefined): SeriesRead {
  const own = bucketsOf(plan.range, grain);
  if (window === undefined) return { plan, buckets: own, first: 0, width: 1 };
  if (window.kind === 'cumulative') return { plan, buckets: own, first: 0, width: NO_END };
  const { buckets: width } = window;
  if (!Number.isInteger(width) || width < 1 || width > MAX_WINDOW_BUCKETS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `window.moving must be a whole number from 1 to ${MAX_WINDOW_BUCKETS}, got ${width}`,
      { details: { field: 'window.moving', minimum: 1, maximum: MAX_WINDOW_BUCKETS } },
    );
  }
  const range = widened(plan.range, own, width - 1);
  const buckets =
    grain === 'hour' || grain === 'minute' ? earlier(own, range, grain) : bucketsOf(range, grain);
  return {
    plan: { ...planBetween(plan, range.fromMs, range.toMs), range },
    buckets,
    first: buckets.startsMs.length - own.startsMs.length,
    width,
  };
}

const WIDTH_MS = { minute: 60_000, hour: 3_600_000 } as const;

/** The range from the start of a bucket `count` before the first one. */
function widened(
  range: ResolvedRange,
  { grain, startsMs, firstDay }: Buckets,
  count: number,
): ResolvedRange {
  if (grain === 'hour' || grain === 'minute') {
    const fromMs = (startsMs[0] ?? range.fromMs) - count * WIDTH_MS[grain];
    return { ...range, fromMs, firstDay: localDay(range.clock, fromMs) };
  }
  let day = firstDay;
  if (grain === 'month') for (let i = 0; i < count; i += 1) day = firstOfMonth(day - 1);
  else day -= count * (grain === 'week' ? 7 : 1);
  return { ...range, fromMs: startOfLocalDay(range.clock, day), firstDay: firstDayOf(day, grain) };
}

/** Real hours and minutes before others, in step with them whatever local midnights do. */
function earlier(own: Buckets, { fromMs }: ResolvedRange, grain: 'hour' | 'minute'): Buckets {
  const before: number[] = [];
  for (let at = fromMs; at < (own.startsMs[0] ?? fromMs); at += WIDTH_MS[grain]) before.push(at);
  return {
    ...own,
    startsMs: [...before, ...own.startsMs],
    cuts: [...before, ...own.startsMs, ...own.cuts],
  };
}

type BucketRows = readonly { readonly bucket: number; readonly value: number }[];

/** The series of a measure that adds up, from the value of each bucket. */
export function seriesOfSums(read: SeriesRead, rows: BucketRows): Series {
  const { bucketStarts, values } = seriesOf(read.buckets, rows);
  const sums: number[] = [];
  let sum = 0;
  for (const [index, value] of values.entries()) {
    sum += value - (values[index - read.width] ?? 0);
    sums.push(sum);
  }
  return { bucketStarts: bucketStarts.slice(read.first), values: sums.slice(read.first) };
}

/**
 * The series of distinct people from {@link presenceSql}, or from the people of each bucket when a
 * value tells of its own bucket alone.
 */
export function seriesOfPeople(read: SeriesRead, rows: BucketRows): Series {
  return read.width === 1
    ? seriesOf(read.buckets, rows)
    : seriesOfSums({ ...read, width: NO_END }, rows);
}

/**
 * Turns rows of (bucket, person) into `bucket` and `value`: by how many the distinct people of the
 * window that ends with the bucket exceed those of the window before.
 *
 * A person is present from an active bucket until the width has passed or the next active bucket
 * begins, whichever is first: those stretches never overlap, so adding their starts and taking away
 * their ends counts people without listing them.
 */
export function presenceSql(activity: string, width: number): string {
  return `SELECT change.1 AS bucket, sum(change.2) AS value
FROM (
  SELECT arraySort(groupUniqArray(bucket)) AS active, arrayPushBack(arrayPopFront(active), toInt64(${2 * NO_END})) AS nexts,
    arrayJoin(arrayConcat(
      arrayMap(each -> (each, toInt64(1)), active),
      arrayMap((each, next) -> (least(each + ${width}, next), toInt64(-1)), active, nexts)
    )) AS change
  FROM (${activity})
  GROUP BY person
)
GROUP BY bucket`;
}
