import { statement } from '../warehouse/statement.js';
import { startAnswer } from './answer.js';
import { eventTables, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';
import { type Percentiles, percentilesOf } from './percentiles.js';
import { inProject } from './project-condition.js';

export const INGESTION_LATENCY: MetricDefinition = {
  id: 'ingestion_latency',
  title: 'Ingestion latency',
  meaning:
    'How long events took from receipt to being queryable, and from happening to being queryable, by the time they became queryable; bots and late events included.',
  unit: 'milliseconds',
  additivity: 'quantile',
  tables: ['silver_events'],
  dimensions: 'none',
  emptyValue: '0 and null',
  exactness: 'exact',
};

export interface IngestionLatencyAnswer {
  /** Unique events that became queryable in the range. */
  readonly events: number;
  /** Queryable − received, ms, at least 0. */
  readonly processingMs: Percentiles;
  /** Queryable − happened, by the client's clock, ms, at least 0. */
  readonly endToEndMs: Percentiles;
  readonly meta: AnswerMeta;
}

/** Bots and every event are in, so there is nothing else to ask. */
type Question = Pick<MetricQuestion, 'projectId' | 'range' | 'timeZone'>;

/**
 * Latency of the events that became queryable in the range.
 *
 * @throws AppError as `resolveRange`.
 */
export async function computeIngestionLatency(
  context: MetricContext,
  question: Question,
): Promise<IngestionLatencyAnswer> {
  const plan = planOf(context, { ...question, filter: [], includeBots: true });
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const project = inProject(scope.parameters, question.projectId);
  const at = (ms: number): string =>
    `fromUnixTimestamp64Milli(${scope.parameters.bind('Int64', ms)}, 'UTC')`;
  const rows = await run.query(
    statement<{
      readonly events: number;
      readonly processing: readonly number[];
      readonly whole: readonly number[];
    }>(
      'metric.ingestion_latency',
      `SELECT count() AS events,
  quantilesExactInclusive(0.5, 0.95, 0.99)(greatest(dateDiff('millisecond', received_at, queryable_at), 0)) AS processing,
  quantilesExactInclusive(0.5, 0.95, 0.99)(greatest(dateDiff('millisecond', occurred_at, queryable_at), 0)) AS whole
FROM ${context.database}.silver_events
WHERE ${project} AND queryable_at >= ${at(plan.range.fromMs)} AND queryable_at < ${at(plan.range.toMs)}`,
      scope.parameters.values(),
    ),
    eventTables({}),
  );
  const row = rows[0];
  const events = row?.events ?? 0;
  return {
    events,
    processingMs: percentilesOf(events, row?.processing ?? []),
    endToEndMs: percentilesOf(events, row?.whole ?? []),
    meta: run.meta(),
  };
}
