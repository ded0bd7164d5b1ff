import { queryableUntil } from '../metric/as-of.js';
import { type BoundParameters, createBoundParameters } from '../metric/bound-parameters.js';
import { type DimensionScope, isOfPerson, PAGE_SQL } from '../metric/dimension.js';
import {
  conditionSql,
  conjunction,
  fieldSql,
  needsSession,
  selectorSql,
} from '../metric/event-condition.js';
import { type StatementScope, scopeOf } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import type { EventSelector } from '../metric/metric-query.js';
import { inProject } from '../metric/project-condition.js';
import type { ResolvedRange } from '../metric/time-range.js';
import { type SessionColumn, sessionEventsSql } from '../session/session-events.js';
import { type PersonSql, personSql } from '../visitor/person.js';
import { type Statement, statement } from '../warehouse/statement.js';
import type { FunnelQuestion } from './funnel-query.js';

export interface FunnelEventsInput {
  readonly context: Pick<MetricContext, 'database' | 'settings' | 'clock'>;
  readonly question: FunnelQuestion;
  readonly range: ResolvedRange;
  readonly parameters: BoundParameters;
  readonly actors?: FunnelActorsScope;
}

/** What a list of actors needs besides. */
export interface FunnelActorsScope {
  /** Events that were not queryable at this moment (ms since 1970 UTC) are left out. */
  readonly asOfMs: number;
}

/** Tables that {@link funnelEventsSql} reads. */
export function funnelTables(question: FunnelQuestion): readonly string[] {
  const tables = ['silver_events'];
  if (question.per === 'user') tables.push('silver_identity_links');
  if (readsSessions(question)) tables.push('gold_active_users_per_day');
  return tables;
}

function readsSessions(question: FunnelQuestion): boolean {
  const names = question.filter.map((condition) => condition.field);
  if (question.breakdown !== undefined) names.push(question.breakdown.dimension);
  return question.per === 'session' || needsSession(names);
}

/**
 * A SELECT of the events of a funnel, one row each, to be used as a subquery. Columns: `f_actor`,
 * `f_ms` (Int64, since the start of the range), `f_id` (event id), `f_m` (UInt32, bit k−1 when the
 * event fits step k), `f_x` (UInt32, bit i when it fits exclusion i), `f_value` (text of the
 * breakdown, empty when missing or not asked); for actors that are sessions also `f_person`.
 *
 * Events outside the range, of bots (unless asked) and against the filter are left out; so are
 * events that fit nothing, unless the funnel is strict. Exclusions have no effect on strict funnels
 * and are not looked for there.
 */
export function funnelEventsSql(input: FunnelEventsInput): string {
  return readsSessions(input.question) ? eventsWithSessions(input) : plainEvents(input);
}

interface Expressions {
  readonly steps: string;
  readonly exclusions: string;
  readonly value: string;
  /** Conditions of the filter on the event itself. */
  readonly eventFilter: string;
  /** Conditions of the filter on entry and exit page. */
  readonly sessionFilter: string;
  readonly isValueOfSession: boolean;
  /** Joins what the value needs of the person; else empty. Takes both ids as columns. */
  readonly people: string;
}

function expressionsOf({ context, question, parameters }: FunnelEventsInput): Expressions {
  const scope: StatementScope = scopeOf(context, question, parameters);
  const isSession = (name: string): boolean => needsSession([name]);
  const conditions = (ofSession: boolean): string =>
    conjunction(
      question.filter
        .filter((condition) => isSession(condition.field) === ofSession)
        .map((condition) => conditionSql(condition, scope)),
    );
  const { breakdown } = question;
  return {
    steps: maskSql(question.steps, scope),
    exclusions:
      question.order === 'strict'
        ? 'toUInt32(0)'
        : maskSql(
            question.exclusions.map((exclusion) => exclusion.event),
            scope,
          ),
    value: breakdown === undefined ? `''` : fieldSql(breakdown.dimension, scope).text,
    eventFilter: conditions(false),
    sessionFilter: conditions(true),
    isValueOfSession: breakdown !== undefined && isSession(breakdown.dimension),
    people: breakdown === undefined ? '' : scope.people.join([breakdown.dimension]),
  };
}

/** Bit i is set when the event fits selector i. */
function maskSql(selectors: readonly EventSelector[], scope: DimensionScope): string {
  const bits = selectors.map((selector, i) => `if(${selectorSql(selector, scope)}, ${2 ** i}, 0)`);
  return `toUInt32(${bits.length === 0 ? '0' : bits.join(' + ')})`;
}

/** Restricts to the names asked for, which the sort key finds quickly; nothing when any may fit. */
function namesSql({ question, parameters, context }: FunnelEventsInput): string {
  const selectors = [...question.steps, ...question.exclusions.map(({ event }) => event)];
  const names = new Set<string>();
  for (const { event } of selectors) {
    if (event === undefined) return 'true';
    names.add(event);
  }
  const scope = { parameters, linkedDomains: context.settings.linkedDomains };
  return [...names].map((event) => selectorSql({ event }, scope)).join(' OR ');
}

const KEPT = 'f_m != 0 OR f_x != 0';

/** Conditions on project, range and names: what the sort key of `silver_events` can find. */
function keyConditions(input: FunnelEventsInput): string[] {
  const { question, range, parameters } = input;
  const at = (ms: number): string =>
    `fromUnixTimestamp64Milli(${parameters.bind('Int64', ms)}, 'UTC')`;
  return [
    inProject(parameters, question.projectId),
    `occurred_at >= ${at(range.fromMs)}`,
    `occurred_at < ${at(range.toMs)}`,
    ...(question.order === 'strict' ? [] : [namesSql(input)]),
    ...(input.actors === undefined ? [] : [queryableUntil(parameters, input.actors.asOfMs)]),
  ];
}

/** The person of the rows `e`. */
function personOf({ context, question, parameters, actors }: FunnelEventsInput): PersonSql {
  const { database } = context;
  const asked = { database, projectId: question.projectId, parameters, events: 'e' };
  return personSql({ ...asked, ...(actors === undefined ? {} : { asOfMs: actors.asOfMs }) });
}

/**
 * How many rows of `silver_events` the engine reads for the range of the question (column `rows`,
 * from its index alone); events around it, which sessions may need, are not among them.
 */
export function funnelRowsStatement(
  context: Pick<MetricContext, 'database' | 'settings' | 'clock'>,
  question: FunnelQuestion,
  range: ResolvedRange,
): Statement<{ readonly rows: number }> {
  const parameters = createBoundParameters();
  const conditions = keyConditions({ context, question, range, parameters });
  return statement(
    'funnel.rows',
    `EXPLAIN ESTIMATE SELECT event_id FROM ${context.database}.silver_events WHERE ${allOf(conditions)}`,
    parameters.values(),
  );
}

function allOf(conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(' AND ');
}

function plainEvents(input: FunnelEventsInput): string {
  const { context, question, range, parameters } = input;
  const { database } = context;
  const expressions = expressionsOf(input);
  const person = personOf(input);
  const conditions = [
    ...keyConditions(input),
    ...(question.includeBots ? [] : ['NOT is_bot']),
    ...(expressions.eventFilter === 'true' ? [] : [expressions.eventFilter]),
    ...(question.order === 'strict' ? [] : [KEPT]),
  ];
  return `SELECT ${person.expression} AS f_actor, f_ms, f_id, f_m, f_x, f_value
FROM (
  SELECT anonymous_id, user_id,
    toUnixTimestamp64Milli(occurred_at) - ${parameters.bind('Int64', range.fromMs)} AS f_ms,
    event_id AS f_id, ${expressions.steps} AS f_m, ${expressions.exclusions} AS f_x,
    CAST(${expressions.value}, 'String') AS f_value
  FROM ${database}.silver_events${expressions.people}
  WHERE ${allOf(conditions)}
) AS e
${person.join}`;
}

/**
 * Events with their session, for funnels per session and for the entry and exit page. A session is
 * made of all its events, so the filter comes after the sessions.
 */
function eventsWithSessions(input: FunnelEventsInput): string {
  const { context, question, range, parameters } = input;
  const { database } = context;
  const expressions = expressionsOf(input);
  const needsPages = expressions.sessionFilter !== 'true' || expressions.isValueOfSession;
  const columns: SessionColumn[] = [
    { name: 'f_m', sql: expressions.steps },
    { name: 'f_x', sql: expressions.exclusions },
    { name: 'f_keep', sql: `toBool(${expressions.eventFilter})` },
  ];
  const isValueOfPerson = isOfPerson(question.breakdown?.dimension ?? '');
  if (!expressions.isValueOfSession && !isValueOfPerson) {
    columns.push({ name: 'f_value', sql: `CAST(${expressions.value}, 'String')` });
  }
  const namesPerson = question.per === 'user' || input.actors !== undefined;
  if (namesPerson || isValueOfPerson) {
    columns.push({ name: 'f_device', sql: 'anonymous_id' }, { name: 'f_user', sql: 'user_id' });
  }
  if (needsPages) {
    columns.push({ name: 'f_page', sql: PAGE_SQL });
    columns.push({ name: 'f_is_page_view', sql: `event_name = 'page_view'` });
  }
  const events = sessionEventsSql({
    database,
    projectId: question.projectId,
    parameters,
    timeoutSeconds: context.settings.sessionTimeoutSeconds,
    includeBots: question.includeBots,
    fromMs: range.fromMs,
    toMs: range.toMs,
    scope: needsPages ? 'sessions' : 'events',
    columns,
    ...(input.actors === undefined ? {} : { asOfMs: input.actors.asOfMs }),
  });
  const from = parameters.bind('Int64', range.fromMs);
  const conditions = [
    'f_keep',
    `occurred_ms >= ${from}`,
    `occurred_ms < ${parameters.bind('Int64', range.toMs)}`,
    ...(needsPages ? [expressions.sessionFilter] : []),
    ...(question.order === 'strict' ? [] : [KEPT]),
  ];
  const value =
    expressions.isValueOfSession || isValueOfPerson
      ? `CAST(${expressions.value}, 'String') AS f_value`
      : 'f_value';
  const ofPerson = isValueOfPerson
    ? 'anonymous_id, user_id'
    : 'f_device AS anonymous_id, f_user AS user_id';
  const actor = [
    ...(question.per === 'session' ? ['session_key'] : []),
    ...(namesPerson ? [ofPerson] : []),
  ].join(', ');
  const sessions = needsPages ? withEntryAndExit(events) : events;
  const ids = isValueOfPerson
    ? `SELECT *, f_device AS anonymous_id, f_user AS user_id FROM (${sessions})`
    : sessions;
  const rows = `SELECT ${actor}, occurred_ms - ${from} AS f_ms, event_id AS f_id, f_m, f_x, ${value}
FROM (${ids}) AS f${expressions.people}
WHERE ${allOf(conditions)}`;
  if (!namesPerson) {
    return `SELECT session_key AS f_actor, f_ms, f_id, f_m, f_x, f_value FROM (${rows})`;
  }
  const person = personOf(input);
  const named =
    question.per === 'session'
      ? `session_key AS f_actor, ${person.expression} AS f_person`
      : `${person.expression} AS f_actor`;
  return `SELECT ${named}, f_ms, f_id, f_m, f_x, f_value
FROM (${rows}) AS e
${person.join}`;
}

/** Adds the pages of the first and the last page view of its session to every event. */
function withEntryAndExit(events: string): string {
  return `SELECT *,
  argMinIf(f_page, (occurred_ms, event_id), f_is_page_view) OVER (PARTITION BY session_key) AS entry_page,
  argMaxIf(f_page, (occurred_ms, event_id), f_is_page_view) OVER (PARTITION BY session_key) AS exit_page
FROM (${events})`;
}
