import { AppError } from '../../src/errors.js';
import type { LedgerJob } from '../../src/ledger/jobs.js';
import type { Ledger } from '../../src/ledger/ledger.js';

/** A ledger that always balances, and whose one job is done at once. */
export function createFakeLedger(): Ledger {
  const job: LedgerJob = {
    id: 'job-1',
    operation: 'verify',
    state: 'done',
    progress: 'done',
    error: null,
    verified: [{ table: 'gold_event_counts_per_hour', differenceCount: 0, differences: [] }],
    rebuilt: null,
    startedAt: '2026-01-31T10:00:00.000Z',
    endedAt: '2026-01-31T10:00:01.000Z',
  };
  return {
    integrity: async ({ from, to }) => ({
      firstDay: from ?? '2026-01-25',
      lastDay: to ?? '2026-01-31',
      isBalanced: true,
      partitions: [],
      tables: [],
      findings: [],
      findingCount: 0,
    }),
    startVerify: async () => job,
    async startRebuild({ table }) {
      if (table === 'busy') throw new AppError('CONFLICT', 'job job-1 is running');
      return { ...job, operation: 'rebuild' };
    },
    job: (id) => (id === job.id ? job : null),
    stop: async () => undefined,
  };
}
