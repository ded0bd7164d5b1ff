import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { isAppError, messageOf } from '../errors.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { type Counted, formatLiveMessage, type LiveMessage } from './live-message.js';

/** What an evaluation of a live question came to. */
export type LiveResult =
  | {
      readonly kind: 'next';
      /** The GraphQL result as JSON text: an object with the field `data`. */
      readonly text: string;
      /** Equal for equal answers, so that none is sent twice; null: always news. */
      readonly print: string | null;
      /** Where none may be lost; `isAnew`: some before it are. Left out: each stands for itself. */
      readonly counted?: Counted & { readonly isAnew: boolean };
    }
  /** The question is over; `text` is its last result, or empty. */
  | { readonly kind: 'end'; readonly text: string };

/**
 * Runs a question; the iteration ends when `signal` aborts.
 *
 * @param from Cursor of the last result that was published, for a source that can go on behind it.
 */
export type EvaluateLive = (signal: AbortSignal, from: string | null) => AsyncIterable<LiveResult>;

/** Age of a result behind which a source still goes on, ms: so much of the log is read again. */
const GOES_ON_MS = 60_000;

export interface LeadQuestionOptions {
  readonly channel: string;
  /** Who publishes, as `lead` of the channel. */
  readonly owner: string;
  readonly pubsub: Pick<PubSub, 'publish'>;
  readonly evaluate: EvaluateLive;
  /** Reads what was published by anybody, and gives the newest of it; null when there is none. */
  readonly readNewest: () => Promise<LiveMessage | null>;
  /** An evaluation has come to what is published already. */
  readonly onConfirmed: () => void;
  /** A result that could not be published. */
  readonly onUnkept: (result: LiveResult) => void;
  readonly log: Pick<Logger, 'warn'>;
  readonly signal: AbortSignal;
}

/**
 * Executes a question for all gateways and publishes what is news, numbered on from what the
 * leader before has published. Publishing fails once another leads, so two leaders never mix.
 *
 * While nothing can be published, results go to the members of this gateway alone.
 *
 * Resolves when `signal` aborts, the question is over, or the lead is lost.
 */
export async function leadQuestion(options: LeadQuestionOptions): Promise<void> {
  const { channel, owner, pubsub, log, signal } = options;
  let run = '';
  let sequence = 0;
  let print: string | null = null;
  let cursor: string | null = null;
  let isKnown = false;
  /** Whether what comes next does not follow what was published, though none may be lost. */
  let isBroken = false;
  /** Whether the source has begun without knowing where to go on. */
  let isUnplaced = false;

  /** Where the row stands; asked anew after a failure, which may have published nevertheless. */
  async function findPlace(): Promise<void> {
    const newest = await options.readNewest();
    const goesOn = newest !== null && newest.kind !== 'end' && !isBroken && mayGoOn(newest);
    run = goesOn ? newest.run : randomBytes(8).toString('hex');
    sequence = goesOn ? newest.sequence : 0;
    print = goesOn ? newest.print : null;
    cursor = goesOn ? (newest.counted?.cursor ?? null) : null;
    isKnown = true;
    isBroken = false;
  }

  async function publish(result: LiveResult): Promise<void> {
    const isNext = result.kind === 'next';
    const counted = isNext ? result.counted : undefined;
    if (counted !== undefined && (counted.isAnew || isUnplaced)) isBroken = true;
    isUnplaced = false;
    if (!isKnown || isBroken) await findPlace();
    // A publish that failed has reached the others nevertheless.
    if (counted?.cursor != null && counted.cursor === cursor) return;
    if (isNext && result.print !== null && result.print === print) {
      options.onConfirmed();
      return;
    }
    const next = isNext ? result.print : null;
    const { kind, text } = result;
    const said =
      counted === undefined
        ? {}
        : { counted: { cursor: counted.cursor, events: counted.events, at: Date.now() } };
    const message = { kind, text, run, sequence: sequence + 1, print: next, ...said };
    await pubsub.publish(channel, formatLiveMessage(message), { lead: owner });
    sequence += 1;
    print = next;
    cursor = counted?.cursor ?? null;
  }

  async function tell(result: LiveResult): Promise<void> {
    const isCounted = result.kind === 'next' && result.counted !== undefined;
    const wasKnown = isKnown;
    for (let tries = isCounted ? 2 : 1; ; tries -= 1) {
      try {
        await publish(result);
        return;
      } catch (error) {
        if (isAppError(error, 'CONFLICT')) throw error;
        if (signal.aborted) return;
        isKnown = false;
        if (tries > 1) continue;
        if (wasKnown)
          log.warn({ reason: messageOf(error) }, 'a live result reaches this process only');
        isBroken = isCounted;
        options.onUnkept(result);
        return;
      }
    }
  }

  // A source that goes on must know where before it begins.
  await findPlace().catch(() => {
    isUnplaced = true;
  });
  try {
    for await (const result of options.evaluate(signal, cursor)) {
      if (signal.aborted) return;
      await tell(result);
      if (result.kind === 'end') return;
    }
  } catch (error) {
    if (!isAppError(error, 'CONFLICT')) throw error;
  }
}

function mayGoOn({ counted }: LiveMessage): boolean {
  return counted === undefined || (counted.cursor !== null && Date.now() - counted.at < GOES_ON_MS);
}
