import { join } from 'node:path';
import avsc from 'avsc';
import { AppError, isAppError, messageOf } from '../src/errors.js';
import { schemaFingerprint } from './avro/fingerprint.js';
import { eventSchemaDirectory, readSchemaFile } from './avro/schema-files.js';
import { compileStructureCheck } from './avro/structure-check.js';

/** Why an input can never become an event. Closed: a new reason gets a new code here. */
export const REJECT_REASONS = [
  /** The request body as a whole is no JSON, no UTF-8, or cannot be decompressed. */
  'MALFORMED_BODY',
  /** One line of NDJSON, or one value of a topic, is no JSON. */
  'MALFORMED_JSON',
  /** The input is JSON but no object. */
  'NOT_AN_OBJECT',
  /** The JSON of one event is larger than the limit. */
  'EVENT_TOO_LARGE',
  'MISSING_EVENT_ID',
  'EVENT_ID_TOO_LONG',
  'MISSING_EVENT_NAME',
  'MISSING_TIMESTAMP',
  'INVALID_TIMESTAMP',
  /** An instant before 1970, or a moment of receipt after 2100. */
  'TIME_OUT_OF_RANGE',
  /** Neither `anonymous_id` nor `user_id`. */
  'MISSING_ACTOR',
  'INVALID_PLATFORM',
  /** A field has the wrong type. */
  'INVALID_FIELD',
  /** An unknown field and a property have the same name and different values. */
  'FIELD_CONFLICT',
  /** Text with half of a surrogate pair, or bytes that are not UTF-8. */
  'INVALID_STRING',
  /** A number that JSON can write and no double can hold. */
  'NUMBER_OUT_OF_RANGE',
  'NESTING_TOO_DEEP',
  'TOO_MANY_PROPERTIES',
  /** A property of a log value is no JSON text. */
  'INVALID_PROPERTY',
  /** The event belongs to a project that does not exist or is not the sender's. */
  'UNKNOWN_PROJECT',
  /** A value on a topic is neither Avro nor JSON. */
  'NOT_AVRO',
  'MALFORMED_AVRO',
  'SCHEMA_UNKNOWN',
  'SCHEMA_INCOMPATIBLE',
  /** The warehouse refuses this one row; `message` holds the engine's error type. */
  'ROW_REFUSED',
] as const;

/** See {@link REJECT_REASONS}. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** The refusal of one input, as a value. */
export interface Rejected {
  readonly reason: RejectReason;
  /** What was expected and what came; without the content of other fields. */
  readonly message: string;
}

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
