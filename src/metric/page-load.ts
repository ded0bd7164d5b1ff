import { statement } from '../warehouse/statement.js';
import { startAnswer } from './answer.js';
import { PAGE_SQL } from './dimension.js';
import { eventSource, eventTables, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { numberProperty, orNone } from './property-sql.js';
import { type RankedListRow, rankedListSql, splitRankedList } from './ranked-list.js';

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

/** Percentiles (type 7), ms; null without samples. */
export interface LoadFigures {
  /** Events that tell a load time. */
  readonly samples: number;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p95: number | null;
}

export interface PageLoadAnswer extends LoadFigures {
  /** Parallel lists, most samples first. */
  readonly byPage: {
    readonly pages: readonly string[];
    readonly samples: readonly number[];
    readonly p50: readonly number[];
    readonly p75: readonly number[];
    readonly p95: readonly number[];
  };
  readonly otherPages: number;
  /** Of the events of these pages together. */
  readonly other: LoadFigures;
  readonly meta: AnswerMeta;
}

interface Row extends RankedListRow<'samples'> {
  readonly quantiles: readonly number[];
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
  const rows = await run.query(
    statement<Row>(
      'metric.page_load',
      rankedListSql({
        value: 'label',
        from: `FROM (SELECT ${orNone(PAGE_SQL)} AS label, ${numberProperty('load_ms')} AS load_ms ${source.from})
  WHERE isNotNull(load_ms)`,
        measures: {
          samples: ['count', ''],
          quantiles: ['quantilesExactInclusive(0.5, 0.75, 0.95)', 'assumeNotNull(load_ms)'],
        },
        order: ['samples'],
        shown: { limit: question.breakdown?.limit ?? USUAL_PAGES },
      }),
      scope.parameters.values(),
    ),
    eventTables({}),
  );
  const { values, rest, total } = splitRankedList(rows);
  const column = (index: number): readonly number[] =>
    values.map((row) => row.quantiles[index] ?? 0);
  return {
    ...figuresOf(total),
    byPage: {
      pages: values.map((row) => row.value),
      samples: values.map((row) => row.samples),
      p50: column(0),
      p75: column(1),
      p95: column(2),
    },
    otherPages: rest?.value_count ?? 0,
    other: figuresOf(rest),
    meta: run.meta(),
  };
}

function figuresOf(row: Row | null): LoadFigures {
  const { samples = 0, quantiles = [] } = row ?? {};
  const [p50 = null, p75 = null, p95 = null] = samples === 0 ? [] : quantiles;
  return { samples, p50, p75, p95 };
}
