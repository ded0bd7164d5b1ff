import { AppError } from '../../errors.js';
import type { Cache } from '../cache.js';

export interface MemoryCacheOptions {
  /** Most values kept, 1 or more; beyond it the least recently used one is evicted. */
  readonly maxEntries: number;
  /** Most characters of all keys and values together, by the same rule; left out: no limit. */
  readonly maxCharacters?: number;
  /** Milliseconds since the epoch; decides when a value has outlived its time. */
  readonly clock: () => number;
}

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/**
 * A {@link Cache} in the memory of this process. A JavaScript `Map` iterates in order of insertion,
 * so putting a value back whenever it is read keeps the least recently used one first.
 *
 * @throws AppError `CONFIG_INVALID` when `maxEntries` is not a positive whole number.
 */
export function createMemoryCache({
  maxEntries,
  maxCharacters = Number.POSITIVE_INFINITY,
  clock,
}: MemoryCacheOptions): Cache {
  if (!Number.isInteger(maxEntries) || maxEntries < 1) {
    throw new AppError('CONFIG_INVALID', `expected maxEntries of 1 or more, got ${maxEntries}`);
  }
  const entries = new Map<string, Entry>();
  let characters = 0;
  let isStopped = false;

  const requireRunning = (): void => {
    if (isStopped) throw new AppError('CACHE_UNAVAILABLE', 'memory: the cache is stopped');
  };

  function remove(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    characters -= key.length + entry.value.length;
    return entry;
  }

  function put(key: string, entry: Entry): void {
    entries.set(key, entry);
    characters += key.length + entry.value.length;
  }

  function read(key: string): string | null {
    const entry = remove(key);
    if (entry === undefined || entry.expiresAt <= clock()) return null;
    put(key, entry);
    return entry.value;
  }

  function write(key: string, value: string, ttlMs: number): void {
    if (!(ttlMs > 0)) {
      throw new AppError('BAD_USER_INPUT', `expected a time to live above 0 ms, got ${ttlMs}`);
    }
    remove(key);
    put(key, { value, expiresAt: clock() + ttlMs });
    while (entries.size > maxEntries || characters > maxCharacters) {
      const [oldest] = entries.keys();
      if (oldest === undefined) break;
      remove(oldest);
    }
  }

  return {
    async get(key) {
      requireRunning();
      return read(valueKey(key));
    },

    async set(key, value, ttlMs, { onlyIfAbsent = false } = {}) {
      requireRunning();
      if (onlyIfAbsent && read(valueKey(key)) !== null) return false;
      write(valueKey(key), value, ttlMs);
      return true;
    },

    async delete(key) {
      requireRunning();
      remove(valueKey(key));
    },

    async add(key, amount, ttlMs) {
      requireRunning();
      const counter = `counter ${key}`;
      const sum = Number(read(counter) ?? 0) + amount;
      write(counter, String(sum), ttlMs);
      return sum;
    },

    async checkReady() {
      requireRunning();
    },

    async stop() {
      isStopped = true;
      entries.clear();
      characters = 0;
    },
  };
}

function valueKey(key: string): string {
  return `value ${key}`;
}
