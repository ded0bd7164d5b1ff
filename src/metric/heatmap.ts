import { AppError } from '../errors.js';
import { statement } from '../warehouse/statement.js';
import { startAnswer } from './answer.js';
import { selectorSql } from './event-condition.js';
import { eventSource, eventTables, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { numberProperty } from './property-sql.js';

export const HEATMAP: MetricDefinition = {
  id: 'heatmap',
  title: 'Click heatmap',
  meaning:
    'Clicks of a page on a grid: columns divide the width of the viewport, rows are so many document pixels high. What lies outside counts in the cell at the edge; rows have no last one. Clicks without coordinates are dropped and counted.',
  unit: 'clicks',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0',
  exactness: 'exact',
};

/** Finest grid and highest row that may be asked for. */
export const MAX_HEATMAP_COLUMNS = 1_000;
export const MAX_ROW_PIXELS = 10_000;
/** Most cells of one answer. */
export const MAX_HEATMAP_CELLS = 50_000;

/** A question for the clicks of one page. */
export interface HeatmapQuestion extends MetricQuestion {
  /** Page or screen as the dimension `page` shows it. */
  readonly page: string;
  /** Columns of the grid, 1 to {@link MAX_HEATMAP_COLUMNS}. */
  readonly columns: number;
  /** Height of a row in pixels, 1 to {@link MAX_ROW_PIXELS}. */
  readonly rowPixels: number;
}

/** Cells as parallel lists, most clicks first, ties from the top left; both indexes begin at 0. */
export interface HeatmapAnswer {
  readonly columns: readonly number[];
  readonly rows: readonly number[];
  readonly clicks: readonly number[];
  /** Clicks in any cell. */
  readonly total: number;
  /** Clicks without coordinates. */
  readonly dropped: number;
  /** Cells beyond {@link MAX_HEATMAP_CELLS}, and their clicks. */
  readonly otherCells: number;
  readonly otherClicks: number;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly is_dropped: boolean;
  readonly grid_column: number;
  readonly grid_row: number;
  readonly clicks: number;
  readonly cell_count: number;
  readonly click_sum: number;
}

/** Positions beyond this many pixels are no coordinates: rows must stay whole numbers. */
const MAX_PIXELS = 1e12;

/**
 * The clicks of a page in the range, by event time.
 *
 * @throws AppError `BAD_USER_INPUT` for an empty page or a grid out of bounds, else as
 *   `computeEventVolume`.
 */
export async function computeHeatmap(
  context: MetricContext,
  question: HeatmapQuestion,
): Promise<HeatmapAnswer> {
  if (question.page === '') {
    throw new AppError('BAD_USER_INPUT', 'page must be a page or screen, got an empty text', {
      details: { field: 'page' },
    });
  }
  const columns = wholeNumber('columns', question.columns, MAX_HEATMAP_COLUMNS);
  const rowPixels = wholeNumber('rowPixels', question.rowPixels, MAX_ROW_PIXELS);
  const plan = planOf(context, question);
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const ofPage = selectorSql({ where: { page: question.page } }, scope);
  const source = eventSource(plan, scope, { extra: `event_name = 'click' AND ${ofPage}` });
  // Multiplied before it is divided, so that whole pixels fall into the cell they belong to.
  const rows = await run.query(
    statement<Row>(
      'metric.heatmap',
      `SELECT *, countIf(NOT is_dropped) OVER () AS cell_count, sumIf(clicks, NOT is_dropped) OVER () AS click_sum
FROM (
  SELECT is_dropped, grid_column, grid_row, count() AS clicks
  FROM (
    SELECT ${numberProperty('x')} AS x, ${numberProperty('y')} AS y, ${numberProperty('viewport_width')} AS width,
      NOT ifNull(abs(x) <= ${MAX_PIXELS} AND abs(y) <= ${MAX_PIXELS} AND width > 0, false) AS is_dropped,
      if(is_dropped, 0, toInt64(least(greatest(floor(ifNull(x, 0) * ${columns} / ifNull(width, 1)), 0), ${columns - 1}))) AS grid_column,
      if(is_dropped, 0, toInt64(greatest(floor(ifNull(y, 0) / ${rowPixels}), 0))) AS grid_row
    ${source.from}
  )
  GROUP BY is_dropped, grid_column, grid_row
)
ORDER BY is_dropped DESC, clicks DESC, grid_row ASC, grid_column ASC
LIMIT ${MAX_HEATMAP_CELLS + 1}`,
      scope.parameters.values(),
    ),
    eventTables({}),
  );
  const cells = rows.filter((row) => !row.is_dropped).slice(0, MAX_HEATMAP_CELLS);
  const total = rows[0]?.click_sum ?? 0;
  return {
    columns: cells.map((row) => row.grid_column),
    rows: cells.map((row) => row.grid_row),
    clicks: cells.map((row) => row.clicks),
    total,
    dropped: rows.find((row) => row.is_dropped)?.clicks ?? 0,
    otherCells: (rows[0]?.cell_count ?? 0) - cells.length,
    otherClicks: total - cells.reduce((sum, row) => sum + row.clicks, 0),
    meta: run.meta(),
  };
}

function wholeNumber(field: string, value: number, maximum: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= maximum) return value;
  throw new AppError(
    'BAD_USER_INPUT',
    `${field} must be a whole number from 1 to ${maximum}, got ${value}`,
    { details: { field, minimum: 1, maximum } },
  );
}
