import type { Logger } from 'pino';
import { AppError, messageOf } from '../../errors.js';
import type { AppendRecord } from '../event-log.js';
import { createWakeUp, type WakeUp } from '../wake-up.js';
import { type FileSystem, syncDirectory, systemErrorCode } from './file-system.js';
import { encodeFrame } from './frame.js';
import { createPartitionReader, type PartitionReader } from './partition-reader.js';
import { recoverTail } from './recover-tail.js';
import { baseOffsetOf, noteIndex, type Segment, segmentName } from './segment.js';

type Handle = Awaited<ReturnType<FileSystem['open']>>;

/** Most frame bytes written and synchronised together. */
const GROUP_COMMIT_BYTES = 16 * 1024 * 1024;

/** One partition of one topic: segment files in a directory of their own. */
export interface PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** First offset kept. */
  readonly begin: bigint;
  /** Offset of the next record; everything below is durable and readable. */
  readonly end: bigint;
  /** True while records wait to become durable: their append times may lie before now. */
  readonly isAppending: boolean;
  /** Notified when `end` rises. */
  readonly appended: WakeUp;
  /** Why the latest append failed; null when it succeeded. */
  readonly failure: AppError | null;
  /** Resolves when the records are durable; concurrent calls share one write and one fdatasync. */
  append(records: readonly AppendRecord[]): Promise<void>;
  /** A sequential reader from `offset` on. */
  reader(offset: bigint): PartitionReader;
  /** When the first record at or behind `offset` was appended; null when there is none. */
  appendedAt(offset: bigint): Promise<number | null>;
  close(): Promise<void>;
}

export interface PartitionLogOptions {
  readonly directory: string;
  readonly topic: string;
  readonly partition: number;
  /** Offsets below were handed out before; a log that lost its tail goes on behind them. */
  readonly lowestNextOffset: bigint;
  readonly segmentBytes: number;
  readonly isDurable: boolean;
  readonly files: FileSystem;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
  /** Told of every append, after `appended`. */
  readonly onAppend: () => void;
}

interface Waiting {
  readonly records: readonly AppendRecord[];
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
}

/**
 * Opens a partition, creating its directory, and brings its last segment in order, see
 * {@link recoverTail}.
 */
export async function openPartitionLog(options: PartitionLogOptions): Promise<PartitionLog> {
  const { directory, topic, partition, files, clock, log, isDurable } = options;
  await files.mkdir(directory, { recursive: true });
  const bases = (await files.readdir(directory))
    .map(baseOffsetOf)
    .filter((base) => base !== null)
    .sort((a, b) => (a < b ? -1 : 1));
  const segments: Segment[] = [];
  for (const baseOffset of bases) {
    const path = `${directory}/${segmentName(baseOffset)}`;
    segments.push({ baseOffset, path, size: (await files.stat(path)).size, index: [] });
  }
  const appended = createWakeUp();
  let end = await recoverTail({ ...options, segments });
  let active: Handle | null = null;
  let failure: AppError | null = null;
  /** True when bytes may stand behind the last segment's `size`. */
  let hasTornTail = false;
  let waiting: Waiting[] = [];
  let draining: Promise<void> | null = null;
  let isClosed = false;

  async function drain(): Promise<void> {
    // Everything appended in this turn of the event loop joins the first group.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group: Waiting[] = [];
      try {
        const frames: Buffer[] = [];
        const marks: { offset: bigint; position: number }[] = [];
        const now = clock();
        let next = end;
        let bytes = 0;
        for (const one of waiting) {
          if (bytes >= GROUP_COMMIT_BYTES) break;
          group.push(one);
          for (const record of one.records) {
            const frame = encodeFrame(record, next, now);
            marks.push({ offset: next, position: bytes });
            frames.push(frame);
            bytes += frame.length;
            next += 1n;
          }
        }
        waiting = waiting.slice(group.length);
        const segment = await write(Buffer.concat(frames, bytes));
        for (const { offset, position } of marks)
          noteIndex(segment, offset, segment.size + position);
        segment.size += bytes;
        end = next;
        failure = null;
        for (const { resolve } of group) resolve();
        appended.notify();
        options.onAppend();
      } catch (error) {
        failure = appendError(error);
        for (const { reject } of group) reject(failure);
      }
    }
    draining = null;
  }

  /** Writes behind the durable part; on failure nothing of it will be read. */
  async function write(bytes: Buffer): Promise<Segment> {
    let segment = segments.at(-1);
    if (
      segment === undefined ||
      (segment.size > 0 && segment.size + bytes.length > options.segmentBytes)
    ) {
      await cutTornTail(segment);
      segment = await addSegment();
    }
    await cutTornTail(segment);
    active ??= await files.open(segment.path, 'r+');
    hasTornTail = true;
    try {
      let written = 0;
      while (written < bytes.length) {
        const result = await active.write(
          bytes,
          written,
          bytes.length - written,
          segment.size + written,
        );
        written += result.bytesWritten;
      }
      if (isDurable) await active.datasync();
    } catch (error) {
      // Try to give the space back at once; if this fails too, the next append cuts first.
      await cutTornTail(segment).catch((cause: unknown) => {
        log.warn({ topic, partition, cause: messageOf(cause) }, 'event log: torn tail remains');
      });
      throw error;
    }
    hasTornTail = false;
    return segment;
  }

  async function cutTornTail(segment: Segment | undefined): Promise<void> {
    if (!hasTornTail || segment === undefined) return;
    active ??= await files.open(segment.path, 'r+');
    await active.truncate(segment.size);
    hasTornTail = false;
  }

  async function addSegment(): Promise<Segment> {
    // Also where appends are not synchronised: only the last segment may be damaged by a power loss.
    await active?.datasync();
    const path = `${directory}/${segmentName(end)}`;
    const handle = await files.open(path, 'w');
    try {
      if (isDurable) await syncDirectory(files, directory);
    } catch (error) {
      await handle.close();
      throw error;
    }
    await active?.close();
    active = handle;
    const segment: Segment = { baseOffset: end, path, size: 0, index: [] };
    segments.push(segment);
    return segment;
  }

  function appendError(error: unknown): AppError {
    const isFull = ['ENOSPC', 'EDQUOT'].includes(systemErrorCode(error));
    return new AppError(
      isFull ? 'EVENT_LOG_FULL' : 'EVENT_LOG_UNAVAILABLE',
      `cannot append to ${directory}: ${messageOf(error)}`,
      { isRetryable: true, cause: error, details: { directory, topic, partition } },
    );
  }

  const reader = (from: bigint): PartitionReader =>
    createPartitionReader({ topic, partition, files, segments, end: () => end, from });

  return {
    topic,
    partition,
    appended,
    get begin() {
      return segments[0]?.baseOffset ?? end;
    },
    get end() {
      return end;
    },
    get isAppending() {
      return draining !== null;
    },
    get failure() {
      return failure;
    },
    append(records) {
      if (isClosed) {
        return Promise.reject(
          new AppError('EVENT_LOG_UNAVAILABLE', `${directory}: the event log is stopped`, {
            isRetryable: true,
          }),
        );
      }
      return new Promise((resolve, reject) => {
        waiting.push({ records, resolve, reject });
        draining ??= drain();
      });
    },
    reader,
    async appendedAt(offset) {
      if (offset >= end) return null;
      const one = reader(offset);
      try {
        const { records } = await one.read(64 * 1024);
        return records[0]?.appendedAt ?? null;
      } finally {
        await one.close();
      }
    },
    async close() {
      isClosed = true;
      await draining;
      await active?.close();
      active = null;
    },
  };
}
