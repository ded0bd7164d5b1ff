import { AppError } from '../errors.js';
import {
  EVENT_SESSION_TABLES,
  eventSessionsStatement,
  sessionsOf,
} from '../session/event-sessions.js';
import { statement } from '../warehouse/statement.js';
import { type AnswerRun, startAnswer } from './answer.js';
import { createBoundParameters } from './bound-parameters.js';
import { conjunction, filterSql, needsSession, selectorSql } from './event-condition.js';
import { occurredIn, type StatementScope, scopeOf } from './event-source.js';
import type { MetricContext } from './metric.js';
import type {
  TimelineEvent,
  TimelineKey,
  TimelinePage,
  TimelineQuestion,
  TimelineSubject,
} from './metric-query.js';
import { inProject } from './project-condition.js';
import { resolveRange } from './time-range.js';

/** Most events of one page of a timeline. */
export const MAX_TIMELINE_PAGE = 1_000;

interface Row {
  readonly event_id: string;
  readonly event_name: string;
  readonly occurred_ms: number;
  readonly platform: string;
  readonly anonymous_id: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly page: string;
  readonly screen: string;
  readonly url: string;
  readonly referrer: string;
  readonly device_type: string;
  readonly browser: string;
  readonly os: string;
  readonly country: string;
  readonly is_bot: boolean;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * One page of a timeline, in reverse canonical order. A user's timeline holds the events of the
 * account on any device, and the anonymous events of every device first linked to it; a device's
 * timeline the events of that device, whoever used it.
 *
 * @throws AppError `BAD_USER_INPUT` for a page size out of bounds, `INVALID_DIMENSION` for a filter on
 *   what only a session tells, `INVALID_CURSOR` for a key that is none, and as `resolveRange` does.
 */
export async function computeTimeline(
  context: MetricContext,
  question: TimelineQuestion,
): Promise<TimelinePage> {
  if (
    !Number.isInteger(question.first) ||
    question.first < 1 ||
    question.first > MAX_TIMELINE_PAGE
  ) {
    throw new AppError(
      'BAD_USER_INPUT',
      `first must be a whole number from 1 to ${MAX_TIMELINE_PAGE}, got ${question.first}`,
      { details: { field: 'first', maximum: MAX_TIMELINE_PAGE } },
    );
  }
  const ofSession = question.filter.filter(({ field }) => needsSession([field]));
  if (ofSession.length > 0) {
    const fields = ofSession.map(({ field }) => field);
    throw new AppError(
      'INVALID_DIMENSION',
      `filter: expected fields of the event or its person, got ${fields.join(', ')}, which only a whole session tells`,
      { details: { field: 'filter', refused: fields } },
    );
  }
  const run = startAnswer(context);
  const rows = await run.query(
    timelineStatement(context, question),
    'userId' in question.subject ? ['silver_events', 'silver_identity_links'] : ['silver_events'],
  );
  const shown = rows.slice(0, question.first);
  const sessions =
    question.withSessions === true ? await sessionsOfRows(run, context, question, shown) : null;
  return {
    events: shown.map((row, index) => eventOf(row, sessions?.[index] ?? null)),
    hasMore: rows.length > question.first,
    meta: run.meta(),
  };
}

async function sessionsOfRows(
  run: AnswerRun,
  context: MetricContext,
  { projectId, includeBots }: TimelineQuestion,
  rows: readonly Row[],
): Promise<readonly string[]> {
  const events = rows.map((row) => ({
    eventId: row.event_id,
    occurredMs: row.occurred_ms,
    anonymousId: row.anonymous_id,
    userId: row.user_id,
    sessionId: row.session_id,
  }));
  const found = eventSessionsStatement(
    {
      database: context.database,
      projectId,
      includeBots,
      timeoutSeconds: context.settings.sessionTimeoutSeconds,
    },
    events,
  );
  return sessionsOf(events, found === null ? [] : await run.query(found, EVENT_SESSION_TABLES));
}

function timelineStatement(context: MetricContext, question: TimelineQuestion) {
  const parameters = createBoundParameters();
  const scope = scopeOf(context, question, parameters);
  const range =
    question.range === undefined ? null : resolveRange(question.range, question.timeZone);
  const tests = conjunction([
    inProject(parameters, question.projectId),
    ...(question.includeBots ? [] : ['NOT is_bot']),
    ...(range === null ? [] : [occurredIn(scope, range.fromMs, range.toMs)]),
    subjectSql(context.database, question, question.subject, scope),
    ...(question.after === undefined ? [] : [behindSql(question.after, scope)]),
    selectorSql(question.event, scope),
    filterSql(question.filter, scope),
  ]);
  return statement<Row>(
    'metric.timeline',
    `SELECT event_id, event_name, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, platform, anonymous_id, user_id, session_id, page, screen, url, referrer, device_type, browser, os, country, is_bot, properties
FROM ${context.database}.silver_events
WHERE ${tests}
ORDER BY occurred_at DESC, event_id DESC
LIMIT ${parameters.bind('UInt32', question.first + 1)}`,
    parameters.values(),
  );
}

function subjectSql(
  database: string,
  question: TimelineQuestion,
  subject: TimelineSubject,
  { parameters }: StatementScope,
): string {
  if ('anonymousId' in subject) {
    return `anonymous_id != '' AND anonymous_id = ${parameters.bind('String', subject.anonymousId)}`;
  }
  const user = parameters.bind('String', subject.userId);
  const devices = `SELECT anonymous_id FROM ${database}.silver_identity_links WHERE ${inProject(parameters, question.projectId)} GROUP BY anonymous_id HAVING tupleElement(min(first_link), 3) = ${user}`;
  return `(user_id != '' AND user_id = ${user}) OR (user_id = '' AND anonymous_id IN (${devices}))`;
}

function behindSql(key: TimelineKey, { parameters }: StatementScope): string {
  const ms = Date.parse(key.occurredAt);
  if (Number.isNaN(ms)) {
    throw new AppError('INVALID_CURSOR', 'the cursor holds no instant of an event', {
      details: { field: 'after' },
    });
  }
  const at = `fromUnixTimestamp64Milli(${parameters.bind('Int64', ms)}, 'UTC')`;
  return `occurred_at < ${at} OR (occurred_at = ${at} AND event_id < ${parameters.bind('String', key.eventId)})`;
}

function eventOf(row: Row, session: string | null): TimelineEvent {
  return {
    eventId: row.event_id,
    eventName: row.event_name,
    occurredAt: new Date(row.occurred_ms).toISOString(),
    platform: row.platform,
    anonymousId: row.anonymous_id,
    userId: row.user_id,
    sessionId: row.session_id,
    session,
    page: row.page,
    screen: row.screen,
    url: row.url,
    referrer: row.referrer,
    deviceType: row.device_type,
    browser: row.browser,
    os: row.os,
    country: row.country,
    isBot: row.is_bot,
    properties: row.properties,
  };
}
