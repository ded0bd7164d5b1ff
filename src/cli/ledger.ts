import { setTimeout } from 'node:timers/promises';
import { AppError } from '../errors.js';
import type { ServerSession } from './server-session.js';

/** Flags of the commands on the ledger, as typed. */
export interface LedgerFlags {
  readonly from?: string;
  readonly to?: string;
  readonly table?: string;
  readonly json?: boolean;
}

interface Finding {
  readonly kind: string;
  readonly message: string;
}

interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly [count: string]: string | number | null;
}

interface Report {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly isBalanced: boolean;
  readonly partitions: readonly Partition[];
  readonly tables: readonly { readonly table: string; readonly differenceCount: number }[];
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

interface Difference {
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

interface Job {
  readonly id: string;
  readonly state: 'RUNNING' | 'DONE' | 'FAILED';
  readonly progress: string;
  readonly error: string | null;
  readonly verifiedTables: readonly {
    readonly table: string;
    readonly differenceCount: number;
    readonly differences: readonly Difference[];
  }[];
  readonly rebuiltPartitions: readonly string[];
  readonly longestHoldMs: number | null;
}

const COUNTS = {
  unreadCount: 'unread',
  recordCount: 'read',
  acceptedCount: 'accepted',
  forwardedCount: 'forwarded',
  refusedCount: 'dead',
  repeatCount: 'copies within a batch',
  knownCount: 'copies of known events',
  conflictingCount: 'conflicting copies',
  silverCount: 'in silver',
} as const;

const JOB =
  'job { id state progress error rebuiltPartitions longestHoldMs verifiedTables { table differenceCount differences { key expected found } } }';
const POLL_MS = 250;

/**
 * Prints the ledger of a range of days.
 *
 * @throws AppError `CONFLICT` when it does not balance, so that the exit code is 1.
 */
export async function showIntegrity(session: ServerSession, flags: LedgerFlags): Promise<void> {
  const { integrity } = await session.ask<{ integrity: Report }>(
    `query SluiceIntegrity($range: DayRangeInput) {
       integrity(range: $range) {
         firstDay lastDay isBalanced findingCount
         partitions {
           topic partition beginOffset endOffset committedOffset unreadCount firstOffset lastOffset batchCount
           recordCount acceptedCount forwardedCount refusedCount bronzeCount repeatCount knownCount
           conflictingCount silverCount deadLetterCount
         }
         tables { table dayCount differenceCount }
         findings { kind expected found message topic partition table projectId day }
       }
     }`,
    { range: rangeOf(flags) },
  );
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  if (flags.json === true) print(JSON.stringify(integrity, null, 2));
  else {
    const { firstDay, lastDay, partitions, tables, findings, findingCount } = integrity;
    print(`appended from ${firstDay} to ${lastDay} (UTC) and confirmed`);
    for (const partition of partitions) {
      const counts = Object.entries(COUNTS).map(([name, text]) => `${partition[name]} ${text}`);
      print([`${partition.topic}/${partition.partition}`, ...counts].join('\t'));
    }
    for (const { table, differenceCount } of tables) {
      print(`${table}\t${differenceCount === 0 ? 'equals silver' : `${differenceCount} differ`}`);
    }
    for (const { kind, message } of findings) print(`${kind}\t${message}`);
    if (findingCount > findings.length) print(`… and ${findingCount - findings.length} more`);
    print(integrity.isBalanced ? 'the ledger balances' : 'the ledger does not balance');
  }
  if (!integrity.isBalanced) {
    throw new AppError(
      'CONFLICT',
      `${integrity.findingCount} findings: the ledger does not balance`,
    );
  }
}

/**
 * Compares tables with their source and prints what differs.
 *
 * @throws AppError `CONFLICT` when anything does, so that the exit code is 1.
 */
export async function verifyTables(session: ServerSession, flags: LedgerFlags): Promise<void> {
  const { verifyTables: payload } = await session.ask<{ verifyTables: Payload }>(
    `mutation SluiceVerifyTables($input: VerifyTablesInput!) {
       verifyTables(input: $input) { ${JOB} userErrors { code message } }
     }`,
    {
      input: {
        range: rangeOf(flags),
        ...(flags.table === undefined ? {} : { table: flags.table }),
      },
    },
  );
  const { verifiedTables } = await untilEnded(session, payload);
  for (const { table, differenceCount, differences } of verifiedTables) {
    process.stdout.write(
      `${table}\t${differenceCount === 0 ? 'equals its source' : `${differenceCount} keys differ`}\n`,
    );
    for (const { key, expected, found } of differences) {
      process.stdout.write(`  ${key}\texpected ${expected}\tfound ${found}\n`);
    }
  }
  const differing = verifiedTables.filter(({ differenceCount }) => differenceCount > 0);
  if (differing.length === 0) return;
  const names = differing.map(({ table }) => table).join(', ');
  throw new AppError(
    'CONFLICT',
    `differ from their source: ${names}; repair with \`npx sluice rebuild --table NAME\``,
  );
}

/** Makes a table anew and prints how far it is. */
export async function rebuildTable(session: ServerSession, flags: LedgerFlags): Promise<void> {
  const { rebuildTable: payload } = await session.ask<{ rebuildTable: Payload }>(
    `mutation SluiceRebuildTable($input: RebuildTableInput!) {
       rebuildTable(input: $input) { ${JOB} userErrors { code message } }
     }`,
    { input: { table: flags.table, range: rangeOf(flags) } },
  );
  const { rebuiltPartitions, longestHoldMs } = await untilEnded(session, payload);
  process.stdout.write(
    `${flags.table}\trebuilt ${rebuiltPartitions.join(', ') || 'nothing'}; writes were held for ${Math.round(longestHoldMs ?? 0)} ms at most\n`,
  );
}

interface Payload {
  readonly job: Job | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

async function untilEnded(session: ServerSession, { job, userErrors }: Payload): Promise<Job> {
  const [problem] = userErrors;
  if (job === null) throw new Error(`${problem?.code ?? 'INTERNAL'}: ${problem?.message ?? ''}`);
  let told = '';
  let current = job;
  for (;;) {
    if (current.progress !== told) process.stderr.write(`${current.progress}\n`);
    told = current.progress;
    if (current.state === 'FAILED') throw new Error(current.error ?? 'the job failed');
    if (current.state === 'DONE') return current;
    await setTimeout(POLL_MS);
    const answer = await session.ask<{ ledgerJob: Job | null }>(
      `query SluiceLedgerJob($id: ID!) { ledgerJob(id: $id) ${JOB.slice('job '.length)} }`,
      { id: job.id },
    );
    if (answer.ledgerJob === null) {
      throw new AppError(
        'NOT_FOUND',
        `${session.url} does not know job ${job.id}: name one process with --url, or run this again if that process was restarted`,
      );
    }
    current = answer.ledgerJob;
  }
}

function rangeOf({ from, to }: LedgerFlags): Readonly<Record<string, string>> {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
