import { quarterSpansSql, spanDaysSql } from '../visitor/active-quarters.js';
import { personSql } from '../visitor/person.js';
import { type Statement, statement } from '../warehouse/statement.js';
import { breakdownOf, type RankedRow, rankedSql, startAnswer } from './answer.js';
import { type Buckets, bucketIndexSql, bucketsOf, seriesOf } from './buckets.js';
import { chooseTable, type RollupTable } from './choose-table.js';
import { fieldSql } from './event-condition.js';
import {
  eventSource,
  fieldsOf,
  OCCURRED_MS,
  type Plan,
  planOf,
  projectCondition,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { CountAnswer, MetricQuestion } from './metric-query.js';

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

interface BucketRow {
  readonly bucket: number;
  readonly value: number;
}

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
  const { fromMs, toMs } = plan.range;
  const { breakdown: _, ...plain } = question;
  const fields = fieldsOf(plain);
  const choose = (cuts: readonly number[]): RollupTable =>
    chooseTable({ measure: 'people', cuts, fields }, context.onlyTables);
  const totalTable = choose([fromMs, toMs]);
  const seriesTable = choose(buckets?.cuts ?? []);
  const [total, series, breakdown] = await Promise.all([
    run.query(uniqueUsersStatement(plan, totalTable, null), tablesOf(totalTable)),
    buckets === null
      ? null
      : run.query(uniqueUsersStatement(plan, seriesTable, buckets), tablesOf(seriesTable)),
    question.breakdown === undefined
      ? null
      : run.query(breakdownStatement(plan), tablesOf('silver_events')),
  ]);
  const count = total[0]?.value ?? 0;
  return {
    total: count,
    series: buckets === null || series === null ? null : seriesOf(buckets, series),
    breakdown: breakdown === null ? null : breakdownOf(breakdown, count),
    meta: run.meta(),
  };
}

function tablesOf(table: RollupTable): readonly string[] {
  return [table, 'silver_identity_links'];
}

/** Distinct people per bucket, or of the whole range as bucket 0. */
export function uniqueUsersStatement(
  plan: Plan,
  table: RollupTable,
  buckets: Buckets | null,
): Statement<BucketRow> {
  return table === 'gold_active_users_per_day'
    ? fromBitmaps(plan, buckets)
    : fromEvents(plan, buckets);
}

function fromBitmaps(plan: Plan, buckets: Buckets | null): Statement<BucketRow> {
  const { context, question, range } = plan;
  const scope = statementScope(plan);
  const { parameters } = scope;
  const person = personSql({
    database: context.database,
    projectId: question.projectId,
    parameters,
  });
  const starts = buckets?.startsMs ?? [range.fromMs];
  const spans = starts.map((start, bucket) => ({
    bucket,
    fromMs: Math.max(start, range.fromMs),
    toMs: Math.min(starts[bucket + 1] ?? range.toMs, range.toMs),
  }));
  return statement<BucketRow>(
    'metric.unique_users.bitmaps',
    `SELECT span_bucket AS bucket, uniqExact(person) AS value
FROM (
  SELECT day, quarter_hours, ${person.expression} AS person
  FROM ${context.database}.gold_active_users_per_day
  ${person.join}
  WHERE ${projectCondition(plan, scope)} AND ${spanDaysSql(range.fromMs, range.toMs, parameters)}
) AS active
INNER JOIN (${quarterSpansSql(spans, parameters)}) AS spans ON active.day = spans.span_day
WHERE bitAnd(quarter_hours, span_mask) != 0
GROUP BY bucket`,
    parameters.values(),
  );
}

function fromEvents(plan: Plan, buckets: Buckets | null): Statement<BucketRow> {
  const scope = statementScope(plan);
  const source = eventSource(plan, scope, { person: true });
  const bucket =
    buckets === null ? 'toInt64(0)' : bucketIndexSql(OCCURRED_MS, buckets, scope.parameters);
  return statement<BucketRow>(
    'metric.unique_users.events',
    `SELECT ${bucket} AS bucket, uniqExact(${source.person}) AS value\n${source.from}\nGROUP BY bucket`,
    scope.parameters.values(),
  );
}

function breakdownStatement(plan: Plan): Statement<RankedRow> {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: '', limit: 0 };
  const source = eventSource(plan, scope, { person: true, fields: [dimension] });
  return statement<RankedRow>(
    'metric.unique_users.breakdown',
    rankedSql(
      `SELECT ${fieldSql(dimension, scope).label} AS value, uniqExact(${source.person}) AS n\n${source.from}\nGROUP BY value`,
      limit,
    ),
    scope.parameters.values(),
  );
}
