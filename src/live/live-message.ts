import { createHash } from 'node:crypto';
import { AppError } from '../errors.js';

/** Where a result stands among those of its question. */
export interface LivePosition {
  /** Names an unbroken row of results; another one begins where the row before cannot go on. */
  readonly run: string;
  /** 1, 2, 3 … within the run. */
  readonly sequence: number;
}

/** What is said of a result of which none may be lost, as those of the event tail. */
export interface Counted {
  /** Where a source goes on behind the result; null when it cannot. */
  readonly cursor: string | null;
  /** Events in it, and those that it says were dropped: lost with it, if it is left out. */
  readonly events: number;
}

/** A result of a question as its gateways pass it on. */
export interface LiveMessage extends LivePosition {
  /** `end`: the last one; its text is the result that ends the question, or empty. */
  readonly kind: 'next' | 'end';
  /** Equal for equal answers; null: never taken for a repeat. */
  readonly print: string | null;
  /** Left out where each result stands for itself. */
  readonly counted?: Counted & {
    /** When it was published, ms since 1970 UTC. */
    readonly at: number;
  };
  /** A GraphQL result as JSON text. */
  readonly text: string;
}

/** A message as it is published: a line of JSON about it, then its text as it is. */
export function formatLiveMessage({ text, ...head }: LiveMessage): string {
  return `${JSON.stringify(head)}\n${text}`;
}

/** Reads what {@link formatLiveMessage} made; null for anything else. */
export function parseLiveMessage(published: string): LiveMessage | null {
  const line = published.indexOf('\n');
  if (line < 0) return null;
  try {
    const head = JSON.parse(published.slice(0, line)) as Partial<LiveMessage>;
    const { run, sequence, kind, print, counted } = head;
    if (typeof run !== 'string' || typeof sequence !== 'number') return null;
    if ((kind !== 'next' && kind !== 'end') || print === undefined) return null;
    const text = published.slice(line + 1);
    return { run, sequence, kind, print, text, ...(counted === undefined ? {} : { counted }) };
  } catch {
    return null;
  }
}

/** What a question is called in channels and tokens: SHA-256 of everything its results depend on. */
export function liveQuestionId(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * The position behind a result, for a client to go on from. It gives no right: whoever shows it
 * must be allowed to ask the question anew. The question's id signs it, so that what was altered,
 * or is of another question, is refused.
 */
export function encodeResumeToken(question: string, { run, sequence }: LivePosition): string {
  return `${run}.${sequence}.${signature(question, run, sequence)}`;
}

const TOKEN = /^([0-9a-f]{16})\.([1-9]\d{0,14})\.([\w-]{16})$/;

/**
 * Reads a token of {@link encodeResumeToken} for the same question.
 *
 * @throws AppError `INVALID_RESUME_TOKEN` when it is none, was altered, or is of another question.
 */
export function decodeResumeToken(question: string, token: unknown): LivePosition {
  const [, run = '', digits = '', given] = TOKEN.exec(String(token)) ?? [];
  const sequence = Number(digits);
  if (typeof token !== 'string' || given !== signature(question, run, sequence)) {
    throw invalidResumeToken('it was altered, or belongs to another question');
  }
  return { run, sequence };
}

export function invalidResumeToken(reason: string): AppError {
  return new AppError(
    'INVALID_RESUME_TOKEN',
    `resumeFrom: expected \`extensions.live.resumeFrom\` of a result of the same question; ${reason}`,
    { details: { field: 'resumeFrom' } },
  );
}

function signature(question: string, run: string, sequence: number): string {
  const signed = createHash('sha256').update(`${question} ${run} ${sequence}`);
  return signed.digest('base64url').slice(0, 16);
}
