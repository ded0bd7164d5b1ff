import { registerEnumType } from 'type-graphql';
import { EVENT_COLUMNS, type EventColumn as EventColumnName } from '../../report/event-columns.js';
import type { Report as ReportRecord } from '../../report/report.js';
import type { ReportFormat as ReportFormatValue } from '../../report/report-format.js';

/** How a report is written. */
export const ReportFormat = {
  CSV: 'csv',
  JSON: 'json',
  NDJSON: 'ndjson',
  PARQUET: 'parquet',
} as const satisfies Record<string, ReportFormatValue>;

registerEnumType(ReportFormat, {
  name: 'ReportFormat',
  description:
    'How a report is written. Instants are ISO 8601 in UTC, of their own type in Parquet.',
  valuesConfig: {
    CSV: { description: 'Comma-separated, with a line of names; a missing number is empty.' },
    JSON: { description: 'One list of objects. Amounts are texts, so that no cent is lost.' },
    NDJSON: { description: 'The same objects, one a line.' },
    PARQUET: { description: 'Parquet with typed columns, compressed by Snappy.' },
  },
});

/** What a report is about. */
export const ReportKind = {
  EVENTS: 'events',
  EXPLORATION: 'exploration',
} as const satisfies Record<string, ReportRecord['kind']>;

registerEnumType(ReportKind, {
  name: 'ReportKind',
  description: 'What the rows of a report are.',
  valuesConfig: {
    EVENTS: { description: 'Single events.' },
    EXPLORATION: { description: 'Numbers by dimensions.' },
  },
});

/** How far a report is. */
export const ReportState = {
  WAITING: 'waiting',
  RUNNING: 'running',
  DONE: 'done',
  FAILED: 'failed',
} as const satisfies Record<string, ReportRecord['state']>;

registerEnumType(ReportState, {
  name: 'ReportState',
  description: 'How far a report is.',
  valuesConfig: {
    WAITING: { description: 'Others are made before it.' },
    RUNNING: { description: 'It is being made.' },
    DONE: { description: 'Its file can be fetched.' },
    FAILED: { description: 'There will be no file; `error` says why.' },
  },
});

/** Columns that reports of events may have, as the API names them. */
export const EventColumn = Object.fromEntries(
  EVENT_COLUMNS.map(({ name }) => [name.toUpperCase(), name]),
) as Record<string, EventColumnName>;

registerEnumType(EventColumn, {
  name: 'EventColumn',
  description: 'A column of single events; files name it in small letters.',
  valuesConfig: Object.fromEntries(
    EVENT_COLUMNS.map(({ name, meaning }) => [name.toUpperCase(), { description: meaning }]),
  ),
});
