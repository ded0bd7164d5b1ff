import type { AnswerMeta, EventSelector, MetricQuestion } from '../metric/metric-query.js';

/** A question about an experiment (METRICS-SPEC §10). Its filter tests the exposures. */
export interface ExperimentQuestion extends MetricQuestion {
  /** Value of the property `experiment` of the exposures. */
  readonly experiment: string;
  /** One answer each. */
  readonly goals: readonly EventSelector[];
  /** Seconds from the first exposure in which a goal counts, inclusive; left out: any time in the range. */
  readonly windowSeconds?: number;
  /** Variant that the others are compared with. */
  readonly control: string;
  /** Planned share of each variant; left out: equal shares of the variants that have users. */
  readonly allocation?: readonly VariantWeight[];
  /** Adds the cumulative series by local day. */
  readonly isDaily: boolean;
}

export interface VariantWeight {
  readonly variant: string;
  readonly weight: number;
}

/** People of a variant and those of them who converted. */
export interface VariantCounts {
  readonly variant: string;
  readonly users: number;
  readonly conversions: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A variant beside the control. Intervals are of 95 %. */
export interface VariantResult extends VariantCounts {
  /** 0–100; null without users. */
  readonly ratePercent: number | null;
  /** Credible interval of the rate, 0–1: Beta(x + 1, n − x + 1); null without users. */
  readonly credibleInterval: Interval | null;
  /** Null for the control itself. A control that nobody met has no users and no conversions. */
  readonly comparison: VariantComparison | null;
}

/**
 * Why results are to be read with care: people fell into the variants otherwise than planned; nobody
 * met the control; somebody met a single variant only, so nothing can be compared.
 */
export type ExperimentWarning =
  | 'sample_ratio_mismatch'
  | 'control_without_users'
  | 'single_variant';

export interface VariantComparison {
  /** Relative lift in percent; null when the control's rate is 0 or there is none. */
  readonly liftPercent: number | null;
  /** By the log-ratio (Katz); null when either side has no conversions. */
  readonly liftInterval: Interval | null;
  /** Pooled two-proportion test, variant minus control; null when the pooled variance is 0. */
  readonly z: number | null;
  readonly pValue: number | null;
  /** Wald interval of the difference of the rates, −1 to 1; null without users on either side. */
  readonly differenceInterval: Interval | null;
  /** P(Beta_variant > Beta_control), uniform priors, 0–1. */
  readonly probabilityToBeatControl: number;
  /** The numbers of the delta method; null when the control's rate is 0 or there is none. */
  readonly relativeDelta: {
    readonly liftPercent: number;
    /** Null when its variance is 0. */
    readonly pValue: number | null;
    readonly intervalPercent: Interval;
  } | null;
}

/** Whether users fell into the variants as planned. */
export interface SampleRatio {
  /** 0 for fewer than two variants and without users: nothing speaks against the plan. */
  readonly chiSquare: number;
  /** 1 likewise. */
  readonly pValue: number;
  /** p below 0.001: the results are not to be trusted. */
  readonly isMismatch: boolean;
}

export interface GoalResult {
  /** Bytewise by variant. */
  readonly variants: readonly VariantResult[];
  readonly series: ExperimentSeries | null;
}

/** What was known at the end of each local day; lists are parallel to the days. */
export interface ExperimentSeries {
  readonly bucketStarts: readonly string[];
  readonly variants: readonly VariantSeries[];
}

/** Users exposed and converted up to the end of each day, and what follows from them. */
export interface VariantSeries {
  readonly variant: string;
  readonly users: readonly number[];
  readonly conversions: readonly number[];
  readonly ratePercents: readonly (number | null)[];
  /** Null for the control, and as in {@link VariantComparison}. */
  readonly liftPercents: readonly (number | null)[];
  readonly pValues: readonly (number | null)[];
}

export interface ExperimentAnswer {
  /** People who met several variants; they are in none. */
  readonly multiVariantUsers: number;
  readonly sampleRatio: SampleRatio;
  readonly warnings: readonly ExperimentWarning[];
  /** In the order of the goals. */
  readonly goals: readonly GoalResult[];
  readonly meta: AnswerMeta;
}
