import { statement } from '../warehouse/statement.js';
import { createBoundParameters } from './bound-parameters.js';
import type { MetricContext } from './metric.js';
import { inProject } from './project-condition.js';

/**
 * Age of the data of a project, seconds: how long before the clock of `context` its newest
 * queryable event was received, bots and late events included. Grows while nothing comes in. At
 * least 0; null when the project has no event.
 *
 * @throws AppError as the warehouse does.
 */
export async function computeFreshness(
  context: MetricContext,
  projectId: string,
): Promise<number | null> {
  const parameters = createBoundParameters();
  const { rows } = await context.warehouse.query(
    statement<{ readonly newest_ms: number; readonly n: number }>(
      'metric.freshness',
      `SELECT toUnixTimestamp64Milli(max(received_at)) AS newest_ms, count() AS n
FROM ${context.database}.gold_newest_events
WHERE ${inProject(parameters, projectId)}`,
      parameters.values(),
    ),
    context.signal === undefined ? {} : { signal: context.signal },
  );
  const [newest] = rows;
  if (newest === undefined || newest.n === 0) return null;
  return Math.max(0, context.clock() - newest.newest_ms) / 1000;
}
