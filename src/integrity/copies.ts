import { type Statement, statement } from '../warehouse/statement.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';

/** Deliveries of one topic partition whose event was known already. */
export interface CopyCount {
  readonly projectId: string;
  readonly topic: string;
  readonly partition: number;
  /** Accepted deliveries that silver left out, because another copy of their id came first. */
  readonly copies: number;
  /** Those of them that say something else than the copy that counts. */
  readonly conflictingCopies: number;
}

/** What of bronze is looked at. */
export interface CopyQuestion {
  /** Left out: all projects. */
  readonly projectId?: string;
  /** Half-open range of the moments at which the log took the copies, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
}

interface CopyRow {
  readonly project_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly copies: number;
  readonly conflicting_copies: number;
}

/**
 * Copies and conflicting copies by project, topic and partition, as one statement.
 *
 * Which copy of an id counts is recorded with the id (`silver_event_ids.batch`): it is the delivery
 * of that batch that is not marked as a repeat within it. Every other delivery is a copy, and one
 * in conflict where its content hash is another than the recorded one. Deliveries whose id is not
 * recorded yet belong to a block that is still being written, and are counted once it is.
 *
 * Bronze keeps deliveries for 90 days, which bounds the range; the recorded id is kept for ever, so
 * a copy of an old event is told to be one.
 */
export function copiesStatement(database: string, question: CopyQuestion): Statement<CopyRow> {
  const { projectId, fromMs, toMs } = question;
  const deliveries = `FROM ${database}.bronze_events
  WHERE appended_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
    AND appended_at < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')${
      projectId === undefined ? '' : ' AND project_id = {project_id:String}'
    }`;
  return statement<CopyRow>(
    'integrity.copies',
    `SELECT project_id, topic, log_partition AS partition,
  countIf(is_copy) AS copies,
  countIf(is_copy AND content_hash != first_hash) AS conflicting_copies
FROM (
  SELECT d.project_id AS project_id, d.topic AS topic, d.log_partition AS log_partition,
    d.is_repeat OR d.batch != k.batch AS is_copy,
    d.content_hash AS content_hash, k.content_hash AS first_hash
  FROM (SELECT project_id, event_id, topic, log_partition, batch, content_hash, is_repeat ${deliveries}) AS d
  LEFT SEMI JOIN (
    SELECT project_id, event_id, batch, content_hash
    FROM ${database}.silver_event_ids
    PREWHERE id_hash IN (SELECT toUInt32(cityHash64(event_id)) ${deliveries})
    WHERE (project_id, event_id) IN (SELECT project_id, event_id ${deliveries})
  ) AS k ON d.project_id = k.project_id AND d.event_id = k.event_id
)
GROUP BY project_id, topic, log_partition
HAVING copies > 0
ORDER BY project_id, topic, log_partition`,
    {
      from_ms: fromMs,
      to_ms: toMs,
      ...(projectId === undefined ? {} : { project_id: projectId }),
    },
  );
}

/** Asks {@link copiesStatement}; topic partitions without a copy are left out. */
export async function countCopies(
  { warehouse, database }: { readonly warehouse: WarehouseReader; readonly database: string },
  question: CopyQuestion,
): Promise<readonly CopyCount[]> {
  const { rows } = await warehouse.query(copiesStatement(database, question));
  return rows.map((row) => ({
    projectId: row.project_id,
    topic: row.topic,
    partition: row.partition,
    copies: row.copies,
    conflictingCopies: row.conflicting_copies,
  }));
}
