import { constants, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { logPaths, tableDirectories } from './table-files.js';
import { formatSettledUntil, settledPath } from './undo-unsettled-parts.js';

export interface DurableWrites {
  /**
   * Runs a write and resolves with its result once it would survive a power loss. After a write that
   * failed the tables that took the block are brought to disk too, and its error is thrown.
   *
   * @throws What the write threw, or the system error of a file that could not be synchronised; the
   *   same write may then be repeated under its token.
   */
  confirm<T>(write: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Where the file goes on behind the noted moment. */
const MOMENT_BYTES = formatSettledUntil(0).length;

interface Write {
  readonly startedAt: number;
}

interface Waiting {
  readonly write: Write;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings to disk what the engine leaves to the operating system after an insert, in this order:
 *
 * 1. The deduplication log of every table that got a token. The engine writes it without `fsync`.
 * 2. The directories of these tables: the engine synchronises the files of a part before it renames
 *    the part into its place, but not the table's directory, which has the new name.
 * 3. The moment up to which all of this is settled: the start of the earliest write that still runs.
 *    `undo-unsettled-parts.ts` tells by it which parts a power loss may have left without a token.
 *
 * Writes that end while a pass runs share the next one. Tables are found by their logs, which grow
 * with each insert, so the cost does not depend on what a view feeds.
 *
 * Moments are those the file system gives to files, since they are compared with the times of files.
 *
 * @param directory Data directory of the engine, which exists.
 */
export async function createDurableWrites(directory: string): Promise<DurableWrites> {
  const running = new Set<Write>();
  /** Writes that ended, but could not be brought to disk yet. */
  let unsettled: Write[] = [];
  const sizes = new Map<string, number>();
  let waiting: Waiting[] = [];
  let passing: Promise<void> | null = null;
  // Not emptied: until the new moment is on disk, the old one must be.
  const settled = await open(settledPath(directory), constants.O_RDWR | constants.O_CREAT);
  try {
    // Also what was there before this process: the engine has not opened the directory yet.
    await synchroniseTables();
    await noteSettled();
    await synchronise(directory, 'names');
  } catch (error) {
    await settled.close();
    throw error;
  }

  async function synchroniseTables(): Promise<void> {
    const grown: { readonly path: string; readonly size: number; readonly table: string }[] = [];
    for (const table of tableDirectories(directory)) {
      for (const path of logPaths(table)) {
        // The engine may have removed an old log since.
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        if (size > 0 && sizes.get(path) !== size) grown.push({ path, size, table });
      }
    }
    await Promise.all(grown.map(({ path }) => synchronise(path, 'content')));
    const directories = new Set(grown.map(({ table }) => table));
    // A log that was begun since is a new name too.
    for (const { path } of grown) if (!sizes.has(path)) directories.add(dirname(path));
    await Promise.all([...directories].map((path) => synchronise(path, 'names')));
    for (const { path, size } of grown) sizes.set(path, size);
  }

  async function noteSettled(): Promise<void> {
    const starts = [...running].map(({ startedAt }) => startedAt);
    await settled.write(formatSettledUntil(Math.min(await now(), ...starts)), 0);
    await settled.datasync();
  }

  /** ms since 1970 as a file written now would have it. */
  async function now(): Promise<number> {
    await settled.write('\n', MOMENT_BYTES);
    return (await settled.stat()).mtimeMs;
  }

  async function pass(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await synchroniseTables();
        for (const write of [...unsettled, ...group.map((one) => one.write)]) running.delete(write);
        unsettled = [];
        await noteSettled();
        for (const { resolve } of group) resolve();
      } catch (error) {
        // They count as running until a pass succeeds: until then nothing is settled.
        unsettled.push(...group.map((one) => one.write));
        for (const { reject } of group) reject(error);
      }
    }
    passing = null;
  }

  return {
    async confirm(write) {
      const mark: Write = { startedAt: await now() };
      running.add(mark);
      try {
        return await write();
      } finally {
        await new Promise<void>((resolve, reject) => {
          waiting.push({ write: mark, resolve, reject });
          passing ??= pass();
        });
      }
    },
    async close() {
      await passing;
      if (running.size === 0) await noteSettled();
      await settled.close();
    },
  };
}

async function synchronise(path: string, what: 'content' | 'names'): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    // A table was dropped, or a log is no longer needed.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    await (what === 'content' ? handle.datasync() : handle.sync());
  } finally {
    await handle.close();
  }
}
