import { queryableUntil } from '../metric/as-of.js';
import type { BoundParameters } from '../metric/bound-parameters.js';
import { occurredBetween } from '../metric/occurred-between.js';
import { inProject } from '../metric/project-condition.js';
import { DAY_MS, restlessQuarters } from './restless-devices.js';

/** An extra column of the result: an expression over the columns of `silver_events`. */
export interface SessionColumn {
  readonly name: string;
  readonly sql: string;
  /**
   * The same of a part of a session: an expression over the columns of `gold_session_parts` and,
   * under their own names, those of its entry event. Left out where only events can tell.
   */
  readonly part?: string;
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
  /**
   * Only events of these devices: `anonymous_id`, else the account, in two lists of equal length, of
   * which one text is empty. Left out: all.
   */
  readonly devices?: {
    readonly anonymousIds: readonly string[];
    readonly userIds: readonly string[];
  };
  /** Leaves out events that were not queryable at this moment, ms since 1970 UTC. */
  readonly asOfMs?: number;
  /** Of the events without a client's session, only those that fit this condition. */
  readonly onlyWhere?: string;
  /** Only events that fit this condition are in the result; sessions are cut by all of them. */
  readonly kept?: string;
}

/**
 * Some events without a client's session, in their sessions; a SELECT with the columns of
 * {@link sessionEventsSql}.
 *
 * @param onlyWhere A condition on events. It must hold for all events of an activity without a pause,
 *   or for none, because sessions are cut as if there were no others.
 */
export function deviceEventsOf(
  input: Omit<SessionEventsInput, 'scope' | 'onlyWhere'>,
  onlyWhere: string,
  scope: SessionEventsInput['scope'],
): string {
  return deviceSessions({ ...input, scope, onlyWhere });
}

/**
 * A SELECT that gives every event its session (METRICS-SPEC §3), to be used as a subquery.
 *
 * Columns: `session_key` (UInt128, unique per session within the statement), `occurred_ms`
 * (Int64), `event_id`, then the asked ones. Canonical order is `(occurred_ms, event_id)`.
 *
 * With a client's `session_id`, that is the session, wherever else it appears. Without one, the
 * moments at which sessions of a device begin are found first, from arrays of times alone; each
 * event then joins the last beginning before it (`ASOF JOIN`), which is four times faster than
 * window functions over whole rows. A maintained table of sessions can take this fragment's place.
 */
export function sessionEventsSql(input: SessionEventsInput): string {
  return `${namedSessionEvents(input)}\nUNION ALL\n${deviceSessions(input)}`;
}

function names(input: SessionEventsInput): string {
  return input.columns.map((column) => `, ${column.name}`).join('');
}

function expressions(input: SessionEventsInput): string {
  return input.columns.map((column) => `, ${column.sql} AS ${column.name}`).join('');
}

function conditions(input: SessionEventsInput): string {
  const bots = input.includeBots ? '' : ' AND NOT is_bot';
  const project = `${inProject(input.parameters, input.projectId)}${bots}`;
  if (input.devices === undefined) return project;
  const list = (ids: readonly string[]): string => input.parameters.bind('Array(String)', ids);
  const { anonymousIds, userIds } = input.devices;
  return `${project} AND (anonymous_id, if(anonymous_id = '', user_id, '')) IN (SELECT arrayJoin(arrayZip(${list(anonymousIds)}, ${list(userIds)})))`;
}

/** The same with the moment at which events had to be queryable, which rollups do not know. */
function eventConditions(input: SessionEventsInput): string {
  const { asOfMs } = input;
  if (asOfMs === undefined) return conditions(input);
  return `${conditions(input)} AND ${queryableUntil(input.parameters, asOfMs)}`;
}

/** Condition on `occurred_at`, half-open, in ms. */
function between(input: SessionEventsInput, fromMs: number, toMs: number): string {
  return occurredBetween(input.parameters, fromMs, toMs);
}

/** The events with a client's session, a SELECT with the columns of {@link sessionEventsSql}. */
export function namedSessionEvents(input: SessionEventsInput): string {
  const events = `${input.database}.silver_events`;
  const inRange = between(input, input.fromMs, input.toMs);
  const reach =
    input.scope === 'events'
      ? inRange
      : `session_id IN (SELECT session_id FROM ${events} WHERE ${eventConditions(input)} AND session_id != '' AND ${inRange})`;
  return `SELECT ${NAMED} AS session_key, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, event_id${expressions(input)}
FROM ${events}
WHERE ${eventConditions(input)} AND session_id != '' AND ${reach}${kept(input)}`;
}

function kept(input: SessionEventsInput): string {
  return input.kept === undefined ? '' : ` AND (${input.kept})`;
}

/** A device as 128 bits: `anonymous_id`, else `user_id`, two name spaces. */
export const DEVICE = `reinterpretAsUInt128(sipHash128(anonymous_id, if(anonymous_id = '', user_id, '')))`;
/** A client's session as 128 bits, in a name space of its own. */
const NAMED = `reinterpretAsUInt128(sipHash128('i', session_id))`;
const EVENT_MS = 'toUnixTimestamp64Milli(occurred_at)';

/**
 * The events since the beginning of the range, with the client's session or else the device as `unit`;
 * `occurred_ms`, `event_id` and the asked columns.
 */
export function unitEvents(input: SessionEventsInput): string {
  const units = `if(session_id = '', ${DEVICE}, ${NAMED})`;
  return `SELECT ${units} AS unit, ${EVENT_MS} AS occurred_ms, event_id${expressions(input)}
FROM ${input.database}.silver_events
WHERE ${eventConditions(input)} AND ${between(input, input.fromMs, input.toMs)}${only(input)}${kept(input)}`;
}

function deviceSessions(input: SessionEventsInput): string {
  // A session lives a day at most, so those that touch the range lie within a day of it.
  const [fromMs, toMs] =
    input.scope === 'events'
      ? [input.fromMs, input.toMs]
      : [input.fromMs - DAY_MS, input.toMs + DAY_MS];
  return `SELECT toUInt128(s_device + s_upto - if(occurred_ms = s_begins, arrayCount(id -> id > event_id, s_cold_ids), 0)) AS session_key, occurred_ms, event_id${names(input)}
FROM (${deviceEvents(input, fromMs, toMs)}) AS device_events
ASOF JOIN (${beginnings(input, toMs)}) AS begins ON device_events.s_device = begins.s_device AND device_events.occurred_ms >= begins.s_begins`;
}

/**
 * The events without a client's session of a time, half-open, in ms: `s_device`, `occurred_ms`,
 * `event_id` and the asked columns.
 */
export function deviceEvents(input: SessionEventsInput, fromMs: number, toMs: number): string {
  return `SELECT ${DEVICE} AS s_device, ${EVENT_MS} AS occurred_ms, event_id${expressions(input)}
  FROM ${input.database}.silver_events
  WHERE ${eventConditions(input)} AND session_id = ''${only(input)} AND ${between(input, fromMs, toMs)}${kept(input)}`;
}

function only({ onlyWhere }: SessionEventsInput): string {
  return onlyWhere === undefined ? '' : ` AND ${onlyWhere}`;
}

/**
 * The moments at which sessions of a device begin, one row per device and moment: `s_begins`,
 * `s_upto` (how many sessions have begun up to and with it) and `s_cold_ids` (cold starts at that
 * very moment: of the events of one moment only those not before a cold start belong to it).
 */
function beginnings(input: SessionEventsInput, toMs: number): string {
  return `SELECT s_device, tupleElement(s_run[1], 1) AS s_begins, s_upto, arrayMap(mark -> mark.3, arrayFilter(mark -> mark.2 = 1, s_run)) AS s_cold_ids
FROM (
  SELECT s_device,
    arraySort(arrayConcat(arrayMap(ms -> (ms, toUInt8(0), ''), s_cuts), s_colds)) AS s_marks,
    arraySplit((mark, is_first) -> is_first, s_marks, arrayMap((mark, before) -> mark.1 != before, s_marks, arrayPushFront(arrayPopBack(arrayMap(mark -> mark.1, s_marks)), toInt64(-1)))) AS s_runs,
    arrayCumSum(arrayMap(run -> length(run), s_runs)) AS s_counts
  FROM (${cuts(input, toMs)})
)
ARRAY JOIN s_runs AS s_run, s_counts AS s_upto`;
}

/**
 * Per device: `s_cuts`, moments where a pause beyond the timeout or the rule of 24 hours begins a
 * session, and `s_colds`, cold starts as (ms, 1, event id).
 *
 * Times are packed with the cold flag in the lowest bit, so that one array of integers is sorted.
 * All events of one moment lie on the same side of a pause and of a day's end. Whether a day is
 * over depends on every beginning before, so devices with an activity of more than 24 hours without
 * a pause are folded, moment by moment; all others only need neighbours.
 */
function cuts(input: SessionEventsInput, toMs: number): string {
  const timeout = input.parameters.bind('Int64', input.timeoutSeconds * 1000);
  const ms = (packed: string): string => `bitShiftRight(${packed}, 1)`;
  const long = `arrayExists((start, end) -> end - start > ${DAY_MS}, s_pauses, arrayPushBack(arrayPopFront(s_ends), ${ms('s_times[-1]')}))`;
  return `SELECT s_device,
  arraySort(groupArray(s_packed)) AS s_times,
  arrayPushFront(arrayPopBack(s_times), ${NEVER}) AS s_befores,
  arrayMap(packed -> ${ms('packed')}, arrayFilter((packed, before) -> ${ms('packed')} - ${ms('before')} > ${timeout}, s_times, s_befores)) AS s_pauses,
  arrayMap(before -> ${ms('before')}, arrayFilter((before, packed) -> ${ms('packed')} - ${ms('before')} > ${timeout}, s_befores, s_times)) AS s_ends,
  ${long} AS s_is_long,
  if(s_is_long, ${folded(`if(s_is_long, s_times, [])`, timeout)}, s_pauses) AS s_cuts,
  arraySort(groupArrayIf((${ms('s_packed')}, toUInt8(1), s_cold_id), s_cold_id != '')) AS s_colds
FROM (
  SELECT ${DEVICE} AS s_device, ${EVENT_MS} * 2 + is_cold_start AS s_packed, if(is_cold_start, event_id, '') AS s_cold_id
  FROM ${input.database}.silver_events
  WHERE ${eventConditions(input)} AND session_id = ''${only(input)} AND ${history(input, toMs)}
)
GROUP BY s_device`;
}

/** Long before any event, and even, as a packed time. */
const NEVER = 'toInt64(-2000000000000000)';

/** Beginnings among sorted packed times; a cold start begins a day anew without being one. */
function folded(times: string, timeout: string): string {
  const ms = 'bitShiftRight(packed, 1)';
  const begins = `(${ms} - acc.3 > ${timeout} OR ${ms} - acc.2 > ${DAY_MS})`;
  return `tupleElement(arrayFold((acc, packed) -> (if(${begins}, arrayPushBack(acc.1, ${ms}), acc.1), if(${begins} OR bitAnd(packed, 1) = 1, ${ms}, acc.2), ${ms}), ${times}, (emptyArrayInt64(), ${NEVER}, ${NEVER})), 1)`;
}

/**
 * Condition on the events whose times decide: a day and a timeout before the range suffices,
 * because an activity without a pause that reaches further back is longer than a day. Devices that
 * may have such an activity are read from their first event.
 */
function history(input: SessionEventsInput, toMs: number): string {
  const recent = between(input, input.fromMs - DAY_MS - input.timeoutSeconds * 1000, toMs);
  const all = between(input, 0, toMs);
  if (input.onlyWhere !== undefined) return all;
  return `((${recent}) OR (${all} AND (anonymous_id, if(anonymous_id = '', user_id, '')) IN (${restlessDevices(input)})))`;
}

/** Devices that may have been active for more than 24 hours without a pause around the range. */
function restlessDevices(input: SessionEventsInput): string {
  const { parameters } = input;
  const dayOf = (ms: number): string =>
    `addDays(toDate32('1970-01-01'), ${parameters.bind('Int64', Math.floor(ms / DAY_MS))})`;
  const margin = 3 * DAY_MS + input.timeoutSeconds * 1000;
  return `SELECT anonymous_id, if(anonymous_id = '', user_id, '') AS account FROM ${input.database}.gold_active_users_per_day WHERE ${conditions(input)} AND day >= ${dayOf(input.fromMs - margin)} AND day <= ${dayOf(input.toMs + margin)} GROUP BY anonymous_id, account, day HAVING bitCount(groupBitOr(quarter_hours)) >= ${parameters.bind('UInt32', restlessQuarters(input.timeoutSeconds))}`;
}
