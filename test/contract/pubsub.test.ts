import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import type { Message, PubSub } from '../../src/pubsub/pubsub.js';
import { createRedisPubSub } from '../../src/pubsub/redis/redis-pubsub.js';
import { createTelemetry } from '../../src/telemetry.js';
import { type RunningRedis, startRedis } from '../testkit/redis.js';

const { log } = createTelemetry({ level: 'silent' });
const BUFFER_LENGTH = 20;

let redis: RunningRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const opened: PubSub[] = [];
const subscriptions: AbortController[] = [];
afterEach(async () => {
  for (const controller of subscriptions.splice(0)) controller.abort();
  for (const pubsub of opened.splice(0)) await pubsub.stop();
});

const keep = (pubsub: PubSub): PubSub => {
  opened.push(pubsub);
  return pubsub;
};

const onRedis = (url = redis.url, bufferLength = BUFFER_LENGTH): PubSub =>
  keep(createRedisPubSub({ url, bufferLength, log }));

const adapters: Record<string, () => PubSub> = {
  memory: () => keep(createMemoryPubSub({ bufferLength: BUFFER_LENGTH })),
  redis: onRedis,
};

const newChannel = (): string => `contract ${randomUUID()}`;

async function open(pubsub: PubSub, channel: string, after?: string) {
  const controller = new AbortController();
  subscriptions.push(controller);
  const options = after === undefined ? {} : { after };
  const messages = await pubsub.subscribe(channel, { ...options, signal: controller.signal });
  const iterator = messages[Symbol.asyncIterator]();
  return {
    abort: () => controller.abort(),
    next: () => iterator.next(),
    close: () => iterator.return?.(),
    async take(count: number): Promise<Message[]> {
      const taken: Message[] = [];
      while (taken.length < count) {
        const result = await iterator.next();
        if (result.done === true) throw new Error(`ended after ${taken.length} of ${count}`);
        taken.push(result.value);
      }
      return taken;
    },
  };
}

async function publish(pubsub: PubSub, channel: string, from: number, to: number) {
  const ids: string[] = [];
  for (let n = from; n <= to; n += 1) ids.push(await pubsub.publish(channel, `m${n}`));
  return ids;
}

const texts = (messages: readonly Message[]): string[] => messages.map(({ text }) => text);
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `m${from + index}`);

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'resolved',
    (error: { code?: unknown }) => error.code ?? error,
  );

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('condition not met within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(Object.keys(adapters))('publish and subscribe in %s', (name) => {
  const create = (): PubSub => {
    const pubsub = adapters[name]?.();
    if (pubsub === undefined) throw new Error(`no adapter ${name}`);
    return pubsub;
  };

  test('every subscriber gets every later message once, in one order, with its id', async () => {
    const pubsub = create();
    const channel = newChannel();
    await pubsub.publish(channel, 'before');
    const readers = [await open(pubsub, channel), await open(pubsub, channel)];
    const published = await Promise.all(
      numbered(1, 10).map((text) => pubsub.publish(channel, text)),
    );
    for (const reader of readers) {
      const messages = await reader.take(10);
      expect(messages.map(({ id }) => id)).toEqual(published);
      expect(texts(messages)).toEqual(numbered(1, 10));
    }
  });

  test('tells what is kept of a channel, oldest first', async () => {
    const pubsub = create();
    const channel = newChannel();
    expect(await pubsub.recent(channel)).toEqual([]);
    const ids = await publish(pubsub, channel, 1, BUFFER_LENGTH + 3);
    const kept = await pubsub.recent(channel);
    expect(texts(kept)).toEqual(numbered(4, BUFFER_LENGTH + 3));
    expect(kept.map(({ id }) => id)).toEqual(ids.slice(3));
  });

  test('one owner leads a channel until it gives the lead back or its time is over', async () => {
    const pubsub = create();
    const channel = newChannel();
    expect(await pubsub.lead(channel, 'a', 60_000)).toBe(true);
    expect(await pubsub.lead(channel, 'a', 60_000)).toBe(true);
    expect(await pubsub.lead(channel, 'b', 60_000)).toBe(false);
    expect(await pubsub.lead(newChannel(), 'b', 60_000)).toBe(true);
    await pubsub.release(channel, 'b');
    expect(await pubsub.lead(channel, 'b', 60_000)).toBe(false);
    await pubsub.release(channel, 'a');
    expect(await pubsub.lead(channel, 'b', 50)).toBe(true);
    await until(() => pubsub.lead(channel, 'a', 60_000));
    expect(await pubsub.lead(channel, 'b', 60_000)).toBe(false);
  });

  test('who leads no more publishes nothing as the lead', async () => {
    const pubsub = create();
    const channel = newChannel();
    const publishAs = (lead: string, text: string) =>
      codeOf(pubsub.publish(channel, text, { lead }));
    expect(await publishAs('a', 'nobody leads')).toBe('CONFLICT');
    await pubsub.lead(channel, 'a', 60_000);
    expect(await publishAs('a', 'a leads')).toBe('resolved');
    await pubsub.release(channel, 'a');
    await pubsub.lead(channel, 'b', 60_000);
    expect(await publishAs('a', 'late')).toBe('CONFLICT');
    expect(await publishAs('b', 'b leads')).toBe('resolved');
    expect(texts(await pubsub.recent(channel))).toEqual(['a leads', 'b leads']);
  });

  test('a message arrives as it was sent, whatever characters it has', async () => {
    const pubsub = create();
    const channel = `${newChannel()} ä{€}:*\n`;
    const reader = await open(pubsub, channel);
    const sent = ['', '{"a":"ä€😀"}', '\u0000\r\n', 'x'.repeat(1_000_000)];
    for (const text of sent) await pubsub.publish(channel, text);
    expect(texts(await reader.take(sent.length))).toEqual(sent);
  });

  test('channels do not see one another, also when one joins while another is read', async () => {
    const pubsub = create();
    const channels = [newChannel(), newChannel(), newChannel()];
    for (const channel of channels) {
      const reader = await open(pubsub, channel);
      for (const other of channels) await pubsub.publish(other, `to ${other}`);
      expect(texts(await reader.take(1))).toEqual([`to ${channel}`]);
    }
  });

  test('goes on behind a given id with what is kept, then with what is new', async () => {
    const pubsub = create();
    const channel = newChannel();
    const ids = await publish(pubsub, channel, 1, 5);
    const live = await open(pubsub, channel);
    const reader = await open(pubsub, channel, ids[1]);
    await publish(pubsub, channel, 6, 8);
    expect(texts(await reader.take(6))).toEqual(numbered(3, 8));
    expect(texts(await live.take(3))).toEqual(numbered(6, 8));
  });

  test('goes on behind the newest id with only what is new', async () => {
    const pubsub = create();
    const channel = newChannel();
    const ids = await publish(pubsub, channel, 1, 2);
    const reader = await open(pubsub, channel, ids.at(-1));
    await publish(pubsub, channel, 3, 3);
    expect(texts(await reader.take(1))).toEqual(['m3']);
  });

  test('a subscriber that joins amid publishing and resumes misses and repeats nothing', async () => {
    const pubsub = create();
    const channel = newChannel();
    const [first] = await publish(pubsub, channel, 0, 0);
    const seen: string[] = [];
    let after = first;
    for (let round = 0; round < 25; round += 1) {
      const sending = publish(pubsub, channel, round * 4 + 1, round * 4 + 4);
      const reader = await open(pubsub, channel, after);
      const messages = await reader.take(1 + (round % 4));
      reader.abort();
      seen.push(...texts(messages));
      after = messages.at(-1)?.id;
      await sending;
      const rest = await open(pubsub, channel, after);
      const others = await rest.take(round * 4 + 4 - seen.length);
      rest.abort();
      seen.push(...texts(others));
      after = others.at(-1)?.id ?? after;
    }
    expect(seen).toEqual(numbered(1, 100));
  });

  test('the newest messages are kept, exactly as many as the buffer is long', async () => {
    const pubsub = create();
    const channel = newChannel();
    const ids = await publish(pubsub, channel, 1, BUFFER_LENGTH + 2);
    // The second is no longer kept itself, but all that followed it are.
    const reader = await open(pubsub, channel, ids[1]);
    expect(texts(await reader.take(BUFFER_LENGTH))).toEqual(numbered(3, BUFFER_LENGTH + 2));
    expect(await codeOf(open(pubsub, channel, ids[0]))).toBe('REPLAY_GAP');
  });

  test('an id that was never given out, or belongs to another channel, is a gap', async () => {
    const pubsub = create();
    const channel = newChannel();
    const own = await publish(pubsub, channel, 1, 3);
    let foreign = await pubsub.publish(newChannel(), 'x');
    // Ids need to be unique within their channel only.
    while (own.includes(foreign)) foreign = await pubsub.publish(newChannel(), 'x');
    for (const after of [foreign, 'nonsense', '', '0-0', '99999999999999-0', `${foreign}x`]) {
      expect([after, await codeOf(open(pubsub, channel, after))]).toEqual([after, 'REPLAY_GAP']);
    }
    expect(await codeOf(open(pubsub, newChannel(), foreign))).toBe('REPLAY_GAP');
  });

  test('a subscriber that does not read fails with a gap, the others are not disturbed', async () => {
    const pubsub = create();
    const channel = newChannel();
    const slow = await open(pubsub, channel);
    const fast = await open(pubsub, channel);
    for (let n = 1; n <= BUFFER_LENGTH * 2; n += 1) {
      await pubsub.publish(channel, `m${n}`);
      expect(texts(await fast.take(1))).toEqual([`m${n}`]);
    }
    expect(await codeOf(slow.next())).toBe('REPLAY_GAP');
    expect(await slow.next()).toEqual({ value: undefined, done: true });
  });

  test('an aborted signal ends the iteration, before and while it waits', async () => {
    const pubsub = create();
    const channel = newChannel();
    const waiting = await open(pubsub, channel);
    const next = waiting.next();
    waiting.abort();
    expect((await next).done).toBe(true);
    expect((await waiting.next()).done).toBe(true);

    const messages = await pubsub.subscribe(channel, { signal: AbortSignal.abort() });
    for await (const message of messages) throw new Error(`unexpected ${message.id}`);
  });

  test('leaving the loop ends the subscription, and the channel can be joined again', async () => {
    const pubsub = create();
    const channel = newChannel();
    const reader = await open(pubsub, channel);
    await publish(pubsub, channel, 1, 1);
    await reader.take(1);
    await reader.close();
    expect((await reader.next()).done).toBe(true);
    const again = await open(pubsub, channel);
    await publish(pubsub, channel, 2, 2);
    expect(texts(await again.take(1))).toEqual(['m2']);
  });

  test('stopping ends the open subscriptions and refuses further calls', async () => {
    const pubsub = create();
    const reader = await open(pubsub, newChannel());
    await pubsub.checkReady();
    const next = reader.next();
    await pubsub.stop();
    expect((await next).done).toBe(true);
    expect(await codeOf(pubsub.checkReady())).toBe('PUBSUB_UNAVAILABLE');
    expect(await codeOf(pubsub.publish('x', 'y'))).toBe('PUBSUB_UNAVAILABLE');
    expect(await codeOf(open(pubsub, 'x'))).toBe('PUBSUB_UNAVAILABLE');
  });

  test('refuses a buffer that holds nothing', () => {
    expect(() => createMemoryPubSub({ bufferLength: 0 })).toThrow(/bufferLength/);
    expect(() => createRedisPubSub({ url: redis.url, bufferLength: 0, log })).toThrow(
      /bufferLength/,
    );
  });
});

describe('publish and subscribe in memory', () => {
  test('keeps no more characters than it may, those of the longest unused channel go first', async () => {
    const pubsub = keep(createMemoryPubSub({ bufferLength: 10, bufferCharacters: 25 }));
    for (const [channel, text] of [
      ['old', 'a'.repeat(10)],
      ['old', 'b'.repeat(10)],
      ['new', 'c'.repeat(10)],
      ['new', 'd'.repeat(10)],
    ] as const) {
      await pubsub.publish(channel, text);
    }
    expect(texts(await pubsub.recent('old'))).toEqual([]);
    expect(texts(await pubsub.recent('new'))).toEqual(['c'.repeat(10), 'd'.repeat(10)]);
    await pubsub.publish('new', 'e'.repeat(100));
    expect(texts(await pubsub.recent('new'))).toEqual(['e'.repeat(100)]);
    expect(await codeOf(open(pubsub, 'old', 'none-1'))).toBe('REPLAY_GAP');
  });
});

describe('publish and subscribe between processes on Redis', () => {
  test('both see one order, and either resumes behind an id of the other', async () => {
    const [one, other] = [onRedis(), onRedis()];
    const channel = newChannel();
    const readers = [await open(one, channel), await open(other, channel)];
    const sending = numbered(1, 18).map((text, n) => (n % 2 ? one : other).publish(channel, text));
    const [first = [], second = []] = await Promise.all(readers.map((reader) => reader.take(18)));
    await Promise.all(sending);
    expect(second).toEqual(first);
    expect(new Set(texts(first)).size).toBe(18);
    const resumed = await open(other, channel, first[8]?.id);
    expect(await resumed.take(9)).toEqual(first.slice(9));
  });

  test('one connection reads for any number of subscriptions', async () => {
    const server = await startRedis({ isOwn: true });
    const admin = new Redis(server.url);
    const pubsub = onRedis(server.url);
    const readers = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const channel = newChannel();
        return { channel, reader: await open(pubsub, channel) };
      }),
    );
    await Promise.all(readers.map(({ channel }) => pubsub.publish(channel, channel)));
    for (const { channel, reader } of readers) {
      expect(texts(await reader.take(1))).toEqual([channel]);
    }
    const clients = String(await admin.client('LIST'));
    expect(clients.match(/name=sluice-pubsub-reader /g)).toHaveLength(1);
    admin.disconnect();
    await pubsub.stop();
    await server.stop();
  });
});

describe('publish and subscribe while Redis fails', () => {
  test('names the address and the cause when nothing listens', async () => {
    const gone = await startRedis({ isOwn: true });
    await gone.stop();
    const pubsub = onRedis(gone.url.replace('//', '//:hush-hush@'));
    const error: unknown = await pubsub.publish('x', 'y').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'PUBSUB_UNAVAILABLE', isRetryable: true });
    expect(String(error)).toContain(gone.url);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).not.toContain('hush-hush');
    expect(await codeOf(open(pubsub, 'x'))).toBe('PUBSUB_UNAVAILABLE');
  });

  test('an open subscription goes on after its connections were cut', async () => {
    const server = await startRedis({ isOwn: true });
    const admin = new Redis(server.url);
    const pubsub = onRedis(server.url);
    const publisher = onRedis(server.url);
    const channel = newChannel();
    const reader = await open(pubsub, channel);
    for (let round = 0; round < 3; round += 1) {
      await until(async () => (await codeOf(publisher.checkReady())) === 'resolved');
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await until(async () => (await codeOf(publisher.checkReady())) === 'resolved');
      await publish(publisher, channel, round * 5 + 1, round * 5 + 5);
      expect(texts(await reader.take(5))).toEqual(numbered(round * 5 + 1, round * 5 + 5));
    }
    admin.disconnect();
    await Promise.all([pubsub.stop(), publisher.stop()]);
    await server.stop();
  });

  test('a subscription that missed more than is kept fails with a gap', async () => {
    const admin = new Redis(redis.url);
    const pubsub = onRedis();
    const publisher = onRedis();
    const channel = newChannel();
    const reader = await open(pubsub, channel);
    await publish(publisher, channel, 1, 1);
    await reader.take(1);
    // Published as one transaction, so that the reader cannot see the stream in between.
    const missed = admin.multi();
    const source = newChannel();
    await publish(publisher, source, 1, BUFFER_LENGTH + 2);
    missed.del(`sluice:stream:${channel}`);
    missed.copy(`sluice:stream:${source}`, `sluice:stream:${channel}`);
    await missed.exec();
    expect(await codeOf(reader.next())).toBe('REPLAY_GAP');
    await admin.quit();
  });

  test('a server that comes back empty is a gap for who read from it, then works', async () => {
    const first = await startRedis({ isOwn: true });
    const port = Number(new URL(first.url).port);
    const pubsub = onRedis(first.url);
    const channel = newChannel();
    const reader = await open(pubsub, channel);
    const ids = await publish(pubsub, channel, 1, 3);
    await reader.take(3);
    const waiting = codeOf(reader.next());
    await first.kill();
    await until(async () => (await codeOf(pubsub.checkReady())) === 'PUBSUB_UNAVAILABLE');
    const second = await startRedis({ isOwn: true, port });
    expect(await waiting).toBe('REPLAY_GAP');
    await until(async () => (await codeOf(pubsub.checkReady())) === 'resolved');
    expect(await codeOf(open(pubsub, channel, ids[2]))).toBe('REPLAY_GAP');
    const again = await open(pubsub, channel);
    await publish(pubsub, channel, 4, 4);
    expect(texts(await again.take(1))).toEqual(['m4']);
    await second.stop();
  });

  test('a server that accepts and never answers counts as unavailable', async () => {
    const frozen = await startRedis({ isOwn: true });
    const pubsub = onRedis(frozen.url);
    const channel = newChannel();
    await pubsub.checkReady();
    const reader = await open(pubsub, channel);
    const admin = new Redis(frozen.url);
    // Suspends all clients but this one for longer than a reply may take.
    await admin.client('PAUSE', 4_000, 'ALL');
    expect(await codeOf(pubsub.publish(channel, 'm0'))).toBe('PUBSUB_UNAVAILABLE');
    await until(async () => (await codeOf(pubsub.checkReady())) === 'resolved');
    await publish(pubsub, channel, 1, 1);
    expect(texts(await reader.take(1))).toEqual(['m1']);
    admin.disconnect();
    await frozen.stop();
  });
});
