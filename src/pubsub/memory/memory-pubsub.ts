import { randomBytes } from 'node:crypto';
import { AppError } from '../../errors.js';
import type { Message, PubSub } from '../pubsub.js';
import { createSubscription, leadLost, replayGap, type Subscription } from '../subscription.js';

export interface MemoryPubSubOptions {
  /** Messages kept per channel for replay, and most messages that may wait for a subscriber. */
  readonly bufferLength: number;
  /** Most characters kept for replay in all channels together; default: as many as come. */
  readonly bufferCharacters?: number;
}

interface Stored extends Message {
  readonly sequence: number;
}

interface Channel {
  /** Sequence of the newest message that is no longer kept; 0 while all are. */
  forgotten: number;
  kept: Stored[];
  readonly subscriptions: Set<Subscription>;
}

/** Channels without subscribers beyond this many are forgotten, the longest unused first. */
const IDLE_CHANNELS_KEPT = 1_024;

/**
 * A {@link PubSub} in the memory of this process. An id is `<run>-<sequence>`; the run is random, so
 * an id of an earlier run is known to be one whose successors are gone.
 *
 * @throws AppError `CONFIG_INVALID` when `bufferLength` is not a positive whole number.
 */
export function createMemoryPubSub({
  bufferLength,
  bufferCharacters = Number.POSITIVE_INFINITY,
}: MemoryPubSubOptions): PubSub {
  if (!Number.isInteger(bufferLength) || bufferLength < 1) {
    throw new AppError('CONFIG_INVALID', `expected bufferLength of 1 or more, got ${bufferLength}`);
  }
  const run = randomBytes(6).toString('hex');
  const channels = new Map<string, Channel>();
  const leads = new Map<string, { readonly owner: string; readonly until: number }>();
  // One sequence for all channels: a forgotten channel that comes back never repeats an id.
  let sequence = 0;
  let characters = 0;
  let isStopped = false;

  const requireRunning = (): void => {
    if (isStopped) throw new AppError('PUBSUB_UNAVAILABLE', 'memory: publish/subscribe is stopped');
  };

  const open = (name: string): Channel => {
    const known = channels.get(name);
    const channel = known ?? { forgotten: 0, kept: [], subscriptions: new Set() };
    // Re-inserting keeps the map in order of use.
    channels.delete(name);
    channels.set(name, channel);
    if (known === undefined) forgetIdle(name);
    return channel;
  };

  const forgetOldest = (channel: Channel): void => {
    const oldest = channel.kept.shift();
    if (oldest === undefined) return;
    channel.forgotten = oldest.sequence;
    characters -= oldest.text.length;
  };

  /** The longest unused channel loses its messages first; the newest of all always stays. */
  const forgetBeyond = (inUse: Channel): void => {
    for (const channel of channels.values()) {
      const spared = channel === inUse ? 1 : 0;
      while (characters > bufferCharacters && channel.kept.length > spared) forgetOldest(channel);
      if (characters <= bufferCharacters) return;
    }
  };

  const forgetIdle = (inUse: string): void => {
    if (channels.size <= IDLE_CHANNELS_KEPT) return;
    for (const [name, channel] of channels) {
      if (channels.size <= IDLE_CHANNELS_KEPT) return;
      if (channel.subscriptions.size > 0 || name === inUse) continue;
      channels.delete(name);
      for (const { text } of channel.kept) characters -= text.length;
    }
  };

  const replay = (name: string, channel: Channel, after: string): Stored[] => {
    const [givenRun, digits] = after.split('-');
    const position = /^\d{1,15}$/.test(digits ?? '') ? Number(digits) : Number.NaN;
    // The newest forgotten message is a good place to go on from: all its successors are kept.
    const isKnown =
      givenRun === run &&
      position > 0 &&
      (position === channel.forgotten || channel.kept.some((kept) => kept.sequence === position));
    if (!isKnown) throw replayGap(name, `messages behind '${after}' are no longer kept`);
    return channel.kept.filter((stored) => stored.sequence > position);
  };

  const leaderOf = (name: string): string | null => {
    const lead = leads.get(name);
    if (lead !== undefined && lead.until > performance.now()) return lead.owner;
    leads.delete(name);
    return null;
  };

  return {
    async publish(name, text, { lead } = {}) {
      requireRunning();
      if (lead !== undefined && leaderOf(name) !== lead) throw leadLost(name);
      const channel = open(name);
      sequence += 1;
      const stored: Stored = { id: `${run}-${sequence}`, text, sequence };
      channel.kept.push(stored);
      characters += text.length;
      if (channel.kept.length > bufferLength) forgetOldest(channel);
      forgetBeyond(channel);
      for (const subscription of channel.subscriptions) {
        subscription.push({ id: stored.id, text });
      }
      return stored.id;
    },

    async subscribe(name, { after, signal }) {
      requireRunning();
      const channel = open(name);
      const missed = after === undefined ? [] : replay(name, channel, after);
      const subscription = createSubscription({
        channel: name,
        bufferLength,
        signal,
        onEnd: (ended) => channel.subscriptions.delete(ended),
      });
      if (!signal.aborted) channel.subscriptions.add(subscription);
      for (const { id, text } of missed) subscription.push({ id, text });
      return subscription.messages;
    },

    async recent(name) {
      requireRunning();
      return (channels.get(name)?.kept ?? []).map(({ id, text }) => ({ id, text }));
    },

    async lead(name, owner, forMs) {
      requireRunning();
      const holder = leaderOf(name);
      if (holder !== null && holder !== owner) return false;
      leads.set(name, { owner, until: performance.now() + forMs });
      return true;
    },

    async release(name, owner) {
      if (leaderOf(name) === owner) leads.delete(name);
    },

    async checkReady() {
      requireRunning();
    },

    async stop() {
      isStopped = true;
      for (const { subscriptions } of channels.values()) {
        for (const subscription of subscriptions) subscription.end();
      }
      channels.clear();
      leads.clear();
      characters = 0;
    },
  };
}
