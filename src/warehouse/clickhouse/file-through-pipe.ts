import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

/** Bytes that are read at once; a pipe holds less. */
const READ_BYTES = 65_536;

/**
 * Puts what the embedded engine writes into a new file. The engine does not say when it cannot write
 * a file, on a full disk for one: its statement succeeds and the file has a hole. So it writes into a
 * named pipe, and the bytes are put into the file here.
 *
 * @param path Of the file, which must not exist.
 * @param write Runs the statement, which writes all it has into the pipe.
 * @param onUnwritable Called when the file cannot be written, while the statement still runs.
 * @throws The system error of the file, else what `write` threw.
 */
export async function fileThroughPipe(
  path: string,
  write: (pipe: string) => Promise<unknown>,
  onUnwritable: () => void,
): Promise<void> {
  const pipe = `${path}.pipe`;
  const file = await open(path, 'wx', 0o600);
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', pipe]);
    await copy(pipe, file, () => write(pipe), onUnwritable);
  } finally {
    await file.close().catch(() => undefined);
    await rm(pipe, { force: true });
  }
}

async function copy(
  pipe: string,
  file: FileHandle,
  write: () => Promise<unknown>,
  onUnwritable: () => void,
): Promise<void> {
  // Whoever opens one end of a pipe waits for somebody at the other. With both ends held open neither
  // side waits; once bytes come the engine has its end, and this one would hide when it closes it.
  const holder = await open(pipe, constants.O_RDWR);
  let isHeld = true;
  const release = async (): Promise<void> => {
    if (!isHeld) return;
    isHeld = false;
    await holder.close();
  };
  const reader = (await open(pipe, 'r')).createReadStream({ highWaterMark: READ_BYTES });
  reader.once('data', () => void release());
  const copied = pipeline(reader, file.createWriteStream()).catch((error: unknown) => {
    onUnwritable();
    throw error;
  });
  const [written, kept] = await Promise.allSettled([write().finally(release), copied]);
  if (kept.status === 'rejected') throw kept.reason;
  if (written.status === 'rejected') throw written.reason;
}
