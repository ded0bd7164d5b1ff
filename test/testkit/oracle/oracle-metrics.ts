import type { EventJson } from '../seed-events.js';
import { oracleChannel, oracleMedium, oracleSource } from './oracle-channel.js';
import { type OracleEvent, oracleEvents, oraclePeople } from './oracle-event.js';
import { holds } from './oracle-rules.js';
import {
  entryEvent,
  entryPage,
  exitPage,
  isEngaged,
  type OracleSession,
  oracleSessions,
} from './oracle-session.js';
import { addDays, datesBetween, localDates, localHour, midnight, periodOf } from './oracle-time.js';
import { textOf } from './oracle-value.js';

/** A question as the oracle understands it: local dates, one optional condition. */
export interface OracleQuestion {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly event?: string;
  /** Value of a dimension or text property that must be equal. */
  readonly filter?: { readonly field: string; readonly value: string };
  readonly includeBots: boolean;
  readonly linkedDomains: readonly string[];
  readonly timeoutSeconds: number;
}

/** What the oracle knows of one world under one question. */
export interface OracleWorld {
  readonly question: OracleQuestion;
  /** Unique events that count, all history, canonical order. */
  readonly all: readonly OracleEvent[];
  /** Those in range that fit selector and filter. */
  readonly counted: readonly OracleEvent[];
  readonly personOf: (event: OracleEvent) => string;
  readonly dateOf: (at: number) => string;
  /** Whether the local date of an instant is one of the question's. */
  readonly inRange: (at: number) => boolean;
  readonly sessions: readonly OracleSession[];
  /** Sessions that start in range, with an event of the selector, and fit by their entry. */
  readonly started: readonly OracleSession[];
}

export function oracleWorld(events: readonly EventJson[], question: OracleQuestion): OracleWorld {
  const unique = oracleEvents(events);
  const all = unique.filter(
    (event) => question.includeBots || !event.isBot || !holds('bots are left out'),
  );
  const personOf = oraclePeople(unique);
  const { timeZone, timeoutSeconds } = question;
  const dateOf = localDates(timeZone);
  const lastDate = holds('the last date of a range is in it')
    ? question.to
    : addDays(question.to, -1);
  const inRange = (at: number): boolean => dateOf(at) >= question.from && dateOf(at) <= lastDate;
  const found = oracleSessions(all, { timeoutSeconds, timeZone, personOf });
  const sessions = holds('a session keeps events after the range')
    ? found
    : found.flatMap((session) => {
        const kept = session.events.filter((event) => dateOf(event.at) <= lastDate);
        return kept.length === 0 ? [] : [{ ...session, events: kept, end: kept.at(-1)?.at ?? 0 }];
      });
  const startsIn = (session: OracleSession): boolean =>
    inRange(holds('a session belongs to its first day') ? session.start : session.end);
  const sessionOf = new Map(
    sessions.flatMap((session) => session.events.map((event) => [event, session] as const)),
  );
  const fits = (event: OracleEvent, session: OracleSession | undefined): boolean =>
    question.filter === undefined ||
    dimensionValue(event, session, question.filter.field, question.linkedDomains) ===
      question.filter.value;
  const named = (event: OracleEvent): boolean =>
    question.event === undefined || event.name === question.event;
  return {
    question,
    all,
    counted: all.filter(
      (event) => inRange(event.at) && named(event) && fits(event, sessionOf.get(event)),
    ),
    personOf,
    dateOf,
    inRange,
    sessions,
    started: sessions.filter(
      (session) =>
        startsIn(session) && session.events.some(named) && fits(entryEvent(session), session),
    ),
  };
}

/** Value of a dimension or property of an event, with the labels of missing ones. */
export function dimensionValue(
  event: OracleEvent,
  session: OracleSession | undefined,
  field: string,
  linkedDomains: readonly string[],
): string {
  const or = (value: string | undefined, missing: string): string => {
    if (value === undefined || value === '') {
      return holds('missing values have labels') ? missing : '';
    }
    return holds('values are case-sensitive') ? value : value.toLowerCase();
  };
  switch (field) {
    case 'channel':
      return oracleChannel(event, linkedDomains);
    case 'source':
      return or(oracleSource(event, linkedDomains), '(none)');
    case 'medium':
      return or(oracleMedium(event, linkedDomains), '(none)');
    case 'utm_campaign':
      return or(event.tags.campaign, '(none)');
    case 'entry_page':
      return or(session === undefined ? '' : entryPage(session), '(none)');
    case 'exit_page':
      return or(session === undefined ? '' : exitPage(session), '(none)');
    case 'page':
      return or(event.page, '(none)');
    case 'host':
      return or(event.host, '(none)');
    case 'event_name':
      return event.name;
    case 'platform':
      return event.platform;
    case 'user_id':
      return or(event.user, '(none)');
    case 'app_version':
      return or(event.version, '(unknown)');
    case 'device_type': {
      // What a trusted source says, else the agent.
      const said = textOf(event.properties[field]);
      return or(said === '' ? event.agentDevice : said, '(unknown)');
    }
    default: {
      const value = event.properties[field];
      // Lists are shown as JSON text, everything else as it reads.
      return or(Array.isArray(value) ? JSON.stringify(value) : textOf(value), '(none)');
    }
  }
}

/** Size of each group, largest first, ties by the bytes of the value. */
export function ranked<Item>(
  items: readonly Item[],
  labelOf: (item: Item) => string,
  size: (group: readonly Item[]) => number,
): { readonly values: readonly string[]; readonly counts: readonly number[] } {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const value = labelOf(item);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [item]);
    else group.push(item);
  }
  const rows = [...groups].map(([value, group]) => ({ value, n: size(group) }));
  rows.sort((a, b) => b.n - a.n || Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)));
  const shown = rows.filter((row) => row.n > 0);
  return { values: shown.map((row) => row.value), counts: shown.map((row) => row.n) };
}

/** Distinct results of a function. */
export function distinct<Item>(items: readonly Item[], of: (item: Item) => string): number {
  return new Set(items.map(of)).size;
}

const HOUR = 3_600_000;

/** One value per bucket of the question's range: local days, weeks, months, or real hours. */
export function oracleSeries<Item>(
  world: OracleWorld,
  grain: 'hour' | 'day' | 'week' | 'month',
  items: readonly Item[],
  at: (item: Item) => number,
  size: (group: readonly Item[]) => number,
): readonly number[] {
  const { question, dateOf } = world;
  const { timeZone } = question;
  if (grain === 'hour') {
    const start = midnight(question.from, timeZone);
    const after = midnight(addDays(question.to, 1), timeZone);
    const hours = Array.from({ length: Math.ceil((after - start) / HOUR) }, (_, n) => n);
    const groups = new Map<number | string, Item[]>(hours.map((hour) => [hour, []]));
    for (const item of items) groups.get(Math.floor((at(item) - start) / HOUR))?.push(item);
    if (holds('hours are real')) return [...groups.values()].map(size);
    const shown = new Map<string, Item[]>();
    for (const [hour, group] of groups) {
      const label = localHour(start + Number(hour) * HOUR, timeZone);
      shown.set(label, [...(shown.get(label) ?? []), ...group]);
    }
    return [...shown.values()].map(size);
  }
  const buckets = [
    ...new Set(datesBetween(question.from, question.to).map((date) => periodOf(date, grain))),
  ];
  return buckets.map((bucket) =>
    size(items.filter((item) => periodOf(dateOf(at(item)), grain) === bucket)),
  );
}

/** Type 7: linear interpolation at position (n − 1)·q of the sorted values. */
export function percentile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  if (!holds('percentiles interpolate')) return sorted[Math.ceil(position)] ?? 0;
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? 0;
  return low + (high - low) * (position - Math.floor(position));
}

/** Views, durations and bounces of the started sessions. */
export function oracleSessionFacts(world: OracleWorld) {
  const { started } = world;
  const durations = started
    .filter(({ events }) => events.length > 1 || holds('single events are sessions of no length'))
    .map((session) => (session.end - session.start) / 1000);
  const eligible = started.filter(
    (session) =>
      session.events.some((event) => event.isView) || !holds('only sessions with a view bounce'),
  );
  const bounced = eligible.filter((session) => !isEngaged(session));
  const views = started.flatMap((session) => session.events).filter((event) => event.isView);
  const first = (session: OracleSession): OracleEvent | undefined =>
    session.events.at(holds('a session is of the person of its first event') ? 0 : -1);
  return {
    users: distinct(
      started.flatMap((session) => first(session) ?? []),
      world.personOf,
    ),
    views: views.length,
    average:
      durations.length === 0 ? null : durations.reduce((sum, n) => sum + n, 0) / durations.length,
    median: percentile(durations, 0.5),
    p90: percentile(durations, 0.9),
    eligible,
    bounced,
  };
}

/** The counted page views. */
export function oraclePageViews(world: OracleWorld): readonly OracleEvent[] {
  const areScreensApart = holds('screens are counted apart from page views');
  return world.counted.filter(({ name, isView }) =>
    areScreensApart ? name === 'page_view' : isView,
  );
}

/** Distinct (session, page) among the counted page views. */
export function oracleUniquePageViews(world: OracleWorld): number {
  const keyOf = new Map<OracleEvent, number>();
  for (const [index, session] of world.sessions.entries()) {
    for (const event of session.events) keyOf.set(event, index);
  }
  const views = oraclePageViews(world);
  if (!holds('a page counts once per session')) return views.length;
  return distinct(views, (event) => `${keyOf.get(event)} ${event.page}`);
}
