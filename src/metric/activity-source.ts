import { quarterSpansSql, spanDaysSql } from '../visitor/active-quarters.js';
import { personNumberSql } from '../visitor/person.js';
import type { Buckets } from './buckets.js';
import { bucketIndexSql } from './buckets.js';
import { chooseTable, type RollupTable } from './choose-table.js';
import { filterSql } from './event-condition.js';
import {
  eventSource,
  fieldsOf,
  OCCURRED_MS,
  type Plan,
  projectCondition,
  type StatementScope,
} from './event-source.js';

/** The table that answers who was active, with time cut at the given instants. */
export function activityTable(plan: Plan, cuts: readonly number[]): RollupTable {
  const { breakdown: _, ...plain } = plan.question;
  const needs = { measure: 'people', cuts, fields: fieldsOf(plain) } as const;
  return chooseTable(needs, plan.context.onlyTables);
}

/** Tables read by {@link activitySql}. */
export function activityTables(table: RollupTable): readonly string[] {
  return [table, 'silver_identity_links'];
}

/**
 * A SELECT of `bucket` (Int64) and `person` (text, or a number where a rollup tells): who was active in
 * which bucket of the plan's range, with repetitions. Without buckets the whole range is bucket 0.
 */
export function activitySql(
  plan: Plan,
  scope: StatementScope,
  table: RollupTable,
  buckets: Buckets | null,
): string {
  if (table === 'gold_active_users_per_day') return fromBitmaps(plan, scope, buckets);
  const source = eventSource(plan, scope, { person: true });
  const bucket =
    buckets === null ? 'toInt64(0)' : bucketIndexSql(OCCURRED_MS, buckets, scope.parameters);
  return `SELECT ${bucket} AS bucket, ${source.person} AS person\n${source.from}`;
}

function fromBitmaps(plan: Plan, scope: StatementScope, buckets: Buckets | null): string {
  const { context, question, range } = plan;
  const { parameters } = scope;
  const person = personNumberSql({
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
  return `SELECT span_bucket AS bucket, person
FROM (
  SELECT day, quarter_hours, ${person.expression} AS person
  FROM ${context.database}.gold_active_users_per_day
  ${person.join}
  WHERE ${projectCondition(plan, scope)} AND ${filterSql(question.filter, scope)} AND ${spanDaysSql(range.fromMs, range.toMs, parameters)}
) AS active
INNER JOIN (${quarterSpansSql(spans, parameters)}) AS spans ON active.day = spans.span_day
WHERE bitAnd(quarter_hours, span_mask) != 0`;
}
