import { statement } from '../warehouse/statement.js';

/**
 * Tables that answers with a version are made of, and the UTC day of a row, counted from 1970; null
 * where rows belong to no day and so may matter to any.
 */
export const FOLLOWED_TABLES: Readonly<Record<string, string | null>> = {
  silver_events: 'toInt32(toDate32(occurred_at))',
  silver_identity_links: null,
  silver_person_properties: null,
  gold_event_counts_per_second: 'toInt32(toDate32(bucket_start))',
  gold_event_counts_per_minute: 'toInt32(toDate32(bucket_start))',
  gold_event_counts_per_hour: 'toInt32(toDate32(bucket_start))',
  gold_event_counts_per_day: 'toInt32(toDate32(bucket_start))',
  gold_active_users_per_day: 'toInt32(day)',
  gold_page_views_per_hour: 'toInt32(toDate32(bucket_start))',
  gold_session_parts: 'toInt32(toDate32(bucket_start))',
};

/** Last blocks by `table partition`, as statements take them. */
export type KnownBlocks = Readonly<Record<string, number>>;

/** A partition: table, id, first block, last block, rows of parts with blocks that are not known. */
export type PartitionRow = readonly [string, string, number, number, number];

interface PartitionsRow {
  readonly warehouse_id: string;
  readonly started_at: number;
  readonly found: readonly PartitionRow[];
}

/** What the parts of all followed tables hold: one row. */
export function partitionsStatement(database: string, known: KnownBlocks) {
  return statement<PartitionsRow>(
    'answer.partitions',
    `SELECT toString((SELECT uuid FROM system.tables WHERE database = {database:String} AND name = 'silver_events')) AS warehouse_id,
  toInt64(toUnixTimestamp(now())) - toInt64(uptime()) AS started_at,
  groupArray((table, partition_id, first_block, last_block, new_rows)) AS found
FROM (
  SELECT toString(table) AS table, partition_id, min(min_block_number) AS first_block, max(max_block_number) AS last_block,
    sumIf(rows, max_block_number > {known:Map(String, Int64)}[concat(table, ' ', partition_id)]) AS new_rows
  FROM system.parts
  WHERE database = {database:String} AND table IN {tables:Array(String)} AND active AND rows > 0
  GROUP BY table, partition_id
)`,
    { database, tables: Object.keys(FOLLOWED_TABLES), known },
  );
}

/** Rows of blocks that are not known: of what project and day. */
export interface TouchedRow {
  readonly table: string;
  readonly partition_id: string;
  readonly project_id: string;
  readonly day: number | null;
}

/**
 * The projects and days of rows in parts with a block that is not known. The number of the block is
 * read off the part's name, `partition_first_last_level`, within the very snapshot that is read: a
 * list of parts made before could miss what was merged meanwhile. The engine opens no other part.
 */
export function touchedStatement(database: string, tables: readonly string[], known: KnownBlocks) {
  const selects = tables.map((table) => {
    const day = FOLLOWED_TABLES[table] ?? "CAST(NULL, 'Nullable(Int32)')";
    return `SELECT DISTINCT '${table}' AS table, _partition_id AS partition_id, toString(project_id) AS project_id, CAST(${day}, 'Nullable(Int32)') AS day
FROM ${database}.${table}
WHERE toInt64(splitByChar('_', _part)[3]) > {known:Map(String, Int64)}[concat('${table} ', _partition_id)]`;
  });
  return statement<TouchedRow>('answer.touched', selects.join('\nUNION ALL\n'), { known });
}
