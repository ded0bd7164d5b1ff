import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { type AppError, messageOf } from '../../errors.js';
import type { RedisConnection } from '../../redis/redis-connection.js';
import { replayGap, type Subscription } from '../subscription.js';
import {
  channelOfKey,
  compareStreamIds,
  lastEntryId,
  STREAM_START,
  type StreamEntry,
  streamKey,
  toStreamEntry,
} from './stream.js';

/** A subscription and the id of the last entry it was given. */
export interface Member {
  readonly subscription: Subscription;
  position: string;
}

export interface StreamReader {
  /** Id up to which entries of the channel have been handed out; null while nobody reads it. */
  positionOf(channel: string): string | null;
  /** Starts to hand the entries behind `member.position` to the member. */
  join(channel: string, member: Member): void;
  leave(channel: string, subscription: Subscription): void;
  stop(): Promise<void>;
}

export interface StreamReaderOptions {
  /** Blocks in XREAD; used for nothing else. */
  readonly reading: RedisConnection;
  /** Ends a blocking XREAD early when the set of channels grows. */
  readonly waking: RedisConnection;
  readonly log: Pick<Logger, 'warn'>;
}

interface ReadChannel {
  /** Every entry up to here has been offered to the members. */
  position: string;
  readonly members: Map<Subscription, Member>;
}

/** Longest block of one XREAD, ms; below the reply timeout, so that silence means a dead server. */
export const READ_BLOCK_MS = 2_000;
const ENTRIES_PER_READ = 500;
const WAKE_KEY_KEPT_MS = 3_600_000;

/**
 * One blocking XREAD for all subscriptions of the process, however many channels and subscribers
 * there are. A stream of its own wakes it when a channel joins: unlike `CLIENT UNBLOCK`, an entry
 * there also ends a read that Redis has not begun yet.
 */
export function createStreamReader({ reading, waking, log }: StreamReaderOptions): StreamReader {
  const channels = new Map<string, ReadChannel>();
  const wakeKey = `sluice:wake:${randomUUID()}`;
  const stopping = new AbortController();
  let wakePosition = STREAM_START;
  let running: Promise<void> | null = null;

  const failChannel = (name: string, channel: ReadChannel, error: AppError): void => {
    channels.delete(name);
    for (const { subscription } of channel.members.values()) subscription.fail(error);
  };

  const handOut = (name: string, channel: ReadChannel, entry: StreamEntry): void => {
    for (const [subscription, member] of channel.members) {
      if (compareStreamIds(entry.id, member.position) <= 0) continue;
      if (entry.previous !== member.position) {
        subscription.fail(
          replayGap(name, `messages between ${member.position} and ${entry.id} are no longer kept`),
        );
        continue;
      }
      member.position = entry.id;
      subscription.push({ id: entry.id, text: entry.text });
    }
    channel.position = entry.id;
  };

  const readOnce = async (): Promise<void> => {
    const asked = new Map(channels);
    const keys = [wakeKey, ...[...asked.keys()].map(streamKey)];
    const positions = [wakePosition, ...[...asked.values()].map(({ position }) => position)];
    const replies = await reading.run((redis) =>
      redis.xread(
        'COUNT',
        ENTRIES_PER_READ,
        'BLOCK',
        READ_BLOCK_MS,
        'STREAMS',
        ...keys,
        ...positions,
      ),
    );
    for (const [key, entries] of replies ?? []) {
      if (key === wakeKey) {
        wakePosition = entries.at(-1)?.[0] ?? wakePosition;
        continue;
      }
      const name = channelOfKey(key);
      for (const raw of entries) {
        // The last member may have left, and the channel be read anew from another position.
        const channel = asked.get(name);
        if (channel === undefined || channels.get(name) !== channel) break;
        handOut(name, channel, toStreamEntry(raw));
      }
    }
  };

  /** After an outage the server may have come back with less than was read from it. */
  const verifyPositions = async (): Promise<void> => {
    for (const [name, channel] of channels) {
      const last = await reading.run((redis) => lastEntryId(redis, name));
      if (compareStreamIds(last, channel.position) < 0) {
        const what = `the server lost its messages up to ${channel.position}`;
        failChannel(name, channel, replayGap(name, what));
      }
    }
  };

  const loop = async (): Promise<void> => {
    let isAfterFailure = false;
    while (channels.size > 0 && !stopping.signal.aborted) {
      try {
        if (isAfterFailure) {
          await reading.waitReady(stopping.signal);
          await verifyPositions();
          isAfterFailure = false;
        }
        await readOnce();
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.warn({ address: reading.address, cause: messageOf(error) }, 'pubsub read interrupted');
        isAfterFailure = true;
        // A server that is connected but refuses must not be asked in a tight circle.
        await pause(stopping.signal);
      }
    }
  };

  const ensureRunning = (): void => {
    running ??= loop().finally(() => {
      running = null;
      // A channel that joined after the last check of the loop.
      if (channels.size > 0 && !stopping.signal.aborted) ensureRunning();
    });
  };

  const wake = (): void => {
    waking
      .run((redis) =>
        redis
          .pipeline()
          .xadd(wakeKey, 'MAXLEN', '=', 1, '*', 'w', '1')
          .pexpire(wakeKey, WAKE_KEY_KEPT_MS)
          .exec(),
      )
      .catch((error: unknown) => {
        // The read ends by itself after READ_BLOCK_MS and then includes the new channel.
        log.warn({ address: waking.address, cause: messageOf(error) }, 'pubsub wake failed');
      });
  };

  return {
    positionOf(name) {
      return channels.get(name)?.position ?? null;
    },

    join(name, member) {
      const channel = channels.get(name);
      if (channel === undefined) {
        channels.set(name, {
          position: member.position,
          members: new Map([[member.subscription, member]]),
        });
        if (running !== null) wake();
      } else {
        channel.members.set(member.subscription, member);
      }
      ensureRunning();
    },

    leave(name, subscription) {
      const channel = channels.get(name);
      channel?.members.delete(subscription);
      if (channel?.members.size === 0) channels.delete(name);
    },

    async stop() {
      stopping.abort();
      const open = [...channels.values()].flatMap((channel) => [...channel.members.keys()]);
      channels.clear();
      for (const subscription of open) subscription.end();
      await reading.stop();
      await running;
    },
  };
}

const PAUSE_AFTER_FAILURE_MS = 100;

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, PAUSE_AFTER_FAILURE_MS);
    signal.addEventListener('abort', finish);
  });
}
