import { statement } from '../warehouse/statement.js';
import { breakdownOf, type RankedRow, rankedSql, ratio, startAnswer } from './answer.js';
import { type Buckets, bucketIndexSql, bucketsOf, seriesOf } from './buckets.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { MetricQuestion, SessionsAnswer } from './metric-query.js';
import { sessionSource, sessionTables } from './session-source.js';

export const SESSIONS: MetricDefinition = {
  id: 'sessions',
  title: 'Sessions',
  meaning:
    'Sessions that start in the range, the people they belong to, and views per session. Without an id from the client a session ends after the inactivity timeout, after 24 hours, or at a cold app start.',
  unit: 'sessions',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/**
 * Sessions by start, with series and breakdown (by the entry event) when asked.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeSessions(
  context: MetricContext,
  question: MetricQuestion,
): Promise<SessionsAnswer> {
  const plan = planOf(context, question);
  const buckets = question.grain === undefined ? null : bucketsOf(plan.range, question.grain);
  const run = startAnswer(context);
  const [totals, series, breakdown] = await Promise.all([
    run.query(totalStatement(plan), sessionTables(['person'])),
    buckets === null ? null : run.query(seriesStatement(plan, buckets), sessionTables([])),
    question.breakdown === undefined
      ? null
      : run.query(breakdownStatement(plan), sessionTables([])),
  ]);
  const row = totals[0] ?? { total: 0, users: 0, views: 0 };
  return {
    total: row.total,
    users: row.users,
    viewsPerSession: ratio(row.views, row.total),
    series: buckets === null || series === null ? null : seriesOf(buckets, series),
    breakdown: breakdown === null ? null : breakdownOf(breakdown, null),
    meta: run.meta(),
  };
}

function totalStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, ['person', 'views']);
  return statement<{ readonly total: number; readonly users: number; readonly views: number }>(
    'metric.sessions.total',
    `SELECT count() AS total, uniqExact(${source.person}) AS users, sum(views) AS views\n${source.from}`,
    scope.parameters.values(),
  );
}

function seriesStatement(plan: Plan, buckets: Buckets) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, []);
  return statement<{ readonly bucket: number; readonly value: number }>(
    'metric.sessions.series',
    `SELECT ${bucketIndexSql('started_ms', buckets, scope.parameters)} AS bucket, count() AS value
${source.from}
GROUP BY bucket`,
    scope.parameters.values(),
  );
}

function breakdownStatement(plan: Plan) {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: '', limit: 0 };
  const source = sessionSource(plan, scope, [], dimension);
  return statement<RankedRow>(
    'metric.sessions.breakdown',
    rankedSql(
      `SELECT ${source.label} AS value, count() AS n\n${source.from}\nGROUP BY value`,
      limit,
    ),
    scope.parameters.values(),
  );
}
