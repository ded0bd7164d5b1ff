import { DAY_MS } from '../session/restless-devices.js';
import { statement } from '../warehouse/statement.js';
import { LATEST_MS } from './activity-history.js';
import { ratio, startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import {
  eventsInSessionsSql,
  type Plan,
  planBetween,
  planOf,
  type StatementScope,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';
import { planSessions } from './session-plan.js';
import { sessionSource } from './session-source.js';

export const ENGAGEMENT_TIME: MetricDefinition = {
  id: 'engagement_time',
  title: 'Engagement time',
  meaning:
    'Time the page was in use, as its engagement events say: per session (sessions without any count as 0) and per page (mean over sessions with data for the page).',
  unit: 'seconds',
  additivity: 'ratio',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: 'null',
  exactness: 'exact',
};

export interface EngagementTimeAnswer {
  /** Null without sessions. */
  readonly averageSecondsPerSession: number | null;
  /** Parallel lists, longest first; only with a breakdown by page. */
  readonly byPage: {
    readonly pages: readonly string[];
    readonly averageSeconds: readonly number[];
    /** Pages the limit left out, and the mean over their pairs of session and page; null without. */
    readonly otherPages: number;
    readonly otherAverageSeconds: number | null;
  } | null;
  readonly meta: AnswerMeta;
}

const TIME_PAGE = `ifNull(nullIf(${PAGE_SQL}, ''), '(none)')`;
const IS_ENGAGEMENT = `event_name = 'engagement'`;

const PAGE_TIMES = {
  columns: [
    { name: 's_time_page', sql: TIME_PAGE },
    { name: 's_time_ms', sql: 'engaged_ms' },
    { name: 's_is_engagement', sql: IS_ENGAGEMENT },
  ],
  aggregates: [{ name: 'times', sql: 'groupArrayIf((s_time_page, s_time_ms), s_is_engagement)' }],
} as const;

/**
 * Engagement time of the sessions that start in the range, by page when a breakdown is asked.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeEngagementTime(
  context: MetricContext,
  question: MetricQuestion,
): Promise<EngagementTimeAnswer> {
  const run = startAnswer(context);
  const asked = planOf(context, question);
  const { fromMs, toMs } = asked.range;
  // A session that starts at the very end lasts a day at most, unless a client named it.
  const { unusual } = await planSessions(planBetween(asked, fromMs, toMs + DAY_MS), run);
  const plan = unusual === undefined ? asked : { ...asked, unusual };
  const [totals, pages] = await Promise.all([
    run.query(totalStatement(plan)),
    question.breakdown === undefined ? null : run.query(pageStatement(plan)),
  ]);
  const average = ratio(totals[0]?.total_ms ?? 0, totals[0]?.sessions ?? 0);
  return {
    averageSecondsPerSession: average === null ? null : average / 1000,
    byPage: pages === null ? null : byPageOf(pages),
    meta: run.meta(),
  };
}

function totalStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, ['engaged_ms']);
  return statement<{ readonly sessions: number; readonly total_ms: number }>(
    'metric.engagement_time.total',
    `SELECT count() AS sessions, sum(engaged_ms) AS total_ms\n${source.from}`,
    scope.parameters.values(),
  );
}

type PageRow = RankedListRow<'average_ms'>;

function pageStatement(plan: Plan) {
  const scope = statementScope(plan);
  return statement<PageRow>(
    'metric.engagement_time.by_page',
    rankedListSql({
      value: 'time_page',
      from: `FROM (
  SELECT session_key, time_page, sum(time_ms) AS page_ms
  FROM (${pageTimesSql(plan, scope)})
  GROUP BY session_key, time_page
)`,
      measures: { average_ms: ['avg', 'page_ms'] },
      order: ['average_ms'],
      keepsZero: true,
      shown: { limit: plan.question.breakdown?.limit ?? 0 },
    }),
    scope.parameters.values(),
  );
}

/**
 * A SELECT of `session_key`, `time_page` and `time_ms` of every engagement event of the sessions. Where
 * parts tell the sessions, no other events are read.
 */
function pageTimesSql(plan: Plan, scope: StatementScope): string {
  const { fromMs, toMs } = plan.range;
  const sessions = sessionSource(plan, scope, []);
  if (!sessions.isOfParts) {
    const source = sessionSource(plan, scope, [], undefined, PAGE_TIMES);
    return `SELECT session_key, time.1 AS time_page, time.2 AS time_ms FROM (SELECT session_key, arrayJoin(times) AS time ${source.from})`;
  }
  const events = eventsInSessionsSql(
    planBetween(plan, fromMs, toMs + DAY_MS),
    scope,
    [
      { name: 'time_page', sql: TIME_PAGE },
      { name: 'time_ms', sql: 'engaged_ms' },
    ],
    IS_ENGAGEMENT,
    LATEST_MS,
  );
  return `SELECT session_key, time_page, time_ms FROM (${events}) WHERE session_key IN (SELECT session_key ${sessions.from})`;
}

function byPageOf(rows: readonly PageRow[]): EngagementTimeAnswer['byPage'] {
  const { values, rest } = splitRankedList(rows);
  return {
    pages: values.map((row) => row.value),
    averageSeconds: values.map((row) => row.average_ms / 1000),
    otherPages: rest?.value_count ?? 0,
    otherAverageSeconds: rest === null ? null : rest.average_ms / 1000,
  };
}
