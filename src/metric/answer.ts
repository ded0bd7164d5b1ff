import { AppError } from '../errors.js';
import type { Statement } from '../warehouse/statement.js';
import type { MetricContext } from './metric.js';
import type { AnswerMeta, BreakdownRows } from './metric-query.js';

/** Most rows of a breakdown or top list. */
export const MAX_BREAKDOWN_ROWS = 10_000;

/** Runs the statements of one question and accounts for them. */
export interface AnswerRun {
  /** Runs one statement that reads the named tables; left out, they are read off its text. */
  query<Row>(statement: Statement<Row>, tables?: readonly string[]): Promise<readonly Row[]>;
  /** What was read so far. */
  meta(): AnswerMeta;
}

/** Begins an answer; its `asOf` is this moment, so nothing queryable then is missing. */
export function startAnswer(context: MetricContext): AnswerRun {
  const asOf = new Date(context.clock()).toISOString();
  const source = new Set<string>();
  let rowsRead = 0;
  let elapsedMs = 0;
  async function ask<Row>(
    statement: Statement<Row>,
    tables: readonly string[],
  ): Promise<readonly Row[]> {
    const options = context.signal === undefined ? {} : { signal: context.signal };
    const result = await context.warehouse.query(statement, options);
    for (const table of tables) source.add(table);
    rowsRead += result.rowsRead;
    elapsedMs += result.elapsedMs;
    return result.rows;
  }
  return {
    query(statement, tables = tablesIn(statement, context.database)) {
      const rows = ask(statement, tables);
      // While further statements are built, one of them may be refused, and then nobody waits for
      // this one any more: its own failure must not count as unhandled, which ends the process.
      rows.catch(() => undefined);
      return rows;
    },
    meta: () => ({ source: [...source].sort(), rowsRead, exact: true, asOf, elapsedMs }),
  };
}

/** Tables of the database that a statement names. */
export function tablesIn({ sql }: Pick<Statement<unknown>, 'sql'>, database: string): string[] {
  const found = sql.matchAll(/\b(\w+)\.(\w+)\b/g);
  return [...found].flatMap(([, owner = '', table = '']) => (owner === database ? [table] : []));
}

/** Numerator ÷ denominator; null when the denominator is zero. */
export function ratio(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}

/** The same in percent, 0–100. */
export function percent(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : (numerator * 100) / denominator;
}

/** One row of {@link rankedSql}. */
export interface RankedRow {
  readonly value: string;
  readonly n: number;
  /** How many values there are, and their sum, before the limit. */
  readonly value_count: number;
  readonly value_sum: number;
}

/**
 * Wraps a SELECT of `value` and `n` so that the largest come first, ties bytewise, cut at the
 * limit, while what is left out stays known.
 */
export function rankedSql(rows: string, limit: number): string {
  return `SELECT value, n, count() OVER () AS value_count, sum(n) OVER () AS value_sum
FROM (${rows})
WHERE n > 0
ORDER BY n DESC, value ASC
LIMIT ${checkedLimit(limit)}`;
}

/** @throws AppError `BAD_USER_INPUT` unless 1 ≤ limit ≤ {@link MAX_BREAKDOWN_ROWS}. */
export function checkedLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_BREAKDOWN_ROWS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `limit must be a whole number from 1 to ${MAX_BREAKDOWN_ROWS}, got ${limit}`,
      { details: { field: 'limit', maximum: MAX_BREAKDOWN_ROWS } },
    );
  }
  return limit;
}

/** Shapes ranked rows of counts that add up over values. */
export function breakdownOf(rows: readonly RankedRow[]): BreakdownRows {
  const counts = rows.map((row) => row.n);
  const shown = counts.reduce((sum, n) => sum + n, 0);
  return {
    values: rows.map((row) => row.value),
    counts,
    sharePercents: null,
    otherValues: (rows[0]?.value_count ?? 0) - rows.length,
    otherCount: (rows[0]?.value_sum ?? 0) - shown,
    otherSharePercent: null,
  };
}
