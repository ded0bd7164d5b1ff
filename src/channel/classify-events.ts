import { AppError } from '../errors.js';
import { startAnswer } from '../metric/answer.js';
import { eventSource, OCCURRED_MS, planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import type { AnswerMeta, MetricQuestion } from '../metric/metric-query.js';
import { statement } from '../warehouse/statement.js';
import { trafficSql } from './channel-sql.js';

/** Most events of one answer. */
export const MAX_CLASSIFIED_EVENTS = 10_000;

/** Parallel lists in canonical order, bots included. */
export interface ClassifiedEvents {
  readonly eventIds: readonly string[];
  /** The channel the event would give a session that it opens. */
  readonly channels: readonly string[];
  /** Source as the rules see it; empty when there is none. */
  readonly sources: readonly string[];
  readonly areBots: readonly boolean[];
  readonly hasMore: boolean;
  readonly meta: AnswerMeta;
}

/**
 * Channel and bot verdict of each event of the range.
 *
 * @throws AppError `BAD_USER_INPUT` for a number of events out of bounds, and as
 *   `computeEventVolume`.
 */
export async function classifyEvents(
  context: MetricContext,
  question: MetricQuestion & { readonly first: number },
): Promise<ClassifiedEvents> {
  const { first } = question;
  if (!Number.isInteger(first) || first < 1 || first > MAX_CLASSIFIED_EVENTS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `first must be a whole number from 1 to ${MAX_CLASSIFIED_EVENTS}, got ${first}`,
      { details: { field: 'first', maximum: MAX_CLASSIFIED_EVENTS } },
    );
  }
  const plan = planOf(context, { ...question, includeBots: true });
  const scope = statementScope(plan);
  const traffic = trafficSql(scope);
  const source = eventSource(plan, scope);
  const run = startAnswer(context);
  const rows = await run.query(
    statement<{ event_id: string; channel: string; source: string; is_bot: boolean }>(
      'channel.classify_events',
      `SELECT event_id, ${traffic.channel} AS channel, ${traffic.source} AS source, is_bot
${source.from}
ORDER BY ${OCCURRED_MS}, event_id
LIMIT ${scope.parameters.bind('UInt32', first + 1)}`,
      scope.parameters.values(),
    ),
    ['silver_events'],
  );
  const shown = rows.slice(0, first);
  return {
    eventIds: shown.map((row) => row.event_id),
    channels: shown.map((row) => row.channel),
    sources: shown.map((row) => row.source),
    areBots: shown.map((row) => row.is_bot),
    hasMore: rows.length > first,
    meta: run.meta(),
  };
}
