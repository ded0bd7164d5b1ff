import { AppError } from '../../errors.js';
import type { Cache } from '../cache.js';

export interface MemoryCacheOptions {
  /** Most values kept, 1 or more; beyond it the least recently used one is evicted. */
  readonly maxEntries: number;
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
export function createMemoryCache({ maxEntries, clock }: MemoryCacheOptions): Cache {
  if (!Number.isInteger(maxEntries) || maxEntries < 1) {
    throw new AppError('CONFIG_INVALID', `expected maxEntries of 1 or more, got ${maxEntries}`);
  }
  const entries = new Map<string, Entry>();
  let isStopped = false;

  const requireRunning = (): void => {
    if (isStopped) throw new AppError('CACHE_UNAVAILABLE', 'memory: the cache is stopped');
  };

  function read(key: string): string | null {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    entries.delete(key);
    if (entry.expiresAt <= clock()) return null;
    entries.set(key, entry);
    return entry.value;
  }

  function write(key: string, value: string, ttlMs: number): void {
    if (!(ttlMs > 0)) {
      throw new AppError('BAD_USER_INPUT', `expected a time to live above 0 ms, got ${ttlMs}`);
    }
    entries.delete(key);
    entries.set(key, { value, expiresAt: clock() + ttlMs });
    if (entries.size > maxEntries) {
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
  }

  return {
    async get(key) {
      requireRunning();
      return read(valueKey(key));
    },

    async set(key, value, ttlMs) {
      requireRunning();
      write(valueKey(key), value, ttlMs);
    },

    async delete(key) {
      requireRunning();
      entries.delete(valueKey(key));
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
    },
  };
}

function valueKey(key: string): string {
  return `value ${key}`;
}
