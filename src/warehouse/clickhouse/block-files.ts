import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files by which blocks pass into the embedded engine. */
export interface BlockFiles {
  /** Makes the empty folder for them; what a killed process left is removed. */
  clear(): void;
  /**
   * Runs `read` with the path of a file that holds the pieces one behind the other, and removes it.
   *
   * @throws The system error of a file that cannot be written, or what `read` threw.
   */
  use<T>(pieces: readonly Buffer[], read: (path: string) => Promise<T>): Promise<T>;
}

/**
 * Files below the data directory of the engine. They are gone before the system begins to write them to
 * disk as a rule, and nobody needs them after a crash: the log repeats the batch.
 *
 * @param directory Data directory of the engine.
 */
export function createBlockFiles(directory: string): BlockFiles {
  const folder = join(directory, 'blocks');
  let count = 0;
  return {
    clear() {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    },
    async use(pieces, read) {
      count += 1;
      const path = join(folder, `${count}.native`);
      try {
        await writeFile(path, pieces);
        return await read(path);
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}
