import { addDays, localDates, midnight } from './oracle-time.js';

/** Clock changes of a zone, as the runtime's calendar shows them. */

const DAY = 86_400_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Local time minus UTC at an instant, in seconds. */
export function offsetAt(at: number, timeZone: string): number {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, clock);
  const seconds = Math.floor(at / 1000);
  return Date.parse(`${clock.format(seconds * 1000).replace(' ', 'T')}Z`) / 1000 - seconds;
}

/** Instants (ms) at which the clocks of a zone change between two instants. */
export function clockChanges(timeZone: string, fromMs: number, toMs: number): readonly number[] {
  const changes: number[] = [];
  for (let at = fromMs; at < toMs; at += DAY) {
    const before = offsetAt(at, timeZone);
    if (offsetAt(at + DAY, timeZone) === before) continue;
    let [low, high] = [at, at + DAY];
    while (high - low > 1_000) {
      const middle = Math.floor((low + high) / 2_000) * 1_000;
      if (offsetAt(middle, timeZone) === before) low = middle;
      else high = middle;
    }
    changes.push(high);
  }
  return changes;
}

/** Instants around clock changes that a wrong offset puts into another hour or on another day. */
export function momentsAround(timeZone: string, changes: readonly number[]): readonly number[] {
  const dateOf = localDates(timeZone);
  const around = [0, 1_800_000, 3_600_000, 5_400_000, DAY];
  return changes.flatMap((change) => {
    const date = dateOf(change);
    const midnights = [date, addDays(date, 1)].map((each) => midnight(each, timeZone));
    return [change, ...midnights].flatMap((edge) => [
      edge - 1,
      ...around.flatMap((step) => [edge + step, edge - step]),
    ]);
  });
}
