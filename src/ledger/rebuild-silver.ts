import { AppError } from '../errors.js';
import { statement } from '../warehouse/statement.js';
import { SOURCE } from './derived-table.js';
import { inDays, type LedgerPorts } from './ledger-ports.js';
import { openBatchIds, readCut, rowsBetween } from './log-cut.js';
import type { Recipe } from './recipe.js';
import { partitionsOf, run } from './shadow.js';

const DAY_MS = 86_400_000;
/** Days of bronze that are relied on: it is kept for 90, and must not be dropped in between. */
const BRONZE_DAYS = 88;
/** Ids that one statement compares; it holds them in memory. */
const IDS_AT_ONCE = 500_000;

/**
 * Rows of silver from bronze. Which copy of an event counts is not decided again: it is the one that
 * `silver_event_ids` recorded, and the first in the order of the log for an id that is not recorded
 * (lost there too). An event whose winning copy bronze does not keep any more stays as it is in
 * silver, once.
 */
export async function createSilverRecipe(ports: LedgerPorts): Promise<Recipe> {
  const { database, clock } = ports;
  const bronze = `${database}.bronze_events`;
  const ids = `${database}.silver_event_ids`;
  const { list, columns } = await silverColumns(ports);
  const firstDay = Math.floor(clock() / DAY_MS) - BRONZE_DAYS;
  const isKept = inDays('appended_at', { firstDay, lastDay: null });

  async function chunks(): Promise<number> {
    const { rows } = await ports.warehouse.query(
      statement<{ ids: number }>('ledger.id_count', `SELECT count() AS ids FROM ${ids}`),
    );
    return Math.max(Math.ceil((rows[0]?.ids ?? 0) / IDS_AT_ONCE), 1);
  }

  return {
    async months() {
      const { rows } = await ports.warehouse.query(
        statement<{ month: string }>(
          'ledger.bronze_months',
          `SELECT DISTINCT toString(toYYYYMM(occurred_at)) AS month FROM ${bronze} WHERE NOT is_repeat`,
        ),
      );
      const inSilver = await partitionsOf(ports, [SOURCE]);
      return [...new Set([...inSilver, ...rows.map(({ month }) => month)])].sort();
    },

    async bulk({ shadow, target, partition }, cut) {
      const snapshot = await shadow.snapshot(SOURCE, partition);
      const open = openBatchIds(await readCut(ports), ports.batchTokenOf);
      const fresh = rowsBetween('fresh', cut);
      const parts = await chunks();
      for (let part = 0; part < parts; part += 1) {
        const ofPart = `toUInt32(cityHash64(event_id)) % ${parts} = ${part}`;
        const known = `FROM ${ids} WHERE id_hash % ${parts} = ${part}`;
        const copies = `${bronze} WHERE NOT is_repeat AND ${isKept} AND NOT ${fresh.sql} AND ${ofPart}`;
        const winners = `${copies} AND toYYYYMM(occurred_at) = ${partition} AND (
          (project_id, event_id, batch) IN (SELECT project_id, event_id, batch ${known})
          OR (project_id, event_id, appended_at, topic, log_partition, log_offset) IN (
            SELECT project_id, event_id, first.1, first.2, first.3, first.4 FROM (
              SELECT project_id, event_id, min((appended_at, topic, log_partition, log_offset)) AS first
              FROM ${copies} AND (project_id, event_id) NOT IN (SELECT project_id, event_id ${known})
              GROUP BY project_id, event_id
            )
          )
        )`;
        await run(
          ports,
          'rebuild_silver_bulk',
          `INSERT INTO ${target} (${columns}) SELECT ${list} FROM (
             SELECT * FROM ${bronze} WHERE (topic, log_partition, log_offset) IN (
               SELECT first.2, first.3, first.4 FROM (
                 SELECT min((appended_at, topic, log_partition, log_offset)) AS first
                 FROM ${winners} GROUP BY project_id, event_id
               )
             )
             LIMIT 1 BY topic, log_partition, log_offset
           )`,
          fresh.params,
        );
        await run(
          ports,
          'rebuild_silver_kept',
          `INSERT INTO ${target} (${columns}) SELECT ${columns} FROM ${snapshot}
           WHERE ${ofPart}
             AND (project_id, event_id) NOT IN (SELECT project_id, event_id FROM ${winners})
             AND batch NOT IN (
               SELECT batch FROM ${bronze} WHERE ${fresh.sql}
               UNION ALL ${open.sql}
             )
           LIMIT 1 BY project_id, event_id`,
          { ...fresh.params, ...open.params },
        );
      }
    },

    async between({ target, partition }, from, to) {
      const fresh = rowsBetween('fresh', from, to);
      const copies = `${bronze} WHERE ${fresh.sql}`;
      await run(
        ports,
        'rebuild_silver_rest',
        `INSERT INTO ${target} (${columns}) SELECT ${list} FROM (
           SELECT * FROM ${copies} AND NOT is_repeat AND toYYYYMM(occurred_at) = ${partition}
             AND (project_id, event_id, batch) IN (
               SELECT project_id, event_id, batch FROM ${ids}
               PREWHERE id_hash IN (SELECT toUInt32(cityHash64(event_id)) FROM ${copies})
               WHERE (project_id, event_id) IN (SELECT project_id, event_id FROM ${copies})
             )
           ORDER BY appended_at, topic, log_partition, log_offset
           LIMIT 1 BY project_id, event_id
         )`,
        fresh.params,
      );
    },
  };
}

/** What the view that feeds silver selects, and the columns it fills. */
async function silverColumns({
  warehouse,
  database,
}: LedgerPorts): Promise<{ readonly list: string; readonly columns: string }> {
  const { rows } = await warehouse.query(
    statement<{ select: string; columns: readonly string[] }>(
      'ledger.silver_view',
      `SELECT as_select AS select,
         (SELECT arrayMap(c -> c.2, arraySort(groupArray((position, name)))) FROM system.columns
          WHERE database = {database:String} AND table = 'silver_events_mv') AS columns
       FROM system.tables WHERE database = {database:String} AND name = 'silver_events_mv'`,
      { database },
    ),
  );
  const [view] = rows;
  const list = view?.select.split(` FROM ${database}.bronze_events`)[0];
  if (view === undefined || list === undefined || !list.startsWith('SELECT ')) {
    throw new AppError(
      'INTERNAL',
      `${database}.silver_events_mv does not select from bronze_events`,
    );
  }
  return { list: list.slice('SELECT '.length), columns: view.columns.join(', ') };
}
