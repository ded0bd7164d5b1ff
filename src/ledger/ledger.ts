import { AppError } from '../errors.js';
import { checkIntegrity } from './check-integrity.js';
import { derivedTables } from './derived-table.js';
import type { Integrity } from './integrity-query.js';
import { createLedgerJobs, type LedgerJob } from './jobs.js';
import type { DayRange, LedgerPorts } from './ledger-ports.js';
import { rebuildableTables, rebuildTable } from './rebuild-table.js';
import { verifyTable } from './verify-table.js';

/** What a caller gives as a range: whole UTC days, `YYYY-MM-DD`, both inclusive. */
export interface LedgerRange {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

/** Proof and repair of the tables of this installation. */
export interface Ledger {
  /** See {@link checkIntegrity}. */
  integrity(range: LedgerRange, signal: AbortSignal): Promise<Integrity>;
  /**
   * Starts to compare one table, or all that come from silver, with their source.
   *
   * @throws AppError `BAD_USER_INPUT` for an unknown table, `INVALID_RANGE`, `CONFLICT` while
   *   another job is running.
   */
  startVerify(input: LedgerRange & { readonly table?: string | null }): Promise<LedgerJob>;
  /** Starts to make a table anew. @throws As {@link Ledger.startVerify}; `CONFIG_INVALID` on a cluster. */
  startRebuild(input: LedgerRange & { readonly table: string }): Promise<LedgerJob>;
  /** Null for a job that this process does not know. */
  job(id: string): LedgerJob | null;
  stop(): Promise<void>;
}

/** Binds the verbs of the ledger to the ports of this process. */
export function createLedger(ports: LedgerPorts): Ledger {
  const jobs = createLedgerJobs(ports);
  return {
    integrity: async (range, signal) => checkIntegrity({ ports, range: dayRange(range), signal }),

    async startVerify({ table: name, ...days }) {
      const range = dayRange(days);
      const known = await derivedTables(ports);
      const tables = name == null ? known : known.filter((table) => table.name === name);
      if (tables.length === 0)
        refuseTable(
          String(name),
          known.map((table) => table.name),
        );
      return jobs.start('verify', async (report, signal) => {
        for (const table of tables) {
          report.progress(`verifying ${table.name}`);
          report.verified(await verifyTable({ ports, table, range, signal }));
        }
      });
    },

    async startRebuild({ table, ...days }) {
      const range = dayRange(days);
      const known = await rebuildableTables(ports);
      if (!known.includes(table)) refuseTable(table, known);
      return jobs.start('rebuild', async (report, signal) => {
        const { progress } = report;
        report.rebuilt(await rebuildTable({ ports, table, range, onProgress: progress, signal }));
      });
    },

    job: jobs.get,
    stop: jobs.stop,
  };
}

function refuseTable(name: string, known: readonly string[]): never {
  throw new AppError(
    'BAD_USER_INPUT',
    `table: expected one of ${known.join(', ')}, got ${name.slice(0, 80)}`,
    { details: { field: 'table' } },
  );
}

function dayRange({ from, to }: LedgerRange): DayRange {
  const range = { firstDay: dayOf('from', from), lastDay: dayOf('to', to) };
  if (range.firstDay !== null && range.lastDay !== null && range.lastDay < range.firstDay) {
    throw new AppError('INVALID_RANGE', `to: must not lie before from, got ${from} to ${to}`, {
      details: { field: 'to' },
    });
  }
  return range;
}

function dayOf(field: string, text: string | null | undefined): number | null {
  if (text == null) return null;
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text) {
    throw new AppError(
      'INVALID_RANGE',
      `${field}: expected a UTC day of the calendar, YYYY-MM-DD, got ${text.slice(0, 40)}`,
      { details: { field } },
    );
  }
  return instant / 86_400_000;
}
