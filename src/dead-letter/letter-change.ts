import type { InsertBlock } from '../warehouse/warehouse.js';
import type { DeadLetterState } from './dead-letter.js';

/**
 * One thing that happened to a letter, as a row of `control_dead_letters`.
 *
 * Several may happen at once, in several processes, and each may be written more than once. Which
 * one is in force is decided by the contents alone: of a generation, `replayed` before `dropped`
 * before `open`, since an event on the log is a fact and a mark is not; of two equal states the
 * earlier one, so that who and when are recorded once; of failed tries the one with more attempts.
 * A new generation begins when the ingester refuses what a replay had appended: the letter is open
 * again, whatever had been decided before.
 */
export interface LetterChange {
  readonly projectId: string;
  readonly deadLetterId: string;
  readonly generation: number;
  /** `returned` for what is no letter of its own; see `replayOf`. */
  readonly state: DeadLetterState | 'returned';
  readonly attempts: number;
  readonly reason: string;
  readonly message: string;
  /** ms since 1970 UTC. */
  readonly changedAt: number;
  readonly changedBy: string;
  readonly eventProjectId: string;
  readonly eventIds: readonly string[];
  /** The letter whose replayed event was refused under this id; empty for a letter of its own. */
  readonly replayOf?: string;
  /** When the log took the letter, ms since 1970 UTC: decides how long the row is kept. */
  readonly letterAppendedAt: number;
}

const GENERATION_BITS = 48n;
const DROPPED = 1n << 46n;
const REPLAYED = 1n << 47n;
/** Above every moment until the year 3084, in ms since 1970. */
const LATEST = (1n << 45n) - 1n;
const MOST_GENERATIONS = 0xffff;
const MOST_ATTEMPTS = 0xffff_ffff;

/** Rank of a change among all of its letter, 0 to 2^64 − 1; see {@link LetterChange}. */
export function changeVersion({
  generation,
  state,
  attempts,
  changedAt,
}: Pick<LetterChange, 'generation' | 'state' | 'attempts' | 'changedAt'>): bigint {
  const base = BigInt(Math.min(generation, MOST_GENERATIONS)) << GENERATION_BITS;
  if (state === 'replayed') return base + REPLAYED + LATEST - BigInt(changedAt);
  if (state === 'dropped') return base + DROPPED + LATEST - BigInt(changedAt);
  return base + BigInt(Math.min(attempts, MOST_ATTEMPTS));
}

/** The changes as one block. `token` is that of the write. */
export function insertChanges(
  database: string,
  changes: readonly LetterChange[],
  token: string,
): InsertBlock {
  return {
    table: `${database}.control_dead_letters`,
    columns: [
      'project_id',
      'dead_letter_id',
      'version',
      'generation',
      'state',
      'attempts',
      'reason',
      'message',
      'changed_at',
      'changed_by',
      'event_project_id',
      'event_ids',
      'replay_of',
      'letter_appended_at',
    ],
    rows: changes.map((change) => [
      change.projectId,
      change.deadLetterId,
      changeVersion(change).toString(),
      change.generation,
      change.state,
      change.attempts,
      change.reason,
      change.message,
      warehouseInstant(change.changedAt),
      change.changedBy,
      change.eventProjectId,
      change.eventIds,
      change.replayOf ?? '',
      warehouseInstant(change.letterAppendedAt),
    ]),
    token,
  };
}

/** `YYYY-MM-DD hh:mm:ss.SSS` of an instant in ms since 1970. */
function warehouseInstant(instant: number): string {
  return new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
}
