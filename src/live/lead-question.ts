import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { isAppError, messageOf } from '../errors.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { formatLiveMessage, type LiveMessage } from './live-message.js';

/** What an evaluation of a live question came to. */
export type LiveResult =
  | {
      readonly kind: 'next';
      /** The GraphQL result as JSON text: an object with the field `data`. */
      readonly text: string;
      /** Equal for equal answers, so that none is sent twice; null: always news. */
      readonly print: string | null;
    }
  /** The question is over; `text` is its last result, or empty. */
  | { readonly kind: 'end'; readonly text: string };

/** Runs a question; the iteration ends when `signal` aborts. */
export type EvaluateLive = (signal: AbortSignal) => AsyncIterable<LiveResult>;

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
  let isKnown = false;

  /** Where the row stands; asked anew after a failure, which may have published nevertheless. */
  async function findPlace(): Promise<void> {
    const newest = await options.readNewest();
    const goesOn = newest !== null && newest.kind !== 'end';
    run = goesOn ? newest.run : randomBytes(8).toString('hex');
    sequence = goesOn ? newest.sequence : 0;
    print = goesOn ? newest.print : null;
    isKnown = true;
  }

  async function tell(result: LiveResult): Promise<void> {
    try {
      if (!isKnown) await findPlace();
      const isNext = result.kind === 'next';
      if (isNext && result.print !== null && result.print === print) {
        options.onConfirmed();
        return;
      }
      const next = isNext ? result.print : null;
      const message = { ...result, run, sequence: sequence + 1, print: next };
      await pubsub.publish(channel, formatLiveMessage(message), { lead: owner });
      sequence += 1;
      print = next;
    } catch (error) {
      if (isAppError(error, 'CONFLICT')) throw error;
      if (signal.aborted) return;
      if (isKnown)
        log.warn({ reason: messageOf(error) }, 'a live result reaches this process only');
      isKnown = false;
      options.onUnkept(result);
    }
  }

  try {
    for await (const result of options.evaluate(signal)) {
      if (signal.aborted) return;
      await tell(result);
      if (result.kind === 'end') return;
    }
  } catch (error) {
    if (!isAppError(error, 'CONFLICT')) throw error;
  }
}
