import { DAY_MS, QUARTER_HOUR_SECONDS } from './restless-devices.js';
import {
  deviceEvents,
  deviceEventsOf,
  namedSessionEvents,
  type SessionColumn,
  type SessionEventsInput,
  unitEvents,
} from './session-events.js';
import {
  cutQuartersSql,
  inCutQuarters,
  NEVER_MS,
  ofProject,
  type PartsAround,
  partsBetween,
  stretchEventsSql,
  stretchQuartersSql,
  type UnusualDevices,
} from './unusual-devices.js';

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

export interface SessionPartsInput extends PartsAround {
  /** Each with an expression over parts, where parts are asked for them. */
  readonly columns: readonly SessionColumn[];
  readonly unusual: UnusualDevices;
}

/**
 * A SELECT with the parts of every session that touches the range, to be used as a subquery.
 * Columns: `session_key` (UInt128), `occurred_ms` and `event_id` of the part's first event,
 * `last_ms`, `unit` (what {@link eventsOfSessionsByPartsSql} finds the session by), then the asked ones.
 *
 * - Parts of a client's session belong together by its id.
 * - Parts of a device are cut into sessions by the pauses between them, and at those that begin with
 *   a cold start. Quarter hours with a cold start at another place are replaced by single events. A day
 *   and a timeout before the range suffices, because no activity without a pause is longer than a day,
 *   but for the stretches of unusual devices.
 * - Those are derived from their events (`session-events.ts`); there are few. A stretch lies between
 *   two pauses, so that no session crosses its ends.
 */
export function sessionPartsSql(input: SessionPartsInput): string {
  const parts = `${namedParts(input)}\nUNION ALL\n${deviceParts(input)}`;
  return input.unusual.stretches.length === 0
    ? parts
    : `${parts}\nUNION ALL\n${stretchParts(input)}`;
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
  return `SELECT unit, toUnixTimestamp64Milli(first_at) AS occurred_ms, toUnixTimestamp64Milli(last_at) AS last_ms, ${FIRST_ID} AS event_id${columns}
FROM (
  SELECT *, ${entry}
  FROM ${input.database}.gold_session_parts
  WHERE ${ofProject(input)} AND ${where}
)`;
}

function namedParts(input: SessionPartsInput): string {
  const { fromMs, toMs } = input;
  const table = `${input.database}.gold_session_parts WHERE ${ofProject(input)} AND NOT is_lone AND is_named`;
  // Most sessions end within a day, so what is near is simply taken along. Further away sessions of
  // the range are looked for where there is anything at all.
  const near = partsBetween(input, fromMs - DAY_MS, toMs + DAY_MS);
  const far = `(SELECT count() FROM ${table} AND NOT (${near}))`;
  const units = `SELECT unit FROM ${table} AND ${partsBetween(input, fromMs, toMs)} AND ${far} > 0`;
  return `SELECT unit AS session_key, occurred_ms, event_id, last_ms, unit${names(input)}
FROM (${parts(input, `NOT is_lone AND is_named AND ((${near}) OR unit IN (${units}))`)})`;
}

function deviceParts(input: SessionPartsInput): string {
  return `SELECT session_key, occurred_ms, event_id, last_ms, unit${names(input)}
FROM (${numberedParts(input)})`;
}

/**
 * Conditions on the parts of devices around the range that sessions are made of; no part fits two of
 * them. Single events lie apart in the table, and are looked for only where there is something cut.
 */
function wholeParts(input: SessionPartsInput): readonly string[] {
  const { parameters, unusual } = input;
  const { cuts, stretches } = unusual;
  const reach = input.timeoutSeconds * 1000 + DAY_MS;
  const near = `NOT is_named AND ${partsBetween(input, input.fromMs - reach, input.toMs + reach)}`;
  const usual =
    stretches.length === 0
      ? near
      : `${near} AND (unit, bucket_start) NOT IN (${stretchQuartersSql(parameters, stretches)})`;
  if (cuts?.length === 0) return [`NOT is_lone AND ${usual}`];
  const cut = cutQuartersSql(input, cuts);
  return [
    `NOT is_lone AND ${usual} AND (unit, bucket_start) NOT IN (${cut})`,
    `is_lone AND ${usual} AND ${inCutQuarters(input, cuts)}`,
  ];
}

/**
 * The events of a range with their sessions, a SELECT with the columns of `sessionEventsSql` for the
 * scope `events`. Beginnings of sessions are told by parts. A session that begins with a cold start
 * holds the events of that very moment that are not before it; where there are others, the quarter
 * hour belongs to a stretch.
 */
export function sessionEventsByPartsSql(
  input: SessionPartsInput & Pick<SessionEventsInput, 'kept'>,
): string {
  const { stretches } = input.unusual;
  const events = { ...input, scope: 'events' } as const;
  const apart = stretchEventsSql(input.parameters, stretches);
  const usual = stretches.length === 0 ? {} : { onlyWhere: `NOT (${apart})` };
  const rows = [
    namedSessionEvents(events),
    `SELECT session_key, occurred_ms, event_id${names(input)}
FROM (${deviceEvents({ ...events, ...usual }, input.fromMs, input.toMs)}) AS device_events
ASOF JOIN (
  SELECT unit AS s_unit, occurred_ms AS s_begins, session_key
  FROM (${numberedParts({ ...input, columns: [] })})
  WHERE s_is_new
) AS begins ON device_events.s_device = begins.s_unit AND device_events.occurred_ms >= begins.s_begins`,
    ...(stretches.length === 0
      ? []
      : [
          `SELECT ${STRETCH_KEY} AS session_key, occurred_ms, event_id${names(input)}
FROM (${deviceEventsOf(input, apart, 'events')})`,
        ]),
  ];
  return rows.join('\nUNION ALL\n');
}

/**
 * The events of some sessions, a SELECT with the columns of `sessionEventsSql`. The sessions of a unit
 * follow each other, so each event lies within the last one that began before it, or in none of them.
 * Those of stretches may meet in one moment: each is a unit of its own, and its events are cut one by one.
 *
 * @param input Sessions begin within its range; those that a client named may last until `latestMs`.
 * @param sessions A SELECT of `session_key`, `started_ms`, `ended_ms` and `unit`, as parts tell them.
 */
export function eventsOfSessionsByPartsSql(
  input: SessionPartsInput & Pick<SessionEventsInput, 'kept'> & { readonly latestMs: number },
  sessions: string,
): string {
  const { stretches } = input.unusual;
  const events = { ...input, scope: 'events' } as const;
  const apart = `session_id = '' AND ${stretchEventsSql(input.parameters, stretches)}`;
  const usual = stretches.length === 0 ? {} : { onlyWhere: `NOT (${apart})` };
  const rows = [
    unitEvents({ ...events, ...usual, toMs: input.latestMs }),
    ...(stretches.length === 0
      ? []
      : [
          `SELECT ${STRETCH_KEY} AS unit, occurred_ms, event_id${names(input)}
FROM (${deviceEventsOf({ ...input, toMs: input.toMs + DAY_MS }, apart, 'events')})`,
        ]),
  ];
  return `SELECT session_key, occurred_ms, event_id${names(input)}
FROM (${rows.join('\nUNION ALL\n')}) AS s_events
ASOF JOIN (${sessions}) AS s_sessions ON s_events.unit = s_sessions.unit AND s_events.occurred_ms >= s_sessions.started_ms
WHERE occurred_ms <= ended_ms`;
}

/**
 * The parts of the devices, in the shape of `parts`, with `session_key`, and `s_is_new` where a session
 * begins. The sessions of a device are counted along its parts; parts that begin at the same moment are
 * counted together, so several rows of one quarter hour stay together.
 */
function numberedParts(input: SessionPartsInput): string {
  const timeout = input.parameters.bind('Int64', input.timeoutSeconds * 1000);
  const columns = [...input.columns, { name: 's_is_cold', sql: '', part: 'cold_count > 0' }];
  const rows = wholeParts(input).map((where) => parts({ ...input, columns }, where));
  // Of no rows the greatest is 0, which stands for long ago.
  const before = `${NEVER_MS} + max(last_ms - ${NEVER_MS}) OVER (PARTITION BY unit ORDER BY occurred_ms ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`;
  return `SELECT *, toUInt128(unit + sum(s_is_new) OVER (PARTITION BY unit ORDER BY occurred_ms)) AS session_key
FROM (
  SELECT *, s_is_cold OR occurred_ms - (${before}) > ${timeout} AS s_is_new
  FROM (${rows.join('\nUNION ALL\n')})
)`;
}

/** Sessions of stretches are numbered apart from the others of their devices. */
const STRETCH_KEY = 'toUInt128(session_key + bitShiftLeft(toUInt128(1), 64))';

/** The events of the stretches, in the shape of parts. */
function stretchParts(input: SessionPartsInput): string {
  const events = deviceEventsOf(
    input,
    stretchEventsSql(input.parameters, input.unusual.stretches),
    'sessions',
  );
  return `SELECT unit AS session_key, occurred_ms, event_id, occurred_ms AS last_ms, unit${names(input)}
FROM (SELECT *, ${STRETCH_KEY} AS unit FROM (${events}))`;
}
