import { AppError } from '../errors.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';
import type { DataLook, DataVersions, TableBlocks } from './data-look.js';
import {
  FOLLOWED_TABLES,
  type KnownBlocks,
  type PartitionRow,
  partitionsStatement,
  touchedStatement,
} from './data-statements.js';

/** Rows of new parts of a partition above which all its projects and days count as changed. */
const MAX_ROWS_READ = 500_000;

/** Days of projects that are remembered; beyond that all of it is forgotten. */
const MAX_REMEMBERED = 200_000;

/** Two starts of the engine that differ by no more are one, seconds. */
const START_SLACK_S = 2;

export interface DataVersionsOptions {
  readonly warehouse: Pick<WarehouseReader, 'query'>;
  readonly database: string;
  /** Time in ms since 1970. */
  readonly clock: () => number;
}

/** The last block of a partition in which a project had rows, over all and by day. */
interface Touch {
  last: number;
  readonly days: Map<number, number>;
}

/**
 * Follows the blocks of the tables. Every insert is a block with a number of its own, given in the
 * instant in which its rows can be read; merging keeps the numbers. So a partition whose last block
 * is the same has got no row, and of the others only the parts that are new have to be read.
 *
 * The numbers belong to the engine, so several processes can compare them. What was touched before
 * this process first looked it does not know, and never vouches for.
 */
export function createDataVersions({
  warehouse,
  database,
  clock,
}: DataVersionsOptions): DataVersions {
  let known: Omit<DataLook, 'atMs'> | null = null;
  /** Blocks of a partition up to which nothing is known about days. */
  let floors = new Map<string, number>();
  /** By project, then by partition. */
  const touches = new Map<string, Map<string, Touch>>();
  let remembered = 0;
  let next: Promise<DataLook> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function read(): Promise<DataLook> {
    const atMs = clock();
    const before = known;
    const { rows } = await warehouse.query(
      partitionsStatement(database, before === null ? {} : lastBlocks(before.tables)),
    );
    const [row] = rows;
    if (row === undefined) throw new AppError('INTERNAL', 'a look at the data found nothing');
    const { found, warehouse_id: warehouseId, started_at: engineStartedAt } = row;
    const tables: Record<string, Record<string, readonly [number, number]>> = {};
    for (const [table, partition, first, end] of found) {
      tables[table] ??= {};
      tables[table][partition] = [first, end];
    }
    const look = { atMs, warehouseId, engineStartedAt, tables };
    if (before === null || !isSameEngine(before, look)) forget(tables);
    else {
      const grown = found.filter(
        ([table, partition, , end]) => end > (before.tables[table]?.[partition]?.[1] ?? 0),
      );
      const large = grown.filter(([, , , , newRows]) => newRows > MAX_ROWS_READ);
      for (const [table, partition, , end] of large) floors.set(nameOf(table, partition), end);
      const small = grown.filter((each) => !large.includes(each));
      const since = { ...lastBlocks(tables) };
      for (const [table, partition] of small) {
        since[nameOf(table, partition)] = before.tables[table]?.[partition]?.[1] ?? 0;
      }
      if (small.length > 0) await remember(tables, since, small);
    }
    known = look;
    return look;
  }

  async function remember(
    tables: TableBlocks,
    since: KnownBlocks,
    grown: readonly PartitionRow[],
  ): Promise<void> {
    const asked = touchedStatement(database, [...new Set(grown.map(([table]) => table))], since);
    const { rows } = await warehouse.query(asked);
    if (remembered + rows.length > MAX_REMEMBERED) {
      forget(tables);
      return;
    }
    // Rows that this process may not see, behind a row policy, may be of any project.
    const seen = new Set(rows.map(({ table, partition_id }) => nameOf(table, partition_id)));
    for (const [table, partition, , end] of grown) {
      const name = nameOf(table, partition);
      if (!seen.has(name)) floors.set(name, end);
    }
    for (const { table, partition_id, project_id, day } of rows) {
      // What came between the two statements belongs to the next look.
      const block = tables[table]?.[partition_id]?.[1];
      if (block === undefined) continue;
      const ofProject = touches.get(project_id) ?? new Map<string, Touch>();
      touches.set(project_id, ofProject);
      const name = nameOf(table, partition_id);
      const touch = ofProject.get(name) ?? { last: 0, days: new Map() };
      ofProject.set(name, touch);
      touch.last = block;
      if (day === null) continue;
      if (!touch.days.has(day)) remembered += 1;
      touch.days.set(day, block);
    }
  }

  /** From here on: what is older is not known. */
  function forget(tables: TableBlocks): void {
    floors = new Map(Object.entries(lastBlocks(tables)));
    touches.clear();
    remembered = 0;
  }

  return {
    look() {
      if (next !== null) return next;
      const begun = last.then(() => {
        next = null;
        return read();
      });
      next = begun;
      last = begun.catch(() => undefined);
      return begun;
    },

    isUnchanged({ projectId, tables, days }, since, look) {
      if (!isSameEngine(since, look)) return false;
      return tables.every((table) => {
        if (!(table in FOLLOWED_TABLES)) return false;
        const then = since.tables[table] ?? {};
        const now = look.tables[table] ?? {};
        // A partition that was taken away, or replaced, begins later or is gone.
        if (Object.entries(then).some(([id, [first]]) => now[id]?.[0] !== first)) return false;
        return Object.keys(now).every((id) => {
          const name = nameOf(table, id);
          const block = then[id]?.[1] ?? 0;
          if ((floors.get(name) ?? 0) > block) return false;
          const touch = touches.get(projectId)?.get(name);
          if (touch === undefined || touch.last <= block) return true;
          if (days === null || FOLLOWED_TABLES[table] === null) return false;
          return [...touch.days].every(
            ([day, at]) => at <= block || day < days.from || day > days.to,
          );
        });
      });
    },
  };
}

function nameOf(table: string, partition: string): string {
  return `${table} ${partition}`;
}

function lastBlocks(tables: TableBlocks): Record<string, number> {
  return Object.fromEntries(
    Object.entries(tables).flatMap(([table, partitions]) =>
      Object.entries(partitions).map(([id, [, end]]) => [nameOf(table, id), end]),
    ),
  );
}

/** Whether two looks were at one warehouse, whose engine has not started anew in between. */
function isSameEngine(a: Omit<DataLook, 'atMs'>, b: Omit<DataLook, 'atMs'>): boolean {
  return (
    a.warehouseId === b.warehouseId &&
    Math.abs(a.engineStartedAt - b.engineStartedAt) <= START_SLACK_S
  );
}
