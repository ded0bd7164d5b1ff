import { AppError } from '../../src/errors.js';
import type { LogBatch, LogRecord } from '../../src/event-log/event-log.js';
import { batchId, batchToken } from './batch-token.js';
import { instantText } from './instant-text.js';
import type { WriteBronze } from './write-bronze.js';

/** What became of the records of a batch; each stands in one list, repeats in `accepted` too. */
export interface BatchOutcome {
  /** Written to bronze, or stored as dead letters. */
  readonly accepted: readonly LogRecord[];
  /** Those of the accepted whose event stands earlier in the batch. */
  readonly repeats: readonly LogRecord[];
  /** Put on the topic and partition they belong to. */
  readonly forwarded: readonly LogRecord[];
  /** Parked as dead letters. */
  readonly refused: readonly LogRecord[];
  /** See `placesOf` in `split-block.ts`. */
  readonly places: number;
}

/**
 * Enters a batch into `bronze_batches`. The first entry is made while the blocks are written, so it
 * costs no time; a row that only the warehouse refuses changes the outcome, and then the batch is
 * entered again, which replaces the first entry.
 */
export type EnterBatch = (
  batch: LogBatch,
  outcome: BatchOutcome,
  signal: AbortSignal,
) => Promise<void>;

export interface EnterBatchOptions {
  readonly writeBronze: WriteBronze;
  /** Database of the tables. */
  readonly database: string;
  /** ms since 1970. */
  readonly clock: () => number;
}

/** Columns of `bronze_batches`, in the order of the cells of an entry. */
export const BATCH_COLUMNS = [
  'topic',
  'log_partition',
  'first_offset',
  'day',
  'last_offset',
  'batch',
  'record_count',
  'accepted_count',
  'repeat_count',
  'forwarded_count',
  'refused_count',
  'value_bytes',
  'places',
  'ingested_at',
] as const;

/** Days that `Date32` holds, as ms since 1970 UTC; other producers' records may bear any time. */
const FIRST_DAY = Date.UTC(1900, 0, 1);
const LAST_DAY = Date.UTC(2299, 11, 31);
const DAY_MS = 86_400_000;

/** Makes the function that keeps the ledger of batches. */
export function createEnterBatch({ writeBronze, database, clock }: EnterBatchOptions): EnterBatch {
  return async (batch, outcome, signal) => {
    const token = batchToken(batch);
    // Entries of one batch that differ are told apart by what can differ.
    const { length } = outcome.refused;
    const refused = await writeBronze(
      {
        table: `${database}.bronze_batches`,
        columns: BATCH_COLUMNS,
        rows: batchRows(batch, outcome, clock()),
        token: `${token}/ledger/${length}`,
      },
      signal,
    );
    const [problem] = refused;
    if (problem !== undefined) {
      throw new AppError('INTERNAL', `the ledger cannot enter batch ${token}: ${problem.message}`);
    }
  };
}

/** One row per UTC day of append, earliest first. */
function batchRows(
  batch: LogBatch,
  { accepted, repeats, forwarded, refused, places }: BatchOutcome,
  ingestedAt: number,
): readonly (readonly unknown[])[] {
  const counts = [batch.records, accepted, repeats, forwarded, refused].map(countByDay);
  const bytes = new Map<number, number>();
  for (const record of batch.records) {
    const day = dayOf(record);
    bytes.set(day, (bytes.get(day) ?? 0) + record.value.length);
  }
  return [...bytes.keys()]
    .sort((a, b) => a - b)
    .map((day, index) => [
      batch.topic,
      batch.partition,
      batch.firstOffset.toString(),
      new Date(day * DAY_MS).toISOString().slice(0, 10),
      batch.lastOffset.toString(),
      batchId(batchToken(batch)),
      ...counts.map((byDay) => byDay.get(day) ?? 0),
      bytes.get(day) ?? 0,
      index === 0 ? places : 0,
      instantText(ingestedAt),
    ]);
}

function countByDay(records: readonly LogRecord[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const record of records) {
    const day = dayOf(record);
    counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  return counts;
}

/** Days since 1970 UTC. */
function dayOf({ appendedAt }: LogRecord): number {
  return Math.floor(Math.min(Math.max(appendedAt, FIRST_DAY), LAST_DAY) / DAY_MS);
}
