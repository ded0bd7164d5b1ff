import type { MetricContext } from '../metric/metric.js';
import type { AnswerMeta } from '../metric/metric-query.js';
import type {
  FormulaAnswer,
  FormulaOperator,
  FormulaQuestion,
  FormulaValue,
} from './formula-query.js';
import { operandList, operandNumbers } from './operand-numbers.js';

/**
 * A formula over two metrics, with series and breakdown in step. The breakdown shows the values of
 * which the first operand has most; what has none of them is `other`, for both operands.
 *
 * @throws AppError as the metrics do, and `BAD_USER_INPUT` for revenue without a currency.
 */
export async function computeFormula(
  context: MetricContext,
  question: FormulaQuestion,
): Promise<FormulaAnswer> {
  const { first, operator, second } = question;
  const [a, b, breakdown] = await Promise.all([
    operandNumbers(context, question, first),
    operandNumbers(context, question, second),
    breakdownOf(context, question),
  ]);
  return {
    ...partsOf(operator, a.total, b.total),
    series:
      a.series === null || b.series === null
        ? null
        : {
            bucketStarts: a.series.bucketStarts,
            ...columnsOf(operator, a.series.values, b.series.values),
          },
    breakdown: breakdown?.rows ?? null,
    meta: together([a.meta, b.meta, ...(breakdown?.metas ?? [])]),
  };
}

async function breakdownOf(context: MetricContext, question: FormulaQuestion) {
  const { first, operator, second, breakdown } = question;
  if (breakdown === undefined) return null;
  const { dimension, limit } = breakdown;
  const a = await operandList(context, question, first, dimension, { limit });
  const b = await operandList(context, question, second, dimension, { values: a.values });
  const { total, ...parts } = partsOf(operator, a.other, b.other);
  const other: FormulaValue = { result: total, ...parts };
  return {
    rows: {
      values: a.values,
      ...columnsOf(operator, a.numbers, b.numbers),
      otherValues: a.otherValues,
      other,
    },
    metas: [a.meta, b.meta],
  };
}

function columnsOf(operator: FormulaOperator, first: readonly number[], second: readonly number[]) {
  return {
    results: first.map((value, index) => resultOf(operator, value, second[index] ?? 0)),
    first,
    second,
  };
}

function partsOf(operator: FormulaOperator, first: number, second: number) {
  return { total: resultOf(operator, first, second), first, second };
}

function resultOf(operator: FormulaOperator, first: number, second: number): number | null {
  if (operator === 'add') return first + second;
  if (operator === 'subtract') return first - second;
  if (operator === 'multiply') return first * second;
  return second === 0 ? null : first / second;
}

/** Statements of several answers as those of one. */
function together(metas: readonly AnswerMeta[]): AnswerMeta {
  const sum = (of: (meta: AnswerMeta) => number): number =>
    metas.reduce((all, meta) => all + of(meta), 0);
  return {
    source: [...new Set(metas.flatMap((meta) => meta.source))].sort(),
    rowsRead: sum((meta) => meta.rowsRead),
    exact: metas.every((meta) => meta.exact),
    asOf: metas.map((meta) => meta.asOf).sort()[0] ?? '',
    elapsedMs: sum((meta) => meta.elapsedMs),
  };
}
