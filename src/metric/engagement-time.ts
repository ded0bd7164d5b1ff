import { statement } from '../warehouse/statement.js';
import { ratio, startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';
import { planSessionEvents, sessionEventSource } from './session-event-source.js';
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
  const plan = await planSessionEvents(planOf(context, question), run);
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
  const times = sessionEventSource(
    plan,
    scope,
    [
      { name: 'time_page', sql: TIME_PAGE },
      { name: 'time_ms', sql: 'engaged_ms' },
    ],
    `event_name = 'engagement'`,
  );
  return statement<PageRow>(
    'metric.engagement_time.by_page',
    rankedListSql({
      value: 'time_page',
      from: `FROM (
  SELECT session_key, time_page, sum(time_ms) AS page_ms
  FROM (${times})
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

function byPageOf(rows: readonly PageRow[]): EngagementTimeAnswer['byPage'] {
  const { values, rest } = splitRankedList(rows);
  return {
    pages: values.map((row) => row.value),
    averageSeconds: values.map((row) => row.average_ms / 1000),
    otherPages: rest?.value_count ?? 0,
    otherAverageSeconds: rest === null ? null : rest.average_ms / 1000,
  };
}
