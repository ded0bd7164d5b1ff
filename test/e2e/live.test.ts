import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import {
  askGraphql,
  createTestProject,
  postEvents,
  type Stack,
  type StackMode,
  startStack,
} from '../testkit/stack.js';

const RATE =
  'subscription { eventRate(windowSeconds: 120, intervalMs: 250) { asOf total series { bucketStarts values } } }';
const TAIL =
  'subscription { eventTail(event: { event: "signup" }) { events { eventId properties } dropped } }';
const ACTIVE = 'subscription { activeNow(windowSeconds: 120, intervalMs: 250) { users } }';

interface Rate {
  readonly asOf: string;
  readonly total: number;
  readonly series: { readonly bucketStarts: string[]; readonly values: number[] };
}

/** Values of a subscription until one fits. */
async function until<T>(
  url: string,
  key: string,
  query: string,
  fits: (value: T) => boolean,
  onLive: () => Promise<void>,
): Promise<T> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${key}` },
    retryAttempts: 0,
  });
  const timer = setTimeout(() => void client.dispose(), 20_000);
  try {
    const values = client.iterate<Record<string, T>>({ query });
    const connected = new Promise<void>((resolve) => client.on('connected', () => resolve()));
    const first = values.next();
    await connected;
    await onLive();
    for (let next = await first; next.done !== true; next = await values.next()) {
      expect(next.value.errors).toBeUndefined();
      const value = Object.values(next.value.data ?? {})[0];
      if (value !== undefined && fits(value)) return value;
    }
    throw new Error('the subscription ended first');
  } finally {
    clearTimeout(timer);
    await client.dispose();
  }
}

describe.each<StackMode>(['embedded', 'scaled'])('what is happening now, %s', (mode) => {
  let stack: Stack;
  let keys: { importerKey: string; readKey: string };
  beforeAll(async () => {
    stack = await startStack(mode);
    keys = await createTestProject(stack, 'live');
  }, 180_000);
  afterAll(() => stack?.stop());

  const event = (id: string, name: string): Record<string, unknown> => ({
    event_id: id,
    event_name: name,
    timestamp: new Date().toISOString(),
    received_at: new Date().toISOString(),
    platform: 'web',
    anonymous_id: `device-${id}`,
    url: 'https://shop.example/',
    properties: { plan: 'pro' },
  });
  const gateway = (): string => stack.gatewayUrls.at(-1) ?? '';

  test('an event posted while a subscription is open arrives there, and the query gives the same number', async () => {
    const posted = ['a', 'b', 'b', 'c'].map((id) => event(id, 'signup'));
    const rate = await until<Rate>(
      gateway(),
      keys.readKey,
      RATE,
      ({ total }) => total === 3,
      async () => {
        await postEvents(stack, keys.importerKey, posted);
      },
    );
    const { bucketStarts, values } = rate.series;
    expect(values.reduce((sum, value) => sum + value, 0)).toBe(3);
    const from = bucketStarts[0] ?? '';
    const to = new Date(Date.parse(bucketStarts.at(-1) ?? '') + 1000).toISOString();
    const { eventVolume } = await askGraphql<{ eventVolume: { total: number } }>(
      gateway(),
      keys.readKey,
      'query($range: TimeRangeInput!) { eventVolume(range: $range) { total } }',
      { range: { from, to } },
    );
    expect(eventVolume.total).toBe(rate.total);
  }, 60_000);

  test('people active now are counted once', async () => {
    const { users } = await until<{ users: number }>(
      gateway(),
      keys.readKey,
      ACTIVE,
      ({ users: count }) => count === 4,
      async () => {
        await postEvents(stack, keys.importerKey, [event('d', 'login'), event('d', 'login')]);
      },
    );
    expect(users).toBe(4);
  }, 60_000);

  test('the tail shows what matches as it arrives, and nothing of other projects', async () => {
    const other = await createTestProject(stack, 'other');
    let sent = 0;
    const posts: Promise<unknown>[] = [];
    let timer: NodeJS.Timeout | undefined;
    const tail = await until<{
      events: { eventId: string; properties: unknown }[];
      dropped: number;
    }>(
      gateway(),
      keys.readKey,
      TAIL,
      ({ events }) => events.length > 0,
      async () => {
        // A tail begins at the end of the log once it is live there: events go on until one is seen.
        timer = setInterval(() => {
          sent += 1;
          posts.push(postEvents(stack, other.importerKey, [event(`other-${sent}`, 'signup')]));
          posts.push(
            postEvents(stack, keys.importerKey, [
              event(`tail-${sent}`, 'signup'),
              event(`no-${sent}`, 'login'),
            ]),
          );
        }, 200);
      },
    );
    clearInterval(timer);
    await Promise.all(posts);
    expect(tail.dropped).toBe(0);
    for (const { eventId } of tail.events) expect(eventId).toMatch(/^tail-/);
  }, 60_000);
});
