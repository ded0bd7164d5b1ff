import type { Period } from '../metric/bucket-window.js';
import type { AnswerMeta, EventSelector, MetricQuestion } from '../metric/metric-query.js';

/**
 * Which cohorts a person belongs to: that of the first start event ever, or one for every bucket
 * with a start event.
 */
export type RetentionType = 'first_time' | 'recurring';

/** Whether a person returns in column n's bucket, or in it or any later one. */
export type RetentionMode = 'classic' | 'rolling';

/** Return at least once in the buckets `from` … `to` behind the cohort's, both included. */
export interface RetentionBracket {
  readonly from: number;
  readonly to: number;
}

/**
 * A question for retention. The range says which buckets are cohorts, each as a whole; start and
 * return events outside of it count too. The filter narrows start and return events alike; the
 * selector `event` is not used.
 */
export interface RetentionQuestion extends Omit<MetricQuestion, 'event' | 'grain' | 'breakdown'> {
  readonly period: Period;
  /** Columns 0 … intervals − 1; 1 to 400. */
  readonly intervals: number;
  readonly type: RetentionType;
  readonly mode: RetentionMode;
  /** Left out: any event. */
  readonly startEvent?: EventSelector;
  readonly returnEvent?: EventSelector;
  /** At most 20. */
  readonly brackets: readonly RetentionBracket[];
  /** The moment that is now, ISO 8601 with `Z` or an offset; left out: the moment of asking. */
  readonly asOf?: string;
}

/** People per cohort of one bracket. */
export interface BracketRetention extends RetentionBracket {
  /** One entry per cohort; null while its first bucket has not begun. */
  readonly people: readonly (number | null)[];
  /** Whether the last bucket is over; false also where `people` is null. */
  readonly complete: readonly boolean[];
  /** Over cohorts that are complete, 0–100; null when there are none, or nobody is in them. */
  readonly ratePercent: number | null;
}

export interface RetentionAnswer {
  /** First local date of each cohort's bucket, `YYYY-MM-DD`, ascending. */
  readonly cohorts: readonly string[];
  /** One row per cohort; column 0 is its size. Null where the bucket has not begun. */
  readonly matrix: readonly (readonly (number | null)[])[];
  /** Whether the bucket of each cell is over; false also where the cell is null. */
  readonly complete: readonly (readonly boolean[])[];
  /** One per column, over cohorts whose cell is complete, 0–100; null when there are none, or nobody is in them. */
  readonly ratePercents: readonly (number | null)[];
  readonly brackets: readonly BracketRetention[];
  readonly meta: AnswerMeta;
}
