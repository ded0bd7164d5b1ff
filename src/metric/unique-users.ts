import { type Statement, statement } from '../warehouse/statement.js';
import { activitySql, activityTable, activityTables } from './activity-source.js';
import { percent, startAnswer } from './answer.js';
import type { RollupTable } from './choose-table.js';
import { fieldSql } from './event-condition.js';
import { deviceSource, type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { BreakdownRows, CountAnswer, MetricQuestion } from './metric-query.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';
import { presenceSql, type SeriesRead, seriesOfPeople, seriesRead } from './series-window.js';

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
  const read =
    question.grain === undefined ? null : seriesRead(plan, question.grain, question.window);
  const run = startAnswer(context);
  const totalTable = activityTable(plan, [plan.range.fromMs, plan.range.toMs]);
  const seriesTable = activityTable(plan, read?.buckets.cuts ?? []);
  // Where the same rows tell the range and its buckets, or its values exactly, they are read once.
  const isToldBySeries = read !== null && read.width === 1 && seriesTable === totalTable;
  const isToldByValues = question.breakdown !== undefined && question.isApproximate !== true;
  const isTold = isToldBySeries || isToldByValues;
  const [total, rows, breakdown] = await Promise.all([
    isTold ? [] : run.query(totalStatement(plan, totalTable), activityTables(totalTable)),
    read === null
      ? null
      : run.query(seriesStatement(read, seriesTable), activityTables(seriesTable)),
    question.breakdown === undefined
      ? null
      : run.query(breakdownStatement(plan), activityTables('silver_events')),
  ]);
  const series = rows?.filter((row) => !row.is_total) ?? null;
  const ofSeries = isToldBySeries ? rows?.find((row) => row.is_total)?.value : total[0]?.value;
  const ofValues = splitRankedList(breakdown ?? []).total?.people;
  const count = (isToldByValues ? ofValues : ofSeries) ?? 0;
  return {
    total: count,
    series: read === null || series === null ? null : seriesOfPeople(read, series),
    breakdown: breakdown === null ? null : peopleBreakdown(breakdown, count),
    meta: { ...run.meta(), exact: question.isApproximate !== true || isExact(count, series) },
  };
}

/** Whether no number was large enough to be estimated. */
function isExact(total: number, series: readonly { readonly value: number }[] | null): boolean {
  return total <= EXACT_PEOPLE && (series ?? []).every(({ value }) => value <= EXACT_PEOPLE);
}

/** Most people that are counted exactly where an estimate is allowed (METRICS-SPEC §1). */
const EXACT_PEOPLE = 10_000;

/**
 * Distinct people. An estimate of HyperLogLog with 17 bits (at most 1 % off) takes the place of the
 * exact number only beyond {@link EXACT_PEOPLE}: up to there the people themselves are kept.
 */
function peopleSql({ question }: Plan): string {
  if (question.isApproximate !== true) return 'uniqExact(person)';
  const few = `length(groupUniqArray(${EXACT_PEOPLE + 1})(person))`;
  return `if(${few} <= ${EXACT_PEOPLE}, ${few}, uniqCombined64(17)(person))`;
}

function totalStatement(plan: Plan, table: RollupTable) {
  const scope = statementScope(plan);
  return statement<{ readonly value: number }>(
    'metric.unique_users.total',
    `SELECT ${peopleSql(plan)} AS value FROM (${activitySql(plan, scope, table, null)})`,
    scope.parameters.values(),
  );
}

interface SeriesRow {
  /** The whole range instead of a bucket; absent from rows of windows. */
  readonly is_total?: boolean;
  readonly bucket: number;
  readonly value: number;
}

function seriesStatement({ plan, buckets, width }: SeriesRead, table: RollupTable) {
  const scope = statementScope(plan);
  const activity = activitySql(plan, scope, table, buckets);
  return statement<SeriesRow>(
    'metric.unique_users.series',
    width === 1
      ? `SELECT grouping(bucket) = 1 AS is_total, bucket, ${peopleSql(plan)} AS value FROM (${activity}) GROUP BY GROUPING SETS ((), (bucket))`
      : presenceSql(activity, width),
    scope.parameters.values(),
  );
}

type ValueRow = RankedListRow<'people'>;

function breakdownStatement(plan: Plan): Statement<ValueRow> {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: '', limit: 0 };
  const { label } = fieldSql(dimension, scope);
  const source = deviceSource(plan, scope, { fields: [dimension] }, { columns: { label } });
  return statement<ValueRow>(
    'metric.unique_users.breakdown',
    rankedListSql({
      value: 'label',
      from: source.from,
      measures: { people: ['uniqExact', source.person] },
      order: ['people'],
      shown: { limit },
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
