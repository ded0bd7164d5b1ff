import { AppError } from '../errors.js';
import { dateOfDayNumber, dayNumberOf, firstOfMonth } from './local-date.js';
import type { TimeRange } from './metric-query.js';
import { localDay, resolveRange } from './time-range.js';
import { startOfLocalDay, type ZoneClock, zoneOffsets } from './zone-offsets.js';

/** What a range is compared with: the one directly before it, or the same a calendar year before. */
export type Comparison = 'previous_period' | 'previous_year';

const DAY_MS = 86_400_000;

/**
 * The range that a range is compared with, of the same kind of time.
 *
 * Dates: whole calendar months are compared with as many whole months before (March with February,
 * a year with a year), other dates with as many days directly before. A year before are the same
 * dates one calendar year earlier, 28 February for the 29th; whole months stay whole months.
 *
 * Instants that are both local midnights of the zone mean the dates between them, and are treated
 * so: a day of 23 hours is compared with the whole day before. Other instants are compared with the
 * same length of absolute time directly before, or with what the local clocks showed a calendar
 * year before: a time they left out is the first one after it, a time they had twice the first.
 *
 * @throws AppError as `resolveRange` does, and `INVALID_RANGE` where there is no such range.
 */
export function comparedRange(
  range: TimeRange,
  timeZone: string,
  comparison: Comparison,
): TimeRange {
  const { fromMs, toMs, firstDay, lastDay, clock } = resolveRange(range, timeZone);
  if (range.kind === 'dates') return comparedDates(firstDay, lastDay, comparison);
  const isMidnight = (ms: number): boolean => startOfLocalDay(clock, localDay(clock, ms)) === ms;
  if (fromMs < toMs && isMidnight(fromMs) && isMidnight(toMs)) {
    return comparedDates(localDay(clock, fromMs), localDay(clock, toMs) - 1, comparison);
  }
  const instant = (ms: number): string => new Date(ms).toISOString();
  return comparison === 'previous_period'
    ? { kind: 'instants', from: instant(2 * fromMs - toMs), to: instant(fromMs) }
    : {
        kind: 'instants',
        from: instant(yearBefore(fromMs, clock)),
        to: instant(yearBefore(toMs, clock)),
      };
}

function comparedDates(firstDay: number, lastDay: number, comparison: Comparison): TimeRange {
  const nextDay = lastDay + 1;
  const isWhole = firstOfMonth(firstDay) === firstDay && firstOfMonth(nextDay) === nextDay;
  const months = comparison === 'previous_year' ? 12 : monthOf(nextDay) - monthOf(firstDay);
  if (isWhole) return dates(addMonths(firstDay, -months), addMonths(nextDay, -months) - 1);
  return comparison === 'previous_year'
    ? dates(addMonths(firstDay, -12), addMonths(lastDay, -12))
    : dates(2 * firstDay - nextDay, firstDay - 1);
}

function dates(firstDay: number, lastDay: number): TimeRange {
  const from = dateOfDayNumber(firstDay);
  if (dayNumberOf(from) === null) {
    throw new AppError('INVALID_RANGE', 'range: there is no time before it to compare with', {
      details: { field: 'range' },
    });
  }
  return { kind: 'dates', from, to: dateOfDayNumber(lastDay) };
}

/** Months since year 0 of a day given as days since 1970-01-01. */
function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The same day of another month, the last one of a month that is too short. */
function addMonths(day: number, months: number): number {
  const month = monthOf(day) + months;
  const of = (year: number, index: number, date: number): number =>
    new Date(0).setUTCFullYear(year, index, date) / DAY_MS;
  const last = of(Math.floor(month / 12), (month % 12) + 1, 0);
  const first = of(Math.floor(month / 12), month % 12, 1);
  return Math.min(first + new Date(day * DAY_MS).getUTCDate() - 1, last);
}

function yearBefore(ms: number, clock: ZoneClock): number {
  const shown = clock.localMs(ms);
  const day = Math.floor(shown / DAY_MS);
  const wanted = addMonths(day, -12) * DAY_MS + (shown - day * DAY_MS);
  const offsets = zoneOffsets(clock, wanted - 2 * DAY_MS, wanted + 2 * DAY_MS);
  for (const [index, { fromMs, offsetMs }] of offsets.entries()) {
    const instant = Math.max(fromMs, wanted - offsetMs);
    if (instant < (offsets[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY)) return instant;
  }
  return wanted;
}
