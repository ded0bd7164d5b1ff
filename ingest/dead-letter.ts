import { join } from 'node:path';
import avsc from 'avsc';
import {
  REJECT_REASONS,
  type Rejected,
  type RejectReason,
} from '../src/dead-letter/reject-reason.js';
import { AppError, isAppError, messageOf } from '../src/errors.js';
import { schemaFingerprint } from './avro/fingerprint.js';
import { eventSchemaDirectory, readSchemaFile } from './avro/schema-files.js';
import { compileStructureCheck } from './avro/structure-check.js';

export type { Rejected, RejectReason };

/** An input that can never become an event, untouched (Avro: `schema/events/dead-letter.avsc`). */
export interface DeadLetter {
  /** `topic/partition/offset` for input from the log, else minted by the collector. Counts once. */
  readonly deadLetterId: string;
  /** Empty when the input does not tell. */
  readonly projectId: string;
  readonly reason: RejectReason;
  readonly message: string;
  /** `http`, or the topic. */
  readonly source: string;
  /** -1 when the source has none. */
  readonly sourcePartition: number;
  /** -1 when the source has none. */
  readonly sourceOffset: bigint;
  readonly attempts: number;
  /** ms since 1970. */
  readonly receivedAt: number;
  readonly key: Buffer | null;
  /** The input, byte for byte. */
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** The same by the names of the schema, as the decoder builds it. */
interface AvroDeadLetter {
  readonly dead_letter_id: string;
  readonly project_id: string;
  readonly reason: RejectReason;
  readonly message: string;
  readonly source: string;
  readonly source_partition: number;
  readonly source_offset: number;
  readonly attempts: number;
  readonly received_at: number;
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
}

export interface DeadLetterCodec {
  /** One value for the dead-letter topic, in Avro single-object encoding. */
  encode(letter: DeadLetter): Buffer;
  /**
   * @throws AppError `SCHEMA_UNKNOWN`, or `BAD_USER_INPUT` whose `details.reason` tells why; both
   *   are final.
   */
  decode(value: Buffer): DeadLetter;
}

const HEADER_BYTES = 10;
const REASONS: ReadonlySet<string> = new Set(REJECT_REASONS);

/** Reads its schema file once. @throws AppError `CONFIG_INVALID` when it is broken. */
export function createDeadLetterCodec(): DeadLetterCodec {
  const schema = readSchemaFile(join(eventSchemaDirectory(), 'dead-letter.avsc'));
  const type = avsc.Type.forSchema(schema as avsc.Schema);
  const check = compileStructureCheck(schema);
  const header = Buffer.concat([Buffer.from([0xc3, 0x01]), schemaFingerprint(schema)]);
  return {
    encode(letter) {
      return Buffer.concat([
        header,
        type.toBuffer({
          dead_letter_id: letter.deadLetterId,
          project_id: letter.projectId,
          reason: letter.reason,
          message: letter.message,
          source: letter.source,
          source_partition: letter.sourcePartition,
          source_offset: Number(letter.sourceOffset),
          attempts: letter.attempts,
          received_at: letter.receivedAt,
          key: letter.key,
          value: letter.value,
          headers: letter.headers,
        }),
      ]);
    },
    decode(value) {
      if (value.length < HEADER_BYTES || value.compare(header, 0, 10, 0, 10) !== 0) {
        throw new AppError('SCHEMA_UNKNOWN', 'Expected a dead letter in its Avro schema.', {
          details: { reason: 'SCHEMA_UNKNOWN' },
        });
      }
      check(value, HEADER_BYTES, { withText: true });
      try {
        const fields = type.decode(value, HEADER_BYTES).value as AvroDeadLetter;
        return {
          deadLetterId: fields.dead_letter_id,
          projectId: fields.project_id,
          reason: fields.reason,
          message: fields.message,
          source: fields.source,
          sourcePartition: fields.source_partition,
          sourceOffset: BigInt(fields.source_offset),
          attempts: fields.attempts,
          receivedAt: fields.received_at,
          key: fields.key,
          value: fields.value,
          headers: fields.headers,
        };
      } catch (error) {
        throw new AppError('BAD_USER_INPUT', `The dead letter is malformed: ${messageOf(error)}.`, {
          cause: error,
          details: { reason: 'MALFORMED_AVRO' },
        });
      }
    },
  };
}

/**
 * The refusal that an error of a codec stands for; null when the error says nothing about the
 * input and the same bytes may succeed later.
 */
export function rejectionOf(error: unknown): Rejected | null {
  if (!isAppError(error) || error.isRetryable) return null;
  const reason = error.details.reason;
  if (typeof reason !== 'string' || !REASONS.has(reason)) return null;
  return { reason: reason as RejectReason, message: error.message };
}
