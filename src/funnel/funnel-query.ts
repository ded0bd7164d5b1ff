import type {
  AnswerMeta,
  Condition,
  EventSelector,
  Grain,
  TimeRange,
} from '../metric/metric-query.js';

export type FunnelOrder = 'ordered' | 'strict' | 'unordered';

/** An event that spoils a chain between two steps, counted from 1, `1 ≤ fromStep < toStep ≤ n`. */
export interface FunnelExclusion {
  readonly event: EventSelector;
  readonly fromStep: number;
  readonly toStep: number;
}

export interface FunnelBreakdown {
  readonly dimension: string;
  readonly attribution: 'first_touch' | 'last_touch' | 'all_events';
}

/** Name of a missing value (METRICS-SPEC §1: a funnel breakdown always says so). */
export const MISSING_VALUE = '(none)';

/** A funnel question (METRICS-SPEC §7). */
export interface FunnelQuestion {
  readonly projectId: string;
  readonly range: TimeRange;
  readonly timeZone: string;
  /** 2 to 20. */
  readonly steps: readonly EventSelector[];
  readonly order: FunnelOrder;
  /** Seconds from the first step to each later one, inclusive; > 0; default 14 days. */
  readonly windowSeconds: number;
  readonly per: 'user' | 'session';
  readonly exclusions: readonly FunnelExclusion[];
  readonly breakdown?: FunnelBreakdown;
  readonly filter: readonly Condition[];
  readonly includeBots: boolean;
  /** Adds the series, by the moment of the first step of each chain. */
  readonly grain?: Grain;
  /** Adds the histogram of times, cut at these seconds: ascending, 1 to 100. */
  readonly timeBounds?: readonly number[];
  /** Adds the same funnel of parts of the events, side by side; 0 to 10. */
  readonly segments?: readonly FunnelSegmentQuestion[];
}

/** A part of the events: those that fit this too. */
export interface FunnelSegmentQuestion {
  readonly name: string;
  readonly filter: readonly Condition[];
}

/** Parallel lists, one entry per step. Times are seconds from the step before. */
export interface FunnelResult {
  readonly counts: readonly number[];
  /** Count ÷ count of step 1, 0–100; null when step 1 is 0. */
  readonly ratePercents: readonly (number | null)[];
  /** Count ÷ count of the step before (step 1: of itself), 0–100; null on zero. */
  readonly stepRatePercents: readonly (number | null)[];
  readonly averageSeconds: readonly (number | null)[];
  readonly medianSeconds: readonly (number | null)[];
  /** First to last step over converters; null without any. */
  readonly totalAverageSeconds: number | null;
  readonly totalMedianSeconds: number | null;
  /** Null unless asked with a grain. */
  readonly series: FunnelSeries | null;
  /** Null unless asked with bounds. */
  readonly timeHistogram: FunnelTimeHistogram | null;
}

/** A funnel over time: a chain counts in the bucket of its first step, however late it went on. */
export interface FunnelSeries {
  readonly bucketStarts: readonly string[];
  /** Per step, per bucket: actors that reached the step. */
  readonly counts: readonly (readonly number[])[];
  /** Per bucket: actors of the last step ÷ actors of step 1, 0–100; null without any. */
  readonly conversionPercents: readonly (number | null)[];
}

/**
 * How many actors took how long. Bin 0 is below the first bound, bin i from bound i−1 up to below
 * bound i, the last from the last bound on.
 */
export interface FunnelTimeHistogram {
  readonly boundsSeconds: readonly number[];
  /** Per step, per bin: times from the step before; all 0 for step 1. */
  readonly steps: readonly (readonly number[])[];
  /** Per bin: times from the first to the last step. */
  readonly total: readonly number[];
}

/** A funnel as a whole or by value. */
export interface FunnelParts {
  /** Null when a breakdown was asked. */
  readonly result: FunnelResult | null;
  /** One entry per value that somebody started with, largest first; null without a breakdown. */
  readonly byValue: readonly { readonly value: string; readonly result: FunnelResult }[] | null;
}

export interface FunnelAnswer extends FunnelParts {
  /** In the order asked. */
  readonly segments: readonly (FunnelParts & { readonly name: string })[];
  readonly meta: AnswerMeta;
}
