import DataLoader from 'dataloader';
import { isAppError } from '../errors.js';
import { type Scan, type Statement, scanStatement } from '../warehouse/statement.js';
import type { QueryOptions, QueryResult, WarehouseReader } from '../warehouse/warehouse.js';
import {
  type BoundParameters,
  createBoundParameters,
  type ParameterType,
} from './bound-parameters.js';

type Row = Readonly<Record<string, unknown>>;
type ScanStatement = Statement<Row> & { readonly scan: Scan };

/** A scan that is asked for. */
interface Asked {
  readonly statement: ScanStatement;
  readonly options: QueryOptions;
}

/**
 * The same reader, by which scans that are asked for in one tick become one statement where they go
 * over the same tables in the same groups: tiles that count events of different names read a rollup
 * once. Each is given the rows of its own; as read it counts all rows of the common scan.
 *
 * A common scan that fails is asked for again, each on its own, so that a limit that one of them breaks, or
 * all together, is no failure of the others.
 */
export function joinScans(reader: WarehouseReader): WarehouseReader {
  const loaders = new Map<string, DataLoader<Asked, QueryResult<Row>>>();

  function loaderOf(statement: ScanStatement): DataLoader<Asked, QueryResult<Row>> {
    const key = groupOf(statement);
    const known =
      loaders.get(key) ?? new DataLoader((all) => askTogether(reader, all), { cache: false });
    loaders.set(key, known);
    return known;
  }

  return {
    ...reader,
    query<R>(asked: Statement<R>, options: QueryOptions = {}) {
      if (asked.scan === undefined) return reader.query(asked, options);
      const statement = asked as unknown as ScanStatement;
      return loaderOf(statement).load({ statement, options }) as Promise<QueryResult<R>>;
    },
  };
}

async function askTogether(
  reader: WarehouseReader,
  all: readonly Asked[],
): Promise<(QueryResult<Row> | Error)[]> {
  const alone = ({ statement, options }: Asked) => reader.query(statement, options);
  const [first] = all;
  if (all.length === 1 && first !== undefined) return [await alone(first).catch(asError)];
  const joint = join(all.map(({ statement }) => statement));
  const leaving = jointSignal(all);
  try {
    const found = await reader.query(joint.statement, leaving.options);
    return all.map((_, at) => ({ ...found, rows: joint.rowsOf(found.rows, at) }));
  } catch (error) {
    if (!isAppError(error)) throw error;
    return Promise.all(all.map((each) => alone(each).catch(asError)));
  } finally {
    leaving.forget();
  }
}

/** A failure of one of several, which DataLoader hands to that one. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * Aborts once all have: what one has given up others may still wait for. A signal may live as long as a
 * subscription, so it is to be forgotten behind the scan.
 */
function jointSignal(all: readonly Asked[]): { readonly options: QueryOptions; forget(): void } {
  const signals = all.flatMap(({ options: { signal } }) => signal ?? []);
  if (signals.length < all.length) return { options: {}, forget: () => undefined };
  const joint = new AbortController();
  const waiting = new Set(signals);
  const look = (): void => {
    if ([...waiting].every(({ aborted }) => aborted)) joint.abort(signals[0]?.reason);
  };
  for (const signal of waiting) signal.addEventListener('abort', look, { once: true });
  look();
  return {
    options: { signal: joint.signal },
    forget() {
      for (const signal of waiting) signal.removeEventListener('abort', look);
    },
  };
}

const PLACEHOLDER = /\{(\w+):([^}]+)\}/g;

/** Equal for scans that can be one: the same tables, groups and settings, with the values in them. */
function groupOf({ scan: { from, by }, params, settings }: ScanStatement): string {
  const told = (sql: string): string =>
    sql.replace(
      PLACEHOLDER,
      (_, name: string, type: string) => `{${type} ${JSON.stringify(params[name])}}`,
    );
  return JSON.stringify([told(from), by?.name, told(by?.sql ?? ''), settings]);
}

/** One statement in place of several of one group, and the rows of each in what it gives. */
function join(all: readonly ScanStatement[]): {
  readonly statement: Statement<Row>;
  rowsOf(rows: readonly Row[], at: number): readonly Row[];
} {
  const parameters = createBoundParameters();
  const wheres: string[] = [];
  const computed: (readonly [aggregate: string, argument: string])[] = [];
  /** The name of a column of what is computed; equal ones are one. */
  const columnOf = (aggregate: string, argument: string): string => {
    const isSame = (each: readonly [string, string]): boolean =>
      each[0] === aggregate && each[1] === argument;
    if (!computed.some(isSame)) computed.push([aggregate, argument]);
    return `c${computed.findIndex(isSame)}`;
  };
  const parts = all.map(({ scan, params }) => {
    const where = rebound(scan.where, params, parameters);
    if (!wheres.includes(where)) wheres.push(where);
    const names = Object.entries(scan.columns).map(([name, [aggregate, argument]]) => {
      const value = rebound(argument, params, parameters);
      const condition = value === '' ? where : `${value}, ${where}`;
      return [name, columnOf(`${aggregate}If`, condition)] as const;
    });
    return { names, has: columnOf('countIf', where) };
  });
  const [first] = all as readonly [ScanStatement];
  const by = first.scan.by;
  const scan = {
    from: rebound(first.scan.from, first.params, parameters),
    where: wheres.map((where) => `(${where})`).join(' OR '),
    ...(by === undefined
      ? {}
      : { by: { name: by.name, sql: rebound(by.sql, first.params, parameters) } }),
    columns: Object.fromEntries(computed.map((each, at) => [`c${at}`, each])),
  };
  const name = [...new Set(all.map((each) => each.name))].join('+');
  const { settings } = first;
  return {
    statement: {
      ...scanStatement<Row>(name, scan, parameters.values()),
      ...(settings === undefined ? {} : { settings }),
    },
    rowsOf(rows, at) {
      const { names, has } = parts[at] as (typeof parts)[number];
      const own = by === undefined ? rows : rows.filter((row) => Number(row[has]) > 0);
      return own.map((row) =>
        Object.fromEntries([
          ...(by === undefined ? [] : [[by.name, row[by.name]]]),
          ...names.map(([name, column]) => [name, row[column]]),
        ]),
      );
    },
  };
}

/** The same text, whose values are bound in another statement. */
function rebound(
  sql: string,
  params: Statement<Row>['params'],
  parameters: BoundParameters,
): string {
  return sql.replace(PLACEHOLDER, (_, name: string, type: string) =>
    parameters.bind(type as ParameterType, params[name] ?? null),
  );
}
