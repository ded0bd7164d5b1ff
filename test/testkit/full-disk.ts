import type { FileHandle } from 'node:fs/promises';
import { type FileSystem, nodeFileSystem } from '../../src/event-log/embedded/file-system.js';

/** A file system with room for a number of bytes, as a small disk has. */
export interface SmallDisk {
  readonly files: FileSystem;
  /** Bytes that can still be written; setting it makes or takes room. */
  room: number;
  /** When true, giving space back fails too. */
  isBroken: boolean;
}

/** Creates a file system of the machine that fails with ENOSPC when `room` is used up. */
export function createSmallDisk(room: number): SmallDisk {
  const disk = { room, isBroken: false };
  const full = (): NodeJS.ErrnoException =>
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const open: FileSystem['open'] = async (path, flags, mode) => {
    const handle = await nodeFileSystem.open(path, flags, mode);
    return new Proxy(handle, {
      get(target, name) {
        if (name === 'write') {
          return async (bytes: Buffer, offset = 0, length = bytes.length, position: number) => {
            // A full disk takes what fits and fails at the rest.
            const fits = Math.min(length, disk.room);
            if (fits === 0) throw full();
            disk.room -= fits;
            return target.write(bytes, offset, fits, position);
          };
        }
        if (name === 'writeFile') {
          return async (content: string) => {
            if (content.length > disk.room) throw full();
            return target.writeFile(content);
          };
        }
        if (name === 'truncate' && disk.isBroken) {
          return async () => {
            throw Object.assign(new Error('EIO: i/o error, ftruncate'), { code: 'EIO' });
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }) as FileHandle;
  };
  return {
    files: { ...nodeFileSystem, open },
    get room() {
      return disk.room;
    },
    set room(bytes) {
      disk.room = bytes;
    },
    get isBroken() {
      return disk.isBroken;
    },
    set isBroken(value) {
      disk.isBroken = value;
    },
  };
}
