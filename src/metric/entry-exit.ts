import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, startAnswer } from './answer.js';
import { planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { planSessions } from './session-plan.js';
import { sessionSource } from './session-source.js';

export const ENTRY_EXIT: MetricDefinition = {
  id: 'entry_exit',
  title: 'Entry and exit pages',
  meaning:
    'Sessions that began and ended on a page (first and last page view); exit rate is exits divided by the page views of the page in the same sessions.',
  unit: 'sessions, percent',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0',
  exactness: 'exact',
};

/** Parallel lists, one entry per page viewed in these sessions, most views first. */
export interface EntryExitAnswer {
  readonly pages: readonly string[];
  readonly entries: readonly number[];
  readonly exits: readonly number[];
  readonly pageViews: readonly number[];
  /** Exits ÷ page views, 0–100. */
  readonly exitRatePercents: readonly (number | null)[];
  readonly otherPages: number;
  /** The same of the pages left out together. */
  readonly otherEntries: number;
  readonly otherExits: number;
  readonly otherPageViews: number;
  readonly otherExitRatePercent: number | null;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly value: string;
  readonly entries: number;
  readonly exits: number;
  readonly views: number;
  readonly value_count: number;
  /** Sums over all pages, before the limit. */
  readonly all_entries: number;
  readonly all_exits: number;
  readonly all_views: number;
}

/**
 * Entries, exits and exit rate of every page of the sessions that start in the range.
 *
 * @param question Its breakdown gives the limit; without one 1,000 pages.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeEntryExit(
  context: MetricContext,
  question: MetricQuestion,
): Promise<EntryExitAnswer> {
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, ['entry_page', 'exit_page'], undefined, {
    columns: [
      {
        name: 's_pages',
        sql: `if(event_name = 'page_view', map(page, toUInt64(1)), CAST(map(), 'Map(String, UInt64)'))`,
        part: 'page_counts',
      },
    ],
    aggregates: [{ name: 'pages', sql: 'sumMap(s_pages)' }],
  });
  const rows = await run.query(
    statement<Row>(
      'metric.entry_exit',
      `SELECT value, entries, exits, views, count() OVER () AS value_count, sum(entries) OVER () AS all_entries, sum(exits) OVER () AS all_exits, sum(views) OVER () AS all_views
FROM (
  SELECT part.1 AS value, sum(part.2) AS entries, sum(part.3) AS exits, sum(part.4) AS views
  FROM (
    SELECT arrayJoin(arrayConcat([(entry_page, 1, 0, 0), (exit_page, 0, 1, 0)], arrayMap((page, views) -> (page, 0, 0, views), mapKeys(pages), mapValues(pages)))) AS part
    FROM (SELECT * ${source.from})
    WHERE has_page
  )
  GROUP BY value
)
ORDER BY views DESC, value ASC
LIMIT ${checkedLimit(question.breakdown?.limit ?? 1_000)}`,
      scope.parameters.values(),
    ),
  );
  const { all_entries = 0, all_exits = 0, all_views = 0 } = rows[0] ?? {};
  const rest = (all: number, of: (row: Row) => number): number =>
    rows.reduce((left, row) => left - of(row), all);
  const otherExits = rest(all_exits, (row) => row.exits);
  const otherPageViews = rest(all_views, (row) => row.views);
  return {
    pages: rows.map((row) => row.value),
    entries: rows.map((row) => row.entries),
    exits: rows.map((row) => row.exits),
    pageViews: rows.map((row) => row.views),
    exitRatePercents: rows.map((row) => percent(row.exits, row.views)),
    otherPages: (rows[0]?.value_count ?? 0) - rows.length,
    otherEntries: rest(all_entries, (row) => row.entries),
    otherExits,
    otherPageViews,
    otherExitRatePercent: percent(otherExits, otherPageViews),
    meta: run.meta(),
  };
}
