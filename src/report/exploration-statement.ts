import type { ExploreQuestion, MeasureAsked } from '../explore/explore-query.js';
import { exploreSource } from '../explore/explore-source.js';
import { validateExplore } from '../explore/validate-explore.js';
import { type BoundParameters } from '../metric/bound-parameters.js';
import { type Buckets, bucketIndexSql, bucketsOf } from '../metric/buckets.js';
import { dimensionByName } from '../metric/dimension.js';
import { planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import { statement } from '../warehouse/statement.js';
import type { ReportStatements } from './events-statement.js';
import type { ReportColumn } from './report.js';

/**
 * All rows of an exploration: a column for each dimension and each measure, and with a grain one row
 * for each bucket that has anything, which `bucket_start` tells. Without dimensions and grain there
 * is one row, also over nothing.
 *
 * @throws AppError as `computeExplore` does for what is asked.
 */
export function explorationStatements(
  context: MetricContext,
  question: ExploreQuestion,
): ReportStatements {
  validateExplore(question);
  const { order } = question;
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const { parameters } = scope;
  const buckets = question.grain === undefined ? null : bucketsOf(plan.range, question.grain);
  const source = exploreSource(plan, question, scope);
  const dimensions = question.dimensions.map(dimensionColumn);
  const measures = question.measures.map((each, at) => measureColumn(each, at, question.measures));
  const numbers = source.measures.map(({ aggregate, argument }, at) => {
    return `toFloat64OrNull(toString(${aggregate}(${argument}))) AS m${at}`;
  });
  const key = order.by === 'measure' ? `m${order.index}` : `place[${order.index + 1}]`;
  const groups = [
    ...(dimensions.length === 0 ? [] : ['place']),
    ...(buckets === null ? [] : ['bucket']),
  ];
  const inner = [
    ...(dimensions.length === 0 ? [] : [`${source.place} AS place`]),
    ...(buckets === null ? [] : [`${bucketIndexSql(source.ms, buckets, parameters)} AS bucket`]),
    ...numbers,
  ];
  const shown = [
    ...dimensions.map(({ name }, at) => `place[${at + 1}] AS ${name}`),
    ...(buckets === null ? [] : [`${startOf(buckets, parameters)} AS bucket_start`]),
    ...measures.map(({ name }, at) => `m${at} AS ${name}`),
  ];
  const grouped = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`;
  const sorted = [`${key} ${order.descending ? 'DESC' : 'ASC'} NULLS LAST`, ...groups];
  return {
    columns: [
      ...dimensions,
      ...(buckets === null ? [] : [{ name: 'bucket_start', of: 'bucket_start' }]),
      ...measures,
    ],
    rows: statement(
      'report.exploration',
      `SELECT ${shown.join(', ')}
FROM (SELECT ${inner.join(', ')} ${source.from}${grouped})
ORDER BY ${sorted.join(', ')}`,
      parameters.values(),
    ),
    count: statement('report.count', `SELECT count() AS n ${source.from}`, parameters.values()),
  };
}

/** First instant of a bucket by its number, from 0. */
function startOf({ startsMs }: Buckets, parameters: BoundParameters): string {
  const starts = parameters.bind('Array(Int64)', [...startsMs]);
  return `fromUnixTimestamp64Milli(${starts}[bucket + 1], 'UTC')`;
}

/** Names of columns come from the catalogue: what only the caller calls so is known by its place. */
function dimensionColumn(of: string, at: number): ReportColumn {
  return { name: dimensionByName(of) === undefined ? `dimension_${at + 1}` : of, of };
}

function measureColumn(
  { measure, property }: MeasureAsked,
  at: number,
  all: readonly MeasureAsked[],
): ReportColumn {
  const isOnly = all.filter((each) => each.measure === measure).length === 1;
  return {
    name: isOnly ? measure : `${measure}_${at + 1}`,
    of: property === undefined ? measure : `${measure} of ${property}`,
  };
}
