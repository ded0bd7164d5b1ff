import { createBoundParameters } from '../metric/bound-parameters.js';
import type { MetricContext } from '../metric/metric.js';
import type { ResolvedRange } from '../metric/time-range.js';
import { type Statement, statement } from '../warehouse/statement.js';
import { type FunnelActorsScope, funnelEventsSql } from './funnel-events.js';
import type { FunnelQuestion } from './funnel-query.js';

/**
 * How the events of an actor travel, one row per actor (and value, with `all_events`).
 *
 * - `packed`: column `packed`, sorted numbers `time × 2^bits + masks`, exact below 2^53;
 * - `split`: columns `times` and `masks`, where such numbers would not be exact, and where ties
 *   need the order of the event ids.
 *
 * With a breakdown there is a column `value`, empty when missing.
 */
export type FunnelTransport = 'packed' | 'split';

export interface FunnelStatement {
  readonly statement: Statement<unknown>;
  readonly transport: FunnelTransport;
  /** Bits of a mask: steps, then exclusions. */
  readonly maskBits: number;
}

export interface FunnelStatementInput {
  readonly context: Pick<MetricContext, 'database' | 'settings' | 'clock'>;
  readonly question: FunnelQuestion;
  readonly range: ResolvedRange;
  /**
   * Strict funnels alone: `untied` leaves actors with different events in one instant out and
   * names them in the column `tied`; `tied` gives these, `all` everybody, in canonical order with
   * their name in the column `actor`.
   */
  readonly strictPart?: 'untied' | 'tied' | 'all';
  /**
   * Adds the columns `actor` and, of sessions, `person`: who has the first step event (of the value).
   * Not with the strict part `untied`.
   */
  readonly actors?: FunnelActorsScope;
}

/** Integers up to here are exact in a double. */
const EXACT_DOUBLE = 2 ** 53;

/**
 * Builds the statement that gathers the events of each actor into sorted arrays. Sorting plain
 * numbers in the engine is what makes this as fast as `windowFunnel`, which has no exclusions, no
 * times and no strict order as METRICS-SPEC §7 defines it.
 */
export function funnelStatement(input: FunnelStatementInput): FunnelStatement {
  const { context, question, range, strictPart, actors } = input;
  const parameters = createBoundParameters();
  const events = funnelEventsSql({
    ...{ context, question, range, parameters },
    ...(actors === undefined ? {} : { actors }),
  });
  const exclusionBits = question.order === 'strict' ? 0 : question.exclusions.length;
  const maskBits = question.steps.length + exclusionBits;
  const isExact = Math.max(range.toMs - range.fromMs, 1) * 2 ** maskBits < EXACT_DOUBLE;
  const transport: FunnelTransport =
    isExact && (question.order !== 'strict' || strictPart === 'untied') ? 'packed' : 'split';
  const shape: Shape = {
    events,
    stepCount: question.steps.length,
    maskBits,
    transport,
    attribution: question.breakdown?.attribution ?? null,
    having: question.order === 'unordered' ? 'groupBitOr(f_m) != 0' : HAS_FIRST_STEP,
    names: actors === undefined ? null : question.per,
  };
  let sql: string;
  if (question.order === 'strict') {
    sql = shape.attribution === 'all_events' ? strictByValue(shape) : strict(shape, strictPart);
  } else {
    sql = shape.attribution === 'all_events' ? byValue(shape) : byActor(shape);
  }
  return {
    statement: statement(`funnel.${question.order}`, sql, parameters.values()),
    transport,
    maskBits,
  };
}

interface Shape {
  readonly events: string;
  readonly stepCount: number;
  readonly maskBits: number;
  readonly transport: FunnelTransport;
  readonly attribution: 'first_touch' | 'last_touch' | 'all_events' | null;
  readonly having: string;
  /** Which actors get their names; null for none. */
  readonly names: FunnelQuestion['per'] | null;
}

/** Without the first step there is no depth, unless the order is free. */
const HAS_FIRST_STEP = 'bitAnd(groupBitOr(f_m), 1) != 0';

/** One event as a number that sorts by time; as double or, where that is inexact, 128 bits wide. */
function numberSql({ transport, maskBits, stepCount }: Shape, masks: 'm' | 'x' | 'mx'): string {
  const steps = masks === 'x' ? '0' : 'f_m';
  const exclusions = masks === 'm' ? '' : ` + toUInt64(f_x) * ${2 ** stepCount}`;
  const mask = `toUInt64(${steps})${exclusions}`;
  return transport === 'packed'
    ? `toFloat64(f_ms * ${2 ** maskBits} + ${mask})`
    : `toUInt128(f_ms) * toUInt128(${2 ** maskBits}) + ${mask}`;
}

/** Columns of a sorted array of the numbers of {@link numberSql}. */
function arrayColumns({ transport, maskBits }: Shape, sorted: string): string {
  if (transport === 'packed') return `${sorted} AS packed`;
  const scale = `toUInt128(${2 ** maskBits})`;
  return `arrayMap(number -> toFloat64(intDiv(number, ${scale})), ${sorted} AS numbers) AS times, arrayMap(number -> toFloat64(number % ${scale}), numbers) AS masks`;
}

/** Who has the first step event of a group. */
const FIRST_PERSON = 'argMinIf(f_person, (f_ms, f_id), f_m != 0)';

/** Columns `actor` and `person` by an expression. */
function nameColumns({ names }: Shape, person = FIRST_PERSON): string {
  if (names === null) return '';
  return names === 'user' ? ', f_actor AS actor' : `, hex(f_actor) AS actor, ${person} AS person`;
}

/** Column `value` of the touch that decides, empty when no step event has a value. */
function touchColumn({ attribution }: Shape): string {
  if (attribution === null) return '';
  const pick = attribution === 'first_touch' ? 'argMinIf' : 'argMaxIf';
  // Canonical order as one text, time in big-endian bytes before the id: comparing texts is several
  // times faster than comparing tuples.
  const order = 'concat(reinterpretAsFixedString(byteSwap(toUInt64(f_ms))), f_id)';
  return `, ${pick}(f_value, ${order}, f_m != 0 AND f_value != '') AS value`;
}

function byActor(shape: Shape): string {
  const sorted = `arraySort(groupArray(${numberSql(shape, 'mx')}))`;
  return `SELECT ${arrayColumns(shape, sorted)}${touchColumn(shape)}${nameColumns(shape)}
FROM (${shape.events})
GROUP BY f_actor
HAVING ${shape.having}`;
}

/**
 * Step events are split by their value; exclusion events go to every value of the actor. An event
 * that is both is a step of its own value and an exclusion in all.
 */
function byValue(shape: Shape): string {
  const sorted = 'arraySort(arrayConcat(entry.2, exclusions))';
  const person = shape.names === 'session' ? FIRST_PERSON : `''`;
  return `SELECT ${arrayColumns(shape, sorted)}, entry.1 AS value${nameColumns(shape, 'entry.3')}
FROM (
  SELECT f_actor, groupArrayIf((f_step_value, steps, first_person), f_fits) AS entries, arrayFlatten(groupArray(excluded)) AS exclusions
  FROM (
    SELECT f_actor, if(f_m != 0, f_value, '') AS f_step_value, ${shape.having} AS f_fits,
      ${person} AS first_person, groupArrayIf(${numberSql(shape, 'm')}, f_m != 0) AS steps,
      groupArrayIf(${numberSql(shape, 'x')}, f_x != 0) AS excluded
    FROM (${shape.events})
    GROUP BY f_actor, f_step_value
  )
  GROUP BY f_actor
)
ARRAY JOIN entries AS entry`;
}

/**
 * Strict funnels look at every event of an actor. Of each run of events that fit nothing only the
 * first is kept: it ends the chains before it, and more of them end nothing more.
 */
function strict(shape: Shape, part: FunnelStatementInput['strictPart'] = 'all'): string {
  if (part === 'untied') return strictUntied(shape);
  const only =
    part === 'tied'
      ? `\n  AND arrayExists((here, before) -> here.1 = before.1 AND here.2 != before.2, f_pairs, arrayPushFront(arrayPopBack(f_pairs), (toInt64(-1), toUInt32(0))))`
      : '';
  const pairs = part === 'tied' ? ', arraySort(groupUniqArray((f_ms, f_m))) AS f_pairs' : '';
  // The parts that leave actors out to each other name them alike.
  const names = shape.names === null ? ', toString(f_actor) AS actor' : nameColumns(shape);
  return `SELECT arrayMap(event -> toFloat64(event.1), f_sorted) AS times, arrayMap(event -> toFloat64(event.3), f_sorted) AS masks, actor${shape.names === 'session' ? ', person' : ''}${shape.attribution === null ? '' : ', value'}
FROM (
  SELECT arraySort(groupArray((f_ms, f_id, f_m))) AS f_sorted${names}${pairs}${touchColumn(shape)}
  FROM (${shape.events})
  GROUP BY f_actor
  HAVING ${HAS_FIRST_STEP}${only}
)`;
}

/**
 * Strict by value: a step event with another value is, for this value, one more event that ends the
 * chains.
 */
function strictByValue(shape: Shape): string {
  const person = shape.names === 'session' ? 'f_person' : `''`;
  const first = 'tupleElement(arrayFirst(event -> event.3 != 0 AND event.4 = value, f_sorted), 5)';
  return `SELECT arrayMap(event -> toFloat64(event.1), f_sorted) AS times, arrayMap(event -> if(event.4 = value, toFloat64(event.3), toFloat64(0)), f_sorted) AS masks, value${nameColumns(shape, first)}
FROM (
  SELECT f_actor, arraySort(groupArray((f_ms, f_id, f_m, f_value, ${person}))) AS f_sorted, groupUniqArrayIf(f_value, f_m != 0) AS f_values
  FROM (${shape.events})
  GROUP BY f_actor
  HAVING ${HAS_FIRST_STEP}
)
ARRAY JOIN f_values AS value`;
}

function strictUntied(shape: Shape): string {
  const isPacked = shape.transport === 'packed';
  const scale = isPacked ? `${2 ** shape.maskBits}` : `toUInt128(${2 ** shape.maskBits})`;
  const type = isPacked ? 'Int64' : 'UInt128';
  const kept = `if(f_is_tied, [], arrayFilter((here, before) -> to${type}(here) % ${scale} != 0 OR to${type}(before) % ${scale} != 0, f_all, f_before))`;
  return `SELECT ${arrayColumns(shape, kept)}, tied${shape.attribution === null ? '' : ', value'}
FROM (
  SELECT arraySort(groupArray(${numberSql(shape, 'm')})) AS f_all,
    arrayPushFront(arrayPopBack(f_all), ${isPacked ? 'toFloat64(0)' : 'toUInt128(0)'}) AS f_before,
    arrayExists((here, before, i) -> i > 1 AND here != before AND intDiv(to${type}(here), ${scale}) = intDiv(to${type}(before), ${scale}), f_all, f_before, arrayEnumerate(f_all)) AS f_is_tied,
    if(f_is_tied, toString(f_actor), '') AS tied${touchColumn(shape)}
  FROM (${shape.events})
  GROUP BY f_actor
  HAVING ${HAS_FIRST_STEP}
)`;
}
