import { startAnswer } from '../metric/answer.js';
import { type Buckets, bucketIndexSql, bucketsOf } from '../metric/buckets.js';
import { filterSql, selectorSql } from '../metric/event-condition.js';
import {
  eventSource,
  eventTables,
  OCCURRED_MS,
  type Plan,
  planOf,
  statementScope,
} from '../metric/event-source.js';
import type { MetricContext, MetricDefinition } from '../metric/metric.js';
import { textProperty } from '../metric/property-sql.js';
import { statement } from '../warehouse/statement.js';
import { compareVariants, sampleRatio, warningsOf } from './compare-variants.js';
import type {
  ExperimentAnswer,
  ExperimentQuestion,
  ExperimentWarning,
  SampleRatio,
  VariantCounts,
  VariantResult,
  VariantWeight,
} from './experiment-query.js';
import { type ExperimentRow, experimentSeries } from './experiment-series.js';
import { validateAllocation, validateCounts, validateExperiment } from './validate-experiment.js';

export const EXPERIMENT: MetricDefinition = {
  id: 'experiment',
  title: 'Experiment',
  meaning:
    'People by the variant they first met (experiment_exposure) who then reached a goal, beside the control: rates, lift, p-value of the pooled two-proportion test, probability to beat control. People who met several variants are in none.',
  unit: 'people, percent, probability',
  additivity: 'distinct',
  tables: ['silver_events', 'silver_identity_links'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/**
 * Results of an experiment over a range: exposures and goals lie in it.
 *
 * @throws AppError `BAD_USER_INPUT` for goals, window or allocation out of bounds, and as
 *   `resolveRange` does.
 */
export async function computeExperiment(
  context: MetricContext,
  question: ExperimentQuestion,
): Promise<ExperimentAnswer> {
  validateExperiment(question);
  const plan = planOf(context, question);
  const buckets = question.isDaily ? bucketsOf(plan.range, 'day') : null;
  const run = startAnswer(context);
  const rows = await run.query(
    experimentStatement(plan, question, buckets),
    eventTables({ person: true }),
  );
  const exposed = rows.filter((row) => row.goal === 0);
  const clean = rows.filter((row) => !row.is_mixed);
  const variants = [...new Set(clean.map((row) => row.variant))].sort(bytewise);
  const sum = (some: readonly ExperimentRow[]): number =>
    some.reduce((total, row) => total + row.n, 0);
  const countsOf = (goal: number): readonly VariantCounts[] =>
    variants.map((variant) => {
      const own = clean.filter((row) => row.variant === variant);
      return {
        variant,
        users: sum(own.filter((row) => row.goal === 0)),
        conversions: sum(own.filter((row) => row.goal === goal)),
      };
    });
  validateAllocation(question.allocation, countsOf(0));
  const ratio = sampleRatio(countsOf(0), question.allocation);
  return {
    multiVariantUsers: sum(exposed.filter((row) => row.is_mixed)),
    sampleRatio: ratio,
    warnings: warningsOf(countsOf(0), question.control, ratio),
    goals: question.goals.map((_, index) => ({
      variants: compareVariants(countsOf(index + 1), question.control),
      series:
        buckets === null
          ? null
          : experimentSeries({
              variants,
              rows: clean,
              goal: index + 1,
              buckets,
              control: question.control,
            }),
    })),
    meta: run.meta(),
  };
}

/**
 * The same of given counts; reads no stored data.
 *
 * @throws AppError `BAD_USER_INPUT` for counts that cannot be, or an allocation that does not fit them.
 */
export function experimentOf(
  counts: readonly VariantCounts[],
  control: string,
  allocation?: readonly VariantWeight[],
): {
  readonly sampleRatio: SampleRatio;
  readonly warnings: readonly ExperimentWarning[];
  readonly variants: readonly VariantResult[];
} {
  validateCounts(counts);
  validateAllocation(allocation, counts);
  const ratio = sampleRatio(counts, allocation);
  return {
    sampleRatio: ratio,
    warnings: warningsOf(counts, control, ratio),
    variants: compareVariants(counts, control),
  };
}

function bytewise(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/**
 * Per person: the first exposure, whether there were several variants, and the first of each goal at
 * or after it; then people by variant and day. Bucket 0 stands for all without a series.
 */
function experimentStatement(plan: Plan, question: ExperimentQuestion, buckets: Buckets | null) {
  const scope = statementScope(plan);
  const { parameters } = scope;
  const variant = textProperty('variant');
  const isExposure = `event_name = 'experiment_exposure' AND ${textProperty('experiment')} = ${parameters.bind('String', question.experiment)} AND ${variant} != '' AND ${filterSql(question.filter, scope)}`;
  const goals = question.goals.map((goal) => selectorSql(goal, scope));
  const source = eventSource(plan, scope, {
    person: true,
    selector: undefined,
    filter: [],
    fields: question.filter.map((condition) => condition.field),
    extra: [isExposure, ...goals].map((test) => `(${test})`).join(' OR '),
  });
  // Times are whole milliseconds; the margin takes up the rounding of, say, 1.001 × 1000.
  const window =
    question.windowSeconds === undefined
      ? ''
      : ` AND ms - exposed_ms <= ${parameters.bind('Int64', Math.floor(question.windowSeconds * 1000 + 1e-6))}`;
  const bucketOf = (ms: string): string =>
    buckets === null ? 'toInt64(0)' : `toInt64(${bucketIndexSql(ms, buckets, parameters)})`;
  return statement<ExperimentRow>(
    'experiment.people',
    `SELECT variant, is_mixed, tupleElement(part, 1) AS goal, tupleElement(part, 2) AS bucket, count() AS n
FROM (
  SELECT variant, is_mixed, arrayJoin(arrayConcat([(0, ${bucketOf('exposed_ms')})], arrayMap((ms, goal) -> (goal, ${bucketOf('ms')}), arrayFilter(ms -> ms >= 0, firsts), arrayFilter((goal, ms) -> ms >= 0, arrayEnumerate(firsts), firsts)))) AS part
  FROM (
    SELECT variant, is_mixed, exposed_ms, arrayMap(times -> if(empty(times), toInt64(-1), arrayMin(times)), arrayMap(times -> arrayFilter(ms -> ms >= exposed_ms${window}, times), goal_times)) AS firsts
    FROM (
      SELECT ${source.person} AS person,
        argMinIf(${variant}, (${OCCURRED_MS}, event_id), is_exposure) AS variant,
        uniqExactIf(${variant}, is_exposure) > 1 AS is_mixed,
        minIf(${OCCURRED_MS}, is_exposure) AS exposed_ms,
        [${goals.map((test) => `groupArrayIf(${OCCURRED_MS}, ${test})`).join(', ')}] AS goal_times
      FROM (SELECT *, ${isExposure} AS is_exposure ${source.from})
      GROUP BY person
      HAVING countIf(is_exposure) > 0
    )
  )
)
GROUP BY variant, is_mixed, goal, bucket
ORDER BY variant, is_mixed, goal, bucket`,
    parameters.values(),
  );
}
