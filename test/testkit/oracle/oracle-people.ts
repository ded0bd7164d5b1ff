import type { OracleEvent } from './oracle-event.js';
import { distinct, type OracleWorld } from './oracle-metrics.js';
import { datesBetween, periodOf } from './oracle-time.js';

/** Distinct people with an event of the question on the dates from `first` to `last`. */
function activeOn(
  world: OracleWorld,
  fits: (event: OracleEvent) => boolean,
  first: string,
  last: string,
): number {
  const events = world.all.filter((event) => {
    const date = world.dateOf(event.at);
    return date >= first && date <= last && fits(event);
  });
  return distinct(events, world.personOf);
}

/** DAU, WAU and MAU of each date; `fits` is selector and filter without the range. */
export function oracleActive(world: OracleWorld, fits: (event: OracleEvent) => boolean) {
  const dates = datesBetween(world.question.from, world.question.to);
  const before = (date: string, days: number): string =>
    new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);
  return {
    dates,
    dau: dates.map((date) => activeOn(world, fits, date, date)),
    wau: dates.map((date) => activeOn(world, fits, before(date, 6), date)),
    mau: dates.map((date) => activeOn(world, fits, before(date, 29), date)),
  };
}

/** People by the number of days, weeks or months in which they were active. */
export function oracleHistogram(
  world: OracleWorld,
  period: 'day' | 'week' | 'month',
): readonly number[] {
  const { question, counted, personOf, dateOf } = world;
  const buckets = new Set(
    datesBetween(question.from, question.to).map((date) => periodOf(date, period)),
  );
  const histogram = new Array<number>(buckets.size).fill(0);
  const periodsOf = new Map<string, Set<string>>();
  for (const event of counted) {
    const person = personOf(event);
    const periods = periodsOf.get(person) ?? new Set();
    periodsOf.set(person, periods.add(periodOf(dateOf(event.at), period)));
  }
  for (const { size: active } of periodsOf.values()) {
    histogram[active - 1] = (histogram[active - 1] ?? 0) + 1;
  }
  return histogram;
}

/** People of the counted events by whether their first event ever lies in the range. */
export function oracleNewReturning(world: OracleWorld) {
  const { all, counted, personOf, dateOf, question } = world;
  const people = [...new Set(counted.map(personOf))];
  const firstOf = new Map<string, OracleEvent>();
  for (const event of all) {
    const person = personOf(event);
    if (!firstOf.has(person)) firstOf.set(person, event);
  }
  const isNew = (person: string): boolean => {
    const first = firstOf.get(person);
    return first !== undefined && dateOf(first.at) >= question.from;
  };
  const newUsers = people.filter(isNew).length;
  return { newUsers, returningUsers: people.length - newUsers, total: people.length };
}

/** Net sums in ten-thousandths per currency, orders and buyers. */
export function oracleRevenue(world: OracleWorld, fits: (event: OracleEvent) => boolean) {
  const { all, dateOf, question, personOf } = world;
  const seen = new Set<string>();
  const net = new Map<string, number>();
  const buyers = new Set<string>();
  let orders = 0;
  for (const event of all) {
    const amount = Number(event.properties.revenue ?? Number.NaN);
    const currency = String(event.properties.currency ?? '');
    const isMoney = event.name === 'purchase' || event.name === 'refund';
    if (!isMoney || Number.isNaN(amount) || currency === '') continue;
    const order = String(event.properties.order_id ?? '');
    if (event.name === 'purchase' && order !== '') {
      if (seen.has(order)) continue;
      seen.add(order);
    }
    const date = dateOf(event.at);
    if (date < question.from || date > question.to || !fits(event)) continue;
    const signed = event.name === 'purchase' ? amount : -Math.abs(amount);
    net.set(currency, (net.get(currency) ?? 0) + Math.round(signed * 10_000));
    if (event.name === 'purchase') {
      orders += 1;
      buyers.add(personOf(event));
    }
  }
  return {
    net: new Map([...net].sort(([a], [b]) => (a < b ? -1 : 1))),
    orders,
    buyers: buyers.size,
  };
}
