import { AppError } from '../errors.js';
import { statement } from '../warehouse/statement.js';
import type { LedgerPorts } from './ledger-ports.js';

/** A column whose rows of one key are merged by a function of the engine. */
export interface MergedColumn {
  readonly name: string;
  /** Type of the merged value. */
  readonly type: string;
  /** Aggregate function that merges, e.g. `sum`. */
  readonly merge: string;
}

/** A table that a materialized view fills from `silver_events`, as the engine describes it. */
export interface DerivedTable {
  readonly name: string;
  /** The view's own SELECT, over {@link SOURCE}. */
  readonly select: string;
  /** Columns that the view writes and that tell rows apart, with their types. */
  readonly keys: readonly { readonly name: string; readonly type: string }[];
  /** The others; empty in a table that holds rows as they are. */
  readonly values: readonly MergedColumn[];
  /** Time column by whose month the table is partitioned; null: one partition. */
  readonly timeColumn: string | null;
  /** Days after which rows are dropped; null: kept for ever. */
  readonly keptDays: number | null;
}

/** Where derived tables come from. */
export const SOURCE = 'silver_events';

interface TableRow {
  readonly view: string;
  readonly target: string;
  readonly select: string;
  readonly engine: string;
  readonly engineFull: string;
  readonly sortingKey: string;
  readonly partitionKey: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly targetColumns: readonly (readonly [name: string, type: string])[];
}

/**
 * Every table that a view fills from silver, by name. The engine's catalogue is asked, so that a
 * table made by a later migration is verified and rebuilt without a word here.
 *
 * @throws AppError `INTERNAL` for a table of a kind that cannot be compared.
 */
export async function derivedTables({
  warehouse,
  database,
}: Pick<LedgerPorts, 'warehouse' | 'database'>): Promise<readonly DerivedTable[]> {
  const { rows } = await warehouse.query(
    statement<TableRow>(
      'ledger.derived_tables',
      `WITH columns AS (
         SELECT table, arrayMap(c -> (c.2, c.3), arraySort(groupArray((position, name, type)))) AS columns
         FROM system.columns WHERE database = {database:String} GROUP BY table
       )
       SELECT v.name AS view, t.name AS target, v.as_select AS select, t.engine AS engine,
         t.engine_full AS engineFull, t.sorting_key AS sortingKey, t.partition_key AS partitionKey,
         vc.columns AS columns, tc.columns AS targetColumns
       FROM system.tables AS v
       INNER JOIN system.tables AS t
         ON t.database = {database:String}
         AND t.name = extract(v.create_table_query, ' TO \`?\\\\w+\`?\\\\.\`?(\\\\w+)\`?')
       INNER JOIN columns AS vc ON vc.table = v.name
       INNER JOIN columns AS tc ON tc.table = t.name
       WHERE v.database = {database:String} AND v.engine = 'MaterializedView'
       ORDER BY target`,
      { database },
    ),
  );
  return rows.filter(({ select }) => sourceOf(database).test(select)).map(describe);
}

/** The view's SELECT over other rows of silver: `rows` is a table or a subquery in parentheses. */
export function selectFrom(database: string, { select }: DerivedTable, rows: string): string {
  return select.replace(sourceOf(database), () => ` FROM ${rows}`);
}

/** The name of the source as the engine writes it back. */
function sourceOf(database: string): RegExp {
  return new RegExp(` FROM \`?${database}\`?\\.\`?${SOURCE}\`?(?![\\w.])`);
}

function describe(row: TableRow): DerivedTable {
  const types = new Map(row.targetColumns);
  const sorted = new Set(row.sortingKey.split(', '));
  const isPlain = /^(Replicated)?MergeTree$/.test(row.engine);
  const isMerging = /(Summing|Aggregating)MergeTree$/.test(row.engine);
  if (!isPlain && !isMerging) throw notComparable(row, `the engine ${row.engine}`);
  const keys: { name: string; type: string }[] = [];
  const values: MergedColumn[] = [];
  for (const [name] of row.columns) {
    const type = types.get(name);
    if (type === undefined) throw notComparable(row, `no column ${name}`);
    if (isPlain || sorted.has(name)) keys.push({ name, type });
    else values.push(mergedColumn(row, name, type));
  }
  const timeColumn = /^toYYYYMM\((\w+)\)$/.exec(row.partitionKey)?.[1] ?? null;
  if (row.partitionKey !== '' && timeColumn === null) {
    throw notComparable(row, `the partition key ${row.partitionKey}`);
  }
  return {
    name: row.target,
    select: row.select,
    keys,
    values,
    timeColumn,
    keptDays: keptDays(row, timeColumn),
  };
}

function mergedColumn(row: TableRow, name: string, type: string): MergedColumn {
  const [, merge, inner] = /^SimpleAggregateFunction\((\w+), (.+)\)$/.exec(type) ?? [];
  if (merge !== undefined && inner !== undefined) return { name, type: inner, merge };
  if (row.engine.endsWith('SummingMergeTree')) return { name, type, merge: 'sum' };
  throw notComparable(row, `the column ${name} of type ${type}`);
}

function keptDays(row: TableRow, timeColumn: string | null): number | null {
  const [, rule] = / TTL (.+?)(?: SETTINGS |$)/.exec(row.engineFull) ?? [];
  if (rule === undefined) return null;
  const [, column, days] = /^toDateTime\((\w+)\) \+ toIntervalDay\((\d+)\)$/.exec(rule) ?? [];
  if (column === undefined || column !== timeColumn) throw notComparable(row, `TTL ${rule}`);
  return Number(days);
}

function notComparable({ target }: TableRow, what: string): AppError {
  return new AppError(
    'INTERNAL',
    `${target} cannot be compared with its source: src/ledger/derived-table.ts does not know ${what}`,
    { details: { table: target } },
  );
}
