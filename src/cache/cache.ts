export interface SetOptions {
  /** Leaves a value alone that is there. */
  readonly onlyIfAbsent?: boolean;
}

/**
 * The port to a cache of short-lived text values.
 *
 * What every adapter promises: a value is returned whole or not at all; it is never returned after
 * its time to live; a failure of the backing store rejects with a retryable `CACHE_UNAVAILABLE`
 * (callers then compute). Memory adapters are bounded and evict the least recently used.
 */
export interface Cache {
  /** The value, or null when absent or expired. */
  get(key: string): Promise<string | null>;
  /**
   * Stores for `ttlMs` milliseconds (> 0).
   *
   * @returns Whether it is stored: with `onlyIfAbsent`, of all who share the store one is told yes.
   */
  set(key: string, value: string, ttlMs: number, options?: SetOptions): Promise<boolean>;
  delete(key: string): Promise<void>;
  /**
   * Adds a whole number to a counter, atomically for everybody who shares the store, and lets it
   * live `ttlMs` from now. An absent counter is 0; counters and values do not share keys.
   *
   * @returns The sum.
   */
  add(key: string, amount: number, ttlMs: number): Promise<number>;
  /** Rejects with `CACHE_UNAVAILABLE` naming address and cause while calls cannot succeed. */
  checkReady(): Promise<void>;
  stop(): Promise<void>;
}
