import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { AppError, messageOf } from '../errors.js';
import type { Rebuilt } from './rebuild-table.js';
import type { Verified } from './verify-table.js';

/** Work on tables that outlasts a request. */
export interface LedgerJob {
  readonly id: string;
  readonly operation: 'verify' | 'rebuild';
  readonly state: 'running' | 'done' | 'failed';
  /** What is being done, in words. */
  readonly progress: string;
  /** Why it failed: code and message; null unless it did. */
  readonly error: string | null;
  /** Tables that were verified so far. */
  readonly verified: readonly Verified[];
  /** What was rebuilt; null before the end, and for a verification. */
  readonly rebuilt: Rebuilt | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** Told by a job of how far it is. */
export interface JobReport {
  progress(text: string): void;
  verified(table: Verified): void;
  rebuilt(result: Rebuilt): void;
}

/** Runs one job at a time and remembers the last ones, in the memory of this process. */
export interface LedgerJobs {
  /** @throws AppError `CONFLICT` while another job is running. */
  start(
    operation: LedgerJob['operation'],
    work: (report: JobReport, signal: AbortSignal) => Promise<void>,
  ): LedgerJob;
  /** Null for one that this process does not know. */
  get(id: string): LedgerJob | null;
  /** Ends the running job and waits for it. */
  stop(): Promise<void>;
}

const REMEMBERED = 20;

export function createLedgerJobs({
  clock,
  log,
}: {
  /** ms since 1970. */
  readonly clock: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}): LedgerJobs {
  const jobs = new Map<string, LedgerJob>();
  const stopping = new AbortController();
  let running: { readonly id: string; readonly done: Promise<void> } | null = null;
  const now = (): string => new Date(clock()).toISOString();

  return {
    start(operation, work) {
      if (stopping.signal.aborted) {
        throw new AppError('CONFLICT', 'this process is stopping', { isRetryable: true });
      }
      if (running !== null) {
        throw new AppError(
          'CONFLICT',
          `job ${running.id} is running: ${jobs.get(running.id)?.progress ?? ''}; one at a time`,
          { isRetryable: true, details: { job: running.id } },
        );
      }
      const id = randomUUID();
      let job: LedgerJob = {
        id,
        operation,
        state: 'running',
        progress: 'starting',
        error: null,
        verified: [],
        rebuilt: null,
        startedAt: now(),
        endedAt: null,
      };
      const change = (fields: Partial<LedgerJob>): void => {
        job = { ...job, ...fields };
        jobs.set(id, job);
      };
      change({});
      const [oldest] = jobs.keys();
      if (jobs.size > REMEMBERED && oldest !== undefined) jobs.delete(oldest);
      const report: JobReport = {
        progress(progress) {
          change({ progress });
          log.info({ job: id, operation, progress }, 'a job on tables goes on');
        },
        verified: (table) => change({ verified: [...job.verified, table] }),
        rebuilt: (rebuilt) => change({ rebuilt }),
      };
      const done = (async () => {
        try {
          await work(report, stopping.signal);
          change({ state: 'done', progress: 'done', endedAt: now() });
        } catch (error) {
          const code = error instanceof AppError ? error.code : 'INTERNAL';
          const text = `${code}: ${messageOf(error)}`;
          change({ state: 'failed', error: text, endedAt: now() });
          log.warn({ job: id, operation, err: error }, 'a job on tables failed');
        } finally {
          running = null;
        }
      })();
      running = { id, done };
      return job;
    },
    get: (id) => jobs.get(id) ?? null,
    async stop() {
      stopping.abort();
      await running?.done;
    },
  };
}
