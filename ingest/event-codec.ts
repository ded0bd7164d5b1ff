import { join } from 'node:path';
import avsc from 'avsc';
import { AppError, messageOf } from '../src/errors.js';
import type { TrackedEvent } from '../src/event/tracked-event.js';
import { fieldInMicroseconds, inCamelCase } from './avro/event-schema.js';
import { type AvroSchema, schemaFingerprint } from './avro/fingerprint.js';
import { readWithProtoKeys } from './avro/proto-keys.js';
import { eventSchemaDirectory, readSchemaFile, readSchemaFiles } from './avro/schema-files.js';
import { compileStructureCheck, malformed, type StructureCheck } from './avro/structure-check.js';
import type { SchemaRegistry } from './schema-registry.js';

/**
 * Log values ⇄ events. Reading takes both framings: Avro single-object encoding (`C3 01`, the
 * schema's 64-bit fingerprint, the value) and the Confluent wire format (`00`, a 4-byte registry
 * id, the value); writing takes the second when a registry is configured. Writer and reader
 * schemas resolve by Avro's rules, and a schema that is not known is never guessed.
 */
export interface EventCodec {
  /**
   * One value for the log.
   *
   * @throws AppError `EVENT_LOG_UNAVAILABLE`, retryable, when a registry is configured and
   *   `prepareToEncode` has not succeeded yet; `BAD_USER_INPUT` when a field has the wrong type.
   */
  encode(event: TrackedEvent): Buffer;
  /**
   * The event in one value. Fields are as the writer sent them: `checkEvent` judges them.
   *
   * @throws AppError `SCHEMA_UNKNOWN` (details `schemaId` or `fingerprint`), or `BAD_USER_INPUT`
   *   whose `details.reason` is `NOT_AVRO`, `MALFORMED_AVRO` or `SCHEMA_INCOMPATIBLE`. Both are
   *   final: the value can never be read. `EVENT_LOG_UNAVAILABLE`, retryable, when the value names
   *   a registry id that `prepare` has not looked up.
   */
  decode(value: Buffer): TrackedEvent;
  /**
   * Looks up the registry ids that these values name and that are not known yet. Immediate when
   * there are none. @throws AppError `EVENT_LOG_UNAVAILABLE`, retryable, when the registry is away.
   */
  prepare(values: readonly Buffer[]): Promise<void>;
  /**
   * Learns the id under which `encode` writes. Immediate without a registry and after the first
   * success. @throws AppError as `SchemaRegistry.register`.
   */
  prepareToEncode(): Promise<void>;
}

export interface EventCodecOptions {
  /** null: write single-object encoding, and refuse registry ids. */
  readonly registry: SchemaRegistry | null;
  /** Schemas of other producers to know by fingerprint, besides those in `schema/events`. */
  readonly writerSchemas?: readonly AvroSchema[];
  /** Time in ms since 1970, for forgetting that an id was unknown. */
  readonly clock?: () => number;
}

/** How values of one writer schema are read, or why they cannot be. */
type Reader =
  | {
      readonly check: StructureCheck;
      readonly read: (bytes: Buffer, start: number) => TrackedEvent;
    }
  | { readonly problem: string };

const SINGLE_OBJECT_HEADER = 10;
const REGISTRY_HEADER = 5;
/** Registry subject of the written schema: the record name strategy. */
const SUBJECT = 'sluice.events.TrackedEvent';
/** Values are written one after the other into blocks of this many bytes. */
const BLOCK_BYTES = 256 * 1024;
const UNKNOWN_FOR_MS = 60_000;
const MAX_UNKNOWN_IDS = 10_000;
const LOOKUPS_AT_ONCE = 8;

/** Reads the schema files once, synchronously. @throws AppError `CONFIG_INVALID` when one is broken. */
export function createEventCodec({
  registry,
  writerSchemas = [],
  clock = Date.now,
}: EventCodecOptions): EventCodec {
  const directory = eventSchemaDirectory();
  const eventSchema = readSchemaFile(join(directory, 'tracked-event.avsc'));
  const type = avsc.Type.forSchema(inCamelCase(eventSchema) as avsc.Schema);
  const fingerprint = schemaFingerprint(eventSchema);

  const byFingerprint = new Map<number, { readonly high: number; readonly reader: Reader }[]>();
  const byId = new Map<number, Reader>();
  /** Registry ids that were unknown, and when that was learnt. */
  const unknownIds = new Map<number, number>();
  for (const schema of [
    ...readSchemaFiles(directory).map((file) => file.schema),
    ...writerSchemas,
  ]) {
    const print = schemaFingerprint(schema);
    const low = print.readUInt32LE(0);
    const bucket = byFingerprint.get(low) ?? [];
    const reader = print.equals(fingerprint) ? createOwnReader() : createReader(schema);
    bucket.push({ high: print.readUInt32LE(4), reader });
    byFingerprint.set(low, bucket);
  }

  let header: Buffer | null = null;
  let registering: Promise<void> | null = null;
  if (registry === null) header = Buffer.concat([Buffer.from([0xc3, 0x01]), fingerprint]);
  let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let used = 0;

  function createOwnReader(): Reader {
    const check = compileStructureCheck(eventSchema);
    return {
      check,
      read: (bytes, start) => type.decode(bytes, start).value as TrackedEvent,
    };
  }

  function createReader(schema: AvroSchema): Reader {
    try {
      const microseconds = fieldInMicroseconds(schema);
      if (microseconds !== null) {
        return { problem: `"${microseconds}" is in microseconds, expected timestamp-millis` };
      }
      const writer = avsc.Type.forSchema(schema as avsc.Schema);
      // By Avro's rules records match by their names without name spaces.
      const resolver = type.createResolver(writer, { ignoreNamespaces: true });
      return {
        check: compileStructureCheck(schema),
        read: (bytes, start) => type.decode(bytes, start, resolver).value as TrackedEvent,
      };
    } catch (error) {
      return { problem: messageOf(error) };
    }
  }

  async function lookUp(from: SchemaRegistry, id: number): Promise<void> {
    let schema: AvroSchema | null;
    try {
      schema = await from.schemaById(id);
    } catch (error) {
      if (!(error instanceof AppError) || error.isRetryable) throw error;
      byId.set(id, { problem: error.message });
      return;
    }
    if (schema === null) unknownIds.set(id, clock());
    else byId.set(id, createReader(schema));
  }

  function readerOf(value: Buffer): { reader: Reader; start: number; name: string } {
    if (value[0] === 0xc3 && value[1] === 0x01 && value.length >= SINGLE_OBJECT_HEADER) {
      const high = value.readUInt32LE(6);
      for (const entry of byFingerprint.get(value.readUInt32LE(2)) ?? []) {
        if (entry.high === high) {
          return { reader: entry.reader, start: SINGLE_OBJECT_HEADER, name: 'fingerprint' };
        }
      }
      const print = value.readBigUInt64LE(2).toString(16).padStart(16, '0');
      throw new AppError(
        'SCHEMA_UNKNOWN',
        `No schema with the fingerprint ${print} is known; expected one of schema/events.`,
        { details: { reason: 'SCHEMA_UNKNOWN', fingerprint: print } },
      );
    }
    if (value[0] === 0 && value.length >= REGISTRY_HEADER) {
      const schemaId = value.readUInt32BE(1);
      const reader = byId.get(schemaId);
      if (reader !== undefined) return { reader, start: REGISTRY_HEADER, name: String(schemaId) };
      const details = { reason: 'SCHEMA_UNKNOWN', schemaId };
      if (registry === null) {
        throw new AppError(
          'SCHEMA_UNKNOWN',
          `The value names schema ${schemaId} of a registry, and SCHEMA_REGISTRY_URL is not set.`,
          { details },
        );
      }
      if (unknownIds.has(schemaId)) {
        throw new AppError('SCHEMA_UNKNOWN', `The registry knows no schema ${schemaId}.`, {
          details,
        });
      }
      throw new AppError(
        'EVENT_LOG_UNAVAILABLE',
        `Schema ${schemaId} has not been looked up in the registry yet.`,
        { isRetryable: true },
      );
    }
    const first = value.length === 0 ? 'nothing' : `byte ${value.toString('hex', 0, 2)}`;
    throw new AppError(
      'BAD_USER_INPUT',
      `Expected an Avro value starting with c301 (single object) or 00 (registry), got ${first}.`,
      { details: { reason: 'NOT_AVRO' } },
    );
  }

  return {
    encode(event) {
      if (header === null) {
        throw new AppError(
          'EVENT_LOG_UNAVAILABLE',
          'The schema of events has not been registered yet.',
          { isRetryable: true },
        );
      }
      const { length } = header;
      if (block.length - used < length) startBlock(BLOCK_BYTES);
      let end: number;
      try {
        end = type.encode(event, block, used + length);
        if (end < 0) {
          // A negative answer is the number of bytes that were missing.
          startBlock(Math.max(BLOCK_BYTES, block.length - used - end + length));
          end = type.encode(event, block, used + length);
        }
      } catch (error) {
        throw new AppError('BAD_USER_INPUT', `The event cannot be written: ${messageOf(error)}.`, {
          cause: error,
        });
      }
      header.copy(block, used);
      const value = block.subarray(used, end);
      used = end;
      return value;
    },

    decode(value) {
      const { reader, start, name } = readerOf(value);
      if ('problem' in reader) {
        throw new AppError(
          'BAD_USER_INPUT',
          `The writer's schema (${name}) does not resolve to an event: ${reader.problem}.`,
          { details: { reason: 'SCHEMA_INCOMPATIBLE' } },
        );
      }
      const { protoKeys } = reader.check(value, start);
      try {
        const event =
          protoKeys.length === 0
            ? reader.read(value, start)
            : readWithProtoKeys(reader.read, value, start, protoKeys);
        // A replacement character is either the sender's own or stands for bytes that are no text.
        if (hasReplacementCharacter(event)) reader.check(value, start, { withText: true });
        if (!isExact(event.occurredAt) || !isExact(event.receivedAt)) {
          throw malformed('an instant tens of thousands of years away', start);
        }
        if (event.queryableAt !== null && !isExact(event.queryableAt)) {
          throw malformed('an instant tens of thousands of years away', start);
        }
        return event;
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw malformed(messageOf(error), start);
      }
    },

    async prepare(values) {
      if (registry === null) return;
      let wanted: Set<number> | null = null;
      const now = clock();
      if (unknownIds.size > MAX_UNKNOWN_IDS) unknownIds.clear();
      for (const value of values) {
        if (value[0] !== 0 || value.length < REGISTRY_HEADER) continue;
        const id = value.readUInt32BE(1);
        if (byId.has(id)) continue;
        const since = unknownIds.get(id);
        if (since !== undefined && now - since < UNKNOWN_FOR_MS) continue;
        wanted ??= new Set();
        wanted.add(id);
      }
      if (wanted === null) return;
      const ids = wanted.values();
      const lane = async () => {
        for (const id of ids) await lookUp(registry, id);
      };
      await Promise.all(Array.from({ length: Math.min(LOOKUPS_AT_ONCE, wanted.size) }, lane));
    },

    async prepareToEncode() {
      if (header !== null || registry === null) return;
      registering ??= registry
        .register(SUBJECT, eventSchema)
        .then((id) => {
          const bytes = Buffer.alloc(REGISTRY_HEADER);
          bytes.writeUInt32BE(id, 1);
          byId.set(id, createOwnReader());
          header = bytes;
        })
        .finally(() => {
          registering = null;
        });
      await registering;
    },
  };

  function startBlock(bytes: number): void {
    block = Buffer.allocUnsafeSlow(bytes);
    used = 0;
  }
}

/** The decoder rounds integers of 2^52 and more, even to the other sign; instants stay far below. */
function isExact(instant: number): boolean {
  return instant < 2 ** 51 && instant > -(2 ** 51);
}

function hasReplacementCharacter(event: TrackedEvent): boolean {
  const { properties } = event;
  if (
    isReplaced(event.projectId) ||
    isReplaced(event.eventId) ||
    isReplaced(event.eventName) ||
    isReplaced(event.platform) ||
    isReplaced(event.anonymousId) ||
    isReplaced(event.userId) ||
    isReplaced(event.sessionId) ||
    isReplaced(event.url) ||
    isReplaced(event.referrer) ||
    isReplaced(event.userAgent) ||
    isReplaced(event.ip) ||
    isReplaced(event.utmSource) ||
    isReplaced(event.utmMedium) ||
    isReplaced(event.utmCampaign) ||
    isReplaced(event.utmContent) ||
    isReplaced(event.utmTerm)
  ) {
    return true;
  }
  for (const name in properties) {
    if (isReplaced(name) || isReplaced(properties[name] ?? '')) return true;
  }
  return false;
}

function isReplaced(text: string): boolean {
  return text !== '' && text.includes('\ufffd');
}
