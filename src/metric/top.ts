import { AppError } from '../errors.js';
import { personSql } from '../visitor/person.js';
import { statement } from '../warehouse/statement.js';
import { percent, startAnswer } from './answer.js';
import { dimensionByName } from './dimension.js';
import { conjunction, fieldSql, filterSql, selectorSql, splitFilter } from './event-condition.js';
import {
  eventsInSessionsSql,
  type Plan,
  planOf,
  type StatementScope,
  sessionPagesSql,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { MetricQuestion, TopRows } from './metric-query.js';
import {
  type RankedList,
  type RankedListRow,
  rankedListSql,
  splitRankedList,
} from './ranked-list.js';
import { planSessions } from './session-plan.js';
import { sessionSource } from './session-source.js';

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

type Row = RankedListRow<'users' | 'sessions' | 'page_views'>;

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
  const run = startAnswer(context);
  const asked = planOf(context, question);
  const isOfVisit = dimensionByName(breakdown.dimension)?.isOfVisit === true;
  const plan = await planSessions(asked, run);
  const found = await run.query(
    topStatement(plan, breakdown.dimension, breakdown.limit, isOfVisit),
  );
  const { values, rest, total } = splitRankedList(found);
  const users = total?.users ?? 0;
  return {
    values: values.map((row) => row.value),
    users: values.map((row) => row.users),
    sessions: values.map((row) => row.sessions),
    pageViews: values.map((row) => row.page_views),
    userSharePercents: values.map((row) => percent(row.users, users)),
    otherValues: rest?.value_count ?? 0,
    otherUsers: rest?.users ?? 0,
    otherSessions: rest?.sessions ?? 0,
    otherPageViews: rest?.page_views ?? 0,
    otherUserSharePercent: percent(rest?.users ?? 0, users),
    meta: run.meta(),
  };
}

const PAGE_VIEW_COUNT = {
  columns: [
    {
      name: 's_page_views',
      sql: `toUInt64(event_name = 'page_view')`,
      part: `event_counts['page_view']`,
    },
  ],
  aggregates: [{ name: 'page_views', sql: 'sum(s_page_views)' }],
} as const;

/** Rows are derived once for the list, its rest and the people of all values together. */
function topStatement(plan: Plan, dimension: string, limit: number, isOfVisit: boolean) {
  const scope = statementScope(plan);
  const { measures, ...rows } = isOfVisit
    ? visitRows(plan, dimension, scope)
    : eventRows(plan, dimension, scope);
  return statement<Row>(
    'metric.top',
    rankedListSql({
      ...rows,
      measures,
      order: dimension === 'page' ? ['page_views', 'users'] : ['users', 'page_views'],
      shown: { limit },
    }),
    scope.parameters.values(),
  );
}

type TopList = Pick<RankedList<'users' | 'sessions' | 'page_views'>, 'value' | 'from' | 'measures'>;

function visitRows(plan: Plan, dimension: string, scope: StatementScope): TopList {
  const source = sessionSource(plan, scope, ['person'], dimension, PAGE_VIEW_COUNT);
  return {
    value: source.label,
    from: source.from,
    measures: {
      users: ['uniqExact', source.person],
      sessions: ['count', ''],
      page_views: ['sum', 'page_views'],
    },
  };
}

/** The events of the range that a list of an event dimension is made of, with their sessions. */
function eventRows(plan: Plan, dimension: string, scope: StatementScope): TopList {
  const { context, question } = plan;
  const { parameters } = scope;
  const { ofEvent, ofSession } = splitFilter(question.filter);
  const pages =
    ofSession.length === 0
      ? ''
      : `\nINNER ANY JOIN (${sessionPagesSql(plan, scope)}) AS session_pages ON events.event_id = session_pages.session_event_id`;
  const events = eventsInSessionsSql(
    plan,
    scope,
    [
      { name: 'anonymous_id', sql: 'anonymous_id' },
      { name: 'user_id', sql: 'user_id' },
      { name: 's_value', sql: fieldSql(dimension, scope).label },
      { name: 's_is_page_view', sql: `event_name = 'page_view'` },
    ],
    conjunction([
      ...(dimension === 'page' && question.event === undefined ? [`event_name = 'page_view'`] : []),
      selectorSql(question.event, scope),
      filterSql(ofEvent, scope),
    ]),
  );
  const person = personSql({
    database: context.database,
    projectId: question.projectId,
    parameters,
  });
  return {
    value: 's_value',
    from: `FROM (${events}) AS events\n${person.join}${pages}\nWHERE ${filterSql(ofSession, scope)}`,
    measures: {
      users: ['uniqExact', person.expression],
      sessions: ['uniqExact', 'session_key'],
      page_views: ['countIf', 's_is_page_view'],
    },
  };
}
