import type { BoundParameters } from './bound-parameters.js';

const DAY_MS = 86_400_000;

/** The days that the type of the sorting key can hold end here. */
const LAST_KEY_DAY_MS = Date.UTC(2149, 0, 1);

/** Whole months are told apart by the partitions of the tables. */
const MOST_PRUNED_DAYS = 62;

/**
 * Condition on `occurred_at` of `silver_events`, half-open, ms since 1970 UTC.
 *
 * The engine looks for a bare `occurred_at` at the end of the sorting key only, where it excludes
 * little. So a short time names its days as well, as the key does: a week of a month reads a
 * quarter of it. The condition on days follows from the one on the time.
 */
export function occurredBetween(parameters: BoundParameters, fromMs: number, toMs: number): string {
  const at = (ms: number): string =>
    `fromUnixTimestamp64Milli(${parameters.bind('Int64', ms)}, 'UTC')`;
  const time = `occurred_at >= ${at(fromMs)} AND occurred_at < ${at(toMs)}`;
  const isShort =
    fromMs >= 0 && toMs <= LAST_KEY_DAY_MS && toMs - fromMs <= MOST_PRUNED_DAYS * DAY_MS;
  return isShort
    ? `${time} AND toDate(occurred_at) >= toDate(${at(fromMs)}) AND toDate(occurred_at) <= toDate(${at(toMs)})`
    : time;
}
