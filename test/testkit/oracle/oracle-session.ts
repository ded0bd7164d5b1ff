import { canonical, type OracleEvent } from './oracle-event.js';

/** A session with its events in canonical order. */
export interface OracleSession {
  readonly events: readonly OracleEvent[];
  readonly start: number;
  readonly end: number;
}

/** All sessions of a world: by client id where there is one, else cut per device. */
export function oracleSessions(
  events: readonly OracleEvent[],
  timeoutSeconds: number,
): readonly OracleSession[] {
  const named = new Map<string, OracleEvent[]>();
  const open = new Map<string, OracleEvent[]>();
  const sessions: OracleEvent[][] = [];
  for (const event of [...events].sort(canonical)) {
    if (event.sessionId !== '') {
      const members = named.get(event.sessionId) ?? [];
      if (members.length === 0) sessions.push(members);
      members.push(event);
      named.set(event.sessionId, members);
      continue;
    }
    const device = event.device === '' ? `user ${event.user}` : `device ${event.device}`;
    const current = open.get(device);
    const last = current?.at(-1);
    const first = current?.at(0);
    const isNew =
      last === undefined ||
      first === undefined ||
      event.at - last.at > timeoutSeconds * 1000 ||
      event.at - first.at > 24 * 3_600_000 ||
      event.isCold;
    if (isNew) {
      const members = [event];
      open.set(device, members);
      sessions.push(members);
    } else {
      current?.push(event);
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
  const entry = session.events.find((event) => names.includes(event.name)) ?? session.events[0];
  if (entry === undefined) throw new Error('a session has events');
  return entry;
}

/** Pages of the page views of a session, in order. */
export function pagesOf(session: OracleSession): readonly string[] {
  return session.events.filter((event) => event.name === 'page_view').map((event) => event.page);
}

/** At least 10 seconds, two views or one interaction. */
export function isEngaged(session: OracleSession): boolean {
  return (
    session.end - session.start >= 10_000 ||
    session.events.filter((event) => event.isView).length >= 2 ||
    session.events.some((event) => event.isInteraction)
  );
}
