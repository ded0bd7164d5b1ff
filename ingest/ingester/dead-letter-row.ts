import type { LogRecord } from '../../src/event-log/event-log.js';
import type { DeadLetter } from '../dead-letter.js';
import { instantText } from './instant-text.js';

/**
 * Columns that a dead letter is written through, in the order of {@link deadLetterRow}. Input may be
 * any bytes, which JSON cannot carry: key, value and header values travel as base64 and the table
 * decodes them.
 */
export const DEAD_LETTER_COLUMNS = [
  'dead_letter_id',
  'project_id',
  'reason',
  'message',
  'source',
  'source_partition',
  'source_offset',
  'attempts',
  'received_at',
  'key_base64',
  'value_base64',
  'headers_base64',
  'topic',
  'log_partition',
  'log_offset',
  'appended_at',
  'batch',
] as const;

/** The cells of one row of `bronze_dead_letters`. `record` is the one that carried the letter. */
export function deadLetterRow(
  letter: DeadLetter,
  record: Pick<LogRecord, 'topic' | 'partition' | 'offset' | 'appendedAt'>,
  batch: string,
): readonly unknown[] {
  return [
    letter.deadLetterId,
    letter.projectId,
    letter.reason,
    letter.message,
    letter.source,
    letter.sourcePartition,
    letter.sourceOffset.toString(),
    letter.attempts,
    instantText(letter.receivedAt),
    letter.key === null ? null : letter.key.toString('base64'),
    letter.value.toString('base64'),
    Object.fromEntries(
      Object.entries(letter.headers).map(([name, value]) => [name, value.toString('base64')]),
    ),
    record.topic,
    record.partition,
    record.offset.toString(),
    instantText(record.appendedAt),
    batch,
  ];
}
