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

interface StartRow {
  readonly start_type: string;
  readonly samples: number;
  readonly quantiles: readonly number[];
}

interface NetworkRow {
  readonly requests: number;
  readonly failed: number;
  readonly samples: number;
  readonly quantiles: readonly number[];
}

const EMPTY: NetworkRow = { requests: 0, failed: 0, samples: 0, quantiles: [] };
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
  const [starts, networks] = await Promise.all([
    run.query(startStatement(plan), eventTables({})),
    run.query(networkStatement(plan), eventTables({})),
  ]);
  const network = networks[0] ?? EMPTY;
  return {
    startTypes: starts.map((row) => row.start_type),
    starts: starts.map(figuresOf),
    network: figuresOf(network),
    requests: network.requests,
    failedRequests: network.failed,
    errorPercent: percent(network.failed, network.requests),
    meta: run.meta(),
  };
}

function figuresOf(row: {
  readonly samples: number;
  readonly quantiles: readonly number[];
}): DurationFigures {
  return { samples: row.samples, ...percentilesOf(row.samples, row.quantiles) };
}

function startStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = eventSource(plan, scope, { extra: `event_name = 'app_start'` });
  return statement<StartRow>(
    'metric.app_performance.starts',
    `SELECT start_type, count() AS samples, ${QUANTILES}(assumeNotNull(duration), true) AS quantiles
FROM (SELECT ifNull(nullIf(${textProperty('start_type')}, ''), 'cold') AS start_type, ${numberProperty('duration_ms')} AS duration ${source.from})
WHERE duration >= 0 AND duration <= ${LONGEST_START_MS}
GROUP BY start_type
ORDER BY start_type ASC`,
    scope.parameters.values(),
  );
}

/** A status that is no number above 0 is none: clients report 0 when no answer came. */
function networkStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = eventSource(plan, scope, { extra: `event_name = 'network_request'` });
  return statement<NetworkRow>(
    'metric.app_performance.network',
    `SELECT count() AS requests, countIf(ifNull(status <= 0 OR status >= 400, true)) AS failed, countIf(isNotNull(duration)) AS samples,
  ${QUANTILES}(ifNull(duration, 0), isNotNull(duration)) AS quantiles
FROM (SELECT ${numberProperty('status')} AS status, ${numberProperty('duration_ms')} AS duration ${source.from})`,
    scope.parameters.values(),
  );
}
