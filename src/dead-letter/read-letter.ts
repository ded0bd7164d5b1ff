import type { AppendRecord } from '../event-log/event-log.js';
import type { DeadLetter, LetterContent } from './dead-letter.js';
import type { Rejected } from './reject-reason.js';

/** How a letter is to be mended before it is tried again; empty: as it came. */
export interface Repair {
  /**
   * A JSON merge patch of the event, in the fields of the collector's contract. Input that cannot
   * be read counts as an empty object, so the patch may be a whole event.
   */
  readonly patch?: unknown;
  /** Project for a letter without one, unless its event names a valid one itself. */
  readonly assignProjectId?: string;
}

/** An event made of a letter, ready to be appended where its owner reads it. */
export interface MendedEvent {
  readonly projectId: string;
  readonly eventId: string;
  readonly record: AppendRecord;
}

/** What a letter is now: its events, or why it is still none. */
export type Reading = { readonly events: readonly MendedEvent[] } | Rejected;

/**
 * The port to the code that reads input: takes a letter the way it came in, with the rules in force
 * now. Same letter and repair, same events, their ids included. All events of the letter or none.
 * Rejects only with what says nothing about the letter, as an event codec does (registry away).
 */
export type ReadLetter = (letter: DeadLetter & LetterContent, repair: Repair) => Promise<Reading>;
