import type { DeadLetterOffice } from '../../src/dead-letter/dead-letter-office.js';

/** An office without a letter. */
export const NO_DEAD_LETTERS: DeadLetterOffice = {
  list: async () => ({ letters: [], hasMore: false }),
  count: async () => 0,
  show: async () => null,
  content: async () => null,
  replay: async () => ({ results: [], last: null, hasMore: false }),
  drop: async () => ({ results: [], last: null, hasMore: false }),
};
