import { heldTo } from '../cost/meter.js';
import type { ExportProgress, WarehouseExporter } from '../warehouse/warehouse.js';
import type { ReportFiles, ReportRecord } from './report-files.js';
import { WRITINGS } from './report-format.js';

/** Rows that a statement holds on their way into the file. */
const BLOCK_ROWS = 4_096;
/** Groups and rows beyond this are put aside on disk while they are computed, bytes. */
const ON_DISK_FROM_BYTES = 200_000_000;
const THREADS = 2;
/** What is read of a column at once, bytes. */
const READ_BUFFER_BYTES = 32_768;

/**
 * Makes the file of a report, in one statement: the parts of the table that it begins with are what it
 * reads, whatever arrives or is merged meanwhile. A file is either complete or not there.
 *
 * @returns Its size in bytes.
 * @throws AppError as `exportFile` does; the signal's reason.
 */
export type MakeReport = (
  record: ReportRecord,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
) => Promise<number>;

/** Binds what makes reports to the ports of this process. */
export function createMakeReport({
  warehouse,
  files,
  keptMs,
  maxMemoryBytes,
  projectSetting,
}: {
  readonly warehouse: WarehouseExporter;
  readonly files: Pick<ReportFiles, 'begin' | 'complete' | 'discard'>;
  /** A statement that takes longer is stopped, ms. */
  readonly keptMs: number;
  readonly maxMemoryBytes: number;
  readonly projectSetting?: string;
}): MakeReport {
  return async ({ report, statement }, signal, onProgress) => {
    const { format, settings } = WRITINGS[report.format];
    const held = heldTo(report.projectId, statement, projectSetting);
    const limited = {
      ...held,
      settings: {
        ...held.settings,
        ...settings,
        max_threads: THREADS,
        max_block_size: BLOCK_ROWS,
        // Each column of each part that is read in order has buffers of its own.
        read_in_order_use_buffering: 0,
        max_read_buffer_size: READ_BUFFER_BYTES,
        max_read_buffer_size_local_fs: READ_BUFFER_BYTES,
        max_execution_time: keptMs / 1000,
        max_memory_usage: maxMemoryBytes,
        max_bytes_before_external_group_by: ON_DISK_FROM_BYTES,
        max_bytes_before_external_sort: ON_DISK_FROM_BYTES,
      },
    };
    try {
      const path = await files.begin(report);
      await warehouse.exportFile(limited, format, path, { signal, onProgress });
      return await files.complete(report);
    } catch (error) {
      await files.discard(report);
      throw error;
    }
  };
}
