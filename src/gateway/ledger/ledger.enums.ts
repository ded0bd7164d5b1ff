import { registerEnumType } from 'type-graphql';
import type { FindingKind as FindingKindValue } from '../../ledger/integrity-query.js';
import type { LedgerJob } from '../../ledger/jobs.js';

/** Kinds of findings, as the API names them. */
export const FindingKind = {
  OFFSETS_MISSING: 'OFFSETS_MISSING',
  OFFSETS_TWICE: 'OFFSETS_TWICE',
  OUTCOMES: 'OUTCOMES',
  BRONZE: 'BRONZE',
  KNOWN_IDS: 'KNOWN_IDS',
  SILVER: 'SILVER',
  DEAD_LETTERS: 'DEAD_LETTERS',
  GOLD: 'GOLD',
} as const satisfies { readonly [Kind in FindingKindValue]: Kind };

registerEnumType(FindingKind, {
  name: 'FindingKind',
  description: 'What does not balance.',
  valuesConfig: {
    OFFSETS_MISSING: {
      description: 'No batch of the ledger covers these offsets, though later ones are confirmed.',
    },
    OFFSETS_TWICE: { description: 'Two batches of the ledger cover the same offsets.' },
    OUTCOMES: { description: 'Records ≠ accepted + forwarded + refused.' },
    BRONZE: { description: 'Rows of bronze ≠ accepted records.' },
    KNOWN_IDS: { description: 'The memory of known ids lacks events of bronze.' },
    SILVER: { description: 'Rows of silver ≠ accepted records without copies.' },
    DEAD_LETTERS: { description: 'Stored dead letters ≠ refused records.' },
    GOLD: { description: 'The sum of a rollup ≠ events of silver, for a project and UTC day.' },
  },
});

/** What a job does. */
export const LedgerOperation = {
  VERIFY: 'verify',
  REBUILD: 'rebuild',
} as const satisfies Record<string, LedgerJob['operation']>;

registerEnumType(LedgerOperation, {
  name: 'LedgerOperation',
  description: 'What a job on tables does.',
  valuesConfig: {
    VERIFY: { description: 'Compares tables with a recomputation from their source.' },
    REBUILD: { description: 'Makes a table anew from its source.' },
  },
});

/** How far a job is. */
export const LedgerJobState = {
  RUNNING: 'running',
  DONE: 'done',
  FAILED: 'failed',
} as const satisfies Record<string, LedgerJob['state']>;

registerEnumType(LedgerJobState, {
  name: 'LedgerJobState',
  description: 'How far a job on tables is.',
  valuesConfig: {
    RUNNING: { description: 'It is being worked on.' },
    DONE: { description: 'It came to its end; a verification may have found differences.' },
    FAILED: { description: 'It ended early; `error` says why. It may be started again.' },
  },
});
