import type { OracleEvent } from './oracle-event.js';
import { dimensionValue, type OracleWorld } from './oracle-metrics.js';
import type { OraclePeriod } from './oracle-retention.js';
import type { RandomWorld } from './random-world.js';

/** What is asked of a world besides its question, whatever metric asks. */

const HOUR = 3_600_000;

/** Grids of heatmaps, on pages of the worlds. */
export const GRIDS = [
  { page: '/a', columns: 100, rowPixels: 16 },
  { page: '/', columns: 10, rowPixels: 100 },
] as const;

/** Event that conversion and landing pages lead to. */
export const GOAL = 'signup';

/** Start and return events of retention, asked in turn. */
const PAIRS: readonly (readonly (string | undefined)[])[] = [
  [],
  ['click'],
  [undefined, 'page_view'],
  ['page_view', 'click'],
  ['page_view', 'page_view'],
];
export const BRACKETS = [
  [0, 0],
  [1, 2],
  [2, 6],
] as const;

/** A number that tells worlds apart, whatever the order of their events. */
export function pickOf({ events, question }: Pick<RandomWorld, 'events' | 'question'>): number {
  return events.length + Number(question.from.slice(8)) + Number(question.to.slice(8));
}

/** Width of buckets that retention, lifecycle and stickiness have. */
export function periodOfGrain(grain: RandomWorld['grain']): OraclePeriod {
  return grain === 'hour' ? 'day' : grain;
}

/** One question for retention. */
export interface AskedRetention {
  readonly start: string | undefined;
  readonly back: string | undefined;
  readonly isRecurring: boolean;
  readonly isRolling: boolean;
  /** ms since 1970. */
  readonly asOf: number;
  readonly intervals: number;
}

/** Both types and modes, with different events and moments of now. */
export function askedRetentions(world: RandomWorld): readonly AskedRetention[] {
  const pick = pickOf(world);
  return [0, 1, 2, 3].map((turn) => {
    const [start, back] = PAIRS[(pick + turn) % PAIRS.length] ?? [];
    return {
      start,
      back,
      isRecurring: turn % 2 === 1,
      isRolling: turn >= 2,
      // Midnights in UTC and noons, from before the range to long after it.
      asOf: Date.parse(world.question.from) + ((pick * 7 + turn * 11) % 40) * 12 * HOUR - HOUR * 24,
      intervals: 1 + ((pick + turn) % 9),
    };
  });
}

/** Feature whose adoption is asked for. */
export function askedFeature(world: RandomWorld) {
  return pickOf(world) % 2 === 0 ? { event: 'click' } : { where: { plan: 'pro' } };
}

/** Whether an event is a use of {@link askedFeature}. */
export function isUse(world: RandomWorld): (event: OracleEvent) => boolean {
  return pickOf(world) % 2 === 0
    ? ({ name }) => name === 'click'
    : ({ properties }) => properties.plan === 'pro';
}

/** Selector and filter of a question, whatever the date. */
export function fitsOf(
  { question, sessions }: OracleWorld,
  withSelector = true,
): (event: OracleEvent) => boolean {
  const { filter } = question;
  const sessionOf = new Map(
    sessions.flatMap((each) => each.events.map((event) => [event, each] as const)),
  );
  return (event) =>
    (!withSelector || question.event === undefined || event.name === question.event) &&
    (filter === undefined ||
      dimensionValue(event, sessionOf.get(event), filter.field, question.linkedDomains) ===
        filter.value);
}
