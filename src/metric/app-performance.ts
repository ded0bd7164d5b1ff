import { statement } from '../warehouse/statement.js';
import { percent, startAnswer } from './answer.js';
import { eventSource, eventTables, type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { type Percentiles, percentilesOf } from './percentiles.js';
import { numberProperty, textProperty } from './property-sql.js';

export const APP_PERFORMANCE: MetricDefinition = {
  id: 'app_performance',
  title: 'App performance',
  meaning:
    'How long the app took to start (duration_ms of app_start from 0 to 60,000, by start type, cold when absent) and how long its requests took (duration_ms of network_request), with the share of requests that failed (status 400 or above, or none).',
  unit: 'milliseconds, percent',
  additivity: 'quantile',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Longest start that is believed, ms; a longer one is left out [Sentry]. */
const LONGEST_START_MS = 60_000;

/** Type 7 percentiles of `samples` durations, ms. */
export interface DurationFigures extends Percentiles {
  readonly samples: number;
}

export interface AppPerformanceAnswer {
  /** Start types that have samples, bytewise, and their figures at the same place. */
  readonly startTypes: readonly string[];
  readonly starts: readonly DurationFigures[];
  /** Of the requests that tell a duration. */
  readonly network: DurationFigures;
  /** Every request, with a duration or without. */
  readonly requests: number;
  readonly failedRequests: number;
  /** Failed ÷ requests, 0–100; null without requests. */
  readonly errorPercent: number | null;
  readonly meta: AnswerMeta;
}

/** The starts of one type, or all requests. */
interface Row {
  readonly is_start: boolean;
  readonly start_type: string;
  readonly events: number;
  readonly failed: number;
  readonly samples: number;
  readonly quantiles: readonly number[];
}

const QUANTILES = 'quantilesExactInclusiveIf(0.5, 0.95, 0.99)';

/**
 * Starts and requests of the range, by event time.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeAppPerformance(
  context: MetricContext,
  question: MetricQuestion,
): Promise<AppPerformanceAnswer> {
  const plan = planOf(context, question);
  const run = startAnswer(context);
  const rows = await run.query(performanceStatement(plan), eventTables({}));
  const starts = rows.filter((row) => row.is_start);
  const network = rows.find((row) => !row.is_start);
  const { events: requests = 0, failed: failedRequests = 0 } = network ?? {};
  return {
    startTypes: starts.map((row) => row.start_type),
    starts: starts.map(figuresOf),
    network: figuresOf(network ?? { samples: 0, quantiles: [] }),
    requests,
    failedRequests,
    errorPercent: percent(failedRequests, requests),
    meta: run.meta(),
  };
}

function figuresOf({ samples, quantiles }: Pick<Row, 'samples' | 'quantiles'>): DurationFigures {
  return { samples, ...percentilesOf(samples, quantiles) };
}

/** A status that is no number above 0 is none: clients report 0 when no answer came. */
function performanceStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = eventSource(plan, scope, {
    extra: `event_name IN ('app_start', 'network_request')`,
  });
  return statement<Row>(
    'metric.app_performance',
    `SELECT is_start, start_type, count() AS events, countIf(ifNull(status <= 0 OR status >= 400, true)) AS failed, countIf(is_sample) AS samples,
  ${QUANTILES}(ifNull(duration, 0), is_sample) AS quantiles
FROM (
  SELECT event_name = 'app_start' AS is_start, if(is_start, ifNull(nullIf(${textProperty('start_type')}, ''), 'cold'), '') AS start_type,
    ${numberProperty('status')} AS status, ${numberProperty('duration_ms')} AS duration,
    isNotNull(duration) AND (NOT is_start OR ifNull(duration >= 0 AND duration <= ${LONGEST_START_MS}, false)) AS is_sample
  ${source.from}
)
GROUP BY is_start, start_type
HAVING samples > 0 OR NOT is_start
ORDER BY is_start ASC, start_type ASC`,
    scope.parameters.values(),
  );
}
