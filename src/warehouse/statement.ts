/** A value bound to a `{name:Type}` placeholder. Instants travel as text, never as `Date`. */
export type Parameter =
  | string
  | number
  | boolean
  | null
  | readonly Parameter[]
  | { readonly [key: string]: Parameter };

/** Limits that travel in the statement's own `SETTINGS` clause, never on the connection. */
export interface StatementSettings {
  /** Seconds after which the engine itself stops the statement. */
  readonly max_execution_time?: number;
  readonly max_memory_usage?: number;
  readonly [setting: string]: number | string | undefined;
}

/** One pass over rows as parts, so that several statements can share it. */
export interface Scan {
  /** What stands behind FROM: a table or a SELECT, with its joins. */
  readonly from: string;
  /** Which rows count. */
  readonly where: string;
  /** What rows are grouped by; left out: all are one group, also when there are none. */
  readonly by?: { readonly name: string; readonly sql: string };
  /** What is computed, by the name of its column: an aggregate function without parameters, and its argument. */
  readonly columns: Readonly<Record<string, readonly [aggregate: string, argument: string]>>;
}

/**
 * A ClickHouse statement as a value. `sql` holds `{name:Type}` placeholders for every value that
 * came from outside; identifiers come only from the catalogue. It ends without semicolon, FORMAT
 * or SETTINGS: the adapter adds these. `Row` is the shape of one result row, keyed by column alias.
 */
export interface Statement<Row> {
  /** Stable name for `log_comment`, spans and metrics, e.g. `metric.event_volume`. */
  readonly name: string;
  readonly sql: string;
  readonly params: Readonly<Record<string, Parameter>>;
  readonly settings?: StatementSettings;
  /** The same as parts, where it is one pass over rows and nothing else. */
  readonly scan?: Scan;
  /** Phantom: carries the row type, never set. */
  readonly row?: Row;
}

/** Builds a {@link Statement}; exists so that the row type is written once, at the definition. */
export function statement<Row>(
  name: string,
  sql: string,
  params: Readonly<Record<string, Parameter>> = {},
  settings?: StatementSettings,
): Statement<Row> {
  return settings === undefined ? { name, sql, params } : { name, sql, params, settings };
}

/** Builds a statement that is one pass over rows. */
export function scanStatement<Row>(
  name: string,
  scan: Scan,
  params: Readonly<Record<string, Parameter>>,
): Statement<Row> {
  const { from, where, by, columns } = scan;
  const selected = [
    ...(by === undefined ? [] : [`${by.sql} AS ${by.name}`]),
    ...Object.entries(columns).map(
      ([column, [aggregate, argument]]) => `${aggregate}(${argument}) AS ${column}`,
    ),
  ];
  const groups = by === undefined ? '' : `\nGROUP BY ${by.name}`;
  const sql = `SELECT ${selected.join(', ')}\nFROM ${from}\nWHERE ${where}${groups}`;
  return { name, sql, params, scan };
}
