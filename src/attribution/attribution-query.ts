import type { AnswerMeta, EventSelector, MetricQuestion } from '../metric/metric-query.js';

/** Rules that share one conversion among its touches. */
export const RULE_MODELS = [
  'first_touch',
  'last_touch',
  'last_non_direct',
  'linear',
  'time_decay',
  'position_based',
] as const;

/** Models that learn from the paths of everybody. */
export const DATA_DRIVEN_MODELS = ['markov', 'shapley'] as const;

export type RuleModel = (typeof RULE_MODELS)[number];
export type DataDrivenModel = (typeof DATA_DRIVEN_MODELS)[number];
/** How a conversion is credited to touches (METRICS-SPEC §9). */
export type AttributionModel = RuleModel | DataDrivenModel;

/** What of a touch is credited. */
export type TouchDimension = 'channel' | 'source' | 'medium' | 'campaign';

/** Which touches of a conversion count, and for how much by age. */
export interface TouchRules {
  /** A touch counts up to so many days before the conversion, inclusive. */
  readonly lookbackDays: number;
  /** `time_decay`: days after which a touch has half the weight. */
  readonly halfLifeDays: number;
  /** Leaves Direct out unless every touch is Direct. */
  readonly excludeDirect: boolean;
}

/** A question about what led to the goal events of a range. Its filter tests the goal events. */
export interface AttributionQuestion extends MetricQuestion, TouchRules {
  readonly goal: EventSelector;
  readonly models: readonly AttributionModel[];
  readonly by: TouchDimension;
}

/** What one model says. Lists are parallel, largest credit first, ties bytewise. */
export interface ModelCredits {
  readonly model: AttributionModel;
  readonly values: readonly string[];
  /** Conversions credited; over all values the conversions that have a touch. */
  readonly credits: readonly number[];
  /**
   * Revenue credited, by currency; rules only, else empty. Exact decimal text of at most ten places:
   * over all values the revenue of these conversions, to the last place.
   */
  readonly revenues: readonly { readonly currency: string; readonly amounts: readonly string[] }[];
  /** `markov`: probability that a path converts, 0–1; null without paths and for other models. */
  readonly conversionProbability: number | null;
  /** `markov`: share of the conversions lost without the value, 0–1; null for other models, or when nobody converts. */
  readonly removalEffects: readonly number[] | null;
}

/** Revenue of conversions by currency, bytewise: parallel lists, exact decimal text. */
export interface ConversionRevenue {
  readonly currencies: readonly string[];
  readonly totals: readonly string[];
  /** What of it belongs to conversions without a touch. */
  readonly unattributed: readonly string[];
}

export interface AttributionAnswer {
  /** Goal events of the range, with and without a touch. */
  readonly conversions: number;
  /** Those without a touch. */
  readonly unattributed: number;
  /** Their revenue; a repeated order has none. */
  readonly revenue: ConversionRevenue;
  /** In the order asked. */
  readonly models: readonly ModelCredits[];
  readonly meta: AnswerMeta;
}

/** Paths that went the same way, already counted. */
export interface CountedPath {
  /** Names in order; not empty. */
  readonly touches: readonly Touch[];
  /** How many of them ended in a conversion, and how many in none. */
  readonly conversions: number;
  readonly nulls: number;
}

/** One touch of a path. */
export interface Touch {
  readonly name: string;
  /** Of the channel Direct. */
  readonly isDirect: boolean;
}

/** A question about one conversion. */
export interface ConversionQuestion
  extends Omit<AttributionQuestion, 'models' | 'range' | 'filter' | 'goal'> {
  readonly eventId: string;
}

/** One conversion, explained. Lists are parallel, oldest touch first. */
export interface ExplainedConversion {
  readonly eventId: string;
  readonly eventName: string;
  readonly occurredAt: string;
  /** Exact decimal text; null where it is credited without value. */
  readonly revenue: string | null;
  readonly currency: string;
  readonly startedAt: readonly string[];
  readonly values: readonly string[];
  readonly channels: readonly string[];
  /** Credit of each touch, by rule. */
  readonly credits: readonly { readonly model: RuleModel; readonly credits: readonly number[] }[];
}

export interface ExplanationAnswer {
  /** Null when there is no such event. */
  readonly conversion: ExplainedConversion | null;
  readonly meta: AnswerMeta;
}
