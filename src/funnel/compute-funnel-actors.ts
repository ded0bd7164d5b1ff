import { AppError } from '../errors.js';
import { createBoundParameters } from '../metric/bound-parameters.js';
import type { MetricContext } from '../metric/metric.js';
import { inProject } from '../metric/project-condition.js';
import { resolveRange } from '../metric/time-range.js';
import { statement } from '../warehouse/statement.js';
import { collectPassages } from './collect-passages.js';
import { foldFunnel } from './fold-funnel.js';
import {
  type FunnelActorsPage,
  type FunnelActorsQuestion,
  MAX_FUNNEL_ACTORS,
} from './funnel-actors.js';
import { funnelTables } from './funnel-events.js';
import { validateFunnel } from './validate-funnel.js';

/**
 * The actors behind a number of a funnel, page by page. Every page is of what was queryable at the
 * moment of the first: events and links that come in meanwhile move nobody. Cohorts and properties
 * of people in the filter are those of each page's own moment.
 *
 * @throws AppError `INVALID_FUNNEL` or `BAD_USER_INPUT` for a step, a value or a page size out of
 *   bounds, and as `computeFunnel`.
 */
export async function computeFunnelActors(
  context: MetricContext,
  question: FunnelActorsQuestion,
): Promise<FunnelActorsPage> {
  validateFunnel(question);
  validateActors(question);
  const range = resolveRange(question.range, question.timeZone);
  const asOfMs = question.asOfMs ?? (await newestMoment(context, question.projectId));
  const { sink, ...cost } = await foldFunnel({
    context,
    question,
    range,
    createSink: () => collectPassages(question, range.fromMs),
    actors: { asOfMs },
  });
  const source = [...new Set([...funnelTables(question), 'silver_identity_links'])].sort();
  const asOf = new Date(asOfMs).toISOString();
  return { ...sink.page(), meta: { source, exact: true, asOf, ...cost } };
}

function validateActors({
  step,
  which,
  steps,
  first,
  value,
  breakdown,
}: FunnelActorsQuestion): void {
  const last = which === 'reached' ? steps.length : steps.length - 1;
  if (!Number.isInteger(step) || step < 1 || step > last) {
    throw new AppError(
      'INVALID_FUNNEL',
      which === 'reached'
        ? `step: expected 1 to ${last}, the number of steps; got ${step}`
        : `step: nobody drops off after the last step; expected 1 to ${last}, got ${step}`,
      { details: { field: 'step', minimum: 1, maximum: last } },
    );
  }
  if (!Number.isInteger(first) || first < 1 || first > MAX_FUNNEL_ACTORS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `first must be a whole number from 1 to ${MAX_FUNNEL_ACTORS}, got ${first}`,
      { details: { field: 'first', maximum: MAX_FUNNEL_ACTORS } },
    );
  }
  if (value !== undefined && breakdown === undefined) {
    throw new AppError('BAD_USER_INPUT', 'value: expected with a breakdown alone', {
      details: { field: 'value' },
    });
  }
}

/**
 * When the newest event of a project became queryable, or now where that is later: no event that is
 * queryable lies behind it, whichever clocks and importers gave their moments.
 */
async function newestMoment(context: MetricContext, projectId: string): Promise<number> {
  const parameters = createBoundParameters();
  const { rows } = await context.warehouse.query(
    statement<{ readonly newest_ms: number }>(
      'funnel.newest',
      `SELECT toUnixTimestamp64Milli(max(queryable_at)) AS newest_ms
FROM ${context.database}.gold_newest_events
WHERE ${inProject(parameters, projectId)}`,
      parameters.values(),
    ),
    context.signal === undefined ? {} : { signal: context.signal },
  );
  return Math.max(context.clock(), rows[0]?.newest_ms ?? 0);
}
