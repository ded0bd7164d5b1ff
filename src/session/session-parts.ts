import type { BoundParameters } from '../metric/bound-parameters.js';
import { inProject } from '../metric/project-condition.js';
import { DAY_MS, QUARTER_HOUR_SECONDS, restlessQuarters } from './restless-devices.js';
import { deviceEventsOf, type SessionColumn } from './session-events.js';

/** Shortest inactivity timeout for which sessions can be made of parts, seconds. */
export const LEAST_PART_TIMEOUT_SECONDS = QUARTER_HOUR_SECONDS;

/** Columns of a session's entry event that its parts keep, under the names they have in an event. */
export const ENTRY_COLUMNS = [
  'host',
  'referrer_host',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'click_id',
  'device_type',
  'browser',
  'browser_version',
  'os',
  'os_version',
  'country',
  'region',
  'city',
  'language',
  'platform',
  'app_version',
  'event_name',
] as const;

export interface SessionPartsInput {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
  readonly timeoutSeconds: number;
  readonly includeBots: boolean;
  /** Half-open, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Each with an expression over parts. */
  readonly columns: readonly SessionColumn[];
  readonly unusual: UnusualDevices;
}

/** What must be known of the devices around a range before their parts are made into sessions. */
export interface UnusualDevices {
  /** Half-open, ms since 1970 UTC: the range it was looked for. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Devices that parts do not suffice for, 128 bits as decimal text. */
  readonly restless: readonly string[];
  /** Whether a quarter hour of a device is cut by a cold start. */
  readonly hasCuts: boolean;
}

type Around = Omit<SessionPartsInput, 'columns' | 'unusual'>;

/**
 * A SELECT with the parts of every session that touches the range, to be used as a subquery.
 * Columns: `session_key` (UInt128), `occurred_ms` and `event_id` of the part's first event,
 * `last_ms`, then the asked ones.
 *
 * - Parts of a client's session belong together by its id.
 * - Parts of a device are cut into sessions by the pauses between them, and at those that begin with
 *   a cold start. Quarter hours with a cold start at another place are replaced by single events. A day
 *   and a timeout before the range suffices, because no activity without a pause is longer than a day,
 *   but for restless devices.
 * - Devices that may have been active for a day without a pause are cut at its end, which may lie
 *   within a part. They are derived from their events (`session-events.ts`); there are few.
 */
export function sessionPartsSql(input: SessionPartsInput): string {
  const parts = `${namedParts(input)}\nUNION ALL\n${deviceParts(input)}`;
  return input.unusual.restless.length === 0
    ? parts
    : `${parts}\nUNION ALL\n${restlessParts(input)}`;
}

/** Id and time of the first event of a part, of its rank: 8 bytes of time, then the id. */
const FIRST_ID = 'substring(first_event.rank, 9)';

function names(input: SessionPartsInput): string {
  return input.columns.map((column) => `, ${column.name}`).join('');
}

/** The parts, with the columns of the entry event under their own names. */
function parts(input: SessionPartsInput, where: string): string {
  const entry = ENTRY_COLUMNS.map((name) => `entry.${name} AS ${name}`).join(', ');
  const columns = input.columns.map((column) => `, ${column.part} AS ${column.name}`).join('');
  return `SELECT unit, ${PLACE} AS s_place, toUnixTimestamp64Milli(first_at) AS occurred_ms, toUnixTimestamp64Milli(last_at) AS last_ms, ${FIRST_ID} AS event_id${columns}
FROM (
  SELECT *, ${entry}
  FROM ${input.database}.gold_session_parts
  WHERE ${conditions(input)} AND ${where}
)`;
}

/** Where a part stands in its device, ms: the beginning of its quarter hour, or of a single event its time. */
const PLACE =
  'if(is_lone, toUnixTimestamp64Milli(first_at), toInt64(toUnixTimestamp(part_start)) * 1000)';

function conditions(input: Around): string {
  const bots = input.includeBots ? '' : ' AND NOT is_bot';
  return `${inProject(input.parameters, input.projectId)}${bots}`;
}

/** Condition on parts that may hold events of the time, half-open, in ms. */
function partsBetween(input: Around, fromMs: number, toMs: number): string {
  const hour = 3_600_000;
  const second = (ms: number): string => input.parameters.bind('Int64', Math.floor(ms / 1000));
  const from = Math.max(Math.floor(fromMs / hour) * hour, 0);
  const to = Math.min(Math.max(Math.ceil(toMs / 1000) * 1000, 0), 4_294_967_295_000);
  return `part_start >= toDateTime(${second(from)}, 'UTC') AND part_start < toDateTime(${second(to)}, 'UTC')`;
}

function namedParts(input: SessionPartsInput): string {
  const { fromMs, toMs } = input;
  const table = `${input.database}.gold_session_parts WHERE ${conditions(input)} AND NOT is_lone AND is_named`;
  // Most sessions end within a day, so what is near is simply taken along. Further away sessions of
  // the range are looked for where there is anything at all.
  const near = partsBetween(input, fromMs - DAY_MS, toMs + DAY_MS);
  const far = `(SELECT count() FROM ${table} AND NOT (${near}))`;
  const units = `SELECT unit FROM ${table} AND ${partsBetween(input, fromMs, toMs)} AND ${far} > 0`;
  return `SELECT unit AS session_key, occurred_ms, event_id, last_ms${names(input)}
FROM (${parts(input, `NOT is_lone AND is_named AND ((${near}) OR unit IN (${units}))`)})`;
}

function deviceParts(input: SessionPartsInput): string {
  return `SELECT session_key, occurred_ms, event_id, last_ms${names(input)}
FROM (${parts(input, wholeParts(input))}) AS device_parts
INNER JOIN (${numberedParts(input)}) AS numbers ON device_parts.unit = numbers.s_unit AND device_parts.s_place = numbers.s_at`;
}

/** Condition on the parts of devices around the range that sessions are made of. */
function wholeParts(input: SessionPartsInput): string {
  const reach = input.timeoutSeconds * 1000 + DAY_MS;
  const near = partsBetween(input, input.fromMs - reach, input.toMs + reach);
  return input.unusual.hasCuts
    ? `NOT is_named AND ${near} AND is_lone = ((unit, part_start) IN (${cutQuarters(input)}))`
    : `NOT is_lone AND NOT is_named AND ${near}`;
}

/**
 * Every part of the devices with the number of its session within the device: `s_unit`, `s_at` and
 * `session_key`. A part is packed into one number: its first moment in ms, 20 bits of its length,
 * whether it begins with a cold start, whether it is a single event.
 */
function numberedParts(input: SessionPartsInput): string {
  const timeout = input.parameters.bind('Int64', input.timeoutSeconds * 1000);
  const usual = input.unusual.restless.length === 0 ? '' : ` AND NOT has(${restless(input)}, unit)`;
  return `SELECT unit AS s_unit, s_at, toUInt128(unit + s_number) AS session_key
FROM (
  SELECT unit, arraySort(groupArray(s_packed)) AS s_parts,
    arrayMap(part -> toInt64(bitShiftRight(part, 22)), s_parts) AS s_firsts,
    arrayMap((part, first) -> first + toInt64(bitAnd(bitShiftRight(part, 2), 1048575)), s_parts, s_firsts) AS s_lasts,
    arrayPushFront(arrayPopBack(s_lasts), ${NEVER_MS}) AS s_befores,
    arrayCumSum((part, first, before) -> bitAnd(part, 2) = 2 OR first - before > ${timeout}, s_parts, s_firsts, s_befores) AS s_numbers,
    arrayMap((part, first) -> if(bitAnd(part, 1) = 1, first, intDiv(first, 900000) * 900000), s_parts, s_firsts) AS s_places
  FROM (
    SELECT unit, toUnixTimestamp64Milli(min(first_at)) AS s_first,
      bitShiftLeft(toUInt64(s_first), 22) + bitShiftLeft(toUInt64(toUnixTimestamp64Milli(max(last_at)) - s_first), 2) + if(sum(cold_count) > 0, 2, 0) + toUInt64(any(is_lone)) AS s_packed
    FROM ${input.database}.gold_session_parts
    WHERE ${conditions(input)} AND ${wholeParts(input)}${usual}
    GROUP BY unit, ${PLACE}
  )
  GROUP BY unit
)
ARRAY JOIN s_places AS s_at, s_numbers AS s_number`;
}

/** Parts of devices around the range, widely enough to see an activity of more than a day. */
function widely(input: Around): string {
  const margin = 3 * DAY_MS + input.timeoutSeconds * 1000;
  return `${input.database}.gold_session_parts WHERE ${conditions(input)} AND NOT is_named AND ${partsBetween(input, input.fromMs - margin, input.toMs + margin)}`;
}

/** Quarter hours of devices that a cold start may cut. */
function cutQuarters(input: Around): string {
  return `SELECT unit, part_start FROM ${widely(input)} AND NOT is_lone GROUP BY unit, part_start HAVING max(cold_count > 1 OR (cold_count = 1 AND first_event.is_cold_start = 0)) OR (count() > 1 AND sum(cold_count) > 0)`;
}

/**
 * A SELECT of what {@link UnusualDevices} tells: rows of `unit` for each restless device, and one
 * without text when there are quarter hours that are cut.
 *
 * Restless are those that were active for more than a day without a pause around the range: the number
 * of their quarter hours leaves few to look at closely. And those whose cold starts share a quarter hour
 * with events that are not kept by themselves, or a moment with others.
 */
export function unusualDevicesSql(input: Around): string {
  const table = `${widely(input)} AND NOT is_lone`;
  const quarter = `bitShiftLeft(toUInt128(1), toUInt8(intDiv(toUnixTimestamp(part_start) % 86400, 900)))`;
  const least = input.parameters.bind('UInt32', restlessQuarters(input.timeoutSeconds));
  const timeout = input.parameters.bind('Int64', input.timeoutSeconds * 1000);
  const cut = `(unit, part_start) IN (${cutQuarters(input)})`;
  const busy = `unit IN (SELECT unit FROM ${table} GROUP BY unit HAVING count() >= ${least})`;
  const units = `SELECT unit FROM (
  SELECT unit, arraySort(groupArray((s_first, s_last))) AS s_quarters,
    arrayPushFront(arrayPopBack(arrayMap(each -> each.2, s_quarters)), ${NEVER_MS}) AS s_befores,
    arrayFilter((each, before) -> each.1 - before > ${timeout}, s_quarters, s_befores) AS s_begins,
    arrayPushBack(arrayPopFront(arrayFilter((before, each) -> each.1 - before > ${timeout}, s_befores, s_quarters)), s_quarters[-1].2) AS s_ends
  FROM (
    SELECT unit, part_start, toUnixTimestamp64Milli(min(first_at)) AS s_first, toUnixTimestamp64Milli(max(last_at)) AS s_last
    FROM ${table} AND unit IN (SELECT unit FROM ${table} AND ${busy} GROUP BY unit, toDate(part_start) HAVING bitCount(groupBitOr(${quarter})) >= ${least})
    GROUP BY unit, part_start
  )
  GROUP BY unit
)
WHERE arrayExists((begin, end) -> end - begin.1 > ${DAY_MS}, s_begins, s_ends)
UNION ALL
SELECT unit FROM ${table} AND (unit, part_start) IN (SELECT unit, part_start FROM ${table} AND cold_count > 0)
GROUP BY unit, part_start HAVING sum(lone_count) < sum(event_count)
UNION ALL
SELECT unit FROM ${widely(input)} AND is_lone AND ${cut} GROUP BY unit, first_at HAVING count() > 1 AND max(cold_count) > 0`;
  return `SELECT DISTINCT toString(unit) AS unit FROM (${units})
UNION ALL
SELECT '' AS unit FROM (SELECT 1 FROM (${cutQuarters(input)}) LIMIT 1)`;
}

/** The restless devices as an array of 128-bit numbers. */
function restless({ parameters, unusual }: SessionPartsInput): string {
  return `arrayMap(unit -> toUInt128(unit), ${parameters.bind('Array(String)', unusual.restless)})`;
}

/** The events of restless devices, in the shape of parts. */
function restlessParts(input: SessionPartsInput): string {
  const events = deviceEventsOf(input, restless(input));
  return `SELECT session_key, occurred_ms, event_id, occurred_ms AS last_ms${names(input)}
FROM (${events})`;
}

/** Long before any event. */
const NEVER_MS = 'toInt64(-1000000000000000)';
