import { randomUUID } from 'node:crypto';
import type { WarehouseWriter } from '../warehouse/warehouse.js';
import type { DeadLetter, LetterScope } from './dead-letter.js';
import {
  type LetterSelection,
  type Letters,
  type LettersTreated,
  selectedLetters,
} from './find-letters.js';
import { insertChanges } from './letter-change.js';

export interface DropRequest {
  readonly selection: LetterSelection;
  /** Key of the caller, recorded. */
  readonly by: string;
}

/** `dropped` now, or why not: it was so already. */
export type DropOutcome = 'dropped' | 'already_dropped' | 'already_replayed';

export interface DropResult {
  /** As it is now. */
  readonly letter: DeadLetter;
  readonly outcome: DropOutcome;
}

export interface DropPorts {
  readonly warehouse: Pick<WarehouseWriter, 'insert'>;
  readonly database: string;
  readonly letters: Pick<Letters, 'page' | 'byId'>;
  readonly clock: () => number;
}

/**
 * Marks letters as not worth a replay. Nothing is deleted: a dropped letter can be looked at, and
 * replayed by its id, until it expires. A replayed letter stays replayed.
 *
 * @throws AppError as `selectedLetters`; then nothing was changed.
 */
export async function dropDeadLetters(
  { warehouse, database, letters, clock }: DropPorts,
  scope: LetterScope,
  { selection, by }: DropRequest,
): Promise<LettersTreated<DropResult>> {
  const found = await selectedLetters(letters, scope, selection);
  const changedAt = clock();
  const results = found.letters.map((letter): DropResult => {
    if (letter.state === 'dropped') return { letter, outcome: 'already_dropped' };
    if (letter.state === 'replayed') return { letter, outcome: 'already_replayed' };
    return {
      letter: { ...letter, state: 'dropped', changedAt, changedBy: by },
      outcome: 'dropped',
    };
  });
  const changes = results
    .filter(({ outcome }) => outcome === 'dropped')
    .map(({ letter }) => ({ ...letter, changedAt, letterAppendedAt: letter.appendedAt }));
  await warehouse.insert(insertChanges(database, changes, `dead-letters/${randomUUID()}`));
  return { results, last: found.letters.at(-1) ?? null, hasMore: found.hasMore };
}
