import { createBoundParameters } from '../metric/bound-parameters.js';
import { type Statement, statement } from '../warehouse/statement.js';
import { type SessionEventsInput, sessionEventsSql } from './session-events.js';

/** What has to be known of an event to tell its session. */
export interface EventOfSession {
  readonly eventId: string;
  /** ms since 1970 UTC. */
  readonly occurredMs: number;
  readonly anonymousId: string;
  readonly userId: string;
  /** Session the client gave; empty without one. */
  readonly sessionId: string;
}

/** Tables that {@link eventSessionsStatement} reads. */
export const EVENT_SESSION_TABLES: readonly string[] = [
  'silver_events',
  'gold_active_users_per_day',
];

/** One row of {@link eventSessionsStatement}. */
export interface EventSessionRow {
  readonly id: string;
  /** First event of its session, in canonical order. */
  readonly first_id: string;
}

/**
 * Finds the first event of the session of each event that has none from its client; null when every
 * event has one.
 */
export function eventSessionsStatement(
  asked: Pick<SessionEventsInput, 'database' | 'projectId' | 'timeoutSeconds' | 'includeBots'>,
  events: readonly EventOfSession[],
): Statement<EventSessionRow> | null {
  const unnamed = events.filter((event) => event.sessionId === '');
  if (unnamed.length === 0) return null;
  const parameters = createBoundParameters();
  const devices = new Map(
    unnamed.map(({ anonymousId, userId }) => {
      const device = [anonymousId, anonymousId === '' ? userId : ''] as const;
      return [JSON.stringify(device), device] as const;
    }),
  );
  const times = unnamed.map((event) => event.occurredMs);
  const sessions = sessionEventsSql({
    ...asked,
    parameters,
    fromMs: times.reduce((least, ms) => Math.min(least, ms)),
    toMs: times.reduce((most, ms) => Math.max(most, ms)) + 1,
    scope: 'sessions',
    columns: [],
    devices: {
      anonymousIds: [...devices.values()].map(([anonymousId]) => anonymousId),
      userIds: [...devices.values()].map(([, userId]) => userId),
    },
  });
  const ids = parameters.bind(
    'Array(String)',
    unnamed.map((event) => event.eventId),
  );
  return statement<EventSessionRow>(
    'session.of_events',
    `SELECT arrayJoin(arrayFilter(each -> has(${ids}, each), ids)) AS id, first_id
FROM (
  SELECT groupArray(event_id) AS ids, argMin(event_id, (occurred_ms, event_id)) AS first_id
  FROM (${sessions})
  GROUP BY session_key
)`,
    parameters.values(),
  );
}

/**
 * The session of each event, in their order: `client:` and the client's id, else `event:` and the
 * id of the session's first event, which a late event may change. Empty for an event that was not
 * found.
 */
export function sessionsOf(
  events: readonly EventOfSession[],
  rows: readonly EventSessionRow[],
): readonly string[] {
  const firsts = new Map(rows.map((row) => [row.id, row.first_id]));
  return events.map(({ eventId, sessionId }) => {
    if (sessionId !== '') return `client:${sessionId}`;
    const first = firsts.get(eventId);
    return first === undefined ? '' : `event:${first}`;
  });
}
