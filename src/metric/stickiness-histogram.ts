import { statement } from '../warehouse/statement.js';
import { activitySql, activityTable, activityTables } from './activity-source.js';
import { startAnswer } from './answer.js';
import { bucketsOf } from './buckets.js';
import { planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';

export const STICKINESS_HISTOGRAM: MetricDefinition = {
  id: 'stickiness_histogram',
  title: 'Stickiness histogram',
  meaning: 'People who were active in exactly 1, 2, … n days, weeks or months of the range.',
  unit: 'people',
  additivity: 'distinct',
  tables: ['gold_active_users_per_day', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

export interface StickinessHistogramAnswer {
  /** Entry k − 1: people active in exactly k buckets; as many entries as the range touches. */
  readonly histogram: readonly number[];
  readonly meta: AnswerMeta;
}

/**
 * Histogram of active buckets per person; the grain is the width of a bucket, default a day. Only
 * what lies in the range counts, also in buckets that it only touches.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeStickinessHistogram(
  context: MetricContext,
  question: MetricQuestion,
): Promise<StickinessHistogramAnswer> {
  const plan = planOf(context, question);
  const buckets = bucketsOf(plan.range, question.grain ?? 'day');
  const run = startAnswer(context);
  const table = activityTable(plan, buckets.cuts);
  const scope = statementScope(plan);
  const rows = await run.query(
    statement<{ readonly k: number; readonly people: number }>(
      'metric.stickiness_histogram',
      `SELECT k, count() AS people
FROM (SELECT uniqExact(bucket) AS k FROM (${activitySql(plan, scope, table, buckets)}) GROUP BY person)
GROUP BY k`,
      scope.parameters.values(),
    ),
    activityTables(table),
  );
  const histogram = new Array<number>(buckets.startsMs.length).fill(0);
  for (const { k, people } of rows) histogram[k - 1] = people;
  return { histogram, meta: run.meta() };
}
