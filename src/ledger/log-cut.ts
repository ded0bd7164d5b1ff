import type { PartitionPosition } from '../event-log/event-log.js';
import type { Parameter } from '../warehouse/statement.js';
import type { LedgerPorts } from './ledger-ports.js';

/**
 * Where the ingesters' group stood in each partition of the event topics at one moment. Batches
 * before the cut are confirmed: every table has them whole, and they never come again.
 */
export interface LogCut {
  readonly positions: readonly PartitionPosition[];
}

/** A condition with the values of its placeholders. */
export interface Condition {
  readonly sql: string;
  readonly params: Readonly<Record<string, Parameter>>;
}

/** Asks the log for the cut of this moment. */
export async function readCut({
  eventLog,
  group,
  topics,
}: Pick<LedgerPorts, 'eventLog' | 'group' | 'topics'>): Promise<LogCut> {
  return { positions: await eventLog.positions(group, [topics.web, topics.app]) };
}

/**
 * Rows of `bronze_events` behind `from` and before `to`; without `to`, all behind `from`, those of
 * batches that are being written included. Placeholders begin with `prefix`.
 */
export function rowsBetween(prefix: string, from: LogCut, to?: LogCut): Condition {
  const params: Record<string, Parameter> = {};
  const clauses = from.positions.map(({ topic, partition, committed }, index) => {
    params[`${prefix}_topic_${index}`] = topic;
    params[`${prefix}_from_${index}`] = String(committed ?? 0n);
    const clause = [
      `topic = {${prefix}_topic_${index}:String}`,
      `log_partition = ${partition}`,
      `log_offset >= {${prefix}_from_${index}:UInt64}`,
    ];
    if (to !== undefined) {
      const end = to.positions.find((one) => one.topic === topic && one.partition === partition);
      params[`${prefix}_to_${index}`] = String(end?.committed ?? 0n);
      clause.push(`log_offset < {${prefix}_to_${index}:UInt64}`);
    }
    return `(${clause.join(' AND ')})`;
  });
  return { sql: clauses.length === 0 ? '0' : `(${clauses.join(' OR ')})`, params };
}

/** More blocks than a batch is ever cut into: events span 1,632 months, 50 of them a block. */
const MOST_BLOCKS = 400;

/**
 * Ids of the batches that are handed out and not confirmed, as a SELECT of one column. A failed or
 * interrupted write may have put rows of them into some tables and not into others.
 *
 * The id of a block is the first eight bytes of its token's SHA-256; a batch that was cut numbers
 * its blocks behind a slash (`batch-token.ts` of the ingester). It is computed by the engine, since
 * all that a batch may have been cut into would not fit into a statement.
 */
export function openBatchIds(
  { positions }: LogCut,
  batchTokenOf: LedgerPorts['batchTokenOf'],
): Condition {
  const open = positions.flatMap(({ openIntent }) =>
    openIntent === null ? [] : batchTokenOf(openIntent),
  );
  return {
    sql: `SELECT reinterpretAsUInt64(reverse(substring(SHA256(if(block < 0, token, concat(token, '/', toString(block)))), 1, 8))) AS batch
      FROM (
        SELECT token, arrayJoin(range(-1, ${MOST_BLOCKS})) AS block
        FROM (SELECT arrayJoin({open:Array(String)}) AS token)
      )`,
    params: { open },
  };
}
