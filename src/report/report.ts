import type { ErrorCode } from '../errors.js';
import type { ExploreQuestion } from '../explore/explore-query.js';
import type { MetricQuestion } from '../metric/metric-query.js';
import type { EventColumn } from './event-columns.js';
import type { ReportFormat } from './report-format.js';

/** A question for the single events of a range. */
export type EventsQuestion = Pick<
  MetricQuestion,
  'projectId' | 'range' | 'timeZone' | 'filter' | 'includeBots' | 'event'
> & {
  /** In the order of the file, each once, at least one. */
  readonly columns: readonly EventColumn[];
};

/** What a report is about. */
export type ReportSubject =
  | { readonly kind: 'events'; readonly question: EventsQuestion }
  /** All rows of the exploration: its `limit` says nothing here. */
  | { readonly kind: 'exploration'; readonly question: ExploreQuestion };

/** A report that is asked for. */
export type ReportRequest = ReportSubject & { readonly format: ReportFormat };

/** A column of the file. */
export interface ReportColumn {
  /** As the file names it. */
  readonly name: string;
  /** What it tells: a column of events, a dimension, or a measure and its property. */
  readonly of: string;
}

/** A file that is made from a question, however many rows it has. */
export interface Report {
  readonly id: string;
  readonly projectId: string;
  readonly kind: ReportSubject['kind'];
  readonly format: ReportFormat;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly columns: readonly ReportColumn[];
  /** Rows that the file will have; null: that is known at the end only. */
  readonly estimatedRows: number | null;
  /** Rows that the warehouse has read so far. */
  readonly rowsRead: number;
  /** Rows read ÷ rows to read, 0–1; 1 once it is done. */
  readonly progress: number;
  /** Size of the file; null before it is done. */
  readonly bytes: number | null;
  /** ISO 8601. Events that became queryable later are not in it; null for an exploration. */
  readonly asOf: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** When report and file are removed. */
  readonly expiresAt: string;
  /** Why it failed; null unless it did. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
}

/** A finished report's file. */
export interface ReportFile {
  readonly path: string;
  readonly bytes: number;
  /** For whoever keeps it. */
  readonly name: string;
  readonly contentType: string;
}
