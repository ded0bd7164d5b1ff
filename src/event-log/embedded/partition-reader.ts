import { AppError } from '../../errors.js';
import type { LogRecord } from '../event-log.js';
import type { FileSystem } from './file-system.js';
import { positionBefore, readStretch, type Segment } from './segment.js';

/** Reads on from where it stopped. Not for concurrent calls. */
export interface PartitionReader {
  /**
   * At least one record and about `maxBytes`, or none when the end is reached. `position` is the
   * offset to go on at: everything below it was looked at.
   *
   * @throws AppError `INTERNAL` when a frame within the durable part is broken.
   */
  read(
    maxBytes: number,
  ): Promise<{ readonly records: readonly LogRecord[]; readonly position: bigint }>;
  close(): Promise<void>;
}

export interface PartitionReaderOptions {
  readonly topic: string;
  readonly partition: number;
  readonly files: FileSystem;
  /** Ascending by base offset; grows while the reader lives. */
  readonly segments: readonly Segment[];
  /** Offset behind the last durable record, now. */
  readonly end: () => bigint;
  /** First offset to read. */
  readonly from: bigint;
}

/** Creates a reader; opens no file before the first `read`. */
export function createPartitionReader({
  topic,
  partition,
  files,
  segments,
  end,
  from,
}: PartitionReaderOptions): PartitionReader {
  let next = from;
  let segment: Segment | undefined;
  let handle: Awaited<ReturnType<FileSystem['open']>> | null = null;
  let position = 0;
  const openSegment = async (wanted: Segment): Promise<void> => {
    await handle?.close();
    handle = null;
    handle = await files.open(wanted.path, 'r');
    position = positionBefore(wanted, next);
    segment = wanted;
  };
  return {
    async read(maxBytes) {
      for (;;) {
        // Taken first: what is appended while this reads is not claimed to have been seen.
        const seenEnd = end();
        if (segment === undefined || handle === null) {
          const wanted = segmentOf(segments, next);
          if (wanted === undefined) return { records: [], position: seenEnd };
          await openSegment(wanted);
          continue;
        }
        const limit = segment.size;
        if (position >= limit) {
          const following = segments[segments.indexOf(segment) + 1];
          if (following === undefined) {
            if (seenEnd > next) next = seenEnd;
            return { records: [], position: next };
          }
          if (next < following.baseOffset) next = following.baseOffset;
          await openSegment(following);
          continue;
        }
        const stretch = await readStretch({
          handle,
          segment,
          position,
          limit,
          maxBytes,
          topic,
          partition,
        });
        if (stretch.records.length === 0) {
          throw new AppError(
            'INTERNAL',
            `${segment.path} is damaged at byte ${stretch.position}: ${stretch.damage}; expected an intact frame, since the file goes on behind it`,
            { details: { file: segment.path, position: stretch.position } },
          );
        }
        position = stretch.position;
        const first = next;
        const records = stretch.records.filter(({ offset }) => offset >= first);
        const last = records.at(-1);
        if (last === undefined) continue;
        next = last.offset + 1n;
        return { records, position: next };
      }
    },
    async close() {
      const open = handle;
      handle = null;
      await open?.close();
    },
  };
}

function segmentOf(segments: readonly Segment[], offset: bigint): Segment | undefined {
  let found = segments[0];
  for (const segment of segments) {
    if (segment.baseOffset > offset) break;
    found = segment;
  }
  return found;
}
