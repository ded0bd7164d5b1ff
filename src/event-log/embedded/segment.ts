import type { LogRecord } from '../event-log.js';
import type { FileSystem } from './file-system.js';
import { decodeFrame } from './frame.js';

/** A remembered position for about every this many bytes makes seeking cheap. */
const INDEX_STRIDE_BYTES = 256 * 1024;
const SCAN_CHUNK_BYTES = 4 * 1024 * 1024;

/** One file of a partition; its name is its base offset. */
export interface Segment {
  readonly baseOffset: bigint;
  readonly path: string;
  /** Bytes that are complete and durable; what stands behind them is not read. */
  size: number;
  /** Sparse, ascending: where some of the offsets stand. Filled as the file is read or written. */
  readonly index: { readonly offset: bigint; readonly position: number }[];
}

/** File name of a segment: its base offset in 20 digits, so that names sort by offset. */
export function segmentName(baseOffset: bigint): string {
  return `${baseOffset.toString().padStart(20, '0')}.log`;
}

/** Base offset of a segment's file name; null for any other file. */
export function baseOffsetOf(name: string): bigint | null {
  return /^\d{20}\.log$/.test(name) ? BigInt(name.slice(0, 20)) : null;
}

/** Remembers a position when the last remembered one is far enough away. */
export function noteIndex(segment: Segment, offset: bigint, position: number): void {
  const last = segment.index.at(-1);
  if (position - (last?.position ?? 0) >= INDEX_STRIDE_BYTES) {
    segment.index.push({ offset, position });
  }
}

/** A position from which reading on meets `offset`; never behind it. */
export function positionBefore(segment: Segment, offset: bigint): number {
  let position = 0;
  for (const entry of segment.index) {
    if (entry.offset > offset) break;
    position = entry.position;
  }
  return position;
}

/** What reading a stretch of a segment gave. */
export interface SegmentStretch {
  readonly records: readonly LogRecord[];
  /** Position behind the last complete frame. */
  readonly position: number;
  /** Why reading stopped before the limit: a frame that is cut off or broken. */
  readonly damage: string | null;
}

/**
 * Reads frames from `position` up to about `maxBytes` further, at least one whole frame, and never
 * beyond `limit`.
 */
export async function readStretch({
  handle,
  segment,
  position,
  limit,
  maxBytes,
  topic,
  partition,
}: {
  readonly handle: Pick<Awaited<ReturnType<FileSystem['open']>>, 'read'>;
  readonly segment: Segment;
  readonly position: number;
  readonly limit: number;
  readonly maxBytes: number;
  readonly topic: string;
  readonly partition: number;
}): Promise<SegmentStretch> {
  let wanted = Math.min(maxBytes, limit - position);
  for (;;) {
    const bytes = await readFully(handle, position, wanted);
    const records: LogRecord[] = [];
    let at = 0;
    let damage: string | null = null;
    let needed = 0;
    while (at < bytes.length) {
      const frame = decodeFrame(bytes, at, topic, partition);
      if (frame.kind === 'frame') {
        noteIndex(segment, frame.record.offset, position + at);
        records.push(frame.record);
        at = frame.end;
        continue;
      }
      if (frame.kind === 'corrupt') damage = frame.reason;
      else if (position + at + frame.bytes > limit) damage = 'cut off';
      else needed = frame.bytes;
      break;
    }
    if (bytes.length < wanted) damage ??= 'file shorter than expected';
    if (at === 0 && damage === null && needed > 0) {
      wanted = needed;
      continue;
    }
    return { records, position: position + at, damage };
  }
}

async function readFully(
  handle: Pick<Awaited<ReturnType<FileSystem['open']>>, 'read'>,
  position: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Result of looking through a whole segment file. */
export interface SegmentScan {
  /** Bytes up to the end of the last good frame. */
  readonly goodBytes: number;
  readonly fileBytes: number;
  /** Offset of the last good frame; null when there is none. */
  readonly lastOffset: bigint | null;
  /** What is wrong behind the good bytes; null when nothing is. */
  readonly damage: string | null;
}

/** Reads a segment from its beginning to the first frame that is not whole. */
export async function scanSegment({
  files,
  segment,
  topic,
  partition,
}: {
  readonly files: FileSystem;
  readonly segment: Segment;
  readonly topic: string;
  readonly partition: number;
}): Promise<SegmentScan> {
  const handle = await files.open(segment.path, 'r');
  try {
    const { size: fileBytes } = await handle.stat();
    let position = 0;
    let lastOffset: bigint | null = null;
    let damage: string | null = null;
    while (position < fileBytes && damage === null) {
      const stretch: SegmentStretch = await readStretch({
        handle,
        segment,
        position,
        limit: fileBytes,
        maxBytes: SCAN_CHUNK_BYTES,
        topic,
        partition,
      });
      for (const { offset } of stretch.records) {
        if (offset < segment.baseOffset || (lastOffset !== null && offset <= lastOffset)) {
          return { goodBytes: position, fileBytes, lastOffset, damage: `offset ${offset}` };
        }
        lastOffset = offset;
      }
      position = stretch.position;
      damage = stretch.damage;
    }
    return { goodBytes: position, fileBytes, lastOffset, damage };
  } finally {
    await handle.close();
  }
}
