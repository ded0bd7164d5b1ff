import { statement } from '../warehouse/statement.js';
import { breakdownOf, checkedLimit, type RankedRow, ratio, startAnswer } from './answer.js';
import { type Buckets, bucketIndexSql } from './buckets.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { MetricQuestion, SessionsAnswer } from './metric-query.js';
import { seriesOfSums, seriesRead } from './series-window.js';
import { planSessions } from './session-plan.js';
import { sessionSource } from './session-source.js';

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

/** One row of the total, of a bucket or of a value. */
interface Row extends RankedRow {
  readonly kind: 'total' | 'bucket' | 'value';
  readonly bucket: number;
  readonly users: number;
  readonly views: number;
}

/**
 * Sessions by start, with series and breakdown (by the entry event) when asked.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeSessions(
  context: MetricContext,
  question: MetricQuestion,
): Promise<SessionsAnswer> {
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const read =
    question.grain === undefined ? null : seriesRead(plan, question.grain, question.window);
  // A series that looks back before the range is of other sessions than the rest of the answer.
  const looksBack = read !== null && read.plan !== plan;
  const [rows, before] = await Promise.all([
    run.query(sessionsStatement(plan, looksBack ? null : (read?.buckets ?? null))),
    looksBack ? run.query(sessionsStatement(withoutBreakdown(read.plan), read.buckets)) : null,
  ]);
  const total = rows.find((row) => row.kind === 'total') ?? { n: 0, users: 0, views: 0 };
  const series = (before ?? rows).filter((row) => row.kind === 'bucket');
  const values = rows.filter((row) => row.kind === 'value');
  const limit = question.breakdown?.limit ?? 0;
  return {
    total: total.n,
    users: total.users,
    viewsPerSession: ratio(total.views, total.n),
    series:
      read === null
        ? null
        : seriesOfSums(
            read,
            series.map(({ bucket, n }) => ({ bucket, value: n })),
          ),
    breakdown: question.breakdown === undefined ? null : breakdownOf(values.slice(0, limit)),
    meta: run.meta(),
  };
}

function withoutBreakdown(plan: Plan): Plan {
  const { breakdown: _, ...question } = plan.question;
  return { ...plan, question };
}

/**
 * Sessions are derived once for the total, the series and the breakdown together. All buckets come
 * back and at least as many values as were asked for.
 */
function sessionsStatement(plan: Plan, buckets: Buckets | null) {
  const scope = statementScope(plan);
  const { breakdown } = plan.question;
  const source = sessionSource(plan, scope, ['person', 'views'], breakdown?.dimension);
  const bucket =
    buckets === null ? 'toInt64(0)' : bucketIndexSql('started_ms', buckets, scope.parameters);
  // A key may only be named where some grouping set has it.
  const keys = [
    ...(buckets === null ? [] : ['bucket']),
    ...(breakdown === undefined ? [] : ['value']),
  ];
  const kinds = keys.map((key) => `grouping(${key}) = 0, '${key}'`);
  const kind = kinds.length === 0 ? `'total'` : `multiIf(${kinds.join(', ')}, 'total')`;
  const key = (name: string, absent: string): string =>
    keys.includes(name) ? name : `${absent} AS ${name}`;
  const most = Math.max(
    buckets?.startsMs.length ?? 0,
    breakdown === undefined ? 1 : checkedLimit(breakdown.limit),
  );
  return statement<Row>(
    'metric.sessions',
    `SELECT kind, bucket, value, n, users, views, count() OVER (PARTITION BY kind) AS value_count, sum(n) OVER (PARTITION BY kind) AS value_sum
FROM (
  SELECT ${kind} AS kind, ${key('bucket', 'toInt64(0)')}, ${key('value', `''`)}, count() AS n, uniqExact(person) AS users, sum(views) AS views
  FROM (SELECT ${bucket} AS bucket, ${source.label} AS value, ${source.person} AS person, views ${source.from})
  GROUP BY GROUPING SETS (${['()', ...keys.map((name) => `(${name})`)].join(', ')})
)
ORDER BY n DESC, value ASC
LIMIT ${most} BY kind`,
    scope.parameters.values(),
  );
}
