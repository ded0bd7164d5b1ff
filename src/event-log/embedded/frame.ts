import { crc32 } from 'node:zlib';
import type { AppendRecord, LogRecord } from '../event-log.js';

/**
 * One record on disk, all numbers little-endian:
 *
 * ```
 * u32 length of the payload
 * u32 crc32 of the payload
 * payload: u64 offset | f64 appendedAt, ms | i32 key length, -1 for none | key
 *          | u16 number of headers | per header: u16 name length, name, u32 value length, value
 *          | value (the rest)
 * ```
 *
 * The offset is stored, not counted, so that offsets may have gaps and a frame in the wrong place
 * is noticed.
 */
const HEAD_BYTES = 8;
const SMALLEST_PAYLOAD_BYTES = 22;
/** A longer length field is a broken frame, not a reason to reserve memory. */
const LARGEST_PAYLOAD_BYTES = 512 * 1024 * 1024;

/** Encodes one record as a frame. */
export function encodeFrame(record: AppendRecord, offset: bigint, appendedAt: number): Buffer {
  const { key, value } = record;
  const headers = Object.entries(record.headers ?? {}).map(
    ([name, content]) => [Buffer.from(name, 'utf8'), content] as const,
  );
  const headerBytes = headers.reduce(
    (sum, [name, content]) => sum + 6 + name.length + content.length,
    0,
  );
  const length = SMALLEST_PAYLOAD_BYTES + (key?.length ?? 0) + headerBytes + value.length;
  const frame = Buffer.allocUnsafe(HEAD_BYTES + length);
  let at = HEAD_BYTES;
  at = frame.writeBigUInt64LE(offset, at);
  at = frame.writeDoubleLE(appendedAt, at);
  at = frame.writeInt32LE(key === null ? -1 : key.length, at);
  if (key !== null) at += key.copy(frame, at);
  at = frame.writeUInt16LE(headers.length, at);
  for (const [name, content] of headers) {
    at = frame.writeUInt16LE(name.length, at);
    at += name.copy(frame, at);
    at = frame.writeUInt32LE(content.length, at);
    at += content.copy(frame, at);
  }
  value.copy(frame, at);
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(crc32(frame.subarray(HEAD_BYTES)), 4);
  return frame;
}

/** What stands at a position of a segment. */
export type FrameAt =
  | { readonly kind: 'frame'; readonly record: LogRecord; readonly end: number }
  /** The bytes end within the frame, which needs `bytes` in all. */
  | { readonly kind: 'partial'; readonly bytes: number }
  | { readonly kind: 'corrupt'; readonly reason: string };

/** Decodes the frame at `start`; the buffers of its record are views of `bytes`. */
export function decodeFrame(
  bytes: Buffer,
  start: number,
  topic: string,
  partition: number,
): FrameAt {
  const available = bytes.length - start;
  if (available < HEAD_BYTES) return { kind: 'partial', bytes: HEAD_BYTES };
  const length = bytes.readUInt32LE(start);
  if (length < SMALLEST_PAYLOAD_BYTES || length > LARGEST_PAYLOAD_BYTES) {
    return { kind: 'corrupt', reason: `length ${length}` };
  }
  if (available < HEAD_BYTES + length) return { kind: 'partial', bytes: HEAD_BYTES + length };
  const end = start + HEAD_BYTES + length;
  const payload = bytes.subarray(start + HEAD_BYTES, end);
  if (crc32(payload) !== bytes.readUInt32LE(start + 4)) {
    return { kind: 'corrupt', reason: 'checksum' };
  }
  const keyLength = payload.readInt32LE(16);
  let at = 20;
  const key = keyLength < 0 ? null : payload.subarray(at, at + keyLength);
  at += Math.max(0, keyLength);
  const headerCount = payload.readUInt16LE(at);
  at += 2;
  const headers: Record<string, Buffer> = {};
  for (let index = 0; index < headerCount; index += 1) {
    const nameEnd = at + 2 + payload.readUInt16LE(at);
    const name = payload.toString('utf8', at + 2, nameEnd);
    at = nameEnd + 4 + payload.readUInt32LE(nameEnd);
    headers[name] = payload.subarray(nameEnd + 4, at);
  }
  const record: LogRecord = {
    topic,
    partition,
    offset: payload.readBigUInt64LE(0),
    appendedAt: payload.readDoubleLE(8),
    key,
    value: payload.subarray(at),
    headers,
  };
  return { kind: 'frame', record, end };
}
