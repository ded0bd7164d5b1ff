import { checkedLimit } from './answer.js';

/** An aggregate, with its parameters if it has some, and its argument: `['uniqExact', 'person']`. */
export type ListMeasure = readonly [aggregate: string, argument: string];

/** A list of the largest values of a dimension, with what is left out and all together. */
export interface RankedList<Name extends string> {
  /** Text expression over the rows. */
  readonly value: string;
  /** `FROM … WHERE …`. */
  readonly from: string;
  readonly measures: Readonly<Record<Name, ListMeasure>>;
  /** Measures that rank, the largest first; then the value, bytewise. */
  readonly order: readonly [NoInfer<Name>, ...NoInfer<Name>[]];
  /** Whether values are listed whose ranking measures are all zero. */
  readonly keepsZero?: boolean;
  /** Most values that are shown; or which, as the placeholder of an `Array(String)`. */
  readonly shown: { readonly limit: number } | { readonly values: string };
}

/** One row of {@link rankedListSql}. */
export type RankedListRow<Name extends string> = {
  /** A shown value; everything beyond the limit; or all values. */
  readonly kind: 'value' | 'rest' | 'total';
  readonly value: string;
  /** How many values the row stands for. */
  readonly value_count: number;
} & { readonly [name in Name]: number };

/**
 * A SELECT of {@link RankedListRow}s, the shown values in their order. Each value is aggregated once
 * into states. The states of the rest are merged, so that distinct people, means and percentiles of
 * the rest are exact although they do not add up. Values whose ranking measures are all zero are
 * left out unless they are to be kept.
 *
 * @throws AppError `BAD_USER_INPUT` for a limit out of bounds.
 */
export function rankedListSql<Name extends string>(list: RankedList<Name>): string {
  const { value, from, order } = list;
  const measures = Object.entries<ListMeasure>(list.measures);
  const columns = (sql: (name: string, measure: ListMeasure) => string): string =>
    measures.map(([name, measure]) => `, ${sql(name, measure)}`).join('');
  const sizes = order.map((name) => `finalizeAggregation(state_${name})`);
  return `SELECT multiIf(grouping(is_rest) = 1, 'total', is_rest, 'rest', 'value') AS kind, shown AS value, count() AS value_count${columns(
    (name, [aggregate]) => `${combined(aggregate, 'Merge')}(state_${name}) AS ${name}`,
  )}
FROM (
  SELECT *, ${'values' in list.shown ? `NOT has(${list.shown.values}, ranked)` : `place > ${checkedLimit(list.shown.limit)}`} AS is_rest, if(is_rest, '', ranked) AS shown
  FROM (
    SELECT *, row_number() OVER (ORDER BY ${sizes.map((size) => `${size} DESC`).join(', ')}, ranked ASC) AS place
    FROM (
      SELECT ${value} AS ranked${columns(
        (name, [aggregate, argument]) =>
          `${combined(aggregate, 'State')}(${argument}) AS state_${name}`,
      )}
      ${from}
      GROUP BY ranked
    )
    WHERE ${list.keepsZero === true ? 'true' : sizes.map((size) => `${size} > 0`).join(' OR ')}
  )
)
GROUP BY GROUPING SETS ((), (is_rest, shown))
ORDER BY min(place) ASC`;
}

/** A combinator goes behind the name of an aggregate, before its parameters. */
function combined(aggregate: string, combinator: 'State' | 'Merge'): string {
  return aggregate.replace(/^\w+/, (name) => `${name}${combinator}`);
}

/** The rows of a ranked list taken apart; null where there are none. */
export function splitRankedList<Row extends { readonly kind: string }>(
  rows: readonly Row[],
): { readonly values: readonly Row[]; readonly rest: Row | null; readonly total: Row | null } {
  return {
    values: rows.filter((row) => row.kind === 'value'),
    rest: rows.find((row) => row.kind === 'rest') ?? null,
    total: rows.find((row) => row.kind === 'total') ?? null,
  };
}
