import { dateOfDayNumber } from './local-date.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Times of a day in whole minutes, as they end an instant. */
const TIMES = Array.from({ length: 24 * 60 }, (_, minute) => {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  return `T${two(minute / 60)}:${two(minute % 60)}:00.000Z`;
});

/**
 * Instants in UTC as ISO 8601 with milliseconds. Written for the starts of buckets: many of one day,
 * in whole minutes, of which each day is told once.
 *
 * @param instantsMs Within the years 0 to 9999.
 */
export function instantTexts(instantsMs: readonly number[]): string[] {
  let day = Number.NaN;
  let date = '';
  return instantsMs.map((ms) => {
    const own = Math.floor(ms / DAY_MS);
    const time = TIMES[(ms - own * DAY_MS) / MINUTE_MS];
    if (time === undefined) return new Date(ms).toISOString();
    if (own !== day) {
      day = own;
      date = dateOfDayNumber(own);
    }
    return date + time;
  });
}
