import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEGABYTE = 1_048_576;

/** Runs a command as root; one who is not asks `sudo`, which must not ask back. */
function asRoot(command: string, ...args: readonly string[]): Promise<unknown> {
  return process.getuid?.() === 0 ? run(command, [...args]) : run('sudo', ['-n', command, ...args]);
}

/** A real file system of a few megabytes, which a test can fill. */
export interface SmallMount {
  readonly directory: string;
  /** Bytes that can still be written. */
  room(): Promise<number>;
  /** Leaves room for so many bytes. */
  fill(leave: number): Promise<void>;
  /** Gives back what `fill` took. */
  empty(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Mounts a file system in memory, which takes the rights of root.
 *
 * @param megabytes Its size.
 */
export async function mountSmall(megabytes: number): Promise<SmallMount> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-small-'));
  await asRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', directory);
  const filler = join(directory, 'filler');
  const room = async (): Promise<number> => {
    const { stdout } = await run('df', ['--output=avail', '-B1', directory]);
    return Number(stdout.trim().split('\n').at(-1));
  };
  return {
    directory,
    room,
    async fill(leave) {
      // Others write at the same time, so it is filled bit by bit.
      for (let left = await room(); left > leave; left = await room()) {
        await appendFile(filler, Buffer.alloc(Math.min(MEGABYTE, left - leave)));
      }
    },
    empty: () => rm(filler, { force: true }),
    async stop() {
      await asRoot('umount', '-l', directory);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
