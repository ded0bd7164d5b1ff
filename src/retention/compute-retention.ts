import { type HistoryNeeds, historySql, historyTable } from '../metric/activity-history.js';
import { activityTables } from '../metric/activity-source.js';
import { percent, startAnswer } from '../metric/answer.js';
import {
  bucketOfDay,
  bucketWindow,
  firstDayOfBucket,
  originOf,
  touchedBuckets,
} from '../metric/bucket-window.js';
import type { RollupTable } from '../metric/choose-table.js';
import { type Plan, planOf, statementScope } from '../metric/event-source.js';
import { dateOfDayNumber } from '../metric/local-date.js';
import type { MetricContext, MetricDefinition } from '../metric/metric.js';
import { localDay } from '../metric/time-range.js';
import { statement } from '../warehouse/statement.js';
import type { RetentionAnswer, RetentionQuestion } from './retention-query.js';
import { checkCells, validateRetention } from './validate-retention.js';

export const RETENTION: MetricDefinition = {
  id: 'retention',
  title: 'Retention',
  meaning:
    'Of the people who started in a day, week or month (for the first time ever, or at all), how many came back n buckets later (classic), then or at any later time (rolling), or within a bracket of buckets. A cell whose bucket has not begun is null, and rates leave out cohorts whose cell is not over yet.',
  unit: 'people and percent',
  additivity: 'distinct',
  tables: ['gold_active_users_per_day', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** People of a cohort by `place`: 0 all, 1 … intervals − 1 those of a column, then the brackets. */
interface Row {
  readonly cohort: number;
  readonly place: number;
  readonly people: number;
}

/**
 * Retention by cohort (METRICS-SPEC §6), in buckets of the local calendar.
 *
 * @throws AppError as `computeEventVolume` and `validateRetention`; `LIMIT_EXCEEDED` for too many
 *   cells.
 */
export async function computeRetention(
  context: MetricContext,
  question: RetentionQuestion,
): Promise<RetentionAnswer> {
  const { period, intervals, brackets } = question;
  const asOfMs = validateRetention(question, context.clock());
  const plan = planOf(context, question);
  const run = startAnswer(context);
  const origin = originOf(plan.range, period);
  const count = touchedBuckets(plan, period);
  checkCells(count, intervals);
  const counts = Array.from({ length: count }, () =>
    new Array<number>(intervals + brackets.length).fill(0),
  );
  if (count > 0) {
    const needs = historyOf(plan, question, origin, count);
    const table = historyTable(plan, needs);
    const built = retentionStatement({ plan, question, table, needs, count });
    for (const { cohort, place, people } of await run.query(built, activityTables(table))) {
      const row = counts[cohort];
      if (row !== undefined) row[place] = people;
    }
  }
  if (question.mode === 'rolling') for (const row of counts) addLater(row, intervals);

  const asOfDay = localDay(plan.range.clock, asOfMs);
  const current = bucketOfDay(origin, period, asOfDay);
  // Cell n of cohort c is of bucket c + n: begun up to the current bucket, over before it.
  const cells = (place: number, from: number, to: number) => {
    const people = counts.map((row, cohort) =>
      cohort + from <= current ? (row[place] ?? 0) : null,
    );
    const complete = counts.map((_, cohort) => cohort + to < current);
    const over = counts.filter((_, cohort) => complete[cohort]);
    const sum = (column: number): number =>
      over.reduce((total, row) => total + (row[column] ?? 0), 0);
    return { people, complete, ratePercent: percent(sum(place), sum(0)) };
  };
  const columns = Array.from({ length: intervals }, (_, n) => cells(n, n, n));
  return {
    cohorts: counts.map((_, cohort) => dateOfDayNumber(firstDayOfBucket(origin, period, cohort))),
    matrix: counts.map((_, cohort) => columns.map(({ people }) => people[cohort] ?? null)),
    complete: counts.map((_, cohort) => columns.map(({ complete }) => complete[cohort] ?? false)),
    ratePercents: columns.map(({ ratePercent }) => ratePercent),
    brackets: brackets.map(({ from, to }, index) => ({
      from,
      to,
      ...cells(intervals + index, from, to),
    })),
    meta: run.meta(),
  };
}

/** A person of the last column came back then or later, and so belongs to every column before it. */
function addLater(row: number[], intervals: number): void {
  for (let n = intervals - 2; n >= 1; n -= 1) row[n] = (row[n] ?? 0) + (row[n + 1] ?? 0);
}

function historyOf(
  { range }: Plan,
  question: RetentionQuestion,
  origin: number,
  count: number,
): HistoryNeeds {
  const { period, intervals, brackets, startEvent, returnEvent } = question;
  const furthest = Math.max(intervals - 1, ...brackets.map(({ to }) => to));
  const isSame = JSON.stringify(startEvent) === JSON.stringify(returnEvent);
  return {
    window: bucketWindow({
      clock: range.clock,
      period,
      origin,
      first: 0,
      last: count - 1 + furthest,
    }),
    lists: { starts: startEvent, ...(isSame ? {} : { returns: returnEvent }) },
    before: question.type === 'first_time',
    after: question.mode === 'rolling',
  };
}

/**
 * One row per (cohort, place) that anybody has. Of rolling retention a person only has the
 * furthest column, because the nearer ones follow from it.
 */
function retentionStatement(input: {
  readonly plan: Plan;
  readonly question: RetentionQuestion;
  readonly table: RollupTable;
  readonly needs: HistoryNeeds;
  readonly count: number;
}) {
  const { plan, question, table, needs, count } = input;
  const scope = statementScope(plan);
  const number = (value: number): string => scope.parameters.bind('Int64', value);
  const { intervals, brackets, type, mode } = question;
  const returns = 'returns' in needs.lists ? 'returns' : 'starts';
  const candidates = type === 'first_time' ? '[arrayMin(starts)]' : 'starts';
  const columns =
    mode === 'classic'
      ? `arrayMap(bucket -> bucket - cohort, arrayFilter(bucket -> bucket > cohort AND bucket < cohort + ${number(intervals)}, ${returns}))`
      : `arrayFilter(n -> n > 0, [least(arrayMax(${returns}) - cohort, ${number(intervals - 1)})])`;
  const places = [
    '[toInt64(0)]',
    columns,
    ...brackets.map(
      ({ from, to }, index) =>
        `if(arrayExists(bucket -> bucket >= cohort + ${number(from)} AND bucket <= cohort + ${number(to)}, ${returns}), [${number(intervals + index)}], emptyArrayInt64())`,
    ),
  ];
  return statement<Row>(
    'retention.matrix',
    `SELECT cohort, place, count() AS people
FROM (
  SELECT cohort, arrayJoin(arrayConcat(${places.join(', ')})) AS place
  FROM (
    SELECT *, arrayFilter(bucket -> bucket >= 0 AND bucket < ${number(count)}, ${candidates}) AS cohorts
    FROM (${historySql(plan, scope, table, needs)})
    WHERE notEmpty(starts)
  )
  ARRAY JOIN cohorts AS cohort
)
GROUP BY cohort, place`,
    scope.parameters.values(),
  );
}
