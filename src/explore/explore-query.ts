import type { AnswerMeta, MetricQuestion } from '../metric/metric-query.js';

/** What may be computed of events. All but the first two need a property. */
export const EVENT_MEASURES = [
  'count',
  'people',
  'sum',
  'average',
  'minimum',
  'maximum',
  'median',
  'p75',
  'p90',
  'p95',
  'p99',
  'distinct',
] as const;

/** What may be computed of sessions. */
export const SESSION_MEASURES = [
  'count',
  'people',
  'views',
  'views_per_session',
  'average_seconds',
  'median_seconds',
  'p90_seconds',
  'engaged_seconds_per_session',
  'engaged_sessions',
  'bounce_rate',
  'engagement_rate',
] as const;

export type EventMeasure = (typeof EVENT_MEASURES)[number];
export type SessionMeasure = (typeof SESSION_MEASURES)[number];
export type ExploreMeasure = EventMeasure | SessionMeasure;

/** One number of every row. */
export interface MeasureAsked {
  readonly measure: ExploreMeasure;
  /** Dimension, event field or property whose values are summed up; of events only. */
  readonly property?: string;
}

/** A question made of parts: numbers by dimensions, over events or over sessions. */
export interface ExploreQuestion extends MetricQuestion {
  /** Events of the range, or sessions that start in it. */
  readonly over: 'events' | 'sessions';
  /** 1 to {@link MAX_MEASURES}, each once. */
  readonly measures: readonly MeasureAsked[];
  /** Up to {@link MAX_DIMENSIONS}, each once; of sessions those of the entry event. */
  readonly dimensions: readonly string[];
  /** What rows are sorted by, as a place in `measures` or in `dimensions`. */
  readonly order: {
    readonly by: 'measure' | 'dimension';
    readonly index: number;
    readonly descending: boolean;
  };
  /** Most rows. */
  readonly limit: number;
}

export const MAX_MEASURES = 10;
export const MAX_DIMENSIONS = 5;
/** Most values of all series of one answer: rows × measures × buckets. */
export const MAX_SERIES_VALUES = 500_000;

/** Entry i of every list belongs to row i. A number over nothing is 0 where it counts or sums, else null. */
export interface ExploreAnswer {
  readonly dimensions: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly measures: readonly MeasureColumn[];
  /** Rows that are shown. */
  readonly rows: number;
  /** Rows that the limit left out. */
  readonly otherRows: number;
  /** First instant of each bucket, ISO 8601 UTC; null without a grain. */
  readonly bucketStarts: readonly string[] | null;
  readonly meta: AnswerMeta;
}

/** One measure over all rows. */
export interface MeasureColumn extends MeasureAsked {
  readonly values: readonly (number | null)[];
  /** Over everything, and over what the limit left out: people distinct, rates and percentiles exact. */
  readonly total: number | null;
  readonly other: number | null;
  /** Per row one value per bucket; null without a grain. */
  readonly series: readonly (readonly (number | null)[])[] | null;
}
