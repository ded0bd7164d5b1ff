import { AppError } from '../errors.js';
import { startAnswer } from '../metric/answer.js';
import { eventSource, OCCURRED_MS, planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import type { AnswerMeta, MetricQuestion } from '../metric/metric-query.js';
import {
  EVENT_SESSION_TABLES,
  eventSessionsStatement,
  sessionsOf,
} from '../session/event-sessions.js';
import { statement } from '../warehouse/statement.js';
import { trafficSql } from './channel-sql.js';

/** Most events of one answer. */
export const MAX_CLASSIFIED_EVENTS = 10_000;

/** Parallel lists in canonical order, bots included. */
export interface ClassifiedEvents {
  readonly eventIds: readonly string[];
  /** The channel the event would give a session that it opens. */
  readonly channels: readonly string[];
  /** Source as the rules see it; empty when there is none. */
  readonly sources: readonly string[];
  readonly areBots: readonly boolean[];
  /** The session of each event, as `sessionsOf` names it; null unless asked for. */
  readonly sessions: readonly string[] | null;
  readonly hasMore: boolean;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly event_id: string;
  readonly occurred_ms: number;
  readonly anonymous_id: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly channel: string;
  readonly source: string;
  readonly is_bot: boolean;
}

/**
 * Channel and bot verdict of each event of the range.
 *
 * @throws AppError `BAD_USER_INPUT` for a number of events out of bounds, and as
 *   `computeEventVolume`.
 */
export async function classifyEvents(
  context: MetricContext,
  question: MetricQuestion & { readonly first: number; readonly withSessions?: boolean },
): Promise<ClassifiedEvents> {
  const { first } = question;
  if (!Number.isInteger(first) || first < 1 || first > MAX_CLASSIFIED_EVENTS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `first must be a whole number from 1 to ${MAX_CLASSIFIED_EVENTS}, got ${first}`,
      { details: { field: 'first', maximum: MAX_CLASSIFIED_EVENTS } },
    );
  }
  const plan = planOf(context, { ...question, includeBots: true });
  const scope = statementScope(plan);
  const traffic = trafficSql(scope);
  const source = eventSource(plan, scope);
  const run = startAnswer(context);
  const rows = await run.query(
    statement<Row>(
      'channel.classify_events',
      `SELECT event_id, ${OCCURRED_MS} AS occurred_ms, anonymous_id, user_id, session_id, ${traffic.channel} AS channel, ${traffic.source} AS source, is_bot
${source.from}
ORDER BY ${OCCURRED_MS}, event_id
LIMIT ${scope.parameters.bind('UInt32', first + 1)}`,
      scope.parameters.values(),
    ),
    ['silver_events'],
  );
  const shown = rows.slice(0, first);
  const events = shown.map((row) => ({
    eventId: row.event_id,
    occurredMs: row.occurred_ms,
    anonymousId: row.anonymous_id,
    userId: row.user_id,
    sessionId: row.session_id,
  }));
  const found =
    question.withSessions === true
      ? eventSessionsStatement(
          {
            database: context.database,
            projectId: question.projectId,
            includeBots: true,
            timeoutSeconds: context.settings.sessionTimeoutSeconds,
          },
          events,
        )
      : null;
  const sessionRows = found === null ? [] : await run.query(found, EVENT_SESSION_TABLES);
  return {
    eventIds: shown.map((row) => row.event_id),
    channels: shown.map((row) => row.channel),
    sources: shown.map((row) => row.source),
    areBots: shown.map((row) => row.is_bot),
    sessions: question.withSessions === true ? sessionsOf(events, sessionRows) : null,
    hasMore: rows.length > first,
    meta: run.meta(),
  };
}
