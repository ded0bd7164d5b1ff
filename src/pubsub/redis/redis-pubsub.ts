import type { Logger } from 'pino';
import { AppError } from '../../errors.js';
import { openRedisConnection } from '../../redis/redis-connection.js';
import type { PubSub } from '../pubsub.js';
import { createSubscription, leadLost, replayGap } from '../subscription.js';
import {
  appendEntry,
  compareStreamIds,
  entriesBehind,
  isStreamId,
  lastEntryId,
  releaseLead,
  STREAM_START,
  type StreamEntry,
  takeLead,
} from './stream.js';
import { createStreamReader, type Member, READ_BLOCK_MS } from './stream-reader.js';

export interface RedisPubSubOptions {
  /** `redis://user:password@host:port/db` or `rediss://…`. */
  readonly url: string;
  /** Messages kept per channel for replay, and most messages that may wait for a subscriber. */
  readonly bufferLength: number;
  /** A channel that nobody publishes to for so long is forgotten, ms; default a week. */
  readonly keptUnusedMs?: number;
  readonly log: Pick<Logger, 'info' | 'warn' | 'debug'>;
}

const REPLY_TIMEOUT_MS = 2_000;
const WEEK_MS = 7 * 24 * 3_600_000;

/**
 * A {@link PubSub} on Redis Streams, shared by all processes that name the same URL. It connects in
 * the background: creating it never fails, and calls reject with a retryable `PUBSUB_UNAVAILABLE`
 * for as long as Redis is away. Open subscriptions outlive an outage and go on behind the last
 * message they saw, or fail with `REPLAY_GAP` when that is no longer possible.
 *
 * A publish that rejects may nevertheless have reached Redis when only its answer was lost.
 *
 * @throws AppError `CONFIG_INVALID` when `bufferLength` is not a positive whole number.
 */
export function createRedisPubSub({
  url,
  bufferLength,
  keptUnusedMs = WEEK_MS,
  log,
}: RedisPubSubOptions): PubSub {
  if (!Number.isInteger(bufferLength) || bufferLength < 1) {
    throw new AppError('CONFIG_INVALID', `expected bufferLength of 1 or more, got ${bufferLength}`);
  }
  const code = 'PUBSUB_UNAVAILABLE';
  const commands = openRedisConnection({
    url,
    log,
    purpose: 'pubsub',
    code,
    replyTimeoutMs: REPLY_TIMEOUT_MS,
  });
  const reading = openRedisConnection({
    url,
    log,
    purpose: 'pubsub-reader',
    code,
    replyTimeoutMs: READ_BLOCK_MS + REPLY_TIMEOUT_MS,
  });
  const reader = createStreamReader({ reading, waking: commands, log });
  const stopping = new AbortController();

  /** Entries behind `after`; refuses when the first of them does not follow it directly. */
  const replayBehind = async (channel: string, after: string): Promise<readonly StreamEntry[]> => {
    // Sent in this order on one connection: an entry that comes in between is among the entries.
    const [last, entries] = await commands.run((redis) =>
      Promise.all([
        lastEntryId(redis, channel),
        entriesBehind(redis, channel, after, bufferLength),
      ]),
    );
    const [first] = entries;
    const isDirect = first === undefined ? last === after : first.previous === after;
    if (!isDirect) throw replayGap(channel, `messages behind '${after}' are no longer kept`);
    return entries;
  };

  return {
    async publish(channel, text, { lead } = {}) {
      const entry = { channel, text, length: bufferLength, keptUnusedMs, lead };
      const id = await commands.run((redis) => appendEntry(redis, entry));
      if (id === null) throw leadLost(channel);
      return id;
    },

    async recent(channel) {
      const entries = await commands.run((redis) =>
        entriesBehind(redis, channel, STREAM_START, bufferLength),
      );
      return entries.map(({ id, text }) => ({ id, text }));
    },

    lead(channel, owner, forMs) {
      return commands.run((redis) => takeLead(redis, channel, owner, forMs));
    },

    release(channel, owner) {
      return commands.run((redis) => releaseLead(redis, channel, owner));
    },

    async subscribe(channel, { after, signal }) {
      if (after !== undefined && !isStreamId(after)) {
        throw replayGap(channel, `'${after}' is not an id of this channel`);
      }
      const missed: StreamEntry[] = [];
      let position = after ?? (await commands.run((redis) => lastEntryId(redis, channel)));
      if (after !== undefined) missed.push(...(await replayBehind(channel, after)));
      position = missed.at(-1)?.id ?? position;
      // The shared reader may have run past this position while the answer was under way; what it
      // handed out to others by then must be fetched.
      for (;;) {
        const shared = reader.positionOf(channel);
        if (shared === null || compareStreamIds(shared, position) <= 0) break;
        const further = await replayBehind(channel, position);
        if (further.length === 0) throw replayGap(channel, 'the server lost its messages');
        missed.push(...further);
        position = further.at(-1)?.id ?? position;
      }
      if (stopping.signal.aborted) {
        throw new AppError(code, `${commands.address}: publish/subscribe is stopped`);
      }
      const subscription = createSubscription({
        channel,
        bufferLength,
        signal,
        onEnd: (ended) => reader.leave(channel, ended),
      });
      for (const { id, text } of missed) subscription.push({ id, text });
      const member: Member = { subscription, position };
      if (!signal.aborted) reader.join(channel, member);
      return subscription.messages;
    },

    async checkReady() {
      await commands.run((redis) => redis.ping());
    },

    async stop() {
      stopping.abort();
      await reader.stop();
      await commands.stop();
    },
  };
}
