import { peopleScope } from '../cohort/people-scope.js';
import { type SessionColumn, sessionEventsSql } from '../session/session-events.js';
import { sessionEventsByPartsSql } from '../session/session-parts.js';
import type { UnusualDevices } from '../session/unusual-devices.js';
import { personSql } from '../visitor/person.js';
import { type BoundParameters, createBoundParameters } from './bound-parameters.js';
import { type DimensionScope, PAGE_SQL, type PeopleScope } from './dimension.js';
import { conjunction, filterSql, needsSession, selectorSql } from './event-condition.js';
import type { MetricContext } from './metric.js';
import type { Condition, EventSelector, MetricQuestion } from './metric-query.js';
import { occurredBetween } from './occurred-between.js';
import { inProject } from './project-condition.js';
import { type ResolvedRange, resolveRange } from './time-range.js';

/** A question after validation: what all statements of one answer share. */
export interface Plan {
  readonly context: MetricContext;
  readonly question: MetricQuestion;
  readonly range: ResolvedRange;
  /** Set where sessions may be made of parts; see `planOfSessions`. */
  readonly unusual?: UnusualDevices;
}

/** Validates what every question has in common. @throws AppError as `resolveRange` does. */
export function planOf(context: MetricContext, question: MetricQuestion): Plan {
  return { context, question, range: resolveRange(question.range, question.timeZone) };
}

/** The same plan, reading from one instant to another (ms since 1970 UTC) instead of its range. */
export function planBetween(plan: Plan, fromMs: number, toMs: number): Plan {
  return { ...plan, range: { ...plan.range, fromMs, toMs } };
}

/** One statement in the making: its parameters and what expressions need. */
export interface StatementScope extends DimensionScope {
  readonly parameters: BoundParameters;
  readonly people: PeopleScope;
}

/** Begins a statement of a plan. */
export function statementScope({ context, question }: Plan): StatementScope {
  return scopeOf(context, question, createBoundParameters());
}

/** What expressions of a statement may need, for a question about a project in a zone. */
export function scopeOf(
  context: Pick<MetricContext, 'database' | 'settings' | 'clock'>,
  question: Pick<MetricQuestion, 'projectId' | 'timeZone' | 'includeBots'>,
  parameters: BoundParameters,
): StatementScope {
  const { projectId, timeZone, includeBots } = question;
  const { linkedDomains, channelRules = {} } = context.settings;
  const scope = { parameters, linkedDomains, channelRules };
  const asked = { database: context.database, projectId, timeZone, includeBots };
  return { ...scope, people: peopleScope({ ...asked, nowMs: context.clock() }, scope) };
}

/** Every field a question tests or groups by, for the planner. */
export function fieldsOf(question: MetricQuestion): readonly string[] {
  return [
    ...(question.event?.event === undefined ? [] : ['event_name']),
    ...Object.keys(question.event?.where ?? {}),
    ...question.filter.map((condition) => condition.field),
    ...(question.breakdown === undefined ? [] : [question.breakdown.dimension]),
  ];
}

/** Condition on project and bots, which every table has. */
export function projectCondition(plan: Plan, scope: StatementScope): string {
  const project = inProject(scope.parameters, plan.question.projectId);
  return plan.question.includeBots ? project : `${project} AND NOT is_bot`;
}

/** Condition on `occurred_at`, half-open; prunes partitions and granules. */
export function occurredIn(scope: StatementScope, fromMs: number, toMs: number): string {
  return occurredBetween(scope.parameters, fromMs, toMs);
}

/** `occurred_at` in ms since 1970 UTC, Int64. */
export const OCCURRED_MS = 'toUnixTimestamp64Milli(occurred_at)';

/** `FROM … WHERE …` over rows, with the expression that names the person. */
export interface PeopleSource {
  readonly from: string;
  readonly person: string;
}

/** The same over events, also in its two parts. */
export interface EventSource extends PeopleSource {
  readonly tables: string;
  readonly where: string;
}

/**
 * The events a question counts, from `silver_events`: range, project, bots, selector and filter.
 *
 * @param needs `person`: joins identity, so that `person` may be used. `allHistory`: leaves the
 *   range out; pages of sessions are then known in and around the range only. `fields`: further fields used in the select list, for session pages. `selector` and
 *   `filter` replace those of the question.
 */
export function eventSource(
  plan: Plan,
  scope: StatementScope,
  needs: {
    readonly person?: boolean;
    readonly allHistory?: boolean;
    readonly fields?: readonly string[];
    readonly selector?: EventSelector | undefined;
    readonly filter?: readonly Condition[];
    readonly extra?: string;
  } = {},
): EventSource {
  const { context, question, range } = plan;
  const filter = needs.filter ?? question.filter;
  const selector = 'selector' in needs ? needs.selector : question.event;
  const person = personSql({
    database: context.database,
    projectId: question.projectId,
    parameters: scope.parameters,
  });
  const tests = conjunction([
    selectorSql(selector, scope),
    filterSql(filter, scope),
    ...(needs.extra === undefined ? [] : [needs.extra]),
  ]);
  const time = needs.allHistory === true ? 'true' : occurredIn(scope, range.fromMs, range.toMs);
  const fields = [...filter.map((condition) => condition.field), ...(needs.fields ?? [])];
  const pages = needsSession(fields)
    ? `\n${needs.allHistory === true ? 'LEFT' : 'INNER'} ANY JOIN (${sessionPagesSql(plan, scope)}) AS session_pages ON event_id = session_pages.session_event_id`
    : '';
  const tables = `${context.database}.silver_events${needs.person === true ? `\n${person.join}` : ''}${scope.people.join(needs.fields ?? [])}${pages}`;
  const where = `${projectCondition(plan, scope)} AND ${time} AND ${tests}`;
  return { person: person.expression, tables, where, from: `FROM ${tables}\nWHERE ${where}` };
}

/**
 * The same events, summed up by device and account before they are joined with their persons, which are
 * far fewer rows: the columns, by which they are told apart, and the sums, by name.
 */
export function deviceSource(
  plan: Plan,
  scope: StatementScope,
  needs: Omit<Parameters<typeof eventSource>[2] & object, 'person'>,
  {
    columns = {},
    sums = {},
  }: {
    readonly columns?: Readonly<Record<string, string>>;
    readonly sums?: Readonly<Record<string, string>>;
  },
): PeopleSource {
  const person = personSql({
    database: plan.context.database,
    projectId: plan.question.projectId,
    parameters: scope.parameters,
  });
  const keys = [...Object.keys(columns), 'anonymous_id', 'user_id'].join(', ');
  const named = Object.entries({ ...columns, ...sums }).map(([name, sql]) => `${sql} AS ${name}, `);
  return {
    person: person.expression,
    from: `FROM (
  SELECT ${named.join('')}anonymous_id, user_id
  ${eventSource(plan, scope, needs).from}
  GROUP BY ${keys}
) AS devices
${person.join}`,
  };
}

/** Tables that {@link eventSource} reads. */
export function eventTables(needs: { readonly person?: boolean }): readonly string[] {
  return needs.person === true ? ['silver_events', 'silver_identity_links'] : ['silver_events'];
}

/**
 * A SELECT that gives the events of a question's range their sessions, as `sessionEventsSql` does. The
 * beginnings of sessions are told by parts of sessions where the plan knows what that takes
 * (`planSessions`).
 *
 * @param kept Condition on the events that are wanted.
 */
export function eventsInSessionsSql(
  plan: Plan,
  scope: StatementScope,
  columns: readonly SessionColumn[],
  kept: string,
): string {
  const { range, unusual } = plan;
  const input = { ...sessionsOf(plan, scope), columns, kept };
  const isKnown =
    unusual !== undefined && unusual.fromMs <= range.fromMs && unusual.toMs >= range.toMs;
  return isKnown
    ? sessionEventsByPartsSql({ ...input, unusual })
    : sessionEventsSql({ ...input, scope: 'events' });
}

/** Whose sessions, from when to when. */
export function sessionsOf({ context, question, range }: Plan, { parameters }: StatementScope) {
  return {
    database: context.database,
    projectId: question.projectId,
    parameters,
    timeoutSeconds: context.settings.sessionTimeoutSeconds,
    includeBots: question.includeBots,
    fromMs: range.fromMs,
    toMs: range.toMs,
  };
}

/**
 * A SELECT of `session_event_id`, `entry_page` and `exit_page` for every event of the sessions that
 * touch the range.
 */
export function sessionPagesSql(plan: Plan, scope: StatementScope): string {
  const events = sessionEventsSql({
    ...sessionsOf(plan, scope),
    scope: 'sessions',
    columns: [
      { name: 's_page', sql: PAGE_SQL },
      { name: 's_is_page_view', sql: `event_name = 'page_view'` },
    ],
  });
  return `SELECT arrayJoin(ids) AS session_event_id, entry_page, exit_page
FROM (
  SELECT groupArray(event_id) AS ids, argMinIf(s_page, (occurred_ms, event_id), s_is_page_view) AS entry_page, argMaxIf(s_page, (occurred_ms, event_id), s_is_page_view) AS exit_page
  FROM (${events})
  GROUP BY session_key
)`;
}
