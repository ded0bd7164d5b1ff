import { AppError } from '../errors.js';
import { startAnswer } from '../metric/answer.js';
import { bucketIndexSql } from '../metric/buckets.js';
import { fieldSql } from '../metric/event-condition.js';
import {
  eventSource,
  eventTables,
  type Plan,
  planOf,
  statementScope,
} from '../metric/event-source.js';
import { computeEventVolume } from '../metric/event-volume.js';
import type { MetricContext } from '../metric/metric.js';
import type { AnswerMeta, MetricQuestion, Series } from '../metric/metric-query.js';
import { computePageViews } from '../metric/page-views.js';
import {
  type RankedList,
  type RankedListRow,
  rankedListSql,
  splitRankedList,
} from '../metric/ranked-list.js';
import { moneySql } from '../metric/revenue.js';
import { seriesOfSums, seriesRead } from '../metric/series-window.js';
import { sessionSource } from '../metric/session-source.js';
import { computeSessions } from '../metric/sessions.js';
import { computeUniqueUsers } from '../metric/unique-users.js';
import { statement } from '../warehouse/statement.js';
import type { FormulaQuestion, Operand } from './formula-query.js';

/** An operand over the range, and per bucket when the question has a grain. */
export interface OperandNumbers {
  readonly total: number;
  readonly series: Series | null;
  readonly meta: AnswerMeta;
}

/** An operand by value: the shown ones, and everything else. */
export interface OperandList {
  readonly values: readonly string[];
  readonly numbers: readonly number[];
  readonly otherValues: number;
  readonly other: number;
  readonly meta: AnswerMeta;
}

/** Money is summed in its smallest part, so that sums are exact. */
const MONEY_PARTS = 10_000;

/** @throws AppError `BAD_USER_INPUT` for revenue without a currency, and as the metric does. */
export async function operandNumbers(
  context: MetricContext,
  question: FormulaQuestion,
  operand: Operand,
): Promise<OperandNumbers> {
  const asked = questionOf(question, operand);
  if (operand.metric === 'events') return computeEventVolume(context, asked);
  if (operand.metric === 'unique_users') return computeUniqueUsers(context, asked);
  if (operand.metric === 'page_views') return computePageViews(context, asked);
  if (operand.metric === 'sessions') return computeSessions(context, asked);
  return revenueNumbers(context, asked, currencyOf(operand));
}

/**
 * An operand by the values of a dimension: the largest, or the given ones, and everything else.
 *
 * @throws AppError as {@link operandNumbers}.
 */
export async function operandList(
  context: MetricContext,
  question: FormulaQuestion,
  operand: Operand,
  dimension: string,
  shown: { readonly limit: number } | { readonly values: readonly string[] },
): Promise<OperandList> {
  const plan = planOf(context, questionOf(question, operand));
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const list = listOf(plan, scope, operand, dimension);
  const found = await run.query(
    statement<RankedListRow<'n'>>(
      'formula.breakdown',
      rankedListSql({
        ...list,
        order: ['n'],
        // Refunds alone are a sum below zero, which counts as well.
        keepsZero: operand.metric === 'net_revenue',
        shown:
          'limit' in shown
            ? shown
            : { values: scope.parameters.bind('Array(String)', shown.values) },
      }),
      scope.parameters.values(),
    ),
  );
  const { values, rest } = splitRankedList(found);
  const unit = operand.metric === 'net_revenue' ? MONEY_PARTS : 1;
  const known = new Map(values.map((row) => [row.value, row.n / unit]));
  const names = 'values' in shown ? shown.values : values.map((row) => row.value);
  return {
    values: names,
    numbers: names.map((name) => known.get(name) ?? 0),
    otherValues: rest?.value_count ?? 0,
    other: (rest?.n ?? 0) / unit,
    meta: run.meta(),
  };
}

function questionOf(question: FormulaQuestion, { event, filter }: Operand): MetricQuestion {
  const { event: _, breakdown: __, first, operator, second, ...shared } = question;
  return {
    ...shared,
    filter: [...question.filter, ...filter],
    ...(event === undefined ? {} : { event }),
  };
}

function listOf(
  plan: Plan,
  scope: ReturnType<typeof statementScope>,
  operand: Operand,
  dimension: string,
): Pick<RankedList<'n'>, 'value' | 'from' | 'measures'> {
  if (operand.metric === 'net_revenue') {
    const money = moneySql(plan, scope, { dimension });
    const currency = scope.parameters.bind('String', currencyOf(operand));
    return {
      value: 'label',
      from: `FROM (${money}) WHERE currency = ${currency}`,
      measures: { n: ['sum', `toInt64(amount * ${MONEY_PARTS})`] },
    };
  }
  if (operand.metric === 'sessions') {
    const source = sessionSource(plan, scope, [], dimension);
    return {
      value: source.label,
      from: source.from,
      measures: { n: ['count', ''] },
    };
  }
  const person = operand.metric === 'unique_users';
  const source = eventSource(plan, scope, {
    person,
    fields: [dimension],
    ...(operand.metric === 'page_views' ? { extra: `event_name = 'page_view'` } : {}),
  });
  return {
    value: fieldSql(dimension, scope).label,
    from: source.from,
    measures: { n: person ? ['uniqExact', source.person] : ['count', ''] },
  };
}

async function revenueNumbers(
  context: MetricContext,
  question: MetricQuestion,
  currency: string,
): Promise<OperandNumbers> {
  const plan = planOf(context, question);
  const read =
    question.grain === undefined ? null : seriesRead(plan, question.grain, question.window);
  const run = startAnswer(context);
  const rowsOf = (asked: Plan, bucket: (scope: ReturnType<typeof statementScope>) => string) => {
    const scope = statementScope(asked);
    return run.query(
      statement<{ readonly bucket: number; readonly value: number }>(
        'formula.revenue',
        `SELECT ${bucket(scope)} AS bucket, sum(toInt64(amount * ${MONEY_PARTS})) AS value
FROM (${moneySql(asked, scope)})
WHERE currency = ${scope.parameters.bind('String', currency)}
GROUP BY bucket`,
        scope.parameters.values(),
      ),
      eventTables({}),
    );
  };
  const [total, rows] = await Promise.all([
    rowsOf(plan, () => 'toInt64(0)'),
    read === null
      ? null
      : rowsOf(read.plan, ({ parameters }) => bucketIndexSql('ms', read.buckets, parameters)),
  ]);
  const series = read === null || rows === null ? null : seriesOfSums(read, rows);
  return {
    total: (total[0]?.value ?? 0) / MONEY_PARTS,
    series:
      series === null
        ? null
        : { ...series, values: series.values.map((value) => value / MONEY_PARTS) },
    meta: run.meta(),
  };
}

function currencyOf({ currency }: Operand): string {
  if (currency !== undefined && currency !== '') return currency;
  throw new AppError('BAD_USER_INPUT', 'currency: revenue in a formula is of one currency', {
    details: { field: 'currency' },
  });
}
