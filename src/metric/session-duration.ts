import { statement } from '../warehouse/statement.js';
import { startAnswer } from './answer.js';
import { planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { MetricQuestion, SessionDurationAnswer } from './metric-query.js';
import { planSessions } from './session-plan.js';
import { sessionSource } from './session-source.js';

export const SESSION_DURATION: MetricDefinition = {
  id: 'session_duration',
  title: 'Session duration',
  meaning:
    'Seconds from the first to the last event of a session; a session of one event lasts 0 and is included. Percentiles interpolate linearly (type 7).',
  unit: 'seconds',
  additivity: 'quantile',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: 'null',
  exactness: 'exact',
};

interface Row {
  readonly sessions: number;
  readonly total_ms: number;
  readonly quantiles: readonly (number | null)[];
}

/**
 * Average, median and 90th percentile of the duration of the sessions that start in the range.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeSessionDuration(
  context: MetricContext,
  question: MetricQuestion,
): Promise<SessionDurationAnswer> {
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, []);
  const rows = await run.query(
    statement<Row>(
      'metric.session_duration',
      `SELECT count() AS sessions, sum(ended_ms - started_ms) AS total_ms, quantilesExactInclusive(0.5, 0.9)(ended_ms - started_ms) AS quantiles\n${source.from}`,
      scope.parameters.values(),
    ),
  );
  const row = rows[0];
  if (row === undefined || row.sessions === 0) {
    return { averageSeconds: null, medianSeconds: null, p90Seconds: null, meta: run.meta() };
  }
  const [median = null, p90 = null] = row.quantiles;
  return {
    averageSeconds: row.total_ms / row.sessions / 1000,
    medianSeconds: median === null ? null : median / 1000,
    p90Seconds: p90 === null ? null : p90 / 1000,
    meta: run.meta(),
  };
}
