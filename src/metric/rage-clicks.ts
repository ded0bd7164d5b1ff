import { statement } from '../warehouse/statement.js';
import { checkedLimit, startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { numberProperty, orNone } from './property-sql.js';
import { planSessionEvents, sessionEventSource } from './session-event-source.js';

export const RAGE_CLICKS: MetricDefinition = {
  id: 'rage_clicks',
  title: 'Rage clicks',
  meaning:
    'Bursts of three clicks or more in one session and page, each at most a second and less than 30 pixels (across plus down) from the one before. A burst counts once however long it is; clicks without coordinates are ignored.',
  unit: 'bursts',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0',
  exactness: 'exact',
};

/** Pages shown when a question sets no limit. */
const USUAL_PAGES = 100;

/** Lists are parallel, most bursts first. */
export interface RageClicksAnswer {
  readonly bursts: number;
  /** Sessions with a burst. */
  readonly sessions: number;
  readonly pages: readonly string[];
  readonly pageBursts: readonly number[];
  readonly pageSessions: readonly number[];
  readonly otherPages: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly is_page: boolean;
  readonly page: string;
  readonly bursts: number;
  readonly sessions: number;
  readonly page_count: number;
}

const CLICK_COLUMNS = [
  { name: 'click_page', sql: orNone(PAGE_SQL) },
  { name: 'x', sql: numberProperty('x') },
  { name: 'y', sql: numberProperty('y') },
] as const;

/** Whether a click follows the one before it as part of a burst. */
const FOLLOWS = `(click, before) -> click.1 = before.1 AND click.2 - before.2 <= 1000 AND abs(click.4 - before.4) + abs(click.5 - before.5) < 30`;

/**
 * Bursts of the sessions that start in the range.
 *
 * @param question Its breakdown gives the most pages; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeRageClicks(
  context: MetricContext,
  question: MetricQuestion,
): Promise<RageClicksAnswer> {
  const run = startAnswer(context);
  const plan = await planSessionEvents(planOf(context, question), run);
  const scope = statementScope(plan);
  const clicks = sessionEventSource(plan, scope, CLICK_COLUMNS, `event_name = 'click'`);
  const limit = checkedLimit(question.breakdown?.limit ?? USUAL_PAGES);
  // `follows` has one entry per click but the first; a burst is a run of at least two of them, and
  // is counted at its second.
  const rows = await run.query(
    statement<Row>(
      'metric.rage_clicks',
      `SELECT *, countIf(is_page) OVER () AS page_count
FROM (
  SELECT grouping(page) = 0 AS is_page, page, count() AS bursts, uniqExact(session_key) AS sessions
  FROM (
    SELECT session_key, arrayJoin(burst_pages) AS page
    FROM (
      SELECT session_key, clicks,
        arrayMap(${FOLLOWS}, arrayPopFront(clicks), arrayPopBack(clicks)) AS follows,
        arrayMap(click -> click.1, arrayFilter((click, place) -> place > 1 AND follows[place] AND follows[place - 1] AND NOT (place > 2 AND follows[place - 2]), arrayPopFront(clicks), arrayEnumerate(follows))) AS burst_pages
      FROM (
        SELECT session_key, arraySort(groupArray((click_page, occurred_ms, event_id, assumeNotNull(x), assumeNotNull(y)))) AS clicks
        FROM (${clicks})
        WHERE isNotNull(x) AND isNotNull(y)
        GROUP BY session_key
        HAVING length(clicks) >= 3
      )
    )
  )
  GROUP BY GROUPING SETS ((), (page))
)
ORDER BY is_page ASC, bursts DESC, page ASC
LIMIT ${limit + 1}`,
      scope.parameters.values(),
    ),
  );
  const total = rows.find((row) => !row.is_page);
  const pages = rows.filter((row) => row.is_page);
  return {
    bursts: total?.bursts ?? 0,
    sessions: total?.sessions ?? 0,
    pages: pages.map((row) => row.page),
    pageBursts: pages.map((row) => row.bursts),
    pageSessions: pages.map((row) => row.sessions),
    otherPages: (pages[0]?.page_count ?? 0) - pages.length,
    meta: run.meta(),
  };
}
