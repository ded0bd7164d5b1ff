import { AppError } from '../errors.js';

const DAY_MS = 86_400_000;

/** From `fromMs` on, until the next entry begins, local time = UTC + `offsetMs`. */
export interface ZoneOffset {
  readonly fromMs: number;
  readonly offsetMs: number;
}

/** Local time of one zone: `localMs(t)` is what the clocks there show, as if it were UTC, in ms. */
export interface ZoneClock {
  readonly timeZone: string;
  localMs(instantMs: number): number;
}

/** Clocks that are kept: one takes as long to make as a small question to answer. */
const MAX_CLOCKS = 200;
/** Days whose offset a clock remembers: more than the longest range has. */
const MAX_KNOWN_DAYS = 20_000;

const clocks = new Map<string, ZoneClock>();

/**
 * The clock of an IANA zone, from the zone data of the runtime.
 *
 * @throws AppError `INVALID_TIME_ZONE` when the runtime knows no such zone.
 */
export function createZoneClock(timeZone: string): ZoneClock {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const made = rememberingOffsets(readZoneClock(timeZone));
  if (clocks.size >= MAX_CLOCKS) clocks.clear();
  clocks.set(timeZone, made);
  return made;
}

/**
 * The same clock, which reads each UTC day once: where its first instant and that of the next day
 * have one offset, so has every instant between them, as {@link zoneOffsets} takes for granted too.
 */
function rememberingOffsets({ timeZone, localMs }: ZoneClock): ZoneClock {
  /** Offset by UTC day since 1970; null for days that have more than one. */
  const offsets = new Map<number, number | null>();
  const offsetAt = (instant: number): number => localMs(instant) - instant;
  function offsetOf(day: number): number | null {
    const known = offsets.get(day);
    if (known !== undefined) return known;
    const first = offsetAt(day * DAY_MS);
    const offset = first === offsetAt((day + 1) * DAY_MS) ? first : null;
    if (offsets.size >= MAX_KNOWN_DAYS) offsets.clear();
    offsets.set(day, offset);
    return offset;
  }
  return {
    timeZone,
    localMs(instantMs) {
      const offset = offsetOf(Math.floor(instantMs / DAY_MS));
      return offset === null ? localMs(instantMs) : instantMs + offset;
    },
  };
}

function readZoneClock(timeZone: string): ZoneClock {
  // Bare offsets (`+02:00`) are accepted by some runtimes and refused by others: only names count.
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(timeZone)) throw unknownZone(timeZone);
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch (cause) {
    throw unknownZone(timeZone, cause);
  }
  return {
    timeZone,
    localMs(instantMs) {
      const fields: Record<string, string> = {};
      for (const part of format.formatToParts(instantMs)) fields[part.type] = part.value;
      const year =
        Number(fields.year) * (fields.era === 'BC' ? -1 : 1) + (fields.era === 'BC' ? 1 : 0);
      const seconds = Date.UTC(
        year,
        Number(fields.month) - 1,
        Number(fields.day),
        Number(fields.hour),
        Number(fields.minute),
        Number(fields.second),
      );
      return seconds + (((instantMs % 1000) + 1000) % 1000);
    },
  };
}

function unknownZone(timeZone: string, cause?: unknown): AppError {
  return new AppError(
    'INVALID_TIME_ZONE',
    `timeZone must be an IANA zone name such as "Europe/Berlin" or "UTC", got ${JSON.stringify(timeZone.slice(0, 80))}`,
    { details: { field: 'timeZone' }, ...(cause === undefined ? {} : { cause }) },
  );
}

/**
 * The offsets of a zone from `fromMs` to `toMs`, in order; the first entry begins at `fromMs`.
 * Transitions are found to the second; two that undo each other within a day would be missed, and
 * no zone has such a pair.
 */
export function zoneOffsets(clock: ZoneClock, fromMs: number, toMs: number): readonly ZoneOffset[] {
  const offsetAt = (instant: number): number => clock.localMs(instant) - instant;
  const offsets: ZoneOffset[] = [{ fromMs, offsetMs: offsetAt(fromMs) }];
  let at = fromMs;
  let current = offsetAt(fromMs);
  while (at < toMs) {
    const next = Math.min(at + DAY_MS, toMs);
    const offset = offsetAt(next);
    if (offset !== current) {
      let low = at;
      let high = next;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (offsetAt(middle) === current) low = middle;
        else high = middle;
      }
      offsets.push({ fromMs: high, offsetMs: offset });
      current = offset;
    }
    at = next;
  }
  return offsets;
}

/**
 * First instant whose local date is `dayNumber` (days since 1970-01-01) or a later one. A day that
 * a zone left out (the date line moved) starts where the next one does.
 */
export function startOfLocalDay(clock: ZoneClock, dayNumber: number): number {
  // No zone was ever further than 16 hours from UTC.
  let low = dayNumber * DAY_MS - 16 * 3_600_000;
  let high = dayNumber * DAY_MS + 16 * 3_600_000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (Math.floor(clock.localMs(middle) / DAY_MS) >= dayNumber) high = middle;
    else low = middle;
  }
  return high;
}
