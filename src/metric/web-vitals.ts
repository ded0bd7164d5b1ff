import { statement } from '../warehouse/statement.js';
import { percent, startAnswer } from './answer.js';
import { selectorSql } from './event-condition.js';
import { eventSource, eventTables, OCCURRED_MS, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { numberProperty, textProperty } from './property-sql.js';

export const WEB_VITALS: MetricDefinition = {
  id: 'web_vitals',
  title: 'Web vitals',
  meaning:
    'The 75th percentile of LCP, INP, CLS, FCP and TTFB, its rating, and the share of good values. Of web_vital events with one name and metric_id the last of the range counts.',
  unit: 'milliseconds (CLS: a number), percent',
  additivity: 'quantile',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Largest value that is good, and largest that only needs improvement; ms, CLS without unit. */
const THRESHOLDS = {
  LCP: [2500, 4000],
  INP: [200, 500],
  CLS: [0.1, 0.25],
  FCP: [1800, 3000],
  TTFB: [800, 1800],
} as const;

export type WebVitalName = keyof typeof THRESHOLDS;
export type WebVitalRating = 'good' | 'needs-improvement' | 'poor';

/** A question for the vitals of all pages, or of one. */
export interface WebVitalsQuestion extends MetricQuestion {
  readonly page?: string;
}

/** Parallel lists, always with all five vitals. */
export interface WebVitalsAnswer {
  readonly names: readonly WebVitalName[];
  readonly samples: readonly number[];
  /** Type 7; null without samples, like everything below. */
  readonly p75: readonly (number | null)[];
  /** Of the p75. */
  readonly ratings: readonly (WebVitalRating | null)[];
  /** Good values ÷ samples, 0–100. */
  readonly goodPercents: readonly (number | null)[];
  readonly meta: AnswerMeta;
}

interface Row {
  readonly name: string;
  readonly samples: number;
  readonly p75: number;
  readonly good: number;
}

/**
 * Vitals of the range, by event time. Page and filter pick the events before the last value of
 * each `metric_id` is taken.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeWebVitals(
  context: MetricContext,
  question: WebVitalsQuestion,
): Promise<WebVitalsAnswer> {
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const { page } = question;
  const ofPage = page === undefined ? '' : ` AND ${selectorSql({ where: { page } }, scope)}`;
  const source = eventSource(plan, scope, { extra: `event_name = 'web_vital'${ofPage}` });
  const names = Object.keys(THRESHOLDS) as WebVitalName[];
  const good = names.map((name) => `name = '${name}', ${THRESHOLDS[name][0]}`).join(', ');
  const rows = await run.query(
    statement<Row>(
      'metric.web_vitals',
      `SELECT name, count() AS samples, quantileExactInclusive(0.75)(value) AS p75, countIf(value <= multiIf(${good}, 0)) AS good
FROM (
  SELECT name, argMax(number, (ms, event_id)) AS value
  FROM (
    SELECT ${textProperty('name')} AS name, ${textProperty('metric_id')} AS metric_id, ${numberProperty('value')} AS maybe, assumeNotNull(maybe) AS number, ${OCCURRED_MS} AS ms, event_id
    ${source.from}
  )
  WHERE isNotNull(maybe) AND has(${scope.parameters.bind('Array(String)', names)}, name)
  GROUP BY name, if(metric_id = '', ('e', event_id), ('m', metric_id))
)
GROUP BY name`,
      scope.parameters.values(),
    ),
    eventTables({}),
  );
  const found = names.map((name) => rows.find((row) => row.name === name));
  return {
    names,
    samples: found.map((row) => row?.samples ?? 0),
    p75: found.map((row) => row?.p75 ?? null),
    ratings: names.map((name, index) => ratingOf(name, found[index]?.p75)),
    goodPercents: found.map((row) => (row === undefined ? null : percent(row.good, row.samples))),
    meta: run.meta(),
  };
}

function ratingOf(name: WebVitalName, p75: number | undefined): WebVitalRating | null {
  if (p75 === undefined) return null;
  const [good, fair] = THRESHOLDS[name];
  if (p75 <= good) return 'good';
  return p75 <= fair ? 'needs-improvement' : 'poor';
}
