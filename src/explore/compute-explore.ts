import { AppError } from '../errors.js';
import { checkedLimit, startAnswer } from '../metric/answer.js';
import { type Buckets, bucketIndexSql, bucketsOf } from '../metric/buckets.js';
import { type Plan, planOf, statementScope } from '../metric/event-source.js';
import { instantTexts } from '../metric/instant-text.js';
import type { MetricContext, MetricDefinition } from '../metric/metric.js';
import { statement } from '../warehouse/statement.js';
import { type MeasureSql, overNothing } from './explore-measure.js';
import { type ExploreAnswer, type ExploreQuestion, MAX_SERIES_VALUES } from './explore-query.js';
import { exploreSource } from './explore-source.js';
import { validateExplore } from './validate-explore.js';

export const EXPLORE: MetricDefinition = {
  id: 'explore',
  title: 'Explore',
  meaning:
    'Any numbers by any dimensions, over the events of a range or the sessions that start in it: rows in the order asked, with what a limit left out and everything together computed exactly.',
  unit: 'as each measure says',
  additivity: 'distinct',
  tables: ['silver_events', 'silver_identity_links'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

type Numbers = readonly (number | null)[];

/** A row of the answer, everything beyond the limit, or everything. */
interface Row {
  readonly kind: 'row' | 'rest' | 'total';
  readonly place: readonly string[];
  readonly places: number;
  readonly numbers: Numbers;
}

interface BucketRow {
  readonly place: readonly string[];
  readonly bucket: number;
  readonly numbers: Numbers;
}

/**
 * Answers a question made of parts. Without dimensions there is one row, also over nothing.
 *
 * @throws AppError `BAD_USER_INPUT` for parts that do not fit, `INVALID_DIMENSION`, `LIMIT_EXCEEDED`
 *   for too many buckets or values, and as `resolveRange` does.
 */
export async function computeExplore(
  context: MetricContext,
  question: ExploreQuestion,
): Promise<ExploreAnswer> {
  validateExplore(question);
  const { dimensions, measures } = question;
  const plan = planOf(context, question);
  const buckets = question.grain === undefined ? null : bucketsOf(plan.range, question.grain);
  checkValues(question, buckets?.startsMs.length ?? 0);
  const run = startAnswer(context);
  const { rows: asked, tables } = rowsStatement(plan, question);
  const found = await run.query(asked, tables);
  const nothing = measures.map(overNothing);
  const everything = found.find(({ kind }) => kind === 'total')?.numbers ?? nothing;
  const rest = found.find(({ kind }) => kind === 'rest');
  const rows: readonly Pick<Row, 'place' | 'numbers'>[] =
    dimensions.length === 0
      ? [{ place: [], numbers: everything }]
      : found.filter(({ kind }) => kind === 'row');
  const series =
    buckets === null
      ? null
      : await run.query(
          seriesStatement(
            plan,
            question,
            buckets,
            rows.map(({ place }) => place),
          ),
          tables,
        );
  const columns =
    series === null || buckets === null ? null : columnsOf(rows, series, buckets, nothing);
  return {
    dimensions: dimensions.map((name, at) => ({
      name,
      values: rows.map(({ place }) => place[at] ?? ''),
    })),
    measures: measures.map((each, at) => ({
      ...each,
      values: rows.map(({ numbers }) => numbers[at] ?? null),
      total: everything[at] ?? null,
      other: (rest?.numbers ?? nothing)[at] ?? null,
      series: columns?.[at] ?? null,
    })),
    rows: rows.length,
    otherRows: rest?.places ?? 0,
    bucketStarts: buckets === null ? null : instantTexts(buckets.startsMs),
    meta: run.meta(),
  };
}

function checkValues({ limit, measures, dimensions }: ExploreQuestion, buckets: number): void {
  const rows = dimensions.length === 0 ? 1 : checkedLimit(limit);
  const values = rows * measures.length * buckets;
  if (values <= MAX_SERIES_VALUES) return;
  throw new AppError(
    'LIMIT_EXCEEDED',
    `grain: an answer may have at most ${MAX_SERIES_VALUES} values of series, ${rows} rows of ${measures.length} measures in ${buckets} buckets are ${values}; ask for fewer rows or a wider grain`,
    {
      details: {
        field: 'grain',
        limit: 'seriesValues',
        maximum: MAX_SERIES_VALUES,
        value: values,
      },
    },
  );
}

/** Per measure and row the number of each bucket; of buckets without any that over nothing. */
function columnsOf(
  rows: readonly Pick<Row, 'place'>[],
  found: readonly BucketRow[],
  { startsMs }: Buckets,
  nothing: Numbers,
): (number | null)[][][] {
  const keyOf = (place: readonly string[]): string =>
    place.length < 2 ? (place[0] ?? '') : JSON.stringify(place);
  const places = new Map(rows.map(({ place }, row) => [keyOf(place), row]));
  const columns = nothing.map((none) =>
    rows.map(() => new Array<number | null>(startsMs.length).fill(none)),
  );
  for (const { place, bucket, numbers } of found) {
    const row = places.get(keyOf(place));
    if (row === undefined || !(bucket >= 0 && bucket < startsMs.length)) continue;
    for (const [at, column] of columns.entries()) {
      const values = column[row];
      if (values !== undefined) values[bucket] = numbers[at] ?? null;
    }
  }
  return columns;
}

/** A combinator goes behind the name of an aggregate, before its parameters. */
function combined(aggregate: string, combinator: 'State' | 'Merge'): string {
  return aggregate.replace(/^\w+/, (name) => `${name}${combinator}`);
}

/** What an aggregate says, as a number or null whatever its type. */
function numberSql(aggregated: string, { divisor }: MeasureSql): string {
  const number = `toFloat64OrNull(toString(${aggregated}))`;
  return divisor === undefined ? number : `${number} / ${divisor}`;
}

/** Every place is aggregated once into states; those beyond the limit and those of all are merged. */
function rowsStatement(plan: Plan, question: ExploreQuestion) {
  const scope = statementScope(plan);
  const { order } = question;
  const source = exploreSource(plan, question, scope);
  const states = source.measures
    .map(({ aggregate, argument }, at) => `${combined(aggregate, 'State')}(${argument}) AS m${at}`)
    .join(', ');
  const merged = source.measures
    .map((measure, at) => numberSql(`${combined(measure.aggregate, 'Merge')}(m${at})`, measure))
    .join(', ');
  const key =
    order.by === 'measure' ? `finalizeAggregation(m${order.index})` : `place[${order.index + 1}]`;
  return {
    tables: source.tables,
    rows: statement<Row>(
      'explore.rows',
      `SELECT multiIf(grouping(is_rest) = 1, 'total', is_rest, 'rest', 'row') AS kind, shown AS place, count() AS places, [${merged}] AS numbers
FROM (
  SELECT *, rank > ${checkedLimit(question.limit)} AS is_rest, if(is_rest, [], place) AS shown
  FROM (
    SELECT *, row_number() OVER (ORDER BY ${key} ${order.descending ? 'DESC' : 'ASC'} NULLS LAST, place ASC) AS rank
    FROM (SELECT ${source.place} AS place, ${states} ${source.from} GROUP BY place)
  )
)
GROUP BY GROUPING SETS ((), (is_rest, shown))
ORDER BY min(rank) ASC`,
      scope.parameters.values(),
    ),
  };
}

function seriesStatement(
  plan: Plan,
  question: ExploreQuestion,
  buckets: Buckets,
  shown: readonly (readonly string[])[],
) {
  const scope = statementScope(plan);
  const { parameters } = scope;
  const source = exploreSource(plan, question, scope);
  const numbers = source.measures
    .map((measure) => numberSql(`${measure.aggregate}(${measure.argument})`, measure))
    .join(', ');
  const keys = parameters.bind(
    'Array(String)',
    shown.map((place) => place.map(lengthPrefixed).join('')),
  );
  return statement<BucketRow>(
    'explore.series',
    `SELECT ${source.place} AS place, ${bucketIndexSql(source.ms, buckets, parameters)} AS bucket, [${numbers}] AS numbers
${source.from}
GROUP BY place, bucket
HAVING has(${keys}, arrayStringConcat(arrayMap(label -> concat(toString(length(label)), ':', label), place)))`,
    parameters.values(),
  );
}

/** Texts put together so that different lists stay different, as the statement does. */
function lengthPrefixed(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}
