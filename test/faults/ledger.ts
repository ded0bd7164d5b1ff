import { setTimeout as wait } from 'node:timers/promises';
import { askGraphql } from '../testkit/stack.js';
import type { Installation } from './installation.js';

interface Integrity {
  readonly findingCount: number;
  readonly findings: readonly { readonly kind: string; readonly message: string }[];
  readonly partitions: readonly {
    readonly recordCount: number;
    readonly acceptedCount: number;
    readonly forwardedCount: number;
    readonly refusedCount: number;
    readonly silverCount: number;
  }[];
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly error: string | null;
  readonly verifiedTables: readonly {
    readonly table: string;
    readonly differenceCount: number;
  }[];
}

const JOB = '{ id state error verifiedTables { table differenceCount } }';
const POLL_MS = 200;

/**
 * Asks the running installation for its ledger and lets it verify its tables.
 *
 * @returns What does not balance or differs, a line each.
 */
export async function proveLedger(
  { gatewayUrl, adminKey }: Pick<Installation, 'gatewayUrl' | 'adminKey'>,
  print: (line: string) => void,
): Promise<readonly string[]> {
  const { integrity } = await askGraphql<{ integrity: Integrity }>(
    gatewayUrl,
    adminKey,
    `{ integrity { findingCount findings { kind message }
       partitions { recordCount acceptedCount forwardedCount refusedCount silverCount } } }`,
  );
  const sum = (figure: keyof Integrity['partitions'][number]): number =>
    integrity.partitions.reduce((total, partition) => total + partition[figure], 0);
  print(
    `ledger: ${sum('recordCount')} read = ${sum('acceptedCount')} accepted + ${sum('forwardedCount')} forwarded + ${sum('refusedCount')} refused; ${sum('silverCount')} in silver; ${integrity.findingCount} findings`,
  );
  const { verifyTables } = await askGraphql<{ verifyTables: { job: Job } }>(
    gatewayUrl,
    adminKey,
    `mutation { verifyTables(input: {}) { job ${JOB} } }`,
  );
  let { job } = verifyTables;
  while (job.state === 'RUNNING') {
    await wait(POLL_MS);
    const { ledgerJob } = await askGraphql<{ ledgerJob: Job }>(
      gatewayUrl,
      adminKey,
      `query($id: ID!) { ledgerJob(id: $id) ${JOB} }`,
      { id: job.id },
    );
    job = ledgerJob;
  }
  const differing = job.verifiedTables.filter(({ differenceCount }) => differenceCount > 0);
  print(`verified: ${job.verifiedTables.length} tables, ${differing.length} differ`);
  return [
    ...integrity.findings.map(({ kind, message }) => `ledger: ${kind} ${message}`),
    ...differing.map(({ table, differenceCount }) => `${table}: ${differenceCount} keys differ`),
    ...(job.error === null ? [] : [`verification: ${job.error}`]),
  ];
}
