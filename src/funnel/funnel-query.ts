import type { AnswerMeta, Condition, EventSelector, TimeRange } from '../metric/metric-query.js';

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
}

export interface FunnelAnswer {
  /** Null when a breakdown was asked. */
  readonly result: FunnelResult | null;
  /** One entry per value that somebody started with, largest first; null without a breakdown. */
  readonly byValue: readonly { readonly value: string; readonly result: FunnelResult }[] | null;
  readonly meta: AnswerMeta;
}
