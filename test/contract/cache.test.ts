import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Cache } from '../../src/cache/cache.js';
import { createMemoryCache } from '../../src/cache/memory/memory-cache.js';
import { createRedisCache } from '../../src/cache/redis/redis-cache.js';
import { createTelemetry } from '../../src/telemetry.js';
import { type RunningRedis, startRedis } from '../testkit/redis.js';

const { log } = createTelemetry({ level: 'silent' });

let redis: RunningRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** Asks until the answer is right or 10 s have passed; the last answer is the result. */
async function eventually<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'resolved',
    (error: { code?: unknown }) => error.code,
  );

const adapters: Record<string, () => Cache> = {
  memory: () => createMemoryCache({ maxEntries: 1000, clock: Date.now }),
  redis: () => createRedisCache({ url: redis.url, log }),
};

describe.each(Object.keys(adapters))('the %s cache', (name) => {
  const open: Cache[] = [];
  const create = (): Cache => {
    const cache = adapters[name]?.();
    if (cache === undefined) throw new Error(`no adapter ${name}`);
    open.push(cache);
    return cache;
  };
  const key = (): string => `contract ${randomUUID()}`;
  afterEach(async () => {
    for (const cache of open.splice(0)) await cache.stop();
  });

  test('answers null for a key nobody has set', async () => {
    expect(await create().get(key())).toBeNull();
  });

  test('returns a value whole, whatever characters it has', async () => {
    const cache = create();
    for (const value of ['', 'ä€😀\u0000\r\n"', 'x'.repeat(1_000_000)]) {
      const k = `${key()} :{ü}*?\n`;
      await cache.set(k, value, 60_000);
      expect(await cache.get(k)).toBe(value);
    }
  });

  test('tells one of many who set only what is absent that it is stored', async () => {
    const cache = create();
    const k = key();
    const stored = await Promise.all(
      ['a', 'b', 'c'].map((value) => cache.set(k, value, 60_000, { onlyIfAbsent: true })),
    );
    expect(stored.filter((isStored) => isStored)).toHaveLength(1);
    expect(await cache.get(k)).toBe('abc'[stored.indexOf(true)]);
    await cache.delete(k);
    expect(await cache.set(k, 'd', 60_000, { onlyIfAbsent: true })).toBe(true);
    expect(await cache.set(k, 'e', 60_000)).toBe(true);
  });

  test('replaces a value and its time to live', async () => {
    const cache = create();
    const k = key();
    await cache.set(k, 'short', 1);
    await cache.set(k, 'long', 60_000);
    expect(
      await eventually(
        () => cache.get(k),
        (value) => value !== 'short',
      ),
    ).toBe('long');
  });

  test('never returns a value after its time to live', async () => {
    const cache = create();
    const k = key();
    await cache.set(k, 'gone soon', 30);
    expect(
      await eventually(
        () => cache.get(k),
        (value) => value === null,
      ),
    ).toBeNull();
  });

  test('refuses a time to live that is not above zero', async () => {
    const cache = create();
    for (const ttl of [0, -5, Number.NaN]) {
      expect(await codeOf(cache.set(key(), 'x', ttl))).toBe('BAD_USER_INPUT');
    }
  });

  test('takes a fraction of a millisecond for a time to live', async () => {
    expect(await codeOf(create().set(key(), 'x', 0.4))).toBe('resolved');
  });

  test('forgets a deleted key, and deleting an absent one is no error', async () => {
    const cache = create();
    const k = key();
    await cache.set(k, 'x', 60_000);
    await cache.delete(k);
    await cache.delete(k);
    expect(await cache.get(k)).toBeNull();
  });

  test('counts, and loses no addition of many at once', async () => {
    const [one, two] = [create(), create()];
    const k = key();
    await Promise.all(Array.from({ length: 50 }, () => one.add(k, 2, 60_000)));
    expect(await one.add(k, -30, 60_000)).toBe(70);
    expect(await one.add(k, 0, 60_000)).toBe(70);
    expect(await two.add(k, 1, 60_000)).toBe(name === 'redis' ? 71 : 1);
    expect(await codeOf(one.add(k, 1, 0))).toBe('BAD_USER_INPUT');
  });

  test('a counter ends with its time to live, and is no value', async () => {
    const cache = create();
    const k = key();
    await cache.add(k, 5, 30);
    expect(await cache.get(k)).toBeNull();
    await eventually(
      async () => {
        const next = key();
        await cache.add(next, 1, 30);
        await new Promise((resolve) => setTimeout(resolve, 60));
        return cache.add(next, 1, 30);
      },
      (sum) => sum === 1,
    ).then((sum) => expect(sum).toBe(1));
  });

  test('is ready while it works and unavailable once stopped', async () => {
    const cache = create();
    await cache.checkReady();
    await cache.stop();
    expect(await codeOf(cache.checkReady())).toBe('CACHE_UNAVAILABLE');
    expect(await codeOf(cache.get('x'))).toBe('CACHE_UNAVAILABLE');
    expect(await codeOf(cache.set('x', 'y', 1))).toBe('CACHE_UNAVAILABLE');
  });
});

describe('the memory cache alone', () => {
  test('evicts the value that was not used for the longest time', async () => {
    const cache = createMemoryCache({ maxEntries: 2, clock: () => 0 });
    await cache.set('a', '1', 10);
    await cache.set('b', '2', 10);
    await cache.get('a');
    await cache.set('c', '3', 10);
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([
      '1',
      null,
      '3',
    ]);
  });

  test('counts a time to live by the given clock, to the millisecond', async () => {
    let now = 1_000;
    const cache = createMemoryCache({ maxEntries: 2, clock: () => now });
    await cache.set('a', '1', 10);
    now = 1_009;
    expect(await cache.get('a')).toBe('1');
    now = 1_010;
    expect(await cache.get('a')).toBeNull();
  });

  test('refuses a size that holds nothing', () => {
    expect(() => createMemoryCache({ maxEntries: 0, clock: () => 0 })).toThrow(/maxEntries/);
  });
});

describe('the redis cache alone', () => {
  test('shares values between processes that name the same URL', async () => {
    const one = createRedisCache({ url: redis.url, log });
    const other = createRedisCache({ url: redis.url, log });
    const k = randomUUID();
    await one.set(k, 'x', 60_000);
    expect(await other.get(k)).toBe('x');
    await one.stop();
    await other.stop();
  });

  test('names the address without the password, and the cause, when nothing listens', async () => {
    const gone = await startRedis({ isOwn: true });
    await gone.stop();
    const cache = createRedisCache({ url: gone.url.replace('//', '//me:hush-hush@'), log });
    const error: unknown = await cache.get('x').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'CACHE_UNAVAILABLE', isRetryable: true });
    expect(String(error)).toContain(gone.url);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).toContain('next try');
    expect(String(error)).not.toContain('hush-hush');
    await cache.stop();
  });

  test('says that a password is missing', async () => {
    const guarded = await startRedis({ isOwn: true, password: 'right' });
    const without = createRedisCache({ url: guarded.url, log });
    const error: unknown = await without.checkReady().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    expect(String(error)).toContain('NOAUTH');
    const withIt = createRedisCache({ url: guarded.url.replace('//', '//:right@'), log });
    await withIt.checkReady();
    await Promise.all([without.stop(), withIt.stop(), guarded.stop()]);
  });

  test('starts without a server, works once it is there, and again after a crash', async () => {
    const first = await startRedis({ isOwn: true });
    const port = Number(new URL(first.url).port);
    await first.stop();
    const cache = createRedisCache({ url: first.url, log });
    expect(await codeOf(cache.checkReady())).toBe('CACHE_UNAVAILABLE');

    for (let round = 0; round < 2; round += 1) {
      const server = await startRedis({ isOwn: true, port });
      expect(
        await eventually(
          () => codeOf(cache.checkReady()),
          (code) => code === 'resolved',
        ),
      ).toBe('resolved');
      await cache.set('k', 'v', 60_000);
      expect(await cache.get('k')).toBe('v');
      await server.kill();
      expect(
        await eventually(
          () => codeOf(cache.get('k')),
          (code) => code === 'CACHE_UNAVAILABLE',
        ),
      ).toBe('CACHE_UNAVAILABLE');
    }
    await cache.stop();
  });
});
