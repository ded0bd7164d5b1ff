import { AppError } from '../errors.js';
import { dateOfDayNumber, dayNumberOf } from './local-date.js';
import type { TimeRange } from './metric-query.js';
import { createZoneClock, startOfLocalDay, type ZoneClock } from './zone-offsets.js';

const DAY_MS = 86_400_000;

/** Longest range a question may have, in days: fifty years. */
export const MAX_RANGE_DAYS = 18_263;

/** A validated range: half-open in UTC, with the local days it touches. */
export interface ResolvedRange {
  /** First instant, ms since 1970 UTC. */
  readonly fromMs: number;
  /** First instant after the range; equal to `fromMs` for a range without time. */
  readonly toMs: number;
  readonly clock: ZoneClock;
  /** First and last local day touched, as days since 1970-01-01. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** The same as local dates, `YYYY-MM-DD`. */
  readonly firstDate: string;
  readonly lastDate: string;
}

/**
 * Cuts a range in a zone. Local dates are inclusive at both ends and contain every instant whose
 * local date they are, whether the day has 23, 24 or 25 hours; instants are half-open.
 *
 * The zone data of this runtime decides, for every table and every engine alike, since embedded
 * engine and servers bring releases of their own.
 *
 * @throws AppError `INVALID_RANGE` naming the field for a wrong format, a reversed range or one
 *   beyond {@link MAX_RANGE_DAYS}; `INVALID_TIME_ZONE` for an unknown zone.
 */
export function resolveRange(range: TimeRange, timeZone: string): ResolvedRange {
  const clock = createZoneClock(timeZone);
  const { fromMs, toMs } = range.kind === 'dates' ? dateBounds(range, clock) : instantBounds(range);
  if (toMs < fromMs) throw invalid('range.to', `must not lie before range.from`, range.to);
  if (toMs - fromMs > (MAX_RANGE_DAYS + 1) * DAY_MS) {
    throw new AppError('INVALID_RANGE', `a range may span at most ${MAX_RANGE_DAYS} days`, {
      details: { field: 'range', maximumDays: MAX_RANGE_DAYS },
    });
  }
  const firstDay = range.kind === 'dates' ? day('range.from', range.from) : localDay(clock, fromMs);
  const lastDay =
    range.kind === 'dates'
      ? day('range.to', range.to)
      : localDay(clock, Math.max(fromMs, toMs - 1));
  return {
    fromMs,
    toMs,
    clock,
    firstDay,
    lastDay,
    firstDate: dateOfDayNumber(firstDay),
    lastDate: dateOfDayNumber(lastDay),
  };
}

/** The local day of an instant, as days since 1970-01-01. */
export function localDay(clock: ZoneClock, instantMs: number): number {
  return Math.floor(clock.localMs(instantMs) / DAY_MS);
}

function dateBounds(range: TimeRange, clock: ZoneClock): { fromMs: number; toMs: number } {
  const from = day('range.from', range.from);
  const to = day('range.to', range.to);
  if (to < from) throw invalid('range.to', 'must not lie before range.from', range.to);
  return { fromMs: startOfLocalDay(clock, from), toMs: startOfLocalDay(clock, to + 1) };
}

function instantBounds(range: TimeRange): { fromMs: number; toMs: number } {
  return { fromMs: instant('range.from', range.from), toMs: instant('range.to', range.to) };
}

function day(field: string, text: string): number {
  const number = dayNumberOf(text);
  if (number === null) throw invalid(field, 'must be a date of the calendar, YYYY-MM-DD', text);
  return number;
}

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)([Zz]|[+-]\d{2}:?\d{2})$/;

/**
 * Milliseconds since 1970 UTC of an ISO 8601 instant with `Z` or an offset and at most
 * milliseconds; null for any other text.
 */
export function parseInstant(text: string): number | null {
  const match = INSTANT.exec(text);
  const [, date = '', time = '', offset = ''] = match ?? [];
  if (match === null || dayNumberOf(date) === null) return null;
  const zone = /^[Zz]$/.test(offset) ? 'Z' : offset.replace(/^(...)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(ms) ? null : ms;
}

function instant(field: string, text: string): number {
  const ms = parseInstant(text);
  if (ms === null) {
    throw invalid(
      field,
      'must be an ISO 8601 instant with Z or an offset and at most milliseconds, e.g. 2024-01-31T10:00:00.000Z',
      text,
    );
  }
  return ms;
}

function invalid(field: string, expectation: string, got: string): AppError {
  return new AppError(
    'INVALID_RANGE',
    `${field} ${expectation}; got ${JSON.stringify(got.slice(0, 80))}`,
    { details: { field } },
  );
}
