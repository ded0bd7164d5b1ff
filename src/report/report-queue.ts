import type { Logger } from 'pino';
import { AppError, isAppError } from '../errors.js';
import { backOffMs, sleep } from '../live/live-timing.js';
import type { ExportProgress } from '../warehouse/warehouse.js';
import type { MakeReport } from './make-report.js';
import type { Report } from './report.js';
import type { ReportFiles, ReportRecord } from './report-files.js';

/** Tries of a report while the warehouse cannot be reached; about a minute. */
const MOST_TRIES = 10;
/** Between two looks for reports whose time is over, ms. */
const EXPIRY_EVERY_MS = 60_000;

/** The reports of a process: some wait, some are being made, some have ended. */
export interface ReportQueue {
  report(id: string): Report | null;
  /** Reports of a project, whatever became of them. */
  countOf(projectId: string): number;
  /** Keeps a report that waits; resolves once it survives a crash. @throws AppError `DISK_FULL`. */
  add(record: ReportRecord): Promise<void>;
  /** Stops the work on a report and forgets it. */
  remove(report: Report): Promise<void>;
  removeExpired(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

interface Work {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Opens the queue with what an earlier process left: what it had not finished waits again. */
export function createReportQueue({
  files,
  make,
  clock,
  log,
  atOnce,
  keptMs,
}: {
  readonly files: ReportFiles;
  readonly make: MakeReport;
  readonly clock: () => number;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly atOnce: number;
  readonly keptMs: number;
}): ReportQueue {
  const records = new Map<string, ReportRecord>();
  for (const record of files.load().toSorted(byCreation)) records.set(record.report.id, record);
  const working = new Map<string, Work>();
  let isStarted = false;
  let timer: NodeJS.Timeout | null = null;

  function change(id: string, fields: Partial<Report>): void {
    const record = records.get(id);
    if (record === undefined) return;
    records.set(id, { ...record, report: { ...record.report, ...fields } });
  }

  async function end(id: string, fields: Partial<Report>): Promise<void> {
    const record = records.get(id);
    if (record === undefined) return;
    const nowMs = clock();
    const ended = {
      ...fields,
      finishedAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + keptMs).toISOString(),
    };
    try {
      // Only what is kept counts as ended: another process would begin the rest again.
      await files.save({ ...record, report: { ...record.report, ...ended } });
    } finally {
      // Told all the same where the disk refuses it: this process would begin it again at once.
      change(id, ended);
    }
  }

  async function work(record: ReportRecord, signal: AbortSignal): Promise<void> {
    const { id } = record.report;
    const onProgress = ({ rowsRead, rowsToRead }: ExportProgress): void => {
      const progress = rowsToRead === 0 ? 0 : Math.min(1, rowsRead / rowsToRead);
      change(id, { rowsRead, progress });
    };
    try {
      const bytes = await makePatiently(record, signal, onProgress);
      await end(id, { state: 'done', progress: 1, bytes });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ report: id, err: error }, 'a report failed');
      const { code, message } = isAppError(error)
        ? error
        : new AppError('INTERNAL', 'the report could not be made; the log has the cause');
      await end(id, { state: 'failed', bytes: null, error: { code, message } });
    }
  }

  async function makePatiently(
    record: ReportRecord,
    signal: AbortSignal,
    onProgress: (progress: ExportProgress) => void,
  ): Promise<number> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await make(record, signal, onProgress);
      } catch (error) {
        const isAway = isAppError(error, 'WAREHOUSE_UNAVAILABLE') && error.isRetryable;
        if (!isAway || tries + 1 >= MOST_TRIES || signal.aborted) throw error;
        await sleep(backOffMs(tries), signal);
      }
    }
  }

  function next(): void {
    if (!isStarted) return;
    for (const record of records.values()) {
      if (working.size >= atOnce) return;
      const { id, state } = record.report;
      if (working.has(id) || state === 'done' || state === 'failed') continue;
      change(id, { state: 'running' });
      const abort = new AbortController();
      const done = work(record, abort.signal)
        .catch((error: unknown) => log.error({ report: id, err: error }, 'a report is not kept'))
        .finally(() => {
          working.delete(id);
          next();
        });
      working.set(id, { abort, done });
    }
  }

  async function remove(report: Report): Promise<void> {
    const running = working.get(report.id);
    records.delete(report.id);
    running?.abort.abort(new Error('the report was deleted'));
    await running?.done;
    await files.remove(report);
  }

  async function removeExpired(): Promise<void> {
    const nowMs = clock();
    for (const { report } of records.values()) {
      if (Date.parse(report.expiresAt) <= nowMs) await remove(report);
    }
  }

  return {
    report: (id) => records.get(id)?.report ?? null,
    countOf: (projectId) =>
      [...records.values()].filter(({ report }) => report.projectId === projectId).length,
    async add(record) {
      try {
        await files.save(record);
      } catch (cause) {
        throw new AppError('DISK_FULL', 'the report cannot be kept: the disk refuses it', {
          cause,
        });
      }
      records.set(record.report.id, record);
      next();
    },
    remove,
    removeExpired,
    start() {
      isStarted = true;
      timer = setInterval(() => {
        removeExpired().catch((error: unknown) =>
          log.error({ err: error }, 'expired reports are not removed'),
        );
      }, EXPIRY_EVERY_MS).unref();
      next();
    },
    async stop() {
      isStarted = false;
      if (timer !== null) clearInterval(timer);
      for (const { abort } of working.values()) abort.abort(new Error('the process stops'));
      await Promise.all([...working.values()].map(({ done }) => done));
    },
  };
}

/** Those that were asked for first come first. */
function byCreation({ report: a }: ReportRecord, { report: b }: ReportRecord): number {
  return a.createdAt < b.createdAt ? -1 : 1;
}
