import { AppError } from '../errors.js';
import { startAnswer } from '../metric/answer.js';
import { type Plan, planBetween, planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext, MetricDefinition } from '../metric/metric.js';
import { planSessions } from '../metric/session-plan.js';
import { statement } from '../warehouse/statement.js';
import {
  type AttributionAnswer,
  type AttributionModel,
  type AttributionQuestion,
  type ConversionRevenue,
  type CountedPath,
  DATA_DRIVEN_MODELS,
  type ModelCredits,
  RULE_MODELS,
  type TouchRules,
} from './attribution-query.js';
import { conversionsSql } from './conversion-source.js';
import { storedText, storedUnits } from './exact-shares.js';
import { type CountedGoals, modelCredits } from './model-credits.js';
import { withoutDirect } from './rule-credits.js';
import { lookbackMs, validateTouchRules } from './touch-rules.js';

export const ATTRIBUTION: MetricDefinition = {
  id: 'attribution',
  title: 'Attribution',
  meaning:
    'Which visits led to the goal events: every conversion is shared among the session starts of its person before it, by rules or by what the paths of everybody tell. Credits of a conversion sum to 1.',
  unit: 'conversions, money',
  additivity: 'sum',
  tables: ['silver_events', 'silver_identity_links'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Conversions, or left-over touches, that look the same. */
interface Row {
  readonly is_goal: boolean;
  readonly has_touch: boolean;
  readonly labels: readonly string[];
  /** 1 where a touch is of the channel Direct, else 0. */
  readonly directs: readonly number[];
  readonly path: readonly string[];
  readonly currency: string;
  readonly n: number;
  readonly amounts: string;
  /** Whole numbers as text. */
  readonly decays: readonly string[];
  readonly decay_amounts: readonly string[];
}

/**
 * Credits of the goal events of a range, by every model asked, from one pass over the touches.
 *
 * @throws AppError `BAD_USER_INPUT` without a model or with rules out of bounds, `LIMIT_EXCEEDED` for
 *   more values than a data-driven model shares among, and as `resolveRange` does.
 */
export async function computeAttribution(
  context: MetricContext,
  question: AttributionQuestion,
): Promise<AttributionAnswer> {
  validateTouchRules(question);
  checkModels(question.models);
  const run = startAnswer(context);
  const asked = planOf(context, question);
  const { fromMs, toMs } = asked.range;
  const reach = planBetween(asked, fromMs - lookbackMs(question), toMs);
  const { unusual } = await planSessions(reach, run);
  const plan = unusual === undefined ? asked : { ...asked, unusual };
  const rows = await run.query(attributionStatement(plan, question));
  const goals = rows.filter((row) => row.is_goal);
  const counted = goals.filter((row) => row.has_touch).map(goalsOf);
  const paths = rows.filter((row) => row.path.length > 0).map(pathOf);
  const count = (some: readonly Row[]): number => some.reduce((sum, row) => sum + row.n, 0);
  return {
    conversions: count(goals),
    unattributed: count(goals.filter((row) => !row.has_touch)),
    revenue: revenueOf(goals),
    models: question.models.map((model) => modelCredits(model, counted, paths)),
    meta: run.meta(),
  };
}

/**
 * The same of paths that are already counted; reads no stored data.
 *
 * @throws AppError `BAD_USER_INPUT` without a model, or with one that needs the age of touches.
 */
export function attributionOf(
  models: readonly AttributionModel[],
  given: readonly CountedPath[],
  { excludeDirect }: Pick<TouchRules, 'excludeDirect'>,
): readonly ModelCredits[] {
  checkModels(models);
  if (models.includes('time_decay')) {
    throw new AppError(
      'BAD_USER_INPUT',
      'models: time_decay needs the age of touches, which counted paths do not tell',
      { details: { field: 'models' } },
    );
  }
  const paths = excludeDirect
    ? given.map((path) => ({ ...path, touches: withoutDirect(path.touches) }))
    : given;
  const goals = paths.map(
    ({ touches, conversions }): CountedGoals => ({
      touches,
      count: conversions,
      currency: '',
      amount: 0n,
      decays: [],
      decayAmounts: [],
    }),
  );
  return models.map((model) => modelCredits(model, goals, paths));
}

function checkModels(models: readonly AttributionModel[]): void {
  if (models.length > 0 && new Set(models).size === models.length) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `models: expected one or more different models of ${[...RULE_MODELS, ...DATA_DRIVEN_MODELS].join(', ')}, got ${models.join(', ') || 'none'}`,
    { details: { field: 'models', allowed: [...RULE_MODELS, ...DATA_DRIVEN_MODELS] } },
  );
}

function goalsOf(row: Row): CountedGoals {
  return {
    touches: row.labels.map((name, at) => ({ name, isDirect: row.directs[at] === 1 })),
    count: row.n,
    currency: row.currency,
    amount: storedUnits(row.amounts),
    decays: row.decays.map(BigInt),
    decayAmounts: row.decay_amounts.map(BigInt),
  };
}

function revenueOf(goals: readonly Row[]): ConversionRevenue {
  const paid = goals.filter((row) => row.currency !== '');
  const currencies = [...new Set(paid.map((row) => row.currency))].sort((one, other) =>
    Buffer.compare(Buffer.from(one), Buffer.from(other)),
  );
  const sum = (some: readonly Row[]): string =>
    storedText(some.reduce((units, row) => units + storedUnits(row.amounts), 0n));
  const of = (currency: string): readonly Row[] => paid.filter((row) => row.currency === currency);
  return {
    currencies,
    totals: currencies.map((currency) => sum(of(currency))),
    unattributed: currencies.map((currency) => sum(of(currency).filter((row) => !row.has_touch))),
  };
}

function pathOf(row: Row): CountedPath {
  return {
    touches: row.path.map((name) => ({ name, isDirect: false })),
    conversions: row.is_goal ? row.n : 0,
    nulls: row.is_goal ? 0 : row.n,
  };
}

/** What looks the same is counted by the engine; only as much is told apart as the models ask for. */
function attributionStatement(plan: Plan, question: AttributionQuestion) {
  const scope = statementScope(plan);
  const { models } = question;
  const isRule = models.some((model) => (RULE_MODELS as readonly string[]).includes(model));
  const isDataDriven = models.some((model) =>
    (DATA_DRIVEN_MODELS as readonly string[]).includes(model),
  );
  const ofGoal = (values: string, none: string): string =>
    isRule ? `if(is_goal, ${values}, ${none})` : none;
  const decays = models.includes('time_decay')
    ? ofGoal(`arrayMap(weight -> toInt128(weight), decays)`, NO_WEIGHTS)
    : NO_WEIGHTS;
  return statement<Row>(
    'attribution.credits',
    `SELECT is_goal, has_touch, labels, directs, path_labels AS path, currency, count() AS n, toString(sum(amount)) AS amounts,
  arrayMap(weight -> toString(weight), sumForEach(weights)) AS decays,
  arrayMap(product -> toString(product), sumForEach(arrayMap(weight -> weight * toInt128(toDecimal128(amount, 4) * 10000), weights))) AS decay_amounts
FROM (
  SELECT is_goal, notEmpty(counted) AS has_touch,
    ${ofGoal('arrayMap(touch -> touch.3, counted)', NO_LABELS)} AS labels,
    ${ofGoal(`arrayMap(touch -> touch.4 = 'Direct', counted)`, `CAST([], 'Array(UInt8)')`)} AS directs,
    ${isDataDriven ? 'arrayCompact(arrayMap(touch -> touch.3, path))' : NO_LABELS} AS path_labels,
    if(is_goal AND isNotNull(goal.3), goal.4, '') AS currency,
    if(is_goal, ifNull(goal.3, 0), 0) AS amount,
    ${decays} AS weights
  FROM (${conversionsSql(plan, scope, question)})
)
GROUP BY is_goal, has_touch, labels, directs, path_labels, currency
ORDER BY is_goal, labels, path_labels, currency`,
    scope.parameters.values(),
  );
}

const NO_LABELS = `CAST([], 'Array(String)')`;
const NO_WEIGHTS = `CAST([], 'Array(Int128)')`;
