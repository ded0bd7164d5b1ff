import { AppError } from '../errors.js';
import { sessionEventsSql } from '../session/session-events.js';
import { personSql } from '../visitor/person.js';
import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, startAnswer } from './answer.js';
import { dimensionByName } from './dimension.js';
import { conjunction, fieldSql, filterSql, selectorSql, splitFilter } from './event-condition.js';
import { type Plan, planOf, sessionPagesSql, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { MetricQuestion, TopRows } from './metric-query.js';
import { sessionSource, sessionTables } from './session-source.js';

export const TOP: MetricDefinition = {
  id: 'top',
  title: 'Top values',
  meaning:
    'Users, sessions and page views by a dimension. Pages count page views; what is told of a visit (source, channel, campaign tags, entry and exit page) is taken from the sessions that start in the range; everything else from the events of the range.',
  unit: 'users, sessions, views',
  additivity: 'distinct',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

interface Row {
  /** Of all values together. */
  readonly is_total: boolean;
  readonly value: string;
  readonly users: number;
  readonly sessions: number;
  readonly page_views: number;
  readonly value_count: number;
}

/**
 * The values of a dimension with most users (pages: most page views), ties bytewise.
 *
 * @throws AppError `BAD_USER_INPUT` without a breakdown, and as `computeEventVolume`.
 */
export async function computeTop(
  context: MetricContext,
  question: MetricQuestion,
): Promise<TopRows> {
  const { breakdown } = question;
  if (breakdown === undefined) {
    throw new AppError('BAD_USER_INPUT', 'a top list needs a dimension', {
      details: { field: 'dimension' },
    });
  }
  const plan = planOf(context, question);
  const run = startAnswer(context);
  const isOfVisit = dimensionByName(breakdown.dimension)?.isOfVisit === true;
  const found = await run.query(
    topStatement(plan, breakdown.dimension, breakdown.limit, isOfVisit),
    sessionTables(['person']),
  );
  const users = found.find((row) => row.is_total)?.users ?? 0;
  const rows = found.filter((row) => !row.is_total).slice(0, breakdown.limit);
  return {
    values: rows.map((row) => row.value),
    users: rows.map((row) => row.users),
    sessions: rows.map((row) => row.sessions),
    pageViews: rows.map((row) => row.page_views),
    userSharePercents: rows.map((row) => percent(row.users, users)),
    otherValues: (rows[0]?.value_count ?? 0) - rows.length,
    meta: run.meta(),
  };
}

const PAGE_VIEW_COUNT = {
  columns: [{ name: 's_is_page_view', sql: `event_name = 'page_view'` }],
  aggregates: [{ name: 'page_views', sql: 'countIf(s_is_page_view)' }],
} as const;

/** Rows are derived once for the list and for the people of all values together. */
function topStatement(plan: Plan, dimension: string, limit: number, isOfVisit: boolean) {
  const scope = statementScope(plan);
  const order =
    dimension === 'page' ? 'page_views DESC, users DESC' : 'users DESC, page_views DESC';
  let sums: string;
  let rows: string;
  if (isOfVisit) {
    const source = sessionSource(plan, scope, ['person'], dimension, PAGE_VIEW_COUNT);
    sums = 'count() AS sessions, sum(views) AS page_views';
    rows = `SELECT ${source.label} AS value, ${source.person} AS person, page_views AS views\n${source.from}`;
  } else {
    const { events, person } = eventRows(plan, dimension, scope);
    sums = 'uniqExact(session_key) AS sessions, countIf(s_is_page_view) AS page_views';
    rows = `SELECT s_value AS value, ${person} AS person, session_key, s_is_page_view\n${events}`;
  }
  return statement<Row>(
    'metric.top',
    `SELECT is_total, value, users, sessions, page_views, count() OVER (PARTITION BY is_total) AS value_count
FROM (
  SELECT grouping(value) = 1 AS is_total, value, uniqExact(person) AS users, ${sums}
  FROM (${rows})
  GROUP BY GROUPING SETS ((), (value))
)
ORDER BY is_total DESC, ${order}, value ASC
LIMIT ${checkedLimit(limit) + 1}`,
    scope.parameters.values(),
  );
}

/** The events of the range that a list of an event dimension is made of, with their sessions. */
function eventRows(
  plan: Plan,
  dimension: string,
  scope: ReturnType<typeof statementScope>,
): { readonly events: string; readonly person: string } {
  const { context, question, range } = plan;
  const { parameters } = scope;
  const { ofEvent, ofSession } = splitFilter(question.filter);
  const pages =
    ofSession.length === 0
      ? ''
      : `\nINNER ANY JOIN (${sessionPagesSql(plan, scope)}) AS session_pages ON events.event_id = session_pages.session_event_id`;
  const events = sessionEventsSql({
    database: context.database,
    projectId: question.projectId,
    parameters,
    timeoutSeconds: context.settings.sessionTimeoutSeconds,
    includeBots: question.includeBots,
    fromMs: range.fromMs,
    toMs: range.toMs,
    scope: 'events',
    columns: [
      { name: 'anonymous_id', sql: 'anonymous_id' },
      { name: 'user_id', sql: 'user_id' },
      { name: 's_value', sql: fieldSql(dimension, scope).label },
      { name: 's_is_page_view', sql: `event_name = 'page_view'` },
      {
        name: 's_fits',
        sql: conjunction([
          ...(dimension === 'page' && question.event === undefined
            ? [`event_name = 'page_view'`]
            : []),
          selectorSql(question.event, scope),
          filterSql(ofEvent, scope),
        ]),
      },
    ],
  });
  const person = personSql({
    database: context.database,
    projectId: question.projectId,
    parameters,
  });
  return {
    events: `FROM (${events}) AS events\n${person.join}${pages}\nWHERE s_fits AND ${filterSql(ofSession, scope)}`,
    person: person.expression,
  };
}
