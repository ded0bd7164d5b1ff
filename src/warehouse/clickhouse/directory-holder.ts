import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The process that has an embedded data directory open; null when none has, or this one.
 *
 * The engine locks its file `status` (flock) and writes its process id there. Linux lists the locks
 * by inode, so a file that a killed process left says nothing by itself; elsewhere the process of
 * that id is looked for, which may by now be another one.
 */
export function holderOf(directory: string): number | null {
  const file = join(directory, 'status');
  try {
    const pid = Number(/PID: (\d+)/.exec(readFileSync(file, 'utf8'))?.[1]);
    if (Number.isNaN(pid) || pid === process.pid) return null;
    return (isLocked(file) ?? isRunning(pid)) ? pid : null;
  } catch {
    // No such file: then nobody has opened the directory yet.
    return null;
  }
}

/** Whether anybody has a lock on the file; null where the system does not tell. */
function isLocked(file: string): boolean | null {
  let locks: string;
  try {
    locks = readFileSync('/proc/locks', 'utf8');
  } catch {
    return null;
  }
  const { ino } = statSync(file);
  // `1: FLOCK  ADVISORY  WRITE 4711 fe:00:10699746 0 EOF`; `->` marks who waits for it.
  return locks.split('\n').some((line) => /^\d+: FLOCK /.test(line) && line.includes(`:${ino} `));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
