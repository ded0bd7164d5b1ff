import { statement } from '../warehouse/statement.js';
import { activitySql, activityTable, activityTables } from './activity-source.js';
import { ratio, startAnswer } from './answer.js';
import { bucketsOf } from './buckets.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import { dateOfDayNumber } from './local-date.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';

export const ACTIVE_USERS: MetricDefinition = {
  id: 'active_users',
  title: 'Active users',
  meaning:
    'Unique users of each local day (DAU), of the 7 days ending with it (WAU) and of the 30 days ending with it (MAU); stickiness is DAU divided by MAU.',
  unit: 'people',
  additivity: 'distinct',
  tables: ['gold_active_users_per_day', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Parallel lists, one entry per local day of the range. */
export interface ActiveUsersAnswer {
  /** `YYYY-MM-DD`. */
  readonly dates: readonly string[];
  readonly dau: readonly number[];
  readonly wau: readonly number[];
  readonly mau: readonly number[];
  /** DAU ÷ MAU, 0–1; null when MAU is 0. */
  readonly stickiness: readonly (number | null)[];
  readonly meta: AnswerMeta;
}

const WEEK = 7;
const MONTH = 30;

/**
 * Rolling active users per local day; the windows look back before the range.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeActiveUsers(
  context: MetricContext,
  question: MetricQuestion,
): Promise<ActiveUsersAnswer> {
  const asked = planOf(context, question).range;
  const from = dateOfDayNumber(asked.firstDay - MONTH + 1);
  const plan = planOf(context, {
    ...question,
    range: { kind: 'dates', from, to: asked.lastDate },
  });
  const run = startAnswer(context);
  const buckets = bucketsOf(plan.range, 'day');
  const table = activityTable(plan, buckets.cuts);
  const rows = await run.query(activeStatement(plan, table, buckets), activityTables(table));
  const changes = {
    day: new Map<number, number>(),
    week: new Map<number, number>(),
    month: new Map<number, number>(),
  };
  for (const row of rows) {
    const kind = row.kind === 0 ? 'day' : row.kind === 1 ? 'week' : 'month';
    changes[kind].set(row.at, row.people);
  }
  const dates: string[] = [];
  const dau: number[] = [];
  const wau: number[] = [];
  const mau: number[] = [];
  let inWeek = 0;
  let inMonth = 0;
  for (const [index] of buckets.startsMs.entries()) {
    const active = changes.day.get(index) ?? 0;
    inWeek += active - (changes.week.get(index) ?? 0);
    inMonth += active - (changes.month.get(index) ?? 0);
    if (index < MONTH - 1) continue;
    dates.push(dateOfDayNumber(plan.range.firstDay + index));
    dau.push(active);
    wau.push(inWeek);
    mau.push(inMonth);
  }
  return {
    dates,
    dau,
    wau,
    mau,
    stickiness: dau.map((n, i) => ratio(n, mau[i] ?? 0)),
    meta: run.meta(),
  };
}

/**
 * A person counts in a window from an active day until the window's length has passed or the next
 * active day begins, whichever is first: those stretches never overlap, so adding their starts and
 * taking away their ends counts people without listing them. Kind 0: an active day; 1 and 2: the
 * day on which a stretch of a week or a month is over.
 */
function activeStatement(
  plan: Plan,
  table: ReturnType<typeof activityTable>,
  buckets: ReturnType<typeof bucketsOf>,
) {
  const scope = statementScope(plan);
  return statement<{ readonly kind: number; readonly at: number; readonly people: number }>(
    'metric.active_users',
    `SELECT change.1 AS kind, change.2 AS at, count() AS people
FROM (
  SELECT arraySort(groupUniqArray(bucket)) AS days, arrayPushBack(arrayPopFront(days), toInt64(1000000)) AS nexts,
    arrayJoin(arrayConcat(
      arrayMap(day -> (toUInt8(0), day), days),
      arrayMap((day, next) -> (toUInt8(1), least(day + ${WEEK}, next)), days, nexts),
      arrayMap((day, next) -> (toUInt8(2), least(day + ${MONTH}, next)), days, nexts)
    )) AS change
  FROM (${activitySql(plan, scope, table, buckets)})
  GROUP BY person
)
GROUP BY kind, at`,
    scope.parameters.values(),
  );
}
