import { insertChanges, type LetterChange } from '../../src/dead-letter/letter-change.js';
import {
  decodeReplayMark,
  REPLAY_MARK_HEADER,
  type ReplayMark,
} from '../../src/dead-letter/replay-mark.js';
import type { LogBatch, LogRecord } from '../../src/event-log/event-log.js';
import { type DeadLetter, type DeadLetterCodec, rejectionOf } from '../dead-letter.js';
import { LATEST_RECEIPT } from '../parse-instant.js';
import type { EnterBatch } from './batch-ledger.js';
import { batchId, batchToken } from './batch-token.js';
import type { ConsumeBatch, IngesterTopics } from './consume-batch.js';
import { DEAD_LETTER_COLUMNS, deadLetterRow } from './dead-letter-row.js';
import type { AdmitBatch } from './window-guard.js';
import type { WriteBronze } from './write-bronze.js';

export interface StoreDeadLettersOptions {
  readonly deadLetterCodec: Pick<DeadLetterCodec, 'decode'>;
  readonly writeBronze: WriteBronze;
  readonly enterBatch: EnterBatch;
  /** Waits until the block of a batch may be written. */
  readonly admit: AdmitBatch;
  readonly topics: Pick<IngesterTopics, 'web' | 'app'>;
  /** Database of the tables. */
  readonly database: string;
}

/**
 * Makes the work of one batch of the dead-letter topic: one block into `bronze_dead_letters` and,
 * at the same time, an entry in the ledger, which is right once the batch is confirmed. Rows
 * count once per id, so a replay is harmless. What is no dead letter itself (somebody else wrote to
 * the topic) is kept as one whose reason says so; it is not parked again, which would never end.
 *
 * An event that the replay of a letter had appended and that is refused nevertheless is stored too,
 * as the return of that letter, and opens it again with the new reason. That is recorded first, so
 * that the return is never taken for a letter of its own; crash in between: the replay of the batch
 * repeats both blocks, and both count once.
 */
export function createStoreDeadLetters({
  deadLetterCodec,
  writeBronze,
  enterBatch,
  admit,
  topics,
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

  /** What the letter returns from; null for a letter of its own. */
  function markOf({ source, headers }: DeadLetter): ReplayMark | null {
    const header = headers[REPLAY_MARK_HEADER];
    const isOwnTopic = source === topics.web || source === topics.app;
    return header === undefined || !isOwnTopic ? null : decodeReplayMark(header);
  }

  async function store(batch: LogBatch, signal: AbortSignal): Promise<void> {
    const token = batchToken(batch);
    const id = batchId(token);
    const letters = batch.records.map((record) => ({ record, letter: read(record) }));
    const changes = letters.flatMap(({ record, letter }) => {
      const mark = markOf(letter);
      return mark === null ? [] : returned(letter, mark, record.appendedAt);
    });
    // Should the engine refuse a row of these, the return is listed as a letter of its own.
    await writeBronze(insertChanges(database, changes, `${token}/returns`), signal);
    const refused = await writeBronze(
      {
        table: `${database}.bronze_dead_letters`,
        columns: DEAD_LETTER_COLUMNS,
        rows: letters.map(({ record, letter }) => deadLetterRow(letter, record, id)),
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

/** The marked letter is open again, in a new generation; the other is its return. */
function returned(
  letter: DeadLetter,
  { projectId, deadLetterId, generation, attempts }: ReplayMark,
  appendedAt: number,
): readonly LetterChange[] {
  const change = {
    attempts,
    reason: letter.reason,
    message: letter.message,
    changedAt: appendedAt,
    changedBy: '',
    eventProjectId: '',
    eventIds: [],
    letterAppendedAt: appendedAt,
  };
  return [
    { ...change, projectId, deadLetterId, generation: generation + 1, state: 'open' },
    {
      ...change,
      projectId: letter.projectId,
      deadLetterId: letter.deadLetterId,
      generation: 0,
      state: 'returned',
      replayOf: deadLetterId,
    },
  ];
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
