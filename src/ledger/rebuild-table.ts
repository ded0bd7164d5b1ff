import { AppError } from '../errors.js';
import { type DerivedTable, derivedTables, SOURCE, selectFrom } from './derived-table.js';
import { type DayRange, isMonthIn, type LedgerPorts } from './ledger-ports.js';
import { type Condition, openBatchIds, readCut, rowsBetween } from './log-cut.js';
import { createSilverRecipe } from './rebuild-silver.js';
import type { Recipe } from './recipe.js';
import { openShadow, partitionsOf, replacePartition, run } from './shadow.js';
import { refuseCluster, whileWritesAreHeld } from './write-hold.js';

/** What a rebuild did. */
export interface Rebuilt {
  readonly table: string;
  /** Ids of the partitions that were replaced: months (`202601`), or `all`. */
  readonly partitions: readonly string[];
  /** Longest time that writes were held for one of them, ms. */
  readonly longestHoldMs: number;
}

export interface RebuildOptions {
  readonly ports: LedgerPorts;
  readonly table: string;
  /** Months that the range touches are rebuilt whole; a table without months is rebuilt whole. */
  readonly range: DayRange;
  /** Told of each partition as it is begun and done. */
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Makes partitions of a table anew from their source and puts each in the place of the old one in
 * one instant, while ingestion and queries go on. Per partition:
 *
 * 1. Everything up to a cut of the log is computed beside the table. It may take long.
 * 2. What was confirmed meanwhile is added, so that little is left.
 * 3. Writes are held; the rest is added, at a moment when the source has each batch whole or not at
 *    all, and the partition is replaced. Writes go on.
 *
 * Killed at any point, a partition is as it was or new, and the command can be run again: the hold
 * ends by itself, and the next rebuild drops what was prepared.
 *
 * @throws AppError `BAD_USER_INPUT` for an unknown table, `CONFIG_INVALID` on a cluster, `CONFLICT`
 *   when no settled moment is found.
 */
export async function rebuildTable(options: RebuildOptions): Promise<Rebuilt> {
  const { ports, table, range, onProgress, signal } = options;
  refuseCluster(ports);
  const recipe = await recipeFor(ports, table);
  const months = await recipe.months();
  const wanted = months === null ? ['all'] : months.filter((month) => isMonthIn(month, range));
  let longestHoldMs = 0;
  for (const partition of wanted) {
    signal.throwIfAborted();
    onProgress(`${table}: preparing partition ${partition}`);
    const heldMs = await rebuildPartition(options, recipe, partition);
    longestHoldMs = Math.max(longestHoldMs, heldMs);
    onProgress(
      `${table}: replaced partition ${partition}, writes held for ${Math.round(heldMs)} ms`,
    );
  }
  return { table, partitions: wanted, longestHoldMs };
}

/** @returns How long writes were held, ms. */
async function rebuildPartition(
  { ports, table, signal }: RebuildOptions,
  recipe: Recipe,
  partition: string,
): Promise<number> {
  const shadow = await openShadow(ports);
  try {
    const at = { shadow, partition, target: await shadow.like(table) };
    const bulkCut = await readCut(ports);
    await recipe.bulk(at, bulkCut);
    signal.throwIfAborted();
    const nearCut = await readCut(ports);
    await recipe.between(at, bulkCut, nearCut);
    const { heldMs } = await whileWritesAreHeld(
      { ports, signal, reason: `rebuild of ${table}` },
      async ({ cut, assertInForce }) => {
        await recipe.between(at, nearCut, cut);
        await assertInForce();
        await replacePartition(ports, { table, shadow: at.target, partition });
        // Had it ended meanwhile, a write may have slipped in between: then all begins anew.
        await assertInForce();
      },
    );
    return heldMs;
  } finally {
    await shadow.drop();
  }
}

async function recipeFor(ports: LedgerPorts, name: string): Promise<Recipe> {
  if (name === SOURCE) return createSilverRecipe(ports);
  const known = await derivedTables(ports);
  const table = known.find((one) => one.name === name);
  if (table === undefined) {
    throw new AppError(
      'BAD_USER_INPUT',
      `table: expected one of ${[SOURCE, ...known.map((one) => one.name)].join(', ')}, got ${name.slice(0, 80)}`,
      { details: { field: 'table' } },
    );
  }
  return createDerivedRecipe(ports, table);
}

/** Rows of a table that a view makes from silver, batch by batch: they add up or merge in any order. */
function createDerivedRecipe(ports: LedgerPorts, table: DerivedTable): Recipe {
  const { database } = ports;
  const columns = [...table.keys, ...table.values].map(({ name }) => name).join(', ');
  const add = (name: string, target: string, rows: string, params: Condition['params']) =>
    run(
      ports,
      name,
      `INSERT INTO ${target} (${columns})
       SELECT ${columns} FROM (${selectFrom(database, table, `(SELECT * FROM ${rows})`)})`,
      params,
    );
  return {
    months: async () =>
      table.timeColumn === null ? null : partitionsOf(ports, [table.name, SOURCE]),

    async bulk({ shadow, target, partition }, cut) {
      const months = table.timeColumn === null ? await partitionsOf(ports, [SOURCE]) : [partition];
      for (const month of months) {
        // Rows of batches behind the cut are left out. Those that are in the snapshot are found by
        // what is looked up after it: the batches still open then, and all that bronze has.
        const snapshot = await shadow.snapshot(SOURCE, month);
        const open = openBatchIds(await readCut(ports), ports.batchTokenOf);
        const fresh = rowsBetween('fresh', cut);
        await add(
          'rebuild_bulk',
          target,
          `${snapshot} WHERE batch NOT IN (
             SELECT batch FROM ${database}.bronze_events WHERE ${fresh.sql}
             UNION ALL ${open.sql}
           )`,
          { ...fresh.params, ...open.params },
        );
      }
    },
    async between({ target, partition }, from, to) {
      const fresh = rowsBetween('fresh', from, to);
      const bronze = `${database}.bronze_events WHERE ${fresh.sql}`;
      const month = table.timeColumn === null ? '1' : `toYYYYMM(occurred_at) = ${partition}`;
      await add(
        'rebuild_rest',
        target,
        `${database}.${SOURCE}
         WHERE ${month} AND batch IN (SELECT batch FROM ${bronze})
           AND (project_id, toDate(occurred_at)) IN (SELECT project_id, toDate(occurred_at) FROM ${bronze})`,
        fresh.params,
      );
    },
  };
}

/** Names of all tables that can be rebuilt, source first. */
export async function rebuildableTables(ports: LedgerPorts): Promise<readonly string[]> {
  return [SOURCE, ...(await derivedTables(ports)).map(({ name }) => name)];
}
