import type { Parameter, Statement } from '../warehouse/statement.js';
import { statement } from '../warehouse/statement.js';
import { LONG_STATEMENT } from './ledger-ports.js';
import type { Condition } from './log-cut.js';

/** Offsets of one topic partition, both inclusive. */
export interface Span {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly last: number;
}

/** Rows whose offset lies in one of the spans; the names of the columns may be others. */
export function inSpans(
  prefix: string,
  spans: readonly Span[],
  columns = { topic: 'topic', partition: 'log_partition', first: 'log_offset', last: 'log_offset' },
): Condition {
  const params: Record<string, Parameter> = {};
  const clauses = spans.map(({ topic, partition, first, last }, index) => {
    params[`${prefix}_topic_${index}`] = topic;
    params[`${prefix}_first_${index}`] = first;
    params[`${prefix}_last_${index}`] = last;
    return `(${columns.topic} = {${prefix}_topic_${index}:String} AND ${columns.partition} = ${partition}
      AND ${columns.first} >= {${prefix}_first_${index}:Int64} AND ${columns.last} <= {${prefix}_last_${index}:Int64})`;
  });
  return { sql: clauses.length === 0 ? '0' : `(${clauses.join(' OR ')})`, params };
}

const BATCH_COLUMNS = {
  topic: 'topic',
  partition: 'log_partition',
  first: 'first_offset',
  last: 'last_offset',
};

/**
 * Which offsets the range is about: those of the batches with a record appended on its days. Rows
 * of bronze count too, once the ledger of batches was there, so that a lost entry is missed.
 */
export function spansStatement(
  database: string,
  days: { readonly first: string; readonly last: string },
  confirmed: readonly Span[],
): Statement<Span> {
  const batches = inSpans('batch', confirmed, BATCH_COLUMNS);
  const rows = inSpans('row', confirmed);
  return statement<Span>(
    'ledger.spans',
    `SELECT topic, partition, min(first) AS first, max(last) AS last FROM (
       SELECT topic, log_partition AS partition, min(first_offset) AS first, max(last_offset) AS last
       FROM ${database}.bronze_batches
       WHERE day >= toDate32({first_day:String}) AND day <= toDate32({last_day:String}) AND ${batches.sql}
       GROUP BY topic, partition
       UNION ALL
       SELECT topic, log_partition AS partition, min(log_offset) AS first, max(log_offset) AS last
       FROM ${database}.bronze_events
       WHERE toDate32(appended_at) >= toDate32({first_day:String}) AND toDate32(appended_at) <= toDate32({last_day:String})
         AND ${rows.sql}
         AND ingested_at > (
           SELECT max(applied_at) FROM ${database}.migrations WHERE name LIKE '%_create_batches.sql'
         )
       GROUP BY topic, partition
     )
     GROUP BY topic, partition`,
    { ...batches.params, ...rows.params, first_day: days.first, last_day: days.last },
    LONG_STATEMENT,
  );
}

/** Sums of the ledger of one topic partition. */
export interface LedgerRow extends Span {
  readonly batches: number;
  readonly records: number;
  readonly accepted: number;
  readonly forwarded: number;
  readonly refused: number;
  /** Places where a batch does not begin behind the one before it: last and first offset. */
  readonly breaks: readonly (readonly [last: number, first: number])[];
}

export function ledgerStatement(database: string, spans: readonly Span[]): Statement<LedgerRow> {
  const { sql, params } = inSpans('span', spans, BATCH_COLUMNS);
  return statement<LedgerRow>(
    'ledger.batches',
    `SELECT topic, partition, min(first_offset) AS first, max(end) AS last,
       count() AS batches, sum(records_read) AS records, sum(records_accepted) AS accepted,
       sum(records_forwarded) AS forwarded, sum(records_refused) AS refused,
       groupArrayIf(100)((before, first_offset), before >= 0 AND first_offset != before + 1) AS breaks
     FROM (
       SELECT *, lagInFrame(toInt64(end), 1, -1) OVER (
         PARTITION BY topic, partition ORDER BY first_offset ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
       ) AS before
       FROM (
         SELECT topic, log_partition AS partition, first_offset, max(last_offset) AS end,
           sum(record_count) AS records_read, sum(accepted_count) AS records_accepted,
           sum(forwarded_count) AS records_forwarded, sum(refused_count) AS records_refused
         FROM ${database}.bronze_batches FINAL
         WHERE ${sql}
         GROUP BY topic, partition, first_offset
       )
     )
     GROUP BY topic, partition`,
    params,
    LONG_STATEMENT,
  );
}

/** What became of the rows of bronze of one topic partition. */
export interface BronzeRow {
  readonly topic: string;
  readonly partition: number;
  readonly rows: number;
  readonly repeats: number;
  /** Rows that the memory of known ids names as the copy that counts. */
  readonly winners: number;
  /** Rows whose id it knows from another batch. */
  readonly known: number;
  readonly conflicting: number;
}

/** Counts one part of `parts`, by the hash of the id, so that memory stays bounded. */
export function bronzeStatement(
  database: string,
  spans: readonly Span[],
  { part, parts }: { readonly part: number; readonly parts: number },
): Statement<BronzeRow> {
  const { sql, params } = inSpans('span', spans);
  const copies = `${database}.bronze_events WHERE ${sql} AND toUInt32(cityHash64(event_id)) % ${parts} = ${part}`;
  return statement<BronzeRow>(
    'ledger.bronze',
    `SELECT topic, log_partition AS partition, count() AS rows, countIf(is_repeat) AS repeats,
       countIf(NOT is_repeat AND is_known AND known_batch = batch) AS winners,
       countIf(NOT is_repeat AND is_known AND known_batch != batch) AS known,
       countIf(is_known AND known_hash != content_hash) AS conflicting
     FROM (SELECT topic, log_partition, project_id, event_id, is_repeat, batch, content_hash FROM ${copies}) AS b
     LEFT ANY JOIN (
       SELECT project_id, event_id, batch AS known_batch, content_hash AS known_hash, 1 AS is_known
       FROM ${database}.silver_event_ids
       PREWHERE id_hash % ${parts} = ${part}
       WHERE (project_id, event_id) IN (SELECT project_id, event_id FROM ${copies})
     ) AS i ON i.project_id = b.project_id AND i.event_id = b.event_id
     GROUP BY topic, partition`,
    params,
    LONG_STATEMENT,
  );
}

export interface CountRow {
  readonly topic: string;
  readonly partition: number;
  readonly rows: number;
}

/** Rows of silver by where their batch came from. */
export function silverStatement(database: string, spans: readonly Span[]): Statement<CountRow> {
  const { sql, params } = inSpans('span', spans);
  const copies = `${database}.bronze_events WHERE ${sql}`;
  return statement<CountRow>(
    'ledger.silver',
    `SELECT b.topic AS topic, b.partition AS partition, count() AS rows
     FROM ${database}.silver_events AS s
     INNER JOIN (SELECT DISTINCT batch, topic, log_partition AS partition FROM ${copies}) AS b ON b.batch = s.batch
     WHERE toDate(s.occurred_at) IN (SELECT toDate(occurred_at) FROM ${copies})
     GROUP BY topic, partition`,
    params,
    LONG_STATEMENT,
  );
}

/** Stored dead letters by the record they are of. */
export function lettersStatement(database: string, spans: readonly Span[]): Statement<CountRow> {
  const { sql, params } = inSpans('span', spans, {
    topic: 'source',
    partition: 'source_partition',
    first: 'source_offset',
    last: 'source_offset',
  });
  return statement<CountRow>(
    'ledger.dead_letters',
    `SELECT source AS topic, source_partition AS partition, uniqExact(source_offset) AS rows
     FROM ${database}.bronze_dead_letters WHERE ${sql} GROUP BY topic, partition`,
    params,
    LONG_STATEMENT,
  );
}

/** Days on which the events of the spans occurred, `YYYY-MM-DD`, and how many rows they have. */
export function daysStatement(
  database: string,
  spans: readonly Span[],
): Statement<{ readonly days: readonly string[]; readonly rows: number }> {
  const { sql, params } = inSpans('span', spans);
  return statement(
    'ledger.days',
    `SELECT arraySort(groupUniqArray(toString(toDate(occurred_at)))) AS days, count() AS rows
     FROM ${database}.bronze_events WHERE ${sql}`,
    params,
    LONG_STATEMENT,
  );
}
