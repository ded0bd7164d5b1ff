import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { AppError } from '../errors.js';
import type { MetricContext } from '../metric/metric.js';
import type { WarehouseExporter } from '../warehouse/warehouse.js';
import { eventsStatements, type ReportStatements } from './events-statement.js';
import { explorationStatements } from './exploration-statement.js';
import { createMakeReport } from './make-report.js';
import type { Report, ReportRequest } from './report.js';
import { createReportFiles } from './report-files.js';
import { WRITINGS } from './report-format.js';
import type { ReportAsking, ReportOffice } from './report-office.js';
import { createReportQueue } from './report-queue.js';

/** Most reports of one project that are kept at the same time. */
export const MAX_REPORTS = 100;

export interface ReportOfficeOptions {
  readonly warehouse: WarehouseExporter;
  readonly database: string;
  /** Where reports and their files are kept; belongs to this process alone. */
  readonly directory: string;
  /** Time in ms since 1970. */
  readonly clock: () => number;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Reports that are made at the same time. */
  readonly atOnce: number;
  /** How long a report is kept from its end on, ms; it has as long to be made. */
  readonly keptMs: number;
  /** Most memory of the statement behind a report, bytes; 0: no bound. */
  readonly maxMemoryBytes: number;
  /** Setting that tells the project to row policies of a server; left out: there are none. */
  readonly projectSetting?: string;
}

/** The office of a process, with its work. */
export interface RunningReportOffice extends ReportOffice {
  /** Begins to make what waits, once the warehouse has its tables. */
  start(): void;
  /** Stops the work; the next process begins it again. */
  stop(): Promise<void>;
}

/** Opens the office with the reports that an earlier process left. */
export function createReportOffice(options: ReportOfficeOptions): RunningReportOffice {
  const { database, directory, clock, keptMs } = options;
  const files = createReportFiles(directory);
  const queue = createReportQueue({
    files,
    make: createMakeReport({ ...options, files }),
    ...options,
  });

  function contextOf({ project, reader, signal }: ReportAsking): MetricContext {
    return { warehouse: reader, database, clock, settings: project, signal };
  }

  async function known(projectId: string, id: string): Promise<Report> {
    await queue.removeExpired();
    const report = queue.report(id);
    if (report?.projectId === projectId) return report;
    throw new AppError('NOT_FOUND', `id: there is no report ${id.slice(0, 80)}`, {
      details: { field: 'id' },
    });
  }

  return {
    async create(asking, request) {
      await queue.removeExpired();
      const projectId = asking.project.id;
      const count = queue.countOf(projectId);
      if (count >= MAX_REPORTS) {
        throw new AppError(
          'LIMIT_EXCEEDED',
          `reports: expected at most ${MAX_REPORTS} of a project, delete one first`,
          { details: { limit: 'reports', maximum: MAX_REPORTS, value: count + 1 } },
        );
      }
      const nowMs = clock();
      const context = contextOf(asking);
      const { columns, rows, count: counting } = statementsOf(context, request, nowMs);
      const counted = await context.warehouse.query(counting, { signal: asking.signal });
      const createdAt = new Date(nowMs).toISOString();
      const isOfEvents = request.kind === 'events';
      const report: Report = {
        id: randomUUID(),
        projectId,
        kind: request.kind,
        format: request.format,
        state: 'waiting',
        columns,
        estimatedRows: isOfEvents ? (counted.rows[0]?.n ?? 0) : null,
        rowsRead: 0,
        progress: 0,
        bytes: null,
        asOf: isOfEvents ? createdAt : null,
        createdAt,
        finishedAt: null,
        expiresAt: new Date(nowMs + keptMs).toISOString(),
        error: null,
      };
      await queue.add({ report, statement: rows });
      return report;
    },
    report: known,
    async file(projectId, id) {
      const report = await known(projectId, id);
      const { state, bytes, kind, format, createdAt } = report;
      if (state !== 'done' || bytes === null) {
        throw new AppError('CONFLICT', `id: expected a report that is done, this one is ${state}`, {
          details: { field: 'id', state: state.toUpperCase() },
        });
      }
      const at = createdAt.slice(0, 19).replaceAll(':', '-');
      const name = `${kind}-${at}.${format}`;
      const { contentType } = WRITINGS[format];
      return { path: files.pathOf(report), bytes, name, contentType };
    },
    async delete(projectId, id) {
      const report = await known(projectId, id);
      await queue.remove(report);
      return report;
    },
    start: queue.start,
    stop: queue.stop,
  };
}

function statementsOf(
  context: MetricContext,
  request: ReportRequest,
  nowMs: number,
): ReportStatements {
  return request.kind === 'events'
    ? eventsStatements(context, request.question, nowMs)
    : explorationStatements(context, request.question);
}
