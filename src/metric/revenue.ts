import { statement } from '../warehouse/statement.js';
import { activitySql, activityTable, activityTables } from './activity-source.js';
import { ratio, startAnswer } from './answer.js';
import { conjunction, fieldSql, filterSql } from './event-condition.js';
import {
  eventSource,
  eventTables,
  OCCURRED_MS,
  type Plan,
  planOf,
  type StatementScope,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';

export const REVENUE: MetricDefinition = {
  id: 'revenue',
  title: 'Revenue',
  meaning:
    'Purchases less refunds, per currency. Of purchases with one order id the first of all history counts, on its own day; events without amount or currency are ignored.',
  unit: 'money, four decimal places',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

export interface RevenueAnswer {
  /** Parallel lists by currency, bytewise; net sums as exact decimal text. */
  readonly currencies: readonly string[];
  readonly netSums: readonly string[];
  /** Net sum when there is one currency, `0` when there is none, null for several. */
  readonly total: string | null;
  /** Counted purchases, all currencies. */
  readonly orders: number;
  /** People with a counted purchase. */
  readonly buyers: number;
  /** Net revenue ÷ orders; null without orders or with several currencies. */
  readonly averageOrderValue: number | null;
  /** Net revenue ÷ unique users; null without users or with several currencies. */
  readonly averageRevenuePerUser: number | null;
  readonly meta: AnswerMeta;
}

/** One currency, or all of them together. */
interface MoneyRow {
  readonly is_all: boolean;
  readonly currency: string;
  readonly net: string;
  readonly orders: number;
  readonly buyers: number;
}

/**
 * Revenue of a range. The filter tests the purchase or refund itself; users are the unique users
 * of the question.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeRevenue(
  context: MetricContext,
  question: MetricQuestion,
): Promise<RevenueAnswer> {
  const plan = planOf(context, question);
  const run = startAnswer(context);
  const table = activityTable(plan, [plan.range.fromMs, plan.range.toMs]);
  const [money, users] = await Promise.all([
    run.query(moneyStatement(plan), eventTables({ person: true })),
    run.query(userStatement(plan, table), activityTables(table)),
  ]);
  const rows = money.filter((row) => !row.is_all);
  const orders = rows.reduce((sum, row) => sum + row.orders, 0);
  const net = rows.length > 1 ? null : Number(rows[0]?.net ?? 0);
  return {
    currencies: rows.map((row) => row.currency),
    netSums: rows.map((row) => row.net),
    total: rows.length > 1 ? null : (rows[0]?.net ?? '0'),
    orders,
    buyers: money.find((row) => row.is_all)?.buyers ?? 0,
    averageOrderValue: net === null ? null : ratio(net, orders),
    averageRevenuePerUser: net === null ? null : ratio(net, users[0]?.n ?? 0),
    meta: run.meta(),
  };
}

/**
 * A SELECT of `currency`, `amount` (signed decimal), `is_order`, `ms` (Int64), `person` (when asked)
 * and `label` (of the dimension, when asked): every counted purchase and every refund of the range.
 */
export function moneySql(
  plan: Plan,
  scope: StatementScope,
  { withPerson = false, dimension }: { withPerson?: boolean; dimension?: string } = {},
): string {
  const { question, range } = plan;
  const source = eventSource(plan, scope, {
    person: withPerson,
    allHistory: true,
    filter: [],
    fields: [
      ...question.filter.map((condition) => condition.field),
      ...(dimension === undefined ? [] : [dimension]),
    ],
    selector: undefined,
    extra: `event_name IN ('purchase', 'refund') AND revenue IS NOT NULL AND currency != ''`,
  });
  const from = scope.parameters.bind('Int64', range.fromMs);
  const to = scope.parameters.bind('Int64', range.toMs);
  const person = withPerson ? source.person : `''`;
  const fits = conjunction([filterSql(question.filter, scope)]);
  const label = dimension === undefined ? `''` : fieldSql(dimension, scope).label;
  // An order counts once: the row of its first purchase stands for all, wherever in time it lies.
  return `SELECT currency, if(is_purchase, amount, -abs(amount)) AS amount, is_purchase AS is_order, person, ms, label
FROM (
  SELECT ${OCCURRED_MS} AS ms, event_id, toString(currency) AS currency, assumeNotNull(revenue) AS amount, event_name = 'purchase' AS is_purchase, order_id, ${fits} AS fits, ${person} AS person, ${label} AS label
  ${source.from}
  ORDER BY ms, event_id
  LIMIT 1 BY if(is_purchase AND order_id != '', ('o', order_id), ('e', event_id))
)
WHERE fits AND ms >= ${from} AND ms < ${to}`;
}

function moneyStatement(plan: Plan) {
  const scope = statementScope(plan);
  return statement<MoneyRow>(
    'metric.revenue',
    `SELECT grouping(currency) = 1 AS is_all, currency, toString(sum(amount)) AS net, countIf(is_order) AS orders, uniqExactIf(person, is_order) AS buyers
FROM (${moneySql(plan, scope, { withPerson: true })})
GROUP BY GROUPING SETS ((), (currency))
ORDER BY currency ASC`,
    scope.parameters.values(),
  );
}

function userStatement(plan: Plan, table: ReturnType<typeof activityTable>) {
  const scope = statementScope(plan);
  return statement<{ readonly n: number }>(
    'metric.revenue.users',
    `SELECT uniqExact(person) AS n FROM (${activitySql(plan, scope, table, null)})`,
    scope.parameters.values(),
  );
}
