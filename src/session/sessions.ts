import type { BoundParameters } from '../metric/bound-parameters.js';
import type { SessionColumn } from './session-events.js';
import { sessionEventsSql } from './session-events.js';

/**
 * Events that a traffic source can be read from: the first of these is the entry event of a
 * session, else its first event (METRICS-SPEC §5).
 */
export const ENTRY_EVENTS = ['page_view', 'screen_view', 'app_start', 'app_foreground'] as const;

const ENTRY_KEY = `(s_not_entry, occurred_ms, event_id)`;
const ORDER_KEY = `(occurred_ms, event_id)`;

/** Aggregates over the events of one session, for the `aggregates` of {@link sessionsSql}. */
export const sessionAggregate = {
  /** Value of a column at the entry event. */
  atEntry: (column: string): string => `argMin(${column}, ${ENTRY_KEY})`,
  /** Value of a column at the first event. */
  atFirst: (column: string): string => `argMin(${column}, ${ORDER_KEY})`,
  /** Value of a column at the first, or last, event that fits a condition. */
  atFirstOf: (column: string, condition: string): string =>
    `argMinIf(${column}, ${ORDER_KEY}, ${condition})`,
  atLastOf: (column: string, condition: string): string =>
    `argMaxIf(${column}, ${ORDER_KEY}, ${condition})`,
} as const;

export interface SessionsInput {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
  readonly timeoutSeconds: number;
  readonly includeBots: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  /** Expressions over `silver_events`, one value per event. */
  readonly columns: readonly SessionColumn[];
  /** Aggregates over those columns, `occurred_ms` and `event_id`, one value per session. */
  readonly aggregates: readonly SessionColumn[];
}

/**
 * A SELECT with one row per session that starts in the range, made of all its events, also those
 * after the range. Columns: `session_key` (UInt128), `started_ms`, `ended_ms` (Int64), then the
 * aggregates.
 */
export function sessionsSql(input: SessionsInput): string {
  const { parameters } = input;
  const entryEvents = parameters.bind('Array(String)', ENTRY_EVENTS);
  const usesEntry = input.aggregates.some((each) => each.sql.includes('s_not_entry'));
  const events = sessionEventsSql({
    ...input,
    scope: 'sessions',
    columns: usesEntry
      ? [...input.columns, { name: 's_not_entry', sql: `NOT has(${entryEvents}, event_name)` }]
      : input.columns,
  });
  const aggregates = input.aggregates.map((each) => `, ${each.sql} AS ${each.name}`).join('');
  return `SELECT session_key, min(occurred_ms) AS started_ms, max(occurred_ms) AS ended_ms${aggregates}
FROM (${events})
GROUP BY session_key
HAVING started_ms >= ${parameters.bind('Int64', input.fromMs)} AND started_ms < ${parameters.bind('Int64', input.toMs)}`;
}
