/**
 * What became of a dead letter. It is `open` until somebody drops it (`dropped`: kept, and no
 * longer waiting) or replays it with success (`replayed`: its event is on the log again).
 */
export const DEAD_LETTER_STATES = ['open', 'replayed', 'dropped'] as const;

/** See {@link DEAD_LETTER_STATES}. */
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** What is known of a letter without its bytes. Instants are ms since 1970 UTC. */
export interface DeadLetter {
  /** `topic/partition/offset` for input from the log, else minted by the collector. */
  readonly deadLetterId: string;
  /** Empty when the input does not tell. */
  readonly projectId: string;
  /** Why the last try failed, one of `REJECT_REASONS`. */
  readonly reason: string;
  readonly message: string;
  /** `http`, or the topic. */
  readonly source: string;
  /** -1 when the source has none. */
  readonly sourcePartition: number;
  /** -1 when the source has none. */
  readonly sourceOffset: number;
  /** Times the input was tried: 1 for its arrival, and one for each replay. */
  readonly attempts: number;
  /** When the input first came; an event made of it keeps this moment. */
  readonly receivedAt: number;
  /** When the log took the letter. */
  readonly appendedAt: number;
  readonly state: DeadLetterState;
  /** Times a replayed event of it was refused by the warehouse after all; see `LetterChange`. */
  readonly generation: number;
  /** When the state came about or the last try failed; null while nobody touched the letter. */
  readonly changedAt: number | null;
  /** Key that did it; empty while nobody did, or when the ingester refused the replayed event. */
  readonly changedBy: string;
  /** Project in which the events of a replayed letter count; else empty. */
  readonly eventProjectId: string;
  /** Ids of the events that a replayed letter became; else empty. */
  readonly eventIds: readonly string[];
}

/** The input itself, byte for byte. */
export interface LetterContent {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** Which letters are meant; all that is given holds. */
export interface DeadLetterFilter {
  readonly reasons?: readonly string[];
  readonly sources?: readonly string[];
  /** Half-open, ms since 1970 UTC. */
  readonly receivedAt?: { readonly fromMs: number; readonly toMs: number };
  readonly states?: readonly DeadLetterState[];
}

/** The place of a letter in a list. */
export interface LetterPosition {
  readonly receivedAt: number;
  readonly deadLetterId: string;
}

/** Whose letters an act is about. */
export interface LetterScope {
  /** Empty: the letters that name no project. */
  readonly projectId: string;
  /** Aborts when the caller has gone; what is being written is written nevertheless. */
  readonly signal: AbortSignal;
}
