/** Local calendar as the zone's clocks show it, one instant at a time. */

const formats = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });

/** Makes a function from an instant (ms) to its local date, `YYYY-MM-DD`. */
export function localDates(timeZone: string): (at: number) => string {
  const format = formats(timeZone);
  // The same instants are asked for again and again, and formatting is slow.
  const known = new Map<number, string>();
  return (at) => {
    const date = known.get(at) ?? format.format(at);
    known.set(at, date);
    return date;
  };
}

/** The dates from one to the other, both included. */
export function datesBetween(from: string, to: string): readonly string[] {
  const dates: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    dates.push(new Date(at).toISOString().slice(0, 10));
  }
  return dates;
}

/** Monday of the week, or first of the month, of a date; the date itself for days. */
export function periodOf(date: string, period: string): string {
  if (period === 'month') return `${date.slice(0, 7)}-01`;
  if (period !== 'week') return date;
  const at = new Date(date);
  const sinceMonday = (at.getUTCDay() + 6) % 7;
  return new Date(at.getTime() - sinceMonday * 86_400_000).toISOString().slice(0, 10);
}

/** First minute (ms) whose local date is at least `date`, by walking. */
export function midnight(date: string, timeZone: string): number {
  const local = localDates(timeZone);
  let at = Date.parse(date) - 16 * 3_600_000;
  while (local(at) < date) at += 900_000;
  while (local(at - 60_000) >= date) at -= 60_000;
  return at;
}
