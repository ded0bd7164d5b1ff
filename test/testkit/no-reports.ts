import { AppError } from '../../src/errors.js';
import type { ReportOffice } from '../../src/report/report-office.js';

/** Knows no report and takes none, for gateways that are asked other things. */
export const NO_REPORTS: ReportOffice = {
  create: refuse,
  report: refuse,
  file: refuse,
  delete: refuse,
};

async function refuse(): Promise<never> {
  throw new AppError('NOT_FOUND', 'id: there are no reports here', { details: { field: 'id' } });
}
