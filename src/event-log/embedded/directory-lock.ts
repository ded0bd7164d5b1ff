import { randomUUID } from 'node:crypto';
import { AppError } from '../../errors.js';
import { type FileSystem, nodeFileSystem, systemErrorCode } from './file-system.js';

/** A held directory; nobody else can open it until `release`. */
export interface DirectoryLock {
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** When that process started, in a form that differs between two processes of one pid; or ''. */
  readonly startedAt: string;
  readonly token: string;
}

const LOCK_FILE = 'lock';
/** Longest a take-over takes; an older one was left by a crash. */
const TAKE_OVER_MS = 5_000;

/**
 * Takes a directory for this process, creating it if needed. The file `lock` in it names the
 * holder. A lock whose process is gone is taken over; the start time of the process tells a
 * restarted container, where every process has pid 1, from one that still runs.
 *
 * @throws AppError `DATA_DIR_LOCKED` naming the directory and the holder's pid.
 */
export async function lockDirectory({
  directory,
  files = nodeFileSystem,
}: {
  readonly directory: string;
  readonly files?: FileSystem;
}): Promise<DirectoryLock> {
  await files.mkdir(directory, { recursive: true });
  const path = `${directory}/${LOCK_FILE}`;
  const own: Holder = {
    pid: process.pid,
    startedAt: (await startOfProcess(files, process.pid)) ?? '',
    token: randomUUID(),
  };
  for (;;) {
    // Linking a written file shows the lock with its whole content or not at all.
    const draft = `${path}.${own.token}`;
    await files.writeFile(draft, JSON.stringify(own));
    try {
      await files.link(draft, path);
      break;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    } finally {
      await files.rm(draft, { force: true });
    }
    if (await takeOver(files, directory, path)) continue;
    const holder = await readHolder(files, path);
    throw new AppError(
      'DATA_DIR_LOCKED',
      `${directory} is in use by the process with pid ${holder?.pid ?? 'unknown'}; stop it, or give this process another directory`,
      { details: { directory, pid: holder?.pid ?? null } },
    );
  }
  let isHeld = true;
  return {
    async release() {
      if (!isHeld) return;
      isHeld = false;
      const holder = await readHolder(files, path);
      if (holder?.token === own.token) await files.rm(path, { force: true });
    },
  };
}

/**
 * Removes a lock whose holder is gone. A directory created beside it lets one process at a time
 * look and remove, so that nobody removes the lock somebody else has just taken.
 *
 * @returns False when the holder lives.
 */
async function takeOver(files: FileSystem, directory: string, path: string): Promise<boolean> {
  const guard = `${directory}/${LOCK_FILE}.takeover`;
  const deadline = Date.now() + 2 * TAKE_OVER_MS;
  for (;;) {
    try {
      await files.mkdir(guard);
      break;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST' || Date.now() > deadline) throw error;
    }
    const age = await files.stat(guard).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > TAKE_OVER_MS) await removeDirectory(files, guard);
    else await new Promise((resolve) => setTimeout(resolve, 20));
  }
  try {
    const holder = await readHolder(files, path);
    if (holder !== null && (await isAlive(files, holder))) return false;
    await files.rm(path, { force: true });
    return true;
  } finally {
    await removeDirectory(files, guard);
  }
}

async function removeDirectory(files: FileSystem, path: string): Promise<void> {
  try {
    await files.rmdir(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

/** The holder a lock file names; null when the file is gone or a power loss emptied it. */
async function readHolder(files: FileSystem, path: string): Promise<Holder | null> {
  let text: string;
  try {
    text = await files.readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const holder: Partial<Holder> = JSON.parse(text);
    if (typeof holder.pid !== 'number') return null;
    return { pid: holder.pid, startedAt: holder.startedAt ?? '', token: holder.token ?? '' };
  } catch {
    // Not JSON: nobody writes the file in place, so its writer did not survive.
    return null;
  }
}

async function isAlive(files: FileSystem, { pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process, of another user.
    if (systemErrorCode(error) !== 'EPERM') return false;
  }
  const current = await startOfProcess(files, pid);
  return current === null || startedAt === '' || current === startedAt;
}

/**
 * Boot id and start tick of a process (field 22 of `/proc/PID/stat`, man 5 proc); null where there
 * is no `/proc`.
 */
async function startOfProcess(files: FileSystem, pid: number): Promise<string | null> {
  try {
    const stat = await files.readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await files.readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot.trim()}/${fields[19] ?? ''}`;
  } catch {
    return null;
  }
}
