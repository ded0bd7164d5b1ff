import { statement } from '../warehouse/statement.js';
import { activitySql, activityTable, activityTables } from './activity-source.js';
import { percent, ratio, startAnswer } from './answer.js';
import type { RollupTable } from './choose-table.js';
import { fieldSql, selectorSql } from './event-condition.js';
import {
  eventSource,
  eventTables,
  OCCURRED_MS,
  type Plan,
  planBetween,
  planOf,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, EventSelector, MetricQuestion } from './metric-query.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';

export const FEATURE_ADOPTION: MetricDefinition = {
  id: 'feature_adoption',
  title: 'Feature adoption',
  meaning:
    'People who used a feature divided by unique users of the range; of them those whose first use ever lies in the range, and uses per adopter.',
  unit: 'percent',
  additivity: 'ratio',
  tables: ['gold_active_users_per_day', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** A question with the events that are uses of the feature. */
export interface FeatureQuestion extends MetricQuestion {
  readonly feature: EventSelector;
}

export interface FeatureAdoptionAnswer {
  /** Unique users of the range. */
  readonly activeUsers: number;
  /** Those of them with a use of the feature in the range. */
  readonly adopters: number;
  /** Adopters whose first use ever lies in the range. */
  readonly newAdopters: number;
  /** Uses in the range. */
  readonly uses: number;
  /** Adopters ÷ active users, 0–100; null without active users. */
  readonly adoptionPercent: number | null;
  /** Null without adopters. */
  readonly usesPerAdopter: number | null;
  /** Parallel lists, most active users first: users having the value, and those with a use carrying it. */
  readonly byValue: {
    readonly values: readonly string[];
    readonly activeUsers: readonly number[];
    readonly adopters: readonly number[];
    readonly adoptionPercents: readonly (number | null)[];
    /** Values the limit left out, and the same of the people having any of them. */
    readonly otherValues: number;
    readonly otherActiveUsers: number;
    readonly otherAdopters: number;
    readonly otherAdoptionPercent: number | null;
  } | null;
  readonly meta: AnswerMeta;
}

interface UseRow {
  readonly adopters: number;
  readonly new_adopters: number;
  readonly uses: number;
}

/**
 * Adoption of a feature (METRICS-SPEC §11). The filter narrows active users and uses alike, in all
 * history; the selector `event` of the question is not used.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeFeatureAdoption(
  context: MetricContext,
  question: FeatureQuestion,
): Promise<FeatureAdoptionAnswer> {
  const { event: _, ...everyEvent } = question;
  const plan = planOf(context, everyEvent);
  const run = startAnswer(context);
  const table = activityTable(plan, [plan.range.fromMs, plan.range.toMs]);
  const people = eventTables({ person: true });
  const [active, used, values] = await Promise.all([
    run.query(activeStatement(plan, table), activityTables(table)),
    run.query(adopterStatement(plan, question.feature), people),
    question.breakdown === undefined
      ? null
      : run.query(valueStatement(plan, question.feature), people),
  ]);
  const activeUsers = active[0]?.people ?? 0;
  const { adopters, new_adopters, uses } = used[0] ?? { adopters: 0, new_adopters: 0, uses: 0 };
  return {
    activeUsers,
    adopters,
    newAdopters: new_adopters,
    uses,
    adoptionPercent: percent(adopters, activeUsers),
    usesPerAdopter: ratio(uses, adopters),
    byValue: values === null ? null : byValueOf(values),
    meta: run.meta(),
  };
}

function activeStatement(plan: Plan, table: RollupTable) {
  const scope = statementScope(plan);
  return statement<{ readonly people: number }>(
    'metric.feature_adoption.active',
    `SELECT uniqExact(person) AS people FROM (${activitySql(plan, scope, table, null)})`,
    scope.parameters.values(),
  );
}

function adopterStatement(plan: Plan, feature: EventSelector) {
  const scope = statementScope(plan);
  const from = scope.parameters.bind('Int64', plan.range.fromMs);
  const source = eventSource(planBetween(plan, 0, plan.range.toMs), scope, {
    person: true,
    selector: feature,
  });
  return statement<UseRow>(
    'metric.feature_adoption.uses',
    `SELECT count() AS adopters, countIf(first_ms >= ${from}) AS new_adopters, sum(use_count) AS uses
FROM (
  SELECT ${source.person} AS person, min(${OCCURRED_MS}) AS first_ms, countIf(${OCCURRED_MS} >= ${from}) AS use_count
  ${source.from}
  GROUP BY person
)
WHERE use_count > 0`,
    scope.parameters.values(),
  );
}

type ValueRow = RankedListRow<'users' | 'adopters'>;

function valueStatement(plan: Plan, feature: EventSelector) {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: '', limit: 0 };
  const source = eventSource(plan, scope, { person: true, fields: [dimension] });
  return statement<ValueRow>(
    'metric.feature_adoption.breakdown',
    rankedListSql({
      value: fieldSql(dimension, scope).label,
      from: source.from,
      measures: {
        users: ['uniqExact', source.person],
        adopters: ['uniqExactIf', `${source.person}, ${selectorSql(feature, scope)}`],
      },
      order: ['users'],
      shown: { limit },
    }),
    scope.parameters.values(),
  );
}

function byValueOf(rows: readonly ValueRow[]): FeatureAdoptionAnswer['byValue'] {
  const { values, rest } = splitRankedList(rows);
  const { users = 0, adopters = 0, value_count = 0 } = rest ?? {};
  return {
    values: values.map((row) => row.value),
    activeUsers: values.map((row) => row.users),
    adopters: values.map((row) => row.adopters),
    adoptionPercents: values.map((row) => percent(row.adopters, row.users)),
    otherValues: value_count,
    otherActiveUsers: users,
    otherAdopters: adopters,
    otherAdoptionPercent: percent(adopters, users),
  };
}
