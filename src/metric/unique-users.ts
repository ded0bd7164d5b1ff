import { type Statement, statement } from '../warehouse/statement.js';
import { activitySql, activityTable, activityTables } from './activity-source.js';
import { percent, startAnswer } from './answer.js';
import { type Buckets, bucketsOf, seriesOf } from './buckets.js';
import type { RollupTable } from './choose-table.js';
import { fieldSql } from './event-condition.js';
import { eventSource, type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { BreakdownRows, CountAnswer, MetricQuestion } from './metric-query.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';

export const UNIQUE_USERS: MetricDefinition = {
  id: 'unique_users',
  title: 'Unique users',
  meaning:
    'Distinct people with at least one event, or at least one of a given event. A person is the account, else the first account its device was ever linked to, else the device.',
  unit: 'people',
  additivity: 'distinct',
  tables: ['gold_active_users_per_day', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

/**
 * Unique users of a range, of each bucket, and of each value of a dimension with its share.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeUniqueUsers(
  context: MetricContext,
  question: MetricQuestion,
): Promise<CountAnswer> {
  const plan = planOf(context, question);
  const buckets = question.grain === undefined ? null : bucketsOf(plan.range, question.grain);
  const run = startAnswer(context);
  const totalTable = activityTable(plan, [plan.range.fromMs, plan.range.toMs]);
  const seriesTable = activityTable(plan, buckets?.cuts ?? []);
  const [total, series, breakdown] = await Promise.all([
    run.query(uniqueUsersStatement(plan, totalTable, null), activityTables(totalTable)),
    buckets === null
      ? null
      : run.query(uniqueUsersStatement(plan, seriesTable, buckets), activityTables(seriesTable)),
    question.breakdown === undefined
      ? null
      : run.query(breakdownStatement(plan), activityTables('silver_events')),
  ]);
  const count = total[0]?.value ?? 0;
  return {
    total: count,
    series: buckets === null || series === null ? null : seriesOf(buckets, series),
    breakdown: breakdown === null ? null : peopleBreakdown(breakdown, count),
    meta: run.meta(),
  };
}

/** Distinct people per bucket, or of the whole range as bucket 0. */
function uniqueUsersStatement(plan: Plan, table: RollupTable, buckets: Buckets | null) {
  const scope = statementScope(plan);
  return statement<{ readonly bucket: number; readonly value: number }>(
    'metric.unique_users',
    `SELECT bucket, uniqExact(person) AS value
FROM (${activitySql(plan, scope, table, buckets)})
GROUP BY bucket`,
    scope.parameters.values(),
  );
}

type ValueRow = RankedListRow<'people'>;

function breakdownStatement(plan: Plan): Statement<ValueRow> {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: '', limit: 0 };
  const source = eventSource(plan, scope, { person: true, fields: [dimension] });
  return statement<ValueRow>(
    'metric.unique_users.breakdown',
    rankedListSql({
      value: fieldSql(dimension, scope).label,
      from: source.from,
      measures: { people: ['uniqExact', source.person] },
      order: ['people'],
      limit,
    }),
    scope.parameters.values(),
  );
}

function peopleBreakdown(rows: readonly ValueRow[], users: number): BreakdownRows {
  const { values, rest } = splitRankedList(rows);
  return {
    values: values.map((row) => row.value),
    counts: values.map((row) => row.people),
    sharePercents: values.map((row) => percent(row.people, users)),
    otherValues: rest?.value_count ?? 0,
    otherCount: rest?.people ?? 0,
    otherSharePercent: percent(rest?.people ?? 0, users),
  };
}
