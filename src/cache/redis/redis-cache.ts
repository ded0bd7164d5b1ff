import type { Logger } from 'pino';
import { AppError } from '../../errors.js';
import { openRedisConnection } from '../../redis/redis-connection.js';
import type { Cache } from '../cache.js';

export interface RedisCacheOptions {
  /** `redis://user:password@host:port/db` or `rediss://…`. */
  readonly url: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'debug'>;
}

/** Every key of this project in a Redis that others may use too. */
const KEY_PREFIX = 'sluice:cache:';
const COUNTER_PREFIX = 'sluice:counter:';
const REPLY_TIMEOUT_MS = 2_000;

/**
 * A {@link Cache} in Redis, shared by all processes that name the same URL. It connects in the
 * background: creating it never fails, and calls reject with a retryable `CACHE_UNAVAILABLE` for as
 * long as Redis is away. Eviction follows the server's `maxmemory-policy`.
 */
export function createRedisCache({ url, log }: RedisCacheOptions): Cache {
  const connection = openRedisConnection({
    url,
    log,
    purpose: 'cache',
    code: 'CACHE_UNAVAILABLE',
    replyTimeoutMs: REPLY_TIMEOUT_MS,
  });

  return {
    get(key) {
      return connection.run((redis) => redis.get(KEY_PREFIX + key));
    },

    async set(key, value, ttlMs, { onlyIfAbsent = false } = {}) {
      requirePositive(ttlMs);
      // PX takes whole milliseconds; rounding up keeps a fraction of one from becoming 0.
      const px = Math.ceil(ttlMs);
      const reply = await connection.run((redis) =>
        onlyIfAbsent
          ? redis.set(KEY_PREFIX + key, value, 'PX', px, 'NX')
          : redis.set(KEY_PREFIX + key, value, 'PX', px),
      );
      return reply !== null;
    },

    async delete(key) {
      await connection.run((redis) => redis.unlink(KEY_PREFIX + key));
    },

    async add(key, amount, ttlMs) {
      requirePositive(ttlMs);
      const counter = `${COUNTER_PREFIX}${key}`;
      const [sum] = await connection.run(async (redis) => {
        const replies = await redis
          .multi()
          .incrby(counter, amount)
          .pexpire(counter, Math.ceil(ttlMs))
          .exec();
        return (replies ?? []).map(([error, reply]) => {
          if (error !== null) throw error;
          return reply;
        });
      });
      return Number(sum);
    },

    async checkReady() {
      await connection.run((redis) => redis.ping());
    },

    stop() {
      return connection.stop();
    },
  };
}

function requirePositive(ttlMs: number): void {
  if (ttlMs > 0) return;
  throw new AppError('BAD_USER_INPUT', `expected a time to live above 0 ms, got ${ttlMs}`);
}
