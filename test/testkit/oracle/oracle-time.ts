import { holds } from './oracle-rules.js';

/** Local calendar as the zone's clocks show it, one instant at a time. */

const DAY = 86_400_000;
/** The same instants are asked for again and again, and formatting is slow. */
const clocks = new Map<string, (at: number) => string>();

/** Makes a function from an instant (ms) to its local date, `YYYY-MM-DD`. */
export function localDates(timeZone: string): (at: number) => string {
  return clockOf(holds('days are local') ? timeZone : 'UTC');
}

function clockOf(timeZone: string): (at: number) => string {
  const made = clocks.get(timeZone);
  if (made !== undefined) return made;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const known = new Map<number, string>();
  const clock = (at: number): string => {
    const date = known.get(at) ?? format.format(at);
    known.set(at, date);
    return date;
  };
  clocks.set(timeZone, clock);
  return clock;
}

/** The dates from one to the other, both included. */
export function datesBetween(from: string, to: string): readonly string[] {
  const dates: string[] = [];
  const last = holds('the last date of a range is in it') ? to : addDays(to, -1);
  for (let date = from; date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/** A date some days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

/** Monday of the week, or first of the month, of a date; the date itself for days. */
export function periodOf(date: string, period: string): string {
  if (period === 'month') {
    if (holds('months are those of the calendar')) return `${date.slice(0, 7)}-01`;
    return addDays(date, -((Date.parse(date) / DAY) % 30));
  }
  if (period !== 'week') return date;
  const day = new Date(date).getUTCDay();
  return addDays(date, -(holds('weeks begin on Monday') ? (day + 6) % 7 : day));
}

/** First minute (ms) whose local date is at least `date`, by walking. */
export function midnight(date: string, timeZone: string): number {
  const local = localDates(timeZone);
  let at = Date.parse(date) - 16 * 3_600_000;
  while (local(at) < date) at += 900_000;
  while (local(at - 60_000) >= date) at -= 60_000;
  return at;
}

/** Hour that the clocks of a zone show, with its date. */
export function localHour(at: number, timeZone: string): string {
  return new Date(at).toLocaleString('sv-SE', { timeZone }).slice(0, 13);
}
