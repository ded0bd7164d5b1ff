import { statement } from '../src/warehouse/statement.js';
import type { Warehouse } from '../src/warehouse/warehouse.js';

/**
 * How long the sources of a merge stay on disk, s. Longer than any insert takes: what a power loss left
 * of an unconfirmed one can then be told from what it was merged with.
 */
const OLD_PARTS_LIFETIME_S = 30;

/**
 * Settings of a MergeTree table. `always`: a part is on disk before it has its name, whether inserted
 * or merged, so that sources of a merge are never removed before its result is safe.
 */
const TABLE_SETTINGS = {
  always: {
    fsync_after_insert: 1,
    fsync_part_directory: 1,
    min_rows_to_fsync_after_merge: 1,
    min_compressed_bytes_to_fsync_after_merge: 1,
    old_parts_lifetime: OLD_PARTS_LIFETIME_S,
  },
  never: {
    fsync_after_insert: 0,
    fsync_part_directory: 0,
    min_rows_to_fsync_after_merge: 0,
    min_compressed_bytes_to_fsync_after_merge: 0,
  },
} as const;

/**
 * Gives the tables of an embedded warehouse the settings of its fsync policy; those that have them are
 * left alone. Not part of the migrations, which servers share.
 *
 * @returns The tables that were changed.
 */
export async function applyDurability({
  warehouse,
  database,
  fsync,
}: {
  readonly warehouse: Pick<Warehouse, 'query' | 'execute'>;
  readonly database: string;
  readonly fsync: 'always' | 'never';
}): Promise<readonly string[]> {
  const { rows } = await warehouse.query(
    statement<{ name: string; definition: string }>(
      'durability.tables',
      `SELECT name, engine_full AS definition FROM system.tables
       WHERE database = {database:String} AND engine LIKE '%MergeTree' ORDER BY name`,
      { database },
    ),
  );
  const settings = Object.entries(TABLE_SETTINGS[fsync]).map(
    ([name, value]) => `${name} = ${value}`,
  );
  const changed: string[] = [];
  for (const { name, definition } of rows) {
    // A table that was never touched has the engine's own defaults, which are those of `never`.
    const isSet =
      fsync === 'always'
        ? settings.every((setting) => definition.includes(setting))
        : !definition.includes('fsync_after_insert = 1');
    if (isSet) continue;
    const sql = `ALTER TABLE ${database}.${name} MODIFY SETTING ${settings.join(', ')}`;
    await warehouse.execute(statement('durability.alter', sql));
    changed.push(name);
  }
  return changed;
}
