import { statement } from '../warehouse/statement.js';
import { type HistoryNeeds, historySql, historyTable } from './activity-history.js';
import { activityTables } from './activity-source.js';
import { startAnswer } from './answer.js';
import {
  bucketWindow,
  firstDayOfBucket,
  originOf,
  type Period,
  touchedBuckets,
} from './bucket-window.js';
import type { RollupTable } from './choose-table.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import { dateOfDayNumber } from './local-date.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';

export const LIFECYCLE: MetricDefinition = {
  id: 'lifecycle',
  title: 'Lifecycle',
  meaning:
    'People of each day, week or month: new (their first event ever), returning (active in the bucket before too), resurrecting (active earlier, but not in the bucket before) and dormant (active in the bucket before, not in this one). New, returning and resurrecting make up the active people; dormant ones are counted as a positive number.',
  unit: 'people',
  additivity: 'distinct',
  tables: ['gold_active_users_per_day', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

/** A question with the width of its buckets. */
export interface LifecycleQuestion extends MetricQuestion {
  readonly period: Period;
}

/** Parallel lists, one entry per bucket that the range touches. */
export interface LifecycleAnswer {
  /** First local date of each bucket, `YYYY-MM-DD`; the first may lie before the range. */
  readonly buckets: readonly string[];
  readonly newUsers: readonly number[];
  readonly returning: readonly number[];
  readonly resurrecting: readonly number[];
  readonly dormant: readonly number[];
  readonly meta: AnswerMeta;
}

interface Row {
  /** Index in {@link KINDS}. */
  readonly kind: number;
  readonly bucket: number;
  readonly people: number;
}

const KINDS = ['newUsers', 'returning', 'resurrecting', 'dormant'] as const;

/**
 * Lifecycle per bucket (METRICS-SPEC §6). Selector and filter say which events make a person
 * active, in all history; every bucket counts as a whole, also where the range only touches it.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeLifecycle(
  context: MetricContext,
  question: LifecycleQuestion,
): Promise<LifecycleAnswer> {
  const plan = planOf(context, question);
  const { period } = question;
  const run = startAnswer(context);
  const origin = originOf(plan.range, period);
  const count = touchedBuckets(plan, period);
  const counts = KINDS.map(() => new Array<number>(count).fill(0));
  if (count > 0) {
    const clock = plan.range.clock;
    const needs: HistoryNeeds = {
      window: bucketWindow({ clock, period, origin, first: -1, last: count - 1 }),
      lists: { active: question.event },
      before: true,
      after: false,
    };
    const table = historyTable(plan, needs);
    const rows = await run.query(lifecycleStatement(plan, table, needs), activityTables(table));
    for (const { kind, bucket, people } of rows) {
      const list = counts[kind];
      if (list !== undefined) list[bucket] = people;
    }
  }
  const [newUsers = [], returning = [], resurrecting = [], dormant = []] = counts;
  const buckets = Array.from({ length: count }, (_, index) =>
    dateOfDayNumber(firstDayOfBucket(origin, period, index)),
  );
  return { buckets, newUsers, returning, resurrecting, dormant, meta: run.meta() };
}

/**
 * Neighbours in a person's sorted buckets decide: the first one is new, one right behind another
 * is returning, any other resurrecting; a bucket is dormant when it is right behind an active one
 * and not active itself (kind 4 is what is neither).
 */
function lifecycleStatement(plan: Plan, table: RollupTable, needs: HistoryNeeds) {
  const scope = statementScope(plan);
  const last = scope.parameters.bind('Int64', needs.window.last);
  return statement<Row>(
    'metric.lifecycle',
    `SELECT change.1 AS kind, change.2 AS bucket, count() AS people
FROM (
  SELECT arrayJoin(arrayConcat(
    arrayMap((bucket, earlier, place) -> (toUInt8(multiIf(place = 1, 0, earlier = bucket - 1, 1, 2)), bucket), sorted, arrayPushFront(arrayPopBack(sorted), toInt64(-9)), arrayEnumerate(sorted)),
    arrayMap((bucket, later) -> (toUInt8(if(later = bucket + 1, 4, 3)), bucket + 1), sorted, arrayPushBack(arrayPopFront(sorted), toInt64(-9)))
  )) AS change
  FROM (SELECT arraySort(active) AS sorted FROM (${historySql(plan, scope, table, needs)}))
)
WHERE kind < 4 AND bucket >= 0 AND bucket <= ${last}
GROUP BY kind, bucket`,
    scope.parameters.values(),
  );
}
