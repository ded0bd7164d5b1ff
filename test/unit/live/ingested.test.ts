import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import { formatIngested, INGESTED_CHANNEL, parseIngested } from '../../../src/live/ingested.js';
import { watchIngested } from '../../../src/live/watch-ingested.js';
import { createMemoryPubSub } from '../../../src/pubsub/memory/memory-pubsub.js';
import type { PubSub } from '../../../src/pubsub/pubsub.js';
import { eventually } from '../../testkit/deadline.js';

describe('an announcement', () => {
  test('is read as it was written, whatever the project is called', () => {
    const ingested = {
      at: 5,
      projects: new Map([
        ['shop', { events: 2, from: -1, to: 3 }],
        ['__proto__', { events: 1, from: 0, to: 0 }],
      ]),
    };
    expect(parseIngested(formatIngested(ingested))).toEqual(ingested);
  });

  test.each(['', '{', '[]', 'null', '{"at":1}', '{"at":1,"projects":{"a":{"events":"1"}}}'])(
    'that is none is told apart: %s',
    (text) => {
      expect(parseIngested(text)).toBeNull();
    },
  );
});

describe('following the announcements', () => {
  const warnings: unknown[] = [];
  const log = { warn: (...entry: unknown[]) => void warnings.push(entry) };

  function follow(pubsub: Pick<PubSub, 'subscribe'>) {
    const leave = new AbortController();
    let subscriptions = 0;
    const counted: Pick<PubSub, 'subscribe'> = {
      async subscribe(channel, options) {
        const messages = await pubsub.subscribe(channel, options);
        subscriptions += 1;
        return messages;
      },
    };
    const notices = watchIngested({
      pubsub: counted,
      log: log as never,
      signal: leave.signal,
      sleep: () => new Promise((resolve) => setImmediate(resolve)),
    });
    return { notices, leave, subscribed: () => subscriptions };
  }

  const announce = (pubsub: PubSub, project: string, to: number) =>
    pubsub.publish(
      INGESTED_CHANNEL,
      formatIngested({ at: 0, projects: new Map([[project, { events: 1, from: 0, to }]]) }),
    );

  test('a change counts for its project, when its time reaches the window, and once', async () => {
    const pubsub = createMemoryPubSub({ bufferLength: 10 });
    const { notices, subscribed, leave } = follow(pubsub);
    const shop = notices.observe('shop');
    const other = notices.observe('other');
    expect(shop.take(0)).toBe(true);
    await eventually('the subscription', () => subscribed() === 1);
    // Being live for the first time counts as a change: something may have come before.
    await eventually('being quiet', () => !shop.take(0) && !other.take(0));
    await announce(pubsub, 'shop', 100);
    await eventually('the change', () => shop.take(100));
    expect(shop.take(0)).toBe(false);
    expect(other.take(0)).toBe(false);
    await announce(pubsub, 'shop', 99);
    await announce(pubsub, 'other', 0);
    await eventually('the other change', () => other.take(0));
    expect(shop.take(100)).toBe(false);
    leave.abort();
  });

  test('one subscription serves all observers and ends with the last', async () => {
    const pubsub = createMemoryPubSub({ bufferLength: 10 });
    const { notices, subscribed, leave } = follow(pubsub);
    const first = notices.observe('a');
    const second = notices.observe('b');
    await eventually('the subscription', () => subscribed() === 1);
    first.stop();
    second.stop();
    const third = notices.observe('a');
    await eventually('another subscription', () => subscribed() === 2);
    await eventually('being quiet', () => !third.take(0));
    await announce(pubsub, 'a', 1);
    await eventually('the change', () => third.take(1));
    leave.abort();
  });

  test('while announcements cannot be received, and after a gap, everything has changed', async () => {
    const real = createMemoryPubSub({ bufferLength: 10 });
    let isAway = true;
    let tries = 0;
    const { notices, leave } = follow({
      async subscribe(channel, options) {
        tries += 1;
        if (isAway) throw new AppError('PUBSUB_UNAVAILABLE', 'away', { isRetryable: true });
        // Nothing that was published before the outage is kept.
        if (options.after !== undefined) throw new AppError('REPLAY_GAP', 'gone');
        return real.subscribe(channel, options);
      },
    });
    const changes = notices.observe('shop');
    await eventually('several tries', () => tries > 3);
    expect(changes.take(1e15)).toBe(true);
    expect(changes.take(1e15)).toBe(true);
    isAway = false;
    await eventually('being quiet', () => !changes.take(0));
    expect(warnings.length).toBeGreaterThan(0);
    leave.abort();
  });

  test('what cannot be read may have been anything', async () => {
    const pubsub = createMemoryPubSub({ bufferLength: 10 });
    const { notices, leave } = follow(pubsub);
    const changes = notices.observe('shop');
    await eventually('being quiet', () => !changes.take(0));
    await pubsub.publish(INGESTED_CHANNEL, 'not json');
    await eventually('the change', () => changes.take(1e15));
    leave.abort();
  });
});
