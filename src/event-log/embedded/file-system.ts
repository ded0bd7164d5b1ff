import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';

/** The part of the file system the log uses, so that tests can make it fail (no space, I/O error). */
export interface FileSystem {
  readonly link: typeof link;
  readonly mkdir: typeof mkdir;
  readonly open: typeof open;
  readonly readdir: typeof readdir;
  readonly readFile: typeof readFile;
  readonly rename: typeof rename;
  readonly rm: typeof rm;
  readonly rmdir: typeof rmdir;
  readonly stat: typeof stat;
  readonly writeFile: typeof writeFile;
}

/** The file system of the operating system. */
export const nodeFileSystem: FileSystem = {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
};

/** Makes names created in or moved into a directory survive a power loss. */
export async function syncDirectory(files: FileSystem, path: string): Promise<void> {
  const handle = await files.open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file so that a reader, also one after a crash, finds either the old or the new
 * content: temporary file, fsync, rename, fsync of the directory.
 */
export async function replaceFile({
  files,
  directory,
  name,
  content,
  isDurable,
}: {
  readonly files: FileSystem;
  readonly directory: string;
  readonly name: string;
  readonly content: string;
  /** False leaves out both fsyncs. */
  readonly isDurable: boolean;
}): Promise<void> {
  const temporary = `${directory}/${name}.tmp`;
  const handle = await files.open(temporary, 'w');
  try {
    await handle.writeFile(content);
    if (isDurable) await handle.datasync();
  } finally {
    await handle.close();
  }
  await files.rename(temporary, `${directory}/${name}`);
  if (isDurable) await syncDirectory(files, directory);
}

/** The `code` of a system error (`ENOSPC`, `ENOENT` …); the empty string for anything else. */
export function systemErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
