import type { BoundParameters } from '../metric/bound-parameters.js';
import { occurredBetween } from '../metric/occurred-between.js';
import { inProject } from '../metric/project-condition.js';
import { DAY_MS, QUARTER_HOUR_SECONDS, restlessQuarters } from './restless-devices.js';
import { DEVICE } from './session-events.js';

const QUARTER_MS = QUARTER_HOUR_SECONDS * 1000;

/** Long before any event. */
export const NEVER_MS = 'toInt64(-1000000000000000)';

/** Whose parts, and from when to when. */
export interface PartsAround {
  readonly database: string;
  readonly projectId: string;
  readonly parameters: BoundParameters;
  readonly timeoutSeconds: number;
  readonly includeBots: boolean;
  /** Half-open, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What must be known of the devices around a range before their parts are made into sessions. */
export interface UnusualDevices {
  /** Half-open, ms since 1970 UTC: the range it was looked for. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Quarter hours that a cold start cuts; null: so many that a statement looks for them itself. */
  readonly cuts: readonly DeviceQuarter[] | null;
  readonly stretches: readonly Stretch[];
}

/** A quarter hour of a device, whose 128 bits are decimal text. */
export interface DeviceQuarter {
  readonly unit: string;
  /** Seconds since 1970 UTC. */
  readonly start: number;
}

/** An activity of a device without a pause that has to be cut at events, because no part tells where. */
export interface Stretch {
  readonly unit: string;
  /** The device; empty where only the account is known. */
  readonly anonymous_id: string;
  /** First and last event, ms since 1970 UTC. */
  readonly from_ms: number;
  readonly to_ms: number;
}

/** Project and bots, which events and parts have alike. */
export function ofProject(input: PartsAround): string {
  const bots = input.includeBots ? '' : ' AND NOT is_bot';
  return `${inProject(input.parameters, input.projectId)}${bots}`;
}

/** Condition on parts that may hold events of the time, half-open, in ms. */
export function partsBetween(input: PartsAround, fromMs: number, toMs: number): string {
  const hour = 3_600_000;
  const second = (ms: number): string => input.parameters.bind('Int64', Math.floor(ms / 1000));
  const from = Math.max(Math.floor(fromMs / hour) * hour, 0);
  const to = Math.min(Math.max(Math.ceil(toMs / 1000) * 1000, 0), 4_294_967_295_000);
  return `bucket_start >= toDateTime(${second(from)}, 'UTC') AND bucket_start < toDateTime(${second(to)}, 'UTC')`;
}

/** Parts of devices around the range, widely enough to see an activity of more than a day. */
function widely(input: PartsAround, since = input.fromMs - marginMs(input)): string {
  return `${input.database}.gold_session_parts WHERE ${ofProject(input)} AND NOT is_named AND ${partsBetween(input, since, input.toMs + marginMs(input))}`;
}

function marginMs({ timeoutSeconds }: PartsAround): number {
  return 3 * DAY_MS + timeoutSeconds * 1000;
}

/**
 * A SELECT of `unit` and `bucket_start`: the quarter hours of devices that a cold start may cut. Those
 * with one are few, so they are found before anything is brought together.
 */
function foundCuts(input: PartsAround): string {
  const whole = `${widely(input)} AND NOT is_lone`;
  return `SELECT unit, bucket_start FROM ${whole} AND (unit, bucket_start) IN (SELECT unit, bucket_start FROM ${whole} AND cold_count > 0) GROUP BY unit, bucket_start HAVING max(cold_count > 1 OR (cold_count = 1 AND first_event.is_cold_start = 0)) OR count() > 1`;
}

/** The same quarter hours, of the list where there is one. */
export function cutQuartersSql(input: PartsAround, cuts: UnusualDevices['cuts']): string {
  return cuts === null ? foundCuts(input) : listedQuarters(input, cuts);
}

/** Condition on parts: in one of those quarter hours. What is listed is named by time besides, which prunes. */
export function inCutQuarters(input: PartsAround, cuts: UnusualDevices['cuts']): string {
  const quarters = `(unit, bucket_start) IN (${cutQuartersSql(input, cuts)})`;
  if (cuts === null) return quarters;
  const starts = input.parameters.bind('Array(Int64)', [
    ...new Set(cuts.map(({ start }) => start)),
  ]);
  return `bucket_start IN (SELECT toDateTime(arrayJoin(${starts}), 'UTC')) AND ${quarters}`;
}

function listedQuarters({ parameters }: PartsAround, quarters: readonly DeviceQuarter[]): string {
  const units = parameters.bind(
    'Array(String)',
    quarters.map(({ unit }) => unit),
  );
  const starts = parameters.bind(
    'Array(Int64)',
    quarters.map(({ start }) => start),
  );
  return `SELECT toUInt128(s_quarter.1) AS unit, toDateTime(s_quarter.2, 'UTC') AS bucket_start FROM (SELECT arrayJoin(arrayZip(${units}, ${starts})) AS s_quarter)`;
}

/** A device of which something may be unusual. */
export interface UnusualDevice {
  readonly unit: string;
  /** Whether some day has so many active quarter hours that an activity may have lasted for more than a day. */
  readonly is_busy: boolean;
  /** UTC days with quarter hours that a cold start may cut: their beginnings, seconds since 1970 UTC. */
  readonly days: readonly number[];
  /** Those quarter hours, bit by bit; decimal text, one for each day. */
  readonly cuts: readonly string[];
}

/**
 * A SELECT of at most `most` {@link UnusualDevice}s that are busy and as many others, from one look at
 * the parts. Of a day whose parts are not all merged yet, every quarter hour with a cold start counts as
 * one that is cut.
 */
export function unusualDevicesSql(input: PartsAround, most: number): string {
  const quarter = `bitShiftLeft(toUInt128(1), toUInt8(intDiv(toUnixTimestamp(bucket_start) % 86400, ${QUARTER_HOUR_SECONDS})))`;
  const least = input.parameters.bind('UInt32', restlessQuarters(input.timeoutSeconds));
  return `SELECT toString(unit) AS unit, max(s_is_busy) AS is_busy,
  groupArrayIf(toInt64(toUnixTimestamp(toDateTime(s_day, 'UTC'))), s_cuts != 0) AS days,
  groupArrayIf(toString(s_cuts), s_cuts != 0) AS cuts
FROM (
  SELECT unit, toDate(bucket_start, 'UTC') AS s_day, groupBitOr(${quarter}) AS s_quarters,
    groupBitOrIf(${quarter}, cold_count > 0) AS s_colds,
    groupBitOrIf(${quarter}, cold_count > 1 OR (cold_count = 1 AND first_event.is_cold_start = 0)) AS s_inner,
    bitCount(s_quarters) >= ${least} AS s_is_busy,
    if(count() > bitCount(s_quarters), s_colds, s_inner) AS s_cuts
  FROM ${widely(input)} AND NOT is_lone
  GROUP BY unit, s_day
  HAVING s_is_busy OR s_cuts != 0
)
GROUP BY unit
LIMIT ${input.parameters.bind('UInt32', most)} BY is_busy`;
}

/** The quarter hours of a device that a cold start may cut. */
export function cutsOfDevice({ unit, days, cuts }: UnusualDevice): readonly DeviceQuarter[] {
  return days.flatMap((day, index) => {
    const bits = BigInt(cuts[index] ?? 0);
    return QUARTERS.filter((quarter) => (bits >> BigInt(quarter)) % 2n === 1n).map((quarter) => ({
      unit,
      start: day + quarter * QUARTER_HOUR_SECONDS,
    }));
  });
}

/** Numbers of the quarter hours of a day. */
const QUARTERS = Array.from({ length: 96 }, (_, quarter) => quarter);

/**
 * A SELECT of at most `most` {@link DeviceQuarter}s: those that a cold start cuts, but not all of whose
 * events are kept by themselves, or whose cold start shares a moment with others.
 */
export function oddQuartersSql(
  input: PartsAround,
  cuts: UnusualDevices['cuts'],
  most: number,
): string {
  const cut = inCutQuarters(input, cuts);
  return `SELECT DISTINCT toString(unit) AS unit, toInt64(toUnixTimestamp(bucket_start)) AS start
FROM (
  SELECT unit, bucket_start FROM ${widely(input)} AND NOT is_lone AND ${cut} GROUP BY unit, bucket_start HAVING sum(lone_count) < sum(event_count)
  UNION ALL
  SELECT unit, bucket_start FROM ${widely(input)} AND is_lone AND ${cut} GROUP BY unit, bucket_start, first_at HAVING count() > 1 AND max(cold_count) > 0
)
LIMIT ${input.parameters.bind('UInt32', most)}`;
}

/**
 * A SELECT of {@link Stretch} around the range: activities of more than a day without a pause, and
 * those with an odd quarter hour.
 *
 * @param suspects Devices that may have been active for more than a day; all their history counts.
 */
export function stretchesSql(
  input: PartsAround,
  odd: readonly DeviceQuarter[],
  suspects: readonly string[],
): string {
  const { parameters, fromMs, toMs } = input;
  const timeout = parameters.bind('Int64', input.timeoutSeconds * 1000);
  const units = parameters.bind('Array(String)', [
    ...new Set([...suspects, ...odd.map(({ unit }) => unit)]),
  ]);
  const reach = DAY_MS + input.timeoutSeconds * 1000;
  const table = suspects.length === 0 ? widely(input) : widely(input, 0);
  return `SELECT toString(unit) AS unit, anonymous_id, s_run[1].1 AS from_ms, s_run[-1].2 AS to_ms
FROM (
  SELECT unit, any(anonymous_id) AS anonymous_id, arraySort(groupArray((s_first, s_last, s_is_odd))) AS s_quarters,
    arrayPushFront(arrayPopBack(arrayMap(each -> each.2, s_quarters)), ${NEVER_MS}) AS s_befores,
    arrayJoin(arraySplit((each, before) -> each.1 - before > ${timeout}, s_quarters, s_befores)) AS s_run
  FROM (
    SELECT unit, bucket_start, any(first_event.anonymous_id) AS anonymous_id, toUnixTimestamp64Milli(min(first_at)) AS s_first, toUnixTimestamp64Milli(max(last_at)) AS s_last, (unit, bucket_start) IN (${listedQuarters(input, odd)}) AS s_is_odd
    FROM ${table} AND NOT is_lone AND unit IN (SELECT toUInt128(arrayJoin(${units})))
    GROUP BY unit, bucket_start
  )
  GROUP BY unit
)
WHERE (to_ms - from_ms > ${DAY_MS} OR arrayExists(each -> each.3, s_run)) AND to_ms >= ${parameters.bind('Int64', fromMs - reach)} AND from_ms < ${parameters.bind('Int64', toMs + reach)}`;
}

/** A SELECT of `unit` and `bucket_start`: the quarter hours of the stretches. */
export function stretchQuartersSql(
  parameters: BoundParameters,
  stretches: readonly Stretch[],
): string {
  const quarter = (ms: number): number => Math.floor(ms / QUARTER_MS) * QUARTER_HOUR_SECONDS;
  const list = (values: readonly number[]): string => parameters.bind('Array(Int64)', values);
  const units = parameters.bind(
    'Array(String)',
    stretches.map(({ unit }) => unit),
  );
  const froms = list(stretches.map(({ from_ms }) => quarter(from_ms)));
  const tos = list(stretches.map(({ to_ms }) => quarter(to_ms) + QUARTER_HOUR_SECONDS));
  return `SELECT toUInt128(s_stretch.1) AS unit, toDateTime(arrayJoin(range(s_stretch.2, s_stretch.3, ${QUARTER_HOUR_SECONDS})), 'UTC') AS bucket_start FROM (SELECT arrayJoin(arrayZip(${units}, ${froms}, ${tos})) AS s_stretch)`;
}

/** More spans of time than this in one condition, and it names the first and the last instant only. */
const MOST_SPANS = 50;

/** Condition on events without a client's session: those of the stretches. */
export function stretchEventsSql(
  parameters: BoundParameters,
  stretches: readonly Stretch[],
): string {
  const ids = parameters.bind('Array(String)', [
    ...new Set(stretches.map(({ anonymous_id }) => anonymous_id)),
  ]);
  const spans = spansOf(stretches)
    .map(([from, to]) => `(${occurredBetween(parameters, from, to + 1)})`)
    .join(' OR ');
  return `(${spans}) AND anonymous_id IN (SELECT arrayJoin(${ids})) AND (${DEVICE}, toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC'))) IN (${stretchQuartersSql(parameters, stretches)})`;
}

/** Spans of time that hold the stretches, both ends within, ms; the hull of them when they are many. */
function spansOf(stretches: readonly Stretch[]): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  const sorted = [...stretches].sort((a, b) => a.from_ms - b.from_ms);
  for (const { from_ms, to_ms } of sorted) {
    const last = spans.at(-1);
    if (last !== undefined && from_ms <= last[1]) last[1] = Math.max(last[1], to_ms);
    else spans.push([from_ms, to_ms]);
  }
  const [first] = spans;
  const last = spans.at(-1);
  return spans.length > MOST_SPANS && first !== undefined && last !== undefined
    ? [[first[0], last[1]]]
    : spans;
}
