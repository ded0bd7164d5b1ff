import { statement } from '../warehouse/statement.js';
import { type DerivedTable, SOURCE, selectFrom } from './derived-table.js';
import { type DayRange, inDays, type LedgerPorts, LONG_STATEMENT } from './ledger-ports.js';

/** A key whose rows differ from what its source gives. */
export interface Difference {
  /** The key's columns as a tuple. */
  readonly key: string;
  readonly projectId: string;
  /** UTC day of the key, `YYYY-MM-DD`; empty in a table without time. */
  readonly day: string;
  /** Merged values as a tuple, or the number of rows in a table that holds rows as they are. */
  readonly expected: string;
  readonly found: string;
}

/** One look at a table. */
export interface Comparison {
  /** The first {@link MOST_LISTED} differing keys, in the order of their keys. */
  readonly differences: readonly Difference[];
  /** All that differ. */
  readonly differenceCount: number;
}

/** Which keys a look compares. */
export interface CompareOptions {
  readonly ports: Pick<LedgerPorts, 'warehouse' | 'database'>;
  readonly table: DerivedTable;
  readonly range: DayRange;
  /** Days to look at alone, `YYYY-MM-DD`; for tables with a time. */
  readonly days?: readonly string[];
  /** Add up per project and UTC day instead of comparing each key; for tables with a time. */
  readonly isByDay?: boolean;
  readonly signal: AbortSignal;
}

/** Differing keys that are told of by one look. */
export const MOST_LISTED = 100_000;

/**
 * Compares a table with what its view makes of silver now. What is being written at this moment
 * differs too, since silver has a batch before its rollups do: see `verify-table.ts`.
 */
export async function compareTable({
  ports: { warehouse, database },
  table,
  range,
  days,
  isByDay = false,
  signal,
}: CompareOptions): Promise<Comparison> {
  const { keys, values, timeColumn } = table;
  const params = days === undefined ? {} : { days };
  const onDays = (column: string): string =>
    days === undefined ? '1' : `toString(toDate32(${column})) IN {days:Array(String)}`;
  const ofSource =
    timeColumn === null
      ? `${database}.${SOURCE}`
      : `(SELECT * FROM ${database}.${SOURCE}
          WHERE ${inDays('occurred_at', range)}${days === undefined ? '' : ' AND toDate(occurred_at) IN (SELECT toDate(arrayJoin({days:Array(String)})))'})`;
  const ofTarget =
    timeColumn === null ? '1' : `${inDays(timeColumn, range)} AND ${onDays(timeColumn)}`;
  const columns = [...keys, ...values];
  const cells = columns.map(({ name, type }) => `CAST(${name} AS ${type}) AS ${name}`).join(', ');
  const group = isByDay
    ? ['project_id AS k0', `toDate32(${timeColumn}) AS k1`]
    : keys.map(({ name }, index) => `${name} AS k${index}`);
  const groupNames = group.map((_, index) => `k${index}`);
  const merged = (side: number): string =>
    values.length === 0
      ? `countIf(side = ${side})`
      : `tuple(${values.map(({ name, merge }) => `${merge}If(${name}, side = ${side})`).join(', ')})`;
  const { rows } = await warehouse.query(
    statement<Difference & { readonly total: number }>(
      `ledger.compare_${table.name}`,
      `SELECT toString(tuple(${groupNames.join(', ')})) AS key, toString(k0) AS projectId,
         ${dayOf(table, isByDay)} AS day,
         if(expected_rows = 0, 'none', toString(expected_value)) AS expected,
         if(found_rows = 0, 'none', toString(found_value)) AS found,
         count() OVER () AS total
       FROM (
         SELECT ${group.join(', ')}, ${merged(0)} AS expected_value, ${merged(1)} AS found_value,
           countIf(side = 0) AS expected_rows, countIf(side = 1) AS found_rows
         FROM (
           SELECT ${cells}, 0 AS side FROM (${selectFrom(database, table, ofSource)})
           UNION ALL
           SELECT ${cells}, 1 AS side FROM ${database}.${table.name} WHERE ${ofTarget}
         )
         GROUP BY ${groupNames.join(', ')}
         HAVING expected_value != found_value OR (expected_rows = 0) != (found_rows = 0)
       )
       ORDER BY ${groupNames.join(', ')}
       LIMIT ${MOST_LISTED}`,
      params,
      LONG_STATEMENT,
    ),
    { signal },
  );
  return {
    differences: rows.map(({ total: _, ...difference }) => difference),
    differenceCount: rows[0]?.total ?? 0,
  };
}

function dayOf({ keys, timeColumn }: DerivedTable, isByDay: boolean): string {
  if (isByDay) return 'toString(k1)';
  const index = keys.findIndex(({ name }) => name === timeColumn);
  return index < 0 ? `''` : `toString(toDate32(k${index}))`;
}
