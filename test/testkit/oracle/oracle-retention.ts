import type { OracleEvent } from './oracle-event.js';
import { distinct, type OracleWorld } from './oracle-metrics.js';
import { holds, type OracleRule } from './oracle-rules.js';
import { datesBetween, midnight, periodOf } from './oracle-time.js';

export type OraclePeriod = 'day' | 'week' | 'month';
type Fits = (event: OracleEvent) => boolean;

/** First date of the bucket n after the one that begins on `date`, by the calendar. */
function later(date: string, period: OraclePeriod, n: number): string {
  const at = new Date(date);
  if (period === 'month') at.setUTCMonth(at.getUTCMonth() + n);
  else at.setUTCDate(at.getUTCDate() + n * (period === 'week' ? 7 : 1));
  return at.toISOString().slice(0, 10);
}

/** First dates of the buckets that the question's dates touch. */
function touched({ question }: OracleWorld, period: OraclePeriod): readonly string[] {
  const dates = datesBetween(question.from, question.to);
  return [...new Set(dates.map((date) => periodOf(date, period)))];
}

/**
 * Buckets of each person's events that fit, over all history, in order of the events.
 *
 * @param known The rule by which all history counts.
 */
function bucketsByPerson(
  world: OracleWorld,
  period: OraclePeriod,
  fits: Fits,
  known: OracleRule,
): ReadonlyMap<string, readonly string[]> {
  const buckets = new Map<string, string[]>();
  for (const event of world.all.filter(fits)) {
    if (!holds(known) && !world.inRange(event.at)) continue;
    const person = world.personOf(event);
    const own = buckets.get(person) ?? [];
    own.push(periodOf(world.dateOf(event.at), period));
    buckets.set(person, own);
  }
  return buckets;
}

/** A retention question as the oracle understands it. */
export interface OracleRetention {
  readonly period: OraclePeriod;
  readonly intervals: number;
  readonly isRecurring: boolean;
  readonly isRolling: boolean;
  readonly starts: Fits;
  readonly returns: Fits;
  readonly brackets: readonly (readonly [from: number, to: number])[];
  /** ms since 1970 UTC. */
  readonly asOf: number;
}

/** Cohorts, cells, brackets and rates, cohort by cohort and person by person. */
export function oracleRetention(world: OracleWorld, asked: OracleRetention) {
  const { period, intervals, isRecurring, isRolling, asOf } = asked;
  const starts = bucketsByPerson(
    world,
    period,
    asked.starts,
    'a first start may lie before the range',
  );
  const returns = bucketsByPerson(world, period, asked.returns, 'returns count behind the range');
  const cohorts = touched(world, period);
  const begins = new Map<string, number>();
  const hasBegun = (date: string): boolean => {
    const at = begins.get(date) ?? midnight(date, world.question.timeZone);
    begins.set(date, at);
    return at <= asOf;
  };
  const isToCome = (date: string): boolean => !hasBegun(date) && holds('a bucket to come is null');
  const members = cohorts.map((cohort) =>
    [...starts].filter(([, own]) =>
      isRecurring || !holds('a cohort is of the first start')
        ? own.includes(cohort)
        : own[0] === cohort,
    ),
  );
  const back = (index: number, came: (bucket: string) => boolean): number =>
    (members[index] ?? []).filter(([person]) => (returns.get(person) ?? []).some(came)).length;
  const cell = (cohort: string, index: number, n: number): number => {
    const wanted = later(cohort, period, n);
    if (n === 0 && holds('column 0 is the size')) return members[index]?.length ?? 0;
    const isOpen = isRolling && holds('rolling counts any later bucket');
    return back(index, (bucket) => (isOpen ? bucket >= wanted : bucket === wanted));
  };
  const complete = (cohort: string, n: number): boolean =>
    hasBegun(later(cohort, period, holds('a running bucket is incomplete') ? n + 1 : n));
  const rate = (last: number, of: (cohort: string, index: number) => number): number | null => {
    let size = 0;
    let kept = 0;
    for (const [index, cohort] of cohorts.entries()) {
      if (!complete(cohort, last) && holds('a rate leaves out what is incomplete')) continue;
      size += members[index]?.length ?? 0;
      kept += of(cohort, index);
    }
    return size === 0 ? null : (kept / size) * 100;
  };
  const columns = Array.from({ length: intervals }, (_, n) => n);
  const between =
    (from: number, to: number) =>
    (cohort: string, index: number): number => {
      const [first, last] = [later(cohort, period, from), later(cohort, period, to)];
      const came = (bucket: string): boolean => bucket >= first && bucket <= last;
      if (holds('a bracket counts once')) return back(index, came);
      const own = (members[index] ?? []).map(([person]) => returns.get(person) ?? []);
      return own.reduce((sum, buckets) => sum + new Set(buckets.filter(came)).size, 0);
    };
  return {
    cohorts,
    matrix: cohorts.map((cohort, index) =>
      columns.map((n) => (isToCome(later(cohort, period, n)) ? null : cell(cohort, index, n))),
    ),
    complete: cohorts.map((cohort) => columns.map((n) => complete(cohort, n))),
    rates: columns.map((n) => rate(n, (cohort, index) => cell(cohort, index, n))),
    brackets: asked.brackets.map(([from, to]) => ({
      people: cohorts.map((cohort, index) =>
        isToCome(later(cohort, period, from)) ? null : between(from, to)(cohort, index),
      ),
      rate: rate(to, between(from, to)),
    })),
  };
}

/** New, returning, resurrecting and dormant people of every bucket that the dates touch. */
export function oracleLifecycle(world: OracleWorld, period: OraclePeriod, fits: Fits) {
  const buckets = touched(world, period);
  const people = [...bucketsByPerson(world, period, fits, 'lifecycle knows all history').values()];
  const count = (is: (own: readonly string[], bucket: string, before: string) => boolean) =>
    buckets.map(
      (bucket) => people.filter((own) => is(own, bucket, later(bucket, period, -1))).length,
    );
  return {
    buckets,
    newUsers: count((own, bucket) => own[0] === bucket),
    returning: count((own, bucket, before) => own.includes(bucket) && own.includes(before)),
    resurrecting: count(
      (own, bucket, before) =>
        own.includes(bucket) && !own.includes(before) && own.some((other) => other < before),
    ),
    dormant: count((own, bucket, before) => own.includes(before) && !own.includes(bucket)),
  };
}

/** Who used a feature in the dates, for the first time or again; `fits` is the filter. */
export function oracleAdoption(world: OracleWorld, fits: Fits, isUse: Fits) {
  const { question, dateOf, personOf } = world;
  const inRange = (event: OracleEvent): boolean => world.inRange(event.at);
  const active = world.all.filter((event) => fits(event) && inRange(event));
  const everUsed = world.all.filter((event) => fits(event) && isUse(event));
  const used = everUsed.filter(inRange);
  const before = new Set(
    everUsed
      .filter(
        (event) =>
          dateOf(event.at) < question.from && holds('a first use may lie before the range'),
      )
      .map(personOf),
  );
  return {
    active,
    used,
    activeUsers: distinct(active, personOf),
    adopters: distinct(used, personOf),
    newAdopters: [...new Set(used.map(personOf))].filter((person) => !before.has(person)).length,
    uses: used.length,
  };
}
