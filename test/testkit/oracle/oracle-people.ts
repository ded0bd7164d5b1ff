import type { EventJson } from '../seed-events.js';
import type { OracleEvent } from './oracle-event.js';
import {
  distinct,
  type OracleQuestion,
  type OracleWorld,
  oracleWorld,
  ranked,
} from './oracle-metrics.js';
import { pageLabel, share } from './oracle-performance.js';
import { holds } from './oracle-rules.js';
import { entryPage, exitPage, pagesOf } from './oracle-session.js';
import { addDays, datesBetween, periodOf } from './oracle-time.js';
import { numberOf, textOf } from './oracle-value.js';

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
  return {
    dates,
    dau: dates.map((date) => activeOn(world, fits, date, date)),
    wau: dates.map((date) =>
      activeOn(world, fits, addDays(date, holds('a week is seven days') ? -6 : -7), date),
    ),
    mau: dates.map((date) =>
      activeOn(world, fits, addDays(date, holds('a month is thirty days') ? -29 : -30), date),
    ),
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
  for (const event of holds('new users are new of all history') ? all : counted) {
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

/** People and sessions that reached the goal, an event of this name; the selector does not count. */
export function oracleConversion(
  events: readonly EventJson[],
  { event: _, ...question }: OracleQuestion,
  goal: string,
) {
  const { counted, started, personOf } = oracleWorld(events, question);
  const goals = counted.filter(({ name }) => name === goal);
  const converted = started.filter((session) => session.events.some(({ name }) => name === goal));
  const users = distinct(counted, personOf);
  const convertedUsers = holds('a goal converts a person once')
    ? distinct(goals, personOf)
    : goals.length;
  return {
    users,
    convertedUsers,
    totalConversions: goals.length,
    userRatePercent: share(convertedUsers, users),
    sessions: started.length,
    convertedSessions: converted.length,
    sessionRatePercent: share(converted.length, started.length),
  };
}

/** Mean seconds of engagement per session, and by page over sessions with data. */
export function oracleEngagement({ started }: OracleWorld) {
  const times = started.flatMap(({ events }, index) =>
    events
      .filter(({ name }) => name === 'engagement')
      .map((event) => ({
        index,
        page: pageLabel(event),
        seconds: Math.max(0, Math.round(numberOf(event.properties.engaged_ms) ?? 0)) / 1000,
      })),
  );
  const mean = (some: typeof times, visits: number): number | null =>
    visits === 0 ? null : some.reduce((sum, { seconds }) => sum + seconds, 0) / visits;
  const visits = (some: typeof times): number => new Set(some.map(({ index }) => index)).size;
  const sessions = holds('sessions without engagement count') ? started.length : visits(times);
  const pages = new Set(times.map(({ page }) => page));
  return {
    perSession: mean(times, sessions),
    perPage: new Map(
      [...pages].map((page) => {
        const own = times.filter((time) => time.page === page);
        return [page, mean(own, visits(own))] as const;
      }),
    ),
  };
}

/** Views, entries and exits of every page of the started sessions that have one. */
export function oracleEntryExit({ started }: OracleWorld) {
  const paged = started.filter((session) => pagesOf(session).length > 0);
  const { values, counts } = ranked(
    paged.flatMap(pagesOf),
    (page) => page,
    (group) => group.length,
  );
  const exits = values.map((page) => paged.filter((session) => exitPage(session) === page).length);
  return {
    pages: values,
    pageViews: counts,
    entries: values.map((page) => paged.filter((session) => entryPage(session) === page).length),
    exits,
    exitRatePercents: exits.map((n, index) => share(n, counts[index] ?? 0)),
  };
}

/** The purchases and refunds of all history that count, in ten-thousandths; refunds below zero. */
export function oracleMoney(
  world: OracleWorld,
): ReadonlyMap<OracleEvent, { readonly currency: string; readonly amount: number }> {
  const counted = new Map<OracleEvent, { readonly currency: string; readonly amount: number }>();
  const seen = new Set<string>();
  const all = holds('an order counts in all history')
    ? world.all
    : world.all.filter(({ at }) => world.inRange(at));
  const ordered = holds('the first purchase of an order counts') ? all : [...all].reverse();
  for (const event of ordered) {
    const revenue = numberOf(event.properties.revenue);
    const currency = textOf(event.properties.currency).trim();
    const isPurchase = event.name === 'purchase';
    if (revenue === null || !(isPurchase || event.name === 'refund')) continue;
    if (currency === '' && holds('money needs a currency')) continue;
    const order = textOf(event.properties.order_id);
    const isUnique = isPurchase
      ? holds('an order counts once')
      : !holds('refunds of one order all count');
    if (isUnique && (order !== '' || !holds('purchases without an order all count'))) {
      const key = `${event.name} ${order}`;
      if (seen.has(key)) continue;
      seen.add(key);
    }
    const taken = holds('a refund is taken off whatever its sign') ? -Math.abs(revenue) : -revenue;
    counted.set(event, { currency, amount: Math.round((isPurchase ? revenue : taken) * 10_000) });
  }
  return counted;
}

/** Net sums in ten-thousandths per currency, orders, buyers, and the total of one currency. */
export function oracleRevenue(world: OracleWorld, fits: (event: OracleEvent) => boolean) {
  const { inRange, personOf } = world;
  const net = new Map<string, number>();
  const buyers = new Set<string>();
  let orders = 0;
  for (const [event, { currency, amount }] of oracleMoney(world)) {
    if (!inRange(event.at) || !fits(event)) continue;
    net.set(currency, (net.get(currency) ?? 0) + amount);
    if (event.name === 'purchase') {
      orders += 1;
      buyers.add(personOf(event));
    }
  }
  const sum = [...net.values()].reduce((all, amount) => all + amount, 0);
  return {
    net: new Map([...net].sort(([a], [b]) => (a < b ? -1 : 1))),
    orders,
    buyers: buyers.size,
    total: net.size > 1 && holds('several currencies have no total') ? null : sum / 10_000,
  };
}
