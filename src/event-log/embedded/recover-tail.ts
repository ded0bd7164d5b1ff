import type { Logger } from 'pino';
import { messageOf } from '../../errors.js';
import type { FileSystem } from './file-system.js';
import { type Segment, scanSegment } from './segment.js';

export interface RecoverTailOptions {
  readonly topic: string;
  readonly partition: number;
  /** Ascending by base offset; the size of the last one is corrected. */
  readonly segments: readonly Segment[];
  /** Offsets below were handed out before. */
  readonly lowestNextOffset: bigint;
  readonly isDurable: boolean;
  readonly files: FileSystem;
  readonly log: Logger;
}

/**
 * Finds where a partition goes on: scans its last segment and cuts it at the first bad frame. What
 * stands there was never acknowledged, or the disk lost it; the cut bytes are kept in a file beside
 * the segment and reported.
 *
 * @returns The offset of the next record.
 */
export async function recoverTail(options: RecoverTailOptions): Promise<bigint> {
  const { topic, partition, segments, lowestNextOffset, files, log } = options;
  const last = segments.at(-1);
  let next = last?.baseOffset ?? 0n;
  if (last !== undefined) {
    const scan = await scanSegment({ files, segment: last, topic, partition });
    if (scan.lastOffset !== null) next = scan.lastOffset + 1n;
    last.size = scan.goodBytes;
    if (scan.goodBytes < scan.fileBytes) {
      const cutBytes = scan.fileBytes - scan.goodBytes;
      const keptAs = `${last.path}.cut-at-${scan.goodBytes}`;
      await cutFile(options, last, keptAs);
      log.warn(
        { topic, partition, file: last.path, cutBytes, damage: scan.damage, keptAs },
        'event log: cut a torn tail',
      );
    }
    // What a crash of the process left unsynchronised is read from now on, so it has to stay.
    if (options.isDurable) await syncFile(files, last.path);
  }
  if (next < lowestNextOffset) {
    log.warn(
      { topic, partition, end: String(next), continuesAt: String(lowestNextOffset) },
      'event log: records that were already consumed are missing at the end; their offsets are not used again',
    );
    next = lowestNextOffset;
  }
  return next;
}

async function cutFile(
  { files, log }: RecoverTailOptions,
  { path, size }: Segment,
  keptAs: string,
): Promise<void> {
  const handle = await files.open(path, 'r+');
  try {
    const tail = (await handle.readFile()).subarray(size);
    try {
      await files.writeFile(keptAs, tail);
    } catch (error) {
      // A full disk must not keep the log from opening; the bytes were never acknowledged.
      log.warn({ keptAs, cause: messageOf(error) }, 'event log: could not keep the cut bytes');
    }
    await handle.truncate(size);
  } finally {
    await handle.close();
  }
}

async function syncFile(files: FileSystem, path: string): Promise<void> {
  const handle = await files.open(path, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
