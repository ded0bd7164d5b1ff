import type { AppError } from '../errors.js';
import { encodeResumeToken, type LiveMessage } from './live-message.js';

/** A result as it goes to subscribers; one object for all of them. */
export interface Delivery {
  /** A GraphQL result as JSON text, `extensions.live` included. */
  readonly text: string;
  /** Where to go on behind this result; null when it was not kept. */
  readonly resumeFrom: string | null;
  /** Events that whoever leaves it out has lost; 0 where results stand for themselves. */
  readonly events: number;
}

/** One subscription as its question sees it. */
export interface LiveMember {
  next(delivery: Delivery): void;
  /** The same for a reader that takes one after another: resolves when it has left, or never can. */
  nextInTurn(delivery: Delivery): Promise<void>;
  /** The question is over; `last` is a result to send before the end. */
  end(last: string | null): void;
  /** The subscription cannot be served. */
  fail(error: AppError): void;
}

/**
 * A result with what a client needs to go on behind it.
 *
 * @param isGap Whether results before it are missing: said to who asked to resume.
 */
export function deliveryOf(question: string, message: LiveMessage, isGap: boolean): Delivery {
  const resumeFrom = encodeResumeToken(question, message);
  const live = { sequence: message.sequence, resumeFrom, ...(isGap ? { isGap } : {}) };
  const events = message.counted?.events ?? 0;
  return { text: withLive(message.text, live), resumeFrom, events };
}

/** A result that no other gateway has, because results cannot be passed on now. */
export function unkeptDelivery(text: string, events: number): Delivery {
  return { text: withLive(text, { sequence: null, resumeFrom: null }), resumeFrom: null, events };
}

/** The text is an object of at least one field, so a field may follow. */
function withLive(text: string, live: Readonly<Record<string, unknown>>): string {
  return `${text.slice(0, -1)},"extensions":${JSON.stringify({ live })}}`;
}
