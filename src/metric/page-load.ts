import { statement } from '../warehouse/statement.js';
import { checkedLimit, startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { eventSource, eventTables, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { numberProperty, orNone } from './property-sql.js';

export const PAGE_LOAD: MetricDefinition = {
  id: 'page_load',
  title: 'Page load time',
  meaning: 'Percentiles of load_ms of page_performance events, over all pages and per page.',
  unit: 'milliseconds',
  additivity: 'quantile',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Pages shown when a question sets no limit. */
const USUAL_PAGES = 100;

/** Percentiles (type 7), ms. */
export interface PageLoadAnswer {
  /** Events that tell a load time. */
  readonly samples: number;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p95: number | null;
  /** Parallel lists, most samples first. */
  readonly byPage: {
    readonly pages: readonly string[];
    readonly samples: readonly number[];
    readonly p50: readonly number[];
    readonly p75: readonly number[];
    readonly p95: readonly number[];
  };
  readonly otherPages: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly is_page: boolean;
  readonly page: string;
  readonly samples: number;
  readonly quantiles: readonly number[];
  readonly page_count: number;
}

/**
 * Load times of the range, by event time.
 *
 * @param question Its breakdown gives the most pages; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computePageLoad(
  context: MetricContext,
  question: MetricQuestion,
): Promise<PageLoadAnswer> {
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const source = eventSource(plan, scope, { extra: `event_name = 'page_performance'` });
  const limit = checkedLimit(question.breakdown?.limit ?? USUAL_PAGES);
  const rows = await run.query(
    statement<Row>(
      'metric.page_load',
      `SELECT *, countIf(is_page) OVER () AS page_count
FROM (
  SELECT grouping(label) = 0 AS is_page, label AS page, count() AS samples, quantilesExactInclusive(0.5, 0.75, 0.95)(assumeNotNull(load_ms)) AS quantiles
  FROM (SELECT ${orNone(PAGE_SQL)} AS label, ${numberProperty('load_ms')} AS load_ms ${source.from})
  WHERE isNotNull(load_ms)
  GROUP BY GROUPING SETS ((), (label))
)
ORDER BY is_page ASC, samples DESC, page ASC
LIMIT ${limit + 1}`,
      scope.parameters.values(),
    ),
    eventTables({}),
  );
  const total = rows.find((row) => !row.is_page);
  const pages = rows.filter((row) => row.is_page);
  const samples = total?.samples ?? 0;
  const [p50 = null, p75 = null, p95 = null] = samples === 0 ? [] : (total?.quantiles ?? []);
  const column = (index: number): readonly number[] =>
    pages.map((row) => row.quantiles[index] ?? 0);
  return {
    samples,
    p50,
    p75,
    p95,
    byPage: {
      pages: pages.map((row) => row.page),
      samples: pages.map((row) => row.samples),
      p50: column(0),
      p75: column(1),
      p95: column(2),
    },
    otherPages: (pages[0]?.page_count ?? 0) - pages.length,
    meta: run.meta(),
  };
}
