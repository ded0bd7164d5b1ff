import type { Project } from '../project/project.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';
import type { Report, ReportFile, ReportRequest } from './report.js';

/** On whose behalf a report is asked for. */
export interface ReportAsking {
  readonly project: Project;
  /** Runs statements about that project, within the budget of who asks. */
  readonly reader: WarehouseReader;
  readonly signal: AbortSignal;
}

/** Takes requests for reports, and knows the reports of this process. */
export interface ReportOffice {
  /**
   * Checks a request, counts what it will read and keeps it; resolves once it survives a crash. It is
   * made when its turn comes, and begun again by the next process if this one ends before.
   *
   * @throws AppError as the question does, `COST_EXCEEDED` beyond the budget of who asks,
   *   `LIMIT_EXCEEDED` for too many reports of the project, `DISK_FULL`.
   */
  create(asking: ReportAsking, request: ReportRequest): Promise<Report>;
  /** @throws AppError `NOT_FOUND` for a report that is unknown, expired or of another project. */
  report(projectId: string, id: string): Promise<Report>;
  /** @throws AppError as `report` does, `CONFLICT` with the `state` of one that is not done. */
  file(projectId: string, id: string): Promise<ReportFile>;
  /**
   * Stops the work on a report and removes it with its file.
   *
   * @returns How it was. @throws AppError as `report` does.
   */
  delete(projectId: string, id: string): Promise<Report>;
}
