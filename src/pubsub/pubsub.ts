/**
 * The port to publish and subscribe. Every channel is a short replayable stream.
 *
 * What every adapter promises:
 * - Messages of a channel are delivered to each subscriber in one order, each once, with ids that
 *   rise in that order and are comparable across processes that share the backing store.
 * - The newest `bufferLength` messages of a channel are kept for replay.
 * - A subscriber that does not read is bounded: at most `bufferLength` messages wait for it; beyond
 *   that its iterator fails with `REPLAY_GAP`, never silently.
 * - After a lost connection a subscriber goes on from the last id it saw; if that is no longer
 *   kept, its iterator fails with `REPLAY_GAP`.
 * - At most one owner leads a channel at a time, and what is published as its lead is published
 *   only while it leads: whoever lost the lead without noticing adds nothing.
 */

export interface Message {
  /** Opaque; pass it as `after` to continue behind this message. */
  readonly id: string;
  readonly text: string;
}

export interface SubscribeOptions {
  /** Continue behind this id. Left out: only messages published from now on. */
  readonly after?: string;
  /** Ends the iteration. */
  readonly signal: AbortSignal;
}

export interface PublishOptions {
  /** Publishes only while this owner leads the channel. */
  readonly lead?: string;
}

export interface PubSub {
  /**
   * Resolves with the id of the message once every later subscriber could replay it. Rejects with
   * `CONFLICT` when `lead` is given and does not lead.
   */
  publish(channel: string, text: string, options?: PublishOptions): Promise<string>;
  /**
   * Resolves once the subscription is live. Rejects with `REPLAY_GAP` when messages behind `after`
   * are no longer kept, and with a retryable `PUBSUB_UNAVAILABLE` when the store is away.
   */
  subscribe(channel: string, options: SubscribeOptions): Promise<AsyncIterable<Message>>;
  /** The messages that are kept, oldest first. */
  recent(channel: string): Promise<readonly Message[]>;
  /**
   * Takes the lead of a channel that nobody leads, or keeps one's own, for `forMs` from now.
   *
   * @returns Whether `owner` leads.
   */
  lead(channel: string, owner: string, forMs: number): Promise<boolean>;
  /** Gives the lead back, if `owner` has it. */
  release(channel: string, owner: string): Promise<void>;
  /** Rejects with `PUBSUB_UNAVAILABLE` naming address and cause while calls cannot succeed. */
  checkReady(): Promise<void>;
  stop(): Promise<void>;
}
