import { scanStatement, statement } from '../warehouse/statement.js';
import { breakdownOf, type RankedRow, rankedSql, startAnswer } from './answer.js';
import { type Buckets, bucketIndexSql } from './buckets.js';
import { chooseTable, type RollupTable } from './choose-table.js';
import { conjunction, fieldSql, filterSql, selectorSql } from './event-condition.js';
import {
  eventSource,
  fieldsOf,
  OCCURRED_MS,
  type Plan,
  planOf,
  projectCondition,
  type StatementScope,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { CountAnswer, MetricQuestion } from './metric-query.js';
import { seriesOfSums, seriesRead } from './series-window.js';

export const EVENT_VOLUME: MetricDefinition = {
  id: 'event_count',
  title: 'Event volume',
  meaning: 'Number of unique events: an event delivered several times counts once.',
  unit: 'events',
  additivity: 'sum',
  tables: [
    'gold_event_counts_per_day',
    'gold_event_counts_per_hour',
    'gold_event_counts_per_minute',
    'silver_events',
  ],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

/**
 * Event volume of a range, with its series and breakdown when asked.
 *
 * @throws AppError `INVALID_RANGE`, `INVALID_TIME_ZONE`, `INVALID_DIMENSION`, `BAD_USER_INPUT`,
 *   `LIMIT_EXCEEDED`.
 */
export async function computeEventVolume(
  context: MetricContext,
  question: MetricQuestion,
): Promise<CountAnswer> {
  const plan = planOf(context, question);
  const read =
    question.grain === undefined ? null : seriesRead(plan, question.grain, question.window);
  const run = startAnswer(context);
  const cuts = [plan.range.fromMs, plan.range.toMs, ...(read?.buckets.cuts ?? [])];
  const table = chooseTable(
    { measure: 'events', cuts, fields: fieldsOf(question) },
    context.onlyTables,
  );
  const [total, series, breakdown] = await Promise.all([
    // Buckets of the range alone add up to the total.
    read === null || question.window !== undefined
      ? run.query(totalStatement(plan, table), [table])
      : null,
    read === null ? null : run.query(eventSeriesStatement(read.plan, table, read.buckets), [table]),
    question.breakdown === undefined ? null : run.query(breakdownStatement(plan, table), [table]),
  ]);
  return {
    total: total?.[0]?.n ?? (series ?? []).reduce((sum, row) => sum + row.value, 0),
    series: read === null || series === null ? null : seriesOfSums(read, series),
    breakdown: breakdown === null ? null : breakdownOf(breakdown),
    meta: run.meta(),
  };
}

/** Rows to count and the aggregate that counts them, in a rollup or in silver. */
interface CountSource {
  readonly tables: string;
  readonly where: string;
  readonly count: readonly [aggregate: string, argument: string];
  /** Instant of a row in ms, Int64. */
  readonly ms: string;
}

function countSource(plan: Plan, table: RollupTable, scope: StatementScope): CountSource {
  const { question, range, context } = plan;
  if (table === 'silver_events') {
    const fields = question.breakdown === undefined ? [] : [question.breakdown.dimension];
    const { tables, where } = eventSource(plan, scope, { fields });
    return { tables, where, count: ['count', ''], ms: OCCURRED_MS };
  }
  const tests = conjunction([
    selectorSql(question.event, scope),
    filterSql(question.filter, scope),
  ]);
  return {
    tables: `${context.database}.${table}`,
    where: `${projectCondition(plan, scope)} AND ${bucketStartIn(scope, range.fromMs, range.toMs)} AND ${tests}`,
    count: ['sum', 'event_count'],
    ms: BUCKET_MS,
  };
}

/** Start of a rollup row, ms, Int64. */
export const BUCKET_MS = 'toInt64(toUnixTimestamp(bucket_start)) * 1000';

/** Condition on `bucket_start` (32-bit seconds), half-open. */
export function bucketStartIn(scope: StatementScope, fromMs: number, toMs: number): string {
  // Rows lie within what 32-bit seconds can say; a bound beyond would wrap around.
  const seconds = (ms: number): string =>
    `toDateTime(${scope.parameters.bind('Int64', Math.min(Math.max(0, ms / 1000), 4_294_967_295))}, 'UTC')`;
  return `bucket_start >= ${seconds(fromMs)} AND bucket_start < ${seconds(toMs)}`;
}

function totalStatement(plan: Plan, table: RollupTable) {
  const scope = statementScope(plan);
  const { tables, where, count } = countSource(plan, table, scope);
  return scanStatement<{ readonly n: number }>(
    'metric.event_count.total',
    { from: tables, where, columns: { n: count } },
    scope.parameters.values(),
  );
}

/** (bucket, value) rows of event counts; buckets without events are absent. */
export function eventSeriesStatement(plan: Plan, table: RollupTable, buckets: Buckets) {
  const scope = statementScope(plan);
  const { tables, where, count, ms } = countSource(plan, table, scope);
  const bucket = bucketIndexSql(ms, buckets, scope.parameters);
  return scanStatement<{ readonly bucket: number; readonly value: number }>(
    'metric.event_count.series',
    { from: tables, where, by: { name: 'bucket', sql: bucket }, columns: { value: count } },
    scope.parameters.values(),
  );
}

function breakdownStatement(plan: Plan, table: RollupTable) {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: '', limit: 0 };
  const { tables, where, count } = countSource(plan, table, scope);
  return statement<RankedRow>(
    'metric.event_count.breakdown',
    rankedSql(
      `SELECT ${fieldSql(dimension, scope).label} AS value, ${count[0]}(${count[1]}) AS n\nFROM ${tables}\nWHERE ${where}\nGROUP BY value`,
      limit,
    ),
    scope.parameters.values(),
  );
}
