import { AppError } from '../errors.js';
import { ratio, startAnswer } from './answer.js';
import { bucketsOf, seriesOf } from './buckets.js';
import { chooseTable } from './choose-table.js';
import { fieldsOf, planOf } from './event-source.js';
import { eventSeriesStatement } from './event-volume.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { EventRateAnswer, MetricQuestion } from './metric-query.js';

const MINUTE_MS = 60_000;

export const EVENT_RATE: MetricDefinition = {
  id: 'event_rate',
  title: 'Event rate',
  meaning: 'Unique events divided by the minutes of the range, with every minute and the largest.',
  unit: 'events per minute',
  additivity: 'ratio',
  tables: ['gold_event_counts_per_minute', 'silver_events'],
  dimensions: 'event',
  emptyValue: 'null',
  exactness: 'exact',
};

/**
 * Event rate over a range of whole minutes; average and peak are null for a range without any.
 *
 * @throws AppError as `computeEventVolume`; `INVALID_RANGE` when a bound is not on a whole minute.
 */
export async function computeEventRate(
  context: MetricContext,
  question: MetricQuestion,
): Promise<EventRateAnswer> {
  const plan = planOf(context, question);
  const { fromMs, toMs } = plan.range;
  if (fromMs % MINUTE_MS !== 0 || toMs % MINUTE_MS !== 0) {
    throw new AppError('INVALID_RANGE', 'an event rate needs a range of whole minutes', {
      details: { field: 'range' },
    });
  }
  const buckets = bucketsOf(plan.range, 'minute');
  const run = startAnswer(context);
  const fields = fieldsOf(question);
  const table = chooseTable({ measure: 'events', cuts: buckets.cuts, fields }, context.onlyTables);
  const series = seriesOf(
    buckets,
    await run.query(eventSeriesStatement(plan, table, buckets), [table]),
  );
  const total = series.values.reduce((sum, n) => sum + n, 0);
  const peak = series.values.reduce((most, n) => Math.max(most, n), 0);
  return {
    perMinuteAverage: ratio(total, (toMs - fromMs) / MINUTE_MS),
    peakPerMinute: series.values.length === 0 ? null : peak,
    series,
    meta: run.meta(),
  };
}
