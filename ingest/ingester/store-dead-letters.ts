import type { LogBatch, LogRecord } from '../../src/event-log/event-log.js';
import { type DeadLetter, type DeadLetterCodec, rejectionOf } from '../dead-letter.js';
import { LATEST_RECEIPT } from '../parse-instant.js';
import type { EnterBatch } from './batch-ledger.js';
import { batchId, batchToken } from './batch-token.js';
import type { ConsumeBatch } from './consume-batch.js';
import { DEAD_LETTER_COLUMNS, deadLetterRow } from './dead-letter-row.js';
import type { AdmitBatch } from './window-guard.js';
import type { WriteBronze } from './write-bronze.js';

export interface StoreDeadLettersOptions {
  readonly deadLetterCodec: Pick<DeadLetterCodec, 'decode'>;
  readonly writeBronze: WriteBronze;
  readonly enterBatch: EnterBatch;
  /** Waits until the block of a batch may be written. */
  readonly admit: AdmitBatch;
  /** Database of the tables. */
  readonly database: string;
}

/**
 * Makes the work of one batch of the dead-letter topic: one block into `bronze_dead_letters` and,
 * at the same time, an entry in the ledger, which is right once the batch is confirmed. Rows
 * count once per id, so a replay is harmless. What is no dead letter itself (somebody else wrote to
 * the topic) is kept as one whose reason says so; it is not parked again, which would never end.
 */
export function createStoreDeadLetters({
  deadLetterCodec,
  writeBronze,
  enterBatch,
  admit,
  database,
}: StoreDeadLettersOptions): ConsumeBatch {
  function read(record: LogRecord): DeadLetter {
    try {
      const letter = deadLetterCodec.decode(record.value);
      const isStorable = letter.receivedAt >= 0 && letter.receivedAt <= LATEST_RECEIPT;
      return isStorable ? letter : { ...letter, receivedAt: record.appendedAt };
    } catch (error) {
      const rejected = rejectionOf(error);
      if (rejected === null) throw error;
      return strayLetter(record, rejected);
    }
  }

  async function store(batch: LogBatch, signal: AbortSignal): Promise<void> {
    const token = batchToken(batch);
    const id = batchId(token);
    const refused = await writeBronze(
      {
        table: `${database}.bronze_dead_letters`,
        columns: DEAD_LETTER_COLUMNS,
        rows: batch.records.map((record) => deadLetterRow(read(record), record, id)),
        token,
      },
      signal,
    );
    // All cells are numbers, instants and plain text, and bytes are encoded: nothing can be refused
    // for its content. If the engine does, keep the bytes and drop what the letter says of itself.
    if (refused.length === 0) return;
    const strays = refused.flatMap(({ index, message }) => {
      const record = batch.records[index];
      if (record === undefined) return [];
      return [deadLetterRow(strayLetter(record, { reason: 'ROW_REFUSED', message }), record, id)];
    });
    await writeBronze(
      {
        table: `${database}.bronze_dead_letters`,
        columns: DEAD_LETTER_COLUMNS,
        rows: strays,
        token: `${token}/strays`,
      },
      signal,
    );
  }

  return async (batch, signal) => {
    // The table is not partitioned, so a block takes one place, and the strays at most another.
    const outcome = { accepted: batch.records, repeats: [], forwarded: [], refused: [], places: 2 };
    await admit(batch, outcome.places, signal);
    for (const result of await Promise.allSettled([
      store(batch, signal),
      enterBatch(batch, outcome, signal),
    ])) {
      if (result.status === 'rejected') throw result.reason;
    }
  };
}

function strayLetter(
  record: LogRecord,
  { reason, message }: Pick<DeadLetter, 'reason' | 'message'>,
): DeadLetter {
  return {
    deadLetterId: `${record.topic}/${record.partition}/${record.offset}`,
    projectId: '',
    reason,
    message,
    source: record.topic,
    sourcePartition: record.partition,
    sourceOffset: record.offset,
    attempts: 1,
    receivedAt: record.appendedAt,
    key: record.key,
    value: record.value,
    headers: record.headers,
  };
}
