import type {
  AnswerMeta,
  Condition,
  EventSelector,
  MetricQuestion,
} from '../metric/metric-query.js';

/** A number that a formula can be made of, which has a total, a series and a breakdown. */
export type OperandMetric = 'events' | 'unique_users' | 'page_views' | 'sessions' | 'net_revenue';

/** One side of a formula. */
export interface Operand {
  readonly metric: OperandMetric;
  /** The events that count; of sessions, those that hold one; not used by revenue. */
  readonly event?: EventSelector;
  /** Holds besides the filter of the question. */
  readonly filter: readonly Condition[];
  /** ISO 4217; what revenue is of, not used by others. */
  readonly currency?: string;
}

export type FormulaOperator = 'add' | 'subtract' | 'multiply' | 'divide';

/** Two numbers put together; the question's own `event` is not used. */
export interface FormulaQuestion extends MetricQuestion {
  readonly first: Operand;
  readonly operator: FormulaOperator;
  readonly second: Operand;
}

/** A result with what it was made of; null where the second operand of a division is 0. */
export interface FormulaValue {
  readonly result: number | null;
  readonly first: number;
  readonly second: number;
}

export interface FormulaAnswer {
  /** The result over the range; null where the second operand of a division is 0. */
  readonly total: number | null;
  readonly first: number;
  readonly second: number;
  /** Parallel lists, one entry per bucket. */
  readonly series: {
    readonly bucketStarts: readonly string[];
    readonly results: readonly (number | null)[];
    readonly first: readonly number[];
    readonly second: readonly number[];
  } | null;
  /** Parallel lists, largest first operand first, ties by value, bytewise. */
  readonly breakdown: {
    readonly values: readonly string[];
    readonly results: readonly (number | null)[];
    readonly first: readonly number[];
    readonly second: readonly number[];
    /** Values of the first operand that the limit left out. */
    readonly otherValues: number;
    /** Everything of both operands that has none of the values, people distinct. */
    readonly other: FormulaValue;
  } | null;
  readonly meta: AnswerMeta;
}
