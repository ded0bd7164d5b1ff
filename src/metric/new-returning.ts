import { personSql } from '../visitor/person.js';
import { statement } from '../warehouse/statement.js';
import { activityTable, activityTables } from './activity-source.js';
import { startAnswer } from './answer.js';
import { conjunction, filterSql, selectorSql } from './event-condition.js';
import {
  eventSource,
  OCCURRED_MS,
  type Plan,
  planOf,
  projectCondition,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';

export const NEW_RETURNING: MetricDefinition = {
  id: 'new_returning',
  title: 'New and returning users',
  meaning:
    'Of the users active in the range, those whose first event ever lies in it are new, the others returning.',
  unit: 'people',
  additivity: 'distinct',
  tables: ['gold_active_users_per_day', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

export interface NewReturningAnswer {
  readonly newUsers: number;
  readonly returningUsers: number;
  /** Their sum. */
  readonly total: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly new_users: number;
  readonly total: number;
}

/**
 * New and returning users. Selector and filter decide who is active in the range; the first event
 * ever is that of any kind.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeNewReturning(
  context: MetricContext,
  question: MetricQuestion,
): Promise<NewReturningAnswer> {
  const plan = planOf(context, question);
  const run = startAnswer(context);
  const table = activityTable(plan, [plan.range.fromMs, plan.range.toMs]);
  const build = table === 'silver_events' ? fromEvents : fromBitmaps;
  const rows = await run.query(build(plan), activityTables(table));
  const { new_users: newUsers, total } = rows[0] ?? { new_users: 0, total: 0 };
  return { newUsers, returningUsers: total - newUsers, total, meta: run.meta() };
}

function fromEvents(plan: Plan) {
  const { question, range } = plan;
  const scope = statementScope(plan);
  const from = scope.parameters.bind('Int64', range.fromMs);
  const to = scope.parameters.bind('Int64', range.toMs);
  const fields = question.filter.map((condition) => condition.field);
  const source = eventSource(plan, scope, {
    person: true,
    allHistory: true,
    selector: undefined,
    filter: [],
    fields,
    extra: `${OCCURRED_MS} < ${to}`,
  });
  const isActive = conjunction([
    `${OCCURRED_MS} >= ${from}`,
    selectorSql(question.event, scope),
    filterSql(question.filter, scope),
  ]);
  return statement<Row>(
    'metric.new_returning.events',
    `SELECT countIf(first_ms >= ${from}) AS new_users, count() AS total
FROM (
  SELECT ${source.person} AS person, min(${OCCURRED_MS}) AS first_ms, max(${isActive}) AS is_active
  ${source.from}
  GROUP BY person
)
WHERE is_active`,
    scope.parameters.values(),
  );
}

const QUARTER_MS = 900_000;

/** Quarter hours since 1970: whole numbers, because the planner chose this table. */
function fromBitmaps(plan: Plan) {
  const { context, question, range } = plan;
  const scope = statementScope(plan);
  const { parameters } = scope;
  const person = personSql({
    database: context.database,
    projectId: question.projectId,
    parameters,
  });
  const from = parameters.bind('Int64', range.fromMs / QUARTER_MS);
  const to = parameters.bind('Int64', range.toMs / QUARTER_MS);
  const midnight = 'toInt64(toInt32(day)) * 96';
  const bit = (quarter: string): string =>
    `toUInt8(least(greatest(toInt64(${quarter} - ${midnight}), 0), 96))`;
  const below = (quarter: string): string => `(bitShiftLeft(toUInt128(1), ${bit(quarter)}) - 1)`;
  return statement<Row>(
    'metric.new_returning.bitmaps',
    `SELECT countIf(NOT was_before) AS new_users, count() AS total
FROM (
  SELECT ${person.expression} AS person,
    max(bitAnd(quarter_hours, bitXor(${below(to)}, ${below(from)})) != 0) AS is_active,
    max(bitAnd(quarter_hours, ${below(from)}) != 0) AS was_before
  FROM ${context.database}.gold_active_users_per_day
  ${person.join}
  WHERE ${projectCondition(plan, scope)} AND ${filterSql(question.filter, scope)}
  GROUP BY person
)
WHERE is_active`,
    parameters.values(),
  );
}
