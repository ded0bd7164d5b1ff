import { sessionEventsSql } from '../session/session-events.js';
import { scanStatement, statement } from '../warehouse/statement.js';
import { breakdownOf, type RankedRow, rankedSql, startAnswer } from './answer.js';
import { type Buckets, bucketIndexSql } from './buckets.js';
import { chooseTable, type RollupTable } from './choose-table.js';
import { PAGE_SQL } from './dimension.js';
import { conjunction, fieldSql, filterSql, selectorSql, splitFilter } from './event-condition.js';
import {
  eventSource,
  eventsInSessionsSql,
  fieldsOf,
  OCCURRED_MS,
  type Plan,
  planOf,
  projectCondition,
  type StatementScope,
  statementScope,
} from './event-source.js';
import { BUCKET_MS, bucketStartIn } from './event-volume.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { MetricQuestion, PageViewsAnswer } from './metric-query.js';
import { seriesOfSums, seriesRead } from './series-window.js';
import { planSessions } from './session-plan.js';

export const PAGE_VIEWS: MetricDefinition = {
  id: 'page_views',
  title: 'Page views',
  meaning:
    'Events page_view; unique page views count a page once per session. Screens are no page views.',
  unit: 'views',
  additivity: 'sum',
  tables: ['gold_page_views_per_hour', 'silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

/**
 * Page views of a range, unique ones, their series and their breakdown (by page unless the
 * question names another dimension).
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computePageViews(
  context: MetricContext,
  question: MetricQuestion,
): Promise<PageViewsAnswer> {
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const read =
    question.grain === undefined ? null : seriesRead(plan, question.grain, question.window);
  const cuts = [plan.range.fromMs, plan.range.toMs, ...(read?.buckets.cuts ?? [])];
  const table = chooseTable(
    { measure: 'page_views', cuts, fields: fieldsOf(question) },
    context.onlyTables,
  );
  const [total, unique, series, pages] = await Promise.all([
    run.query(totalStatement(plan, table), [table]),
    run.query(uniqueStatement(plan)),
    read === null ? null : run.query(seriesStatement(read.plan, table, read.buckets), [table]),
    question.breakdown === undefined ? null : run.query(breakdownStatement(plan, table), [table]),
  ]);
  return {
    total: total[0]?.n ?? 0,
    unique: unique[0]?.n ?? 0,
    series: read === null || series === null ? null : seriesOfSums(read, series),
    pages: pages === null ? null : breakdownOf(pages),
    meta: run.meta(),
  };
}

const IS_PAGE_VIEW = `event_name = 'page_view'`;

interface CountSource {
  readonly tables: string;
  readonly where: string;
  readonly count: readonly [aggregate: string, argument: string];
  readonly ms: string;
}

function countSource(plan: Plan, table: RollupTable, scope: StatementScope): CountSource {
  const { question, range, context } = plan;
  if (table === 'silver_events') {
    const fields = question.breakdown === undefined ? [] : [question.breakdown.dimension];
    const { tables, where } = eventSource(plan, scope, { fields, extra: IS_PAGE_VIEW });
    return { tables, where, count: ['count', ''], ms: OCCURRED_MS };
  }
  // The rollup has only page views, so `page` is the dimension without the rule for screens.
  const rows = `SELECT *, 'page_view' AS event_name, '' AS screen FROM ${context.database}.${table}
WHERE ${projectCondition(plan, scope)} AND ${bucketStartIn(scope, range.fromMs, range.toMs)}`;
  const tests = conjunction([
    selectorSql(question.event, scope),
    filterSql(question.filter, scope),
  ]);
  return { tables: `(${rows})`, where: tests, count: ['sum', 'view_count'], ms: BUCKET_MS };
}

function totalStatement(plan: Plan, table: RollupTable) {
  const scope = statementScope(plan);
  const { tables, where, count } = countSource(plan, table, scope);
  return scanStatement<{ readonly n: number }>(
    'metric.page_views.total',
    { from: tables, where, columns: { n: count } },
    scope.parameters.values(),
  );
}

function seriesStatement(plan: Plan, table: RollupTable, buckets: Buckets) {
  const scope = statementScope(plan);
  const { tables, where, count, ms } = countSource(plan, table, scope);
  const bucket = bucketIndexSql(ms, buckets, scope.parameters);
  return scanStatement<{ readonly bucket: number; readonly value: number }>(
    'metric.page_views.series',
    { from: tables, where, by: { name: 'bucket', sql: bucket }, columns: { value: count } },
    scope.parameters.values(),
  );
}

function breakdownStatement(plan: Plan, table: RollupTable) {
  const scope = statementScope(plan);
  const { dimension, limit } = plan.question.breakdown ?? { dimension: 'page', limit: 0 };
  const { tables, where, count } = countSource(plan, table, scope);
  return statement<RankedRow>(
    'metric.page_views.breakdown',
    rankedSql(
      `SELECT ${fieldSql(dimension, scope).label} AS value, ${count[0]}(${count[1]}) AS n\nFROM ${tables}\nWHERE ${where}\nGROUP BY value`,
      limit,
    ),
    scope.parameters.values(),
  );
}

/** Distinct (session, page) among the page views of the range, whenever their sessions began. */
function uniqueStatement(plan: Plan) {
  const { context, question, range } = plan;
  const scope = statementScope(plan);
  const { ofEvent, ofSession } = splitFilter(question.filter);
  const fits = conjunction([
    IS_PAGE_VIEW,
    selectorSql(question.event, scope),
    filterSql(ofEvent, scope),
  ]);
  if (ofSession.length === 0) {
    const views = eventsInSessionsSql(plan, scope, [{ name: 's_page', sql: PAGE_SQL }], fits);
    return statement<{ readonly n: number }>(
      'metric.page_views.unique',
      `SELECT uniqExact(session_key, s_page) AS n FROM (${views})`,
      scope.parameters.values(),
    );
  }
  const events = sessionEventsSql({
    database: context.database,
    projectId: question.projectId,
    parameters: scope.parameters,
    timeoutSeconds: context.settings.sessionTimeoutSeconds,
    includeBots: question.includeBots,
    fromMs: range.fromMs,
    toMs: range.toMs,
    scope: 'sessions',
    columns: [
      { name: 's_page', sql: PAGE_SQL },
      { name: 's_fits', sql: fits },
      { name: 's_is_page_view', sql: IS_PAGE_VIEW },
    ],
  });
  const from = scope.parameters.bind('Int64', range.fromMs);
  const to = scope.parameters.bind('Int64', range.toMs);
  const rows = `SELECT session_key, arrayJoin(pages) AS s_page FROM (
  SELECT session_key, groupUniqArrayIf(s_page, s_fits AND occurred_ms >= ${from} AND occurred_ms < ${to}) AS pages, argMinIf(s_page, (occurred_ms, event_id), s_is_page_view) AS entry_page, argMaxIf(s_page, (occurred_ms, event_id), s_is_page_view) AS exit_page
  FROM (${events}) GROUP BY session_key HAVING ${filterSql(ofSession, scope)})`;
  return statement<{ readonly n: number }>(
    'metric.page_views.unique',
    `SELECT uniqExact(session_key, s_page) AS n FROM (${rows})`,
    scope.parameters.values(),
  );
}
