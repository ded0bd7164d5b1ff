import type { EventJson } from '../seed-events.js';
import { oracleChannel, oracleSource } from './oracle-channel.js';
import { type OracleEvent, oracleEvents, oraclePeople } from './oracle-event.js';
import {
  entryEvent,
  isEngaged,
  type OracleSession,
  oracleSessions,
  pagesOf,
} from './oracle-session.js';
import { datesBetween, localDates, midnight, periodOf } from './oracle-time.js';

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
  readonly sessions: readonly OracleSession[];
  /** Sessions that start in range, with an event of the selector, and fit by their entry. */
  readonly started: readonly OracleSession[];
}

export function oracleWorld(events: readonly EventJson[], question: OracleQuestion): OracleWorld {
  const unique = oracleEvents(events);
  const all = unique.filter((event) => question.includeBots || !event.isBot);
  const dateOf = localDates(question.timeZone);
  const inRange = (at: number): boolean => dateOf(at) >= question.from && dateOf(at) <= question.to;
  const sessions = oracleSessions(all, question.timeoutSeconds);
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
    personOf: oraclePeople(unique),
    dateOf,
    sessions,
    started: sessions.filter(
      (session) =>
        inRange(session.start) && session.events.some(named) && fits(entryEvent(session), session),
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
  const or = (value: unknown, missing: string): string =>
    value === undefined || value === null || value === '' ? missing : String(value);
  switch (field) {
    case 'channel':
      return oracleChannel(event, linkedDomains);
    case 'source':
      return or(oracleSource(event, linkedDomains), '(none)');
    case 'entry_page':
      return or(session === undefined ? '' : pagesOf(session)[0], '(none)');
    case 'exit_page':
      return or(session === undefined ? '' : pagesOf(session).at(-1), '(none)');
    case 'page':
      return or(event.page, '(none)');
    case 'event_name':
      return event.name;
    case 'platform':
      return event.platform;
    case 'user_id':
      return or(event.user, '(none)');
    case 'device_type':
      // What a crawler's agent says when no trusted source says better.
      return or(event.properties[field], event.isCrawler ? 'other' : '(unknown)');
    default:
      return or(jsonText(event.properties[field]), '(none)');
  }
}

/** Lists are shown as JSON text, everything else as it reads. */
function jsonText(value: unknown): unknown {
  return Array.isArray(value) ? JSON.stringify(value) : value;
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

/** One value per bucket of the question's range: local days, weeks, months, or real hours. */
export function oracleSeries<Item>(
  world: OracleWorld,
  grain: 'hour' | 'day' | 'week' | 'month',
  items: readonly Item[],
  at: (item: Item) => number,
  size: (group: readonly Item[]) => number,
): readonly number[] {
  const { question, dateOf } = world;
  if (grain === 'hour') {
    const start = midnight(question.from, question.timeZone);
    const after = new Date(Date.parse(question.to) + 86_400_000).toISOString().slice(0, 10);
    const count = Math.ceil((midnight(after, question.timeZone) - start) / 3_600_000);
    return Array.from({ length: count }, (_, index) =>
      size(items.filter((item) => Math.floor((at(item) - start) / 3_600_000) === index)),
    );
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
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? 0;
  return low + (high - low) * (position - Math.floor(position));
}

/** Views, durations and bounces of the started sessions. */
export function oracleSessionFacts(world: OracleWorld) {
  const { started } = world;
  const durations = started.map((session) => (session.end - session.start) / 1000);
  const eligible = started.filter((session) => session.events.some((event) => event.isView));
  const bounced = eligible.filter((session) => !isEngaged(session));
  const views = started.flatMap((session) => session.events).filter((event) => event.isView);
  return {
    views: views.length,
    average:
      durations.length === 0 ? null : durations.reduce((sum, n) => sum + n, 0) / durations.length,
    median: percentile(durations, 0.5),
    p90: percentile(durations, 0.9),
    eligible,
    bounced,
  };
}

/** Distinct (session, page) among the counted page views. */
export function oracleUniquePageViews(world: OracleWorld): number {
  const keyOf = new Map<OracleEvent, number>();
  for (const [index, session] of world.sessions.entries()) {
    for (const event of session.events) keyOf.set(event, index);
  }
  const views = world.counted.filter((event) => event.name === 'page_view');
  return distinct(views, (event) => `${keyOf.get(event)} ${event.page}`);
}
