import { canonical, type OracleEvent } from './oracle-event.js';
import { holds } from './oracle-rules.js';
import { localDates } from './oracle-time.js';

/** A session with its events in canonical order. */
export interface OracleSession {
  readonly events: readonly OracleEvent[];
  readonly start: number;
  readonly end: number;
}

const DAY = 24 * 3_600_000;

/** What sessions of a project depend on. */
export interface OracleSessionRules {
  readonly timeoutSeconds: number;
  /** Zone of the question, in which a midnight would cut. */
  readonly timeZone: string;
  readonly personOf: (event: OracleEvent) => string;
}

/** All sessions of a world: by client id where there is one, else cut per device. */
export function oracleSessions(
  events: readonly OracleEvent[],
  { timeoutSeconds, timeZone, personOf }: OracleSessionRules,
): readonly OracleSession[] {
  const dateOf = localDates(timeZone);
  const open = new Map<string, OracleEvent[]>();
  const named = new Map<string, OracleEvent[]>();
  const sessions: OracleEvent[][] = [];
  const device = (event: OracleEvent): string => {
    if (!holds('two devices are two sessions')) return personOf(event);
    return event.device === '' ? `user ${event.user}` : `device ${event.device}`;
  };
  const begins = (event: OracleEvent, members: readonly OracleEvent[]): boolean => {
    const [last, first] = [members.at(-1), members[0]];
    if (last === undefined || first === undefined) return true;
    const pause = event.at - last.at;
    const life = event.at - first.at;
    return (
      (holds('a pause begins a session') && pause > timeoutSeconds * 1000) ||
      (!holds('a pause of exactly the timeout does not') && pause === timeoutSeconds * 1000) ||
      (holds('a day begins a session') && life > DAY) ||
      (!holds('a day exactly does not') && life === DAY) ||
      (holds('a cold start begins a session') && event.isCold) ||
      (!holds('midnight begins none') && dateOf(event.at) !== dateOf(last.at)) ||
      (!holds('a login begins none') && event.user !== last.user)
    );
  };
  for (const event of [...events].sort(canonical)) {
    const isNamed = event.sessionId !== '' && holds('a client id is the session');
    if (isNamed) {
      const suffix = holds('a client id holds for all devices') ? '' : ` of ${device(event)}`;
      const key = `${event.sessionId}${suffix}`;
      const members = named.get(key) ?? [];
      if (members.length === 0) sessions.push(members);
      members.push(event);
      named.set(key, members);
      if (!holds('the two kinds of sessions do not mix')) open.set(device(event), members);
      continue;
    }
    const current = open.get(device(event));
    if (current !== undefined && !begins(event, current)) {
      current.push(event);
    } else {
      const members = [event];
      open.set(device(event), members);
      sessions.push(members);
    }
  }
  return sessions.map((members) => ({
    events: members,
    start: members[0]?.at ?? 0,
    end: members.at(-1)?.at ?? 0,
  }));
}

/** The event a session's source is read from. */
export function entryEvent(session: OracleSession): OracleEvent {
  const names = ['page_view', 'screen_view', 'app_start', 'app_foreground'];
  const entry = holds('the entry event is a view or a start')
    ? session.events.find((event) => names.includes(event.name))
    : undefined;
  const found = entry ?? session.events[0];
  if (found === undefined) throw new Error('a session has events');
  return found;
}

/** Pages of the page views of a session, in order. */
export function pagesOf(session: OracleSession): readonly string[] {
  return session.events.filter((event) => event.name === 'page_view').map((event) => event.page);
}

/** Page of the first page view; undefined without one. */
export function entryPage(session: OracleSession): string | undefined {
  if (holds('the entry page is a page view')) return pagesOf(session)[0];
  return session.events.find((event) => event.page !== '')?.page;
}

/** Page of the last page view; undefined without one. */
export function exitPage(session: OracleSession): string | undefined {
  return pagesOf(session).at(holds('the exit page is the last one') ? -1 : 0);
}

/** At least 10 seconds, two views or one interaction. */
export function isEngaged(session: OracleSession): boolean {
  const length = session.end - session.start;
  return (
    (holds('ten seconds are engaged') &&
      (holds('exactly ten seconds are engaged') ? length >= 10_000 : length > 10_000)) ||
    (holds('two views are engaged') &&
      session.events.filter((event) => event.isView).length >= 2) ||
    (holds('an interaction is engaged') && session.events.some((event) => event.isInteraction))
  );
}
