import type { BoundParameters } from '../metric/bound-parameters.js';
import type { SessionColumn } from './session-events.js';
import { sessionEventsSql } from './session-events.js';
import { sessionPartsSql } from './session-parts.js';
import type { UnusualDevices } from './unusual-devices.js';

/**
 * Events that a traffic source can be read from: the first of these is the entry event of a
 * session, else its first event (METRICS-SPEC §5).
 */
export const ENTRY_EVENTS = ['page_view', 'screen_view', 'app_start', 'app_foreground'] as const;

/**
 * Canonical order of an event as text; {@link LAST_RANK} is behind all of them, the empty text before:
 * the first byte of a time is 0. It is a letter, because the engine gives statements back as text.
 */
export const RANK =
  'concat(reinterpretAsFixedString(byteSwap(toUInt64(toUnixTimestamp64Milli(occurred_at)))), event_id)';
export const LAST_RANK = `'~'`;

/** Rank of an event among those that a traffic source is read from. */
const ENTRY_RANK: SessionColumn = {
  name: 's_entry_rank',
  sql: `concat(if(event_name IN (${ENTRY_EVENTS.map((name) => `'${name}'`).join(', ')}), '0', '1'), ${RANK})`,
  part: 'entry.rank',
};

/** Aggregates over the events of one session, for the `aggregates` of {@link sessionsSql}. */
export const sessionAggregate = {
  /** Value of a column at the entry event. */
  atEntry: (column: string): string => `argMin(${column}, ${ENTRY_RANK.name})`,
} as const;

export interface SessionsInput {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
  readonly timeoutSeconds: number;
  readonly includeBots: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  /** Makes the sessions of parts, which every column must then have an expression for. */
  readonly unusual?: UnusualDevices;
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
  const usesEntry = input.aggregates.some((each) => each.sql.includes(ENTRY_RANK.name));
  const columns = usesEntry ? [...input.columns, ENTRY_RANK] : input.columns;
  const { unusual } = input;
  const rows =
    unusual === undefined
      ? sessionEventsSql({ ...input, scope: 'sessions', columns })
      : sessionPartsSql({ ...input, unusual, columns });
  const last = unusual === undefined ? 'occurred_ms' : 'last_ms';
  const aggregates = input.aggregates.map((each) => `, ${each.sql} AS ${each.name}`).join('');
  return `SELECT session_key, min(occurred_ms) AS started_ms, max(${last}) AS ended_ms${aggregates}
FROM (${rows})
GROUP BY session_key
HAVING started_ms >= ${parameters.bind('Int64', input.fromMs)} AND started_ms < ${parameters.bind('Int64', input.toMs)}`;
}
