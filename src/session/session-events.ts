import type { BoundParameters } from '../metric/bound-parameters.js';

/** Longest life of a session without a client id, in ms (METRICS-SPEC §3, rule 2). */
const DAY_MS = 86_400_000;
const QUARTER_HOUR_SECONDS = 900;

/** An extra column of the result: an expression over the columns of `silver_events`. */
export interface SessionColumn {
  readonly name: string;
  readonly sql: string;
}

export interface SessionEventsInput {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
  /** Inactivity beyond which a session without a client id ends; the project's setting. */
  readonly timeoutSeconds: number;
  readonly includeBots: boolean;
  /** Half-open, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * `events`: the events of the range, each with its session, whenever that began.
   * `sessions`: all events of every session that has an event in the range; sessions around the
   * range may be among them and may be incomplete, so the reader keeps those whose first event,
   * or any event, lies in the range.
   */
  readonly scope: 'events' | 'sessions';
  readonly columns: readonly SessionColumn[];
}

/**
 * A SELECT that gives every event its session (METRICS-SPEC §3), to be used as a subquery.
 *
 * Columns: `session_key` (UInt128, unique per session within the statement), `occurred_ms`
 * (Int64), `event_id`, then the asked ones. Canonical order is `(occurred_ms, event_id)`.
 *
 * With a client's `session_id`, that is the session, wherever else it appears. Without one, events
 * of a device are cut where the gap exceeds the timeout, at a cold start, and where an event is
 * more than 24 hours after the first of its session. The last rule depends on all earlier cuts, so
 * devices that may have been active for over a day without a pause (told from the quarter hours of
 * `gold_active_users_per_day`) are read from their first event and folded; for all others a day of
 * history is enough. A maintained table of sessions can take this fragment's place.
 */
export function sessionEventsSql(input: SessionEventsInput): string {
  return [namedSessions(input), shortSessions(input), longSessions(input)].join('\nUNION ALL\n');
}

function names(input: SessionEventsInput): string {
  return input.columns.map((column) => `, ${column.name}`).join('');
}

function expressions(input: SessionEventsInput): string {
  return input.columns.map((column) => `, ${column.sql} AS ${column.name}`).join('');
}

function conditions(input: SessionEventsInput): string {
  const bots = input.includeBots ? '' : ' AND NOT is_bot';
  return `project_id = ${input.parameters.bind('String', input.projectId)}${bots}`;
}

/** Condition on `occurred_at` with bounds in ms; null is no bound. */
function between(input: SessionEventsInput, fromMs: number | null, toMs: number | null): string {
  const at = (ms: number): string =>
    `fromUnixTimestamp64Milli(${input.parameters.bind('Int64', ms)}, 'UTC')`;
  return [
    fromMs === null ? '' : ` AND occurred_at >= ${at(fromMs)}`,
    toMs === null ? '' : ` AND occurred_at < ${at(toMs)}`,
  ].join('');
}

function namedSessions(input: SessionEventsInput): string {
  const events = `${input.database}.silver_events`;
  const inRange = between(input, input.fromMs, input.toMs);
  const reach =
    input.scope === 'events'
      ? inRange
      : ` AND session_id IN (SELECT session_id FROM ${events} WHERE ${conditions(input)} AND session_id != ''${inRange})`;
  return `SELECT sipHash128('i', session_id) AS session_key, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, event_id${expressions(input)}
FROM ${events}
WHERE ${conditions(input)} AND session_id != ''${reach}`;
}

/** Rows of devices with `s_device`, `s_has_device`, `s_cold`, `occurred_ms`, `event_id`. */
function deviceEvents(input: SessionEventsInput, fromMs: number | null, where: string): string {
  const toMs = input.scope === 'events' ? input.toMs : input.toMs + 2 * DAY_MS;
  return `SELECT anonymous_id != '' AS s_has_device, if(anonymous_id != '', anonymous_id, user_id) AS s_device, is_cold_start AS s_cold, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, event_id${expressions(input)}
FROM ${input.database}.silver_events
WHERE ${conditions(input)} AND session_id = ''${between(input, fromMs, toMs)}${where}`;
}

/**
 * Numbers the islands of each device: stretches without a gap beyond the timeout and without a
 * cold start inside. Both windows have one order, so the rows are sorted once.
 */
function islands(input: SessionEventsInput, events: string): string {
  const timeout = input.parameters.bind('Int64', input.timeoutSeconds * 1000);
  const order = 'PARTITION BY s_has_device, s_device ORDER BY occurred_ms, event_id';
  return `SELECT *, sum(s_starts) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s_island
FROM (
  SELECT *, s_cold OR occurred_ms - lagInFrame(occurred_ms, 1, toInt64(-1000000000000000)) OVER (${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) > ${timeout} AS s_starts
  FROM (${events})
)`;
}

function shortSessions(input: SessionEventsInput): string {
  const lookBack = input.fromMs - DAY_MS - input.timeoutSeconds * 1000;
  const where = ` AND (anonymous_id != '', if(anonymous_id != '', anonymous_id, user_id)) NOT IN (${longDevices(input)})`;
  const rows = islands(input, deviceEvents(input, lookBack, where));
  return `SELECT sipHash128('d', s_has_device, s_device, s_island, toInt64(0)) AS session_key, occurred_ms, event_id${names(input)}
FROM (${rows})${rangeFilter(input)}`;
}

function longSessions(input: SessionEventsInput): string {
  const where = ` AND (anonymous_id != '', if(anonymous_id != '', anonymous_id, user_id)) IN (${longDevices(input)})`;
  const rows = islands(input, deviceEvents(input, null, where));
  // The fold collects the first moments of the sessions of an island; all events of one moment
  // fall on the same side of a cut.
  return `SELECT sipHash128('d', s_has_device, s_device, s_island, arrayLast(cut -> cut <= s_row.1, s_cuts)) AS session_key, s_row.1 AS occurred_ms, s_row.2 AS event_id${input.columns.map((column, index) => `, tupleElement(s_row, ${index + 3}) AS ${column.name}`).join('')}
FROM (
  SELECT s_has_device, s_device, s_island, groupArray((occurred_ms, event_id${names(input)})) AS s_rows,
    arrayFold((cuts, ms) -> if(ms - cuts[-1] > ${DAY_MS}, arrayPushBack(cuts, ms), cuts), arraySort(groupArray(occurred_ms)), [min(occurred_ms)]) AS s_cuts
  FROM (${rows})
  GROUP BY s_has_device, s_device, s_island
)
ARRAY JOIN s_rows AS s_row${rangeFilter(input)}`;
}

function rangeFilter(input: SessionEventsInput): string {
  if (input.scope !== 'events') return '';
  const { parameters } = input;
  return `\nWHERE occurred_ms >= ${parameters.bind('Int64', input.fromMs)} AND occurred_ms < ${parameters.bind('Int64', input.toMs)}`;
}

/**
 * Devices that may have an island of more than 24 hours around the range. Such an island covers at
 * least half of some UTC day near the range, and within it two active quarter hours are never
 * further apart than the timeout and a quarter hour. More devices than needed do no harm.
 */
function longDevices(input: SessionEventsInput): string {
  const half = DAY_MS / 2000;
  const step = input.timeoutSeconds + QUARTER_HOUR_SECONDS;
  const least = Math.max(1, Math.floor((half - input.timeoutSeconds) / step) - 1);
  const { parameters } = input;
  const dayOf = (ms: number): string =>
    `toDate32(fromUnixTimestamp64Milli(${parameters.bind('Int64', ms)}, 'UTC'))`;
  const margin = 2 * DAY_MS + input.timeoutSeconds * 1000;
  return `SELECT anonymous_id != '' AS has_device, if(anonymous_id != '', anonymous_id, user_id) AS device FROM ${input.database}.gold_active_users_per_day WHERE ${conditions(input)} AND day >= ${dayOf(input.fromMs - margin)} AND day <= ${dayOf(input.toMs + margin)} GROUP BY has_device, device, day HAVING bitCount(groupBitOr(quarter_hours)) >= ${parameters.bind('UInt32', least)}`;
}
