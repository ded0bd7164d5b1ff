import { percent } from '../metric/answer.js';
import { createDurations } from './durations.js';
import type { FunnelResult, FunnelSeries } from './funnel-query.js';

/** What is collected of every chain. */
export interface FunnelSummaryOptions {
  readonly stepCount: number;
  /** First instants of the buckets of the series, ms in the count of the chains' times; null: no series. */
  readonly bucketStarts: readonly number[] | null;
  /** Start of the chains' times, ms since 1970. */
  readonly fromMs: number;
  /** Seconds that cut the histogram; null: no histogram. */
  readonly timeBounds: readonly number[] | null;
}

/** Collects the chains of actors into the values of a funnel. */
export interface FunnelSummary {
  /** Adds one actor; `times` are the instants (ms) of the steps 1…depth. Depth 0 adds nothing. */
  add(depth: number, times: Float64Array): void;
  result(): FunnelResult;
}

export function createFunnelSummary({
  stepCount,
  bucketStarts,
  fromMs,
  timeBounds,
}: FunnelSummaryOptions): FunnelSummary {
  const width = stepCount + 1;
  /** Actors whose depth is exactly k. */
  const reached = new Float64Array(width);
  /** The same by bucket, one row of `width` each. */
  const reachedIn = new Float64Array(width * (bucketStarts?.length ?? 0));
  const steps = Array.from({ length: stepCount }, createDurations);
  const total = createDurations();

  function series(starts: readonly number[]): FunnelSeries {
    const perBucket = starts.map((_, bucket) =>
      atLeast(reachedIn.subarray(bucket * width, (bucket + 1) * width)),
    );
    return {
      bucketStarts: starts.map((start) => new Date(start + fromMs).toISOString()),
      counts: steps.map((_, step) => perBucket.map((counts) => counts[step] ?? 0)),
      conversionPercents: perBucket.map((counts) => percent(counts.at(-1) ?? 0, counts[0] ?? 0)),
    };
  }

  return {
    add(depth, times) {
      if (depth === 0) return;
      reached[depth] = (reached[depth] ?? 0) + 1;
      if (bucketStarts !== null) {
        const cell = bucketOf(bucketStarts, times[0] ?? 0) * width + depth;
        reachedIn[cell] = (reachedIn[cell] ?? 0) + 1;
      }
      for (let k = 1; k < depth; k += 1) steps[k]?.add((times[k] ?? 0) - (times[k - 1] ?? 0));
      if (depth === stepCount) total.add((times[depth - 1] ?? 0) - (times[0] ?? 0));
    },
    result() {
      const counts = atLeast(reached);
      const first = counts[0] ?? 0;
      const bounds = timeBounds?.map((seconds) => seconds * 1000);
      return {
        counts,
        ratePercents: counts.map((count) => percent(count, first)),
        stepRatePercents: counts.map((count, k) => percent(count, counts[Math.max(k - 1, 0)] ?? 0)),
        averageSeconds: steps.map((step) => step.averageSeconds()),
        medianSeconds: steps.map((step) => step.medianSeconds()),
        totalAverageSeconds: total.averageSeconds(),
        totalMedianSeconds: total.medianSeconds(),
        series: bucketStarts === null ? null : series(bucketStarts),
        timeHistogram:
          timeBounds === null || bounds === undefined
            ? null
            : {
                boundsSeconds: timeBounds,
                steps: steps.map((step) => step.histogram(bounds)),
                total: total.histogram(bounds),
              },
      };
    },
  };
}

/** Actors that reached step 1, 2, …, from those whose depth is exactly 0, 1, 2, … */
function atLeast(exactly: Float64Array): number[] {
  const counts = new Array<number>(exactly.length - 1).fill(0);
  let sum = 0;
  for (let depth = exactly.length - 1; depth >= 1; depth -= 1) {
    sum += exactly[depth] ?? 0;
    counts[depth - 1] = sum;
  }
  return counts;
}

/** The last bucket that starts at or before an instant of the range. */
function bucketOf(starts: readonly number[], instant: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= instant) low = middle;
    else high = middle;
  }
  return low;
}
