import { statement } from '../warehouse/statement.js';
import { activitySql, activityTable, activityTables } from './activity-source.js';
import { type AnswerRun, percent, startAnswer } from './answer.js';
import type { RollupTable } from './choose-table.js';
import { fieldSql, selectorSql } from './event-condition.js';
import { eventSource, eventTables, type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, EventSelector, MetricQuestion } from './metric-query.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';
import { planSessions } from './session-plan.js';
import { hasEventColumn, sessionSource } from './session-source.js';

export const CONVERSION_RATE: MetricDefinition = {
  id: 'conversion_rate',
  title: 'Conversion rate',
  meaning:
    'People with at least one goal event divided by unique users; sessions with one divided by sessions; and every goal event.',
  unit: 'percent',
  additivity: 'ratio',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** A question with the goal that counts as conversion. */
export interface ConversionQuestion extends MetricQuestion {
  readonly goal: EventSelector;
}

export interface ConversionRateAnswer {
  /** Unique users of the range. */
  readonly users: number;
  readonly convertedUsers: number;
  /** Goal events in the range. */
  readonly totalConversions: number;
  /** 0–100; null without users. */
  readonly userRatePercent: number | null;
  readonly sessions: number;
  readonly convertedSessions: number;
  /** 0–100; null without sessions. */
  readonly sessionRatePercent: number | null;
  /** Parallel lists, most users first: users having the value, and those with a goal carrying it. */
  readonly byValue: {
    readonly values: readonly string[];
    readonly users: readonly number[];
    readonly convertedUsers: readonly number[];
    readonly ratePercents: readonly (number | null)[];
    /** Values the limit left out, and the same of the people having any of them. */
    readonly otherValues: number;
    readonly otherUsers: number;
    readonly otherConvertedUsers: number;
    readonly otherRatePercent: number | null;
  } | null;
  readonly meta: AnswerMeta;
}

interface UserRow {
  readonly users: number;
  readonly converted: number;
  readonly conversions: number;
}

/**
 * User and session conversion rate towards a goal. The selector `event` of the question narrows
 * the users of the denominator; the goal is counted within the filter alone.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeConversionRate(
  context: MetricContext,
  question: ConversionQuestion,
): Promise<ConversionRateAnswer> {
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const table = activityTable(plan, [plan.range.fromMs, plan.range.toMs]);
  // All are built before any is asked: one that is refused leaves none on its way.
  const ofSessions = sessionStatement(plan, question.goal);
  const ofValues = question.breakdown === undefined ? null : valueStatement(plan, question.goal);
  const [byUser, sessions, values] = await Promise.all([
    countUsers(run, plan, table, question.goal),
    run.query(ofSessions),
    ofValues === null ? null : run.query(ofValues, eventTables({ person: true })),
  ]);
  const bySession = sessions[0] ?? { sessions: 0, converted: 0 };
  return {
    users: byUser.users,
    convertedUsers: byUser.converted,
    totalConversions: byUser.conversions,
    userRatePercent: percent(byUser.converted, byUser.users),
    sessions: bySession.sessions,
    convertedSessions: bySession.converted,
    sessionRatePercent: percent(bySession.converted, bySession.sessions),
    byValue: values === null ? null : byValueOf(values),
    meta: run.meta(),
  };
}

/** Everybody is known without events where a rollup tells who was active; goals are few. */
async function countUsers(
  run: AnswerRun,
  plan: Plan,
  table: RollupTable,
  goal: EventSelector,
): Promise<UserRow> {
  const of = table === 'silver_events' ? undefined : goal;
  const [events, active] = await Promise.all([
    run.query(userStatement(plan, goal, of), eventTables({ person: true })),
    of === undefined ? [] : run.query(activeStatement(plan, table), activityTables(table)),
  ]);
  return { users: 0, converted: 0, conversions: 0, ...events[0], ...active[0] };
}

function activeStatement(plan: Plan, table: RollupTable) {
  const scope = statementScope(plan);
  return statement<Pick<UserRow, 'users'>>(
    'metric.conversion_rate.active',
    `SELECT uniqExact(person) AS users FROM (${activitySql(plan, scope, table, null)})`,
    scope.parameters.values(),
  );
}

/** @param of Only these events are looked at. */
function userStatement(plan: Plan, goal: EventSelector, of: EventSelector | undefined) {
  const scope = statementScope(plan);
  const source = eventSource(plan, scope, { person: true, selector: of });
  const isUser = selectorSql(plan.question.event, scope);
  const isGoal = selectorSql(goal, scope);
  return statement<UserRow>(
    'metric.conversion_rate.users',
    `SELECT uniqExactIf(${source.person}, ${isUser}) AS users, uniqExactIf(${source.person}, ${isGoal}) AS converted, countIf(${isGoal}) AS conversions\n${source.from}`,
    scope.parameters.values(),
  );
}

function sessionStatement(plan: Plan, goal: EventSelector) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, [], undefined, {
    columns: [hasEventColumn('s_goal', goal, scope)],
    aggregates: [{ name: 'has_goal', sql: 'max(s_goal)' }],
  });
  return statement<{ readonly sessions: number; readonly converted: number }>(
    'metric.conversion_rate.sessions',
    `SELECT count() AS sessions, countIf(has_goal) AS converted\n${source.from}`,
    scope.parameters.values(),
  );
}

type ValueRow = RankedListRow<'users' | 'converted'>;

function valueStatement(plan: Plan, goal: EventSelector) {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: '', limit: 0 };
  const source = eventSource(plan, scope, {
    person: true,
    selector: undefined,
    fields: [dimension],
  });
  const isUser = selectorSql(plan.question.event, scope);
  return statement<ValueRow>(
    'metric.conversion_rate.breakdown',
    rankedListSql({
      value: fieldSql(dimension, scope).label,
      from: source.from,
      measures: {
        users: ['uniqExactIf', `${source.person}, ${isUser}`],
        converted: ['uniqExactIf', `${source.person}, ${selectorSql(goal, scope)}`],
      },
      order: ['users', 'converted'],
      shown: { limit },
    }),
    scope.parameters.values(),
  );
}

function byValueOf(rows: readonly ValueRow[]): ConversionRateAnswer['byValue'] {
  const { values, rest } = splitRankedList(rows);
  const { users = 0, converted = 0, value_count = 0 } = rest ?? {};
  return {
    values: values.map((row) => row.value),
    users: values.map((row) => row.users),
    convertedUsers: values.map((row) => row.converted),
    ratePercents: values.map((row) => percent(row.converted, row.users)),
    otherValues: value_count,
    otherUsers: users,
    otherConvertedUsers: converted,
    otherRatePercent: percent(converted, users),
  };
}
