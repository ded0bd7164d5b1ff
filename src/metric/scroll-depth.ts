import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, ratio, startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { numberProperty, orNone } from './property-sql.js';
import { planSessionEvents, sessionEventSource } from './session-event-source.js';

export const SCROLL_DEPTH: MetricDefinition = {
  id: 'scroll_depth',
  title: 'Scroll depth',
  meaning:
    'How far visits scrolled: per session and page the largest percent of its scroll events, held to 0–100; the mean over visits with scroll data, and the share that reached 25, 50, 75, 90 and 100.',
  unit: 'percent',
  additivity: 'ratio',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Depths whose reach is told, percent. */
export const SCROLL_STEPS = [25, 50, 75, 90, 100] as const;

/** Pages shown when a question sets no limit. */
const USUAL_PAGES = 100;

/** Lists are parallel, most visits first. Percentages are 0–100. */
export interface ScrollDepthAnswer {
  /** Visits (session and page) with scroll data, of all pages. */
  readonly samples: number;
  /** Mean of the greatest depth over all visits; null without any. */
  readonly averagePercent: number | null;
  readonly pages: readonly string[];
  readonly pageSamples: readonly number[];
  readonly averagePercents: readonly number[];
  /** {@link SCROLL_STEPS}. */
  readonly steps: readonly number[];
  /** Per page the share of visits that reached each step. */
  readonly reachPercents: readonly (readonly number[])[];
  readonly otherPages: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly is_page: boolean;
  readonly page: string;
  readonly samples: number;
  readonly depth_sum: number;
  readonly reached: readonly number[];
  readonly page_count: number;
}

const SCROLL_COLUMNS = [
  { name: 'scroll_page', sql: orNone(PAGE_SQL) },
  { name: 'reached', sql: numberProperty('percent') },
] as const;

/**
 * Scroll depth of the sessions that start in the range.
 *
 * @param question Its breakdown gives the most pages; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeScrollDepth(
  context: MetricContext,
  question: MetricQuestion,
): Promise<ScrollDepthAnswer> {
  const run = startAnswer(context);
  const plan = await planSessionEvents(planOf(context, question), run);
  const scope = statementScope(plan);
  const scrolls = sessionEventSource(plan, scope, SCROLL_COLUMNS, `event_name = 'scroll'`);
  const limit = checkedLimit(question.breakdown?.limit ?? USUAL_PAGES);
  // Decimals add up to the same sum in any order, which binary fractions need not do.
  const reached = SCROLL_STEPS.map((step) => `countIf(depth >= ${step})`).join(', ');
  const rows = await run.query(
    statement<Row>(
      'metric.scroll_depth',
      `SELECT *, countIf(is_page) OVER () AS page_count
FROM (
  SELECT grouping(page) = 0 AS is_page, page, count() AS samples, toFloat64(sum(toDecimal128(depth, 15))) AS depth_sum, [${reached}] AS reached
  FROM (
    SELECT session_key, scroll_page AS page, least(greatest(max(assumeNotNull(reached)), 0), 100) AS depth
    FROM (${scrolls})
    WHERE isNotNull(reached)
    GROUP BY session_key, page
  )
  GROUP BY GROUPING SETS ((), (page))
)
ORDER BY is_page ASC, samples DESC, page ASC
LIMIT ${limit + 1}`,
      scope.parameters.values(),
    ),
  );
  const total = rows.find((row) => !row.is_page);
  const pages = rows.filter((row) => row.is_page);
  return {
    samples: total?.samples ?? 0,
    averagePercent: ratio(total?.depth_sum ?? 0, total?.samples ?? 0),
    pages: pages.map((row) => row.page),
    pageSamples: pages.map((row) => row.samples),
    averagePercents: pages.map((row) => row.depth_sum / row.samples),
    steps: SCROLL_STEPS,
    reachPercents: pages.map((row) => row.reached.map((n) => percent(n, row.samples) ?? 0)),
    otherPages: (pages[0]?.page_count ?? 0) - pages.length,
    meta: run.meta(),
  };
}
