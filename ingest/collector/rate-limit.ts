/** How fast each key may send events. */
export interface RateLimit {
  /**
   * Takes `count` events from the allowance of a key. Returns 0 when they may pass, else the whole
   * seconds after which the same request may. A refused request takes nothing.
   */
  take(keyId: string, count: number): number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, ms. */
  at: number;
}

const MAX_BUCKETS = 10_000;

/**
 * A token bucket for each key, holding one second's worth. A batch larger than the bucket passes
 * when the bucket is full and leaves a debt, so that every batch can pass some time and the rate
 * holds on average.
 *
 * @param eventsPerSecond 0: no limit.
 * @param clock ms since 1970.
 */
export function createRateLimit({
  eventsPerSecond,
  clock,
}: {
  readonly eventsPerSecond: number;
  readonly clock: () => number;
}): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(keyId, count) {
      if (eventsPerSecond === 0 || count === 0) return 0;
      const now = clock();
      let bucket = buckets.get(keyId);
      if (bucket === undefined) {
        if (buckets.size >= MAX_BUCKETS) dropFullBuckets(buckets, eventsPerSecond, now);
        bucket = { tokens: eventsPerSecond, at: now };
        buckets.set(keyId, bucket);
      }
      const gained = (Math.max(0, now - bucket.at) / 1000) * eventsPerSecond;
      bucket.tokens = Math.min(eventsPerSecond, bucket.tokens + gained);
      bucket.at = now;
      const needed = Math.min(count, eventsPerSecond);
      if (bucket.tokens < needed) {
        return Math.max(1, Math.ceil((needed - bucket.tokens) / eventsPerSecond));
      }
      bucket.tokens -= count;
      return 0;
    },
  };
}

/** A full bucket says the same as none. */
function dropFullBuckets(buckets: Map<string, Bucket>, rate: number, now: number): void {
  for (const [keyId, { tokens, at }] of buckets) {
    if (tokens + ((now - at) / 1000) * rate >= rate) buckets.delete(keyId);
  }
}
