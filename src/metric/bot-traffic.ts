import { statement } from '../warehouse/statement.js';
import { percent, startAnswer } from './answer.js';
import { deviceSource, eventTables, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, MetricQuestion } from './metric-query.js';

export const BOT_TRAFFIC: MetricDefinition = {
  id: 'bot_traffic',
  title: 'Bot traffic',
  meaning: 'Share of unique web events whose user agent is a known bot.',
  unit: 'percent',
  additivity: 'ratio',
  tables: ['silver_events'],
  dimensions: 'event',
  emptyValue: '0 and null',
  exactness: 'exact',
};

export interface BotTrafficAnswer {
  /** Unique web events, bots included. */
  readonly events: number;
  readonly botEvents: number;
  /** 0–100; null without web events. */
  readonly botPercent: number | null;
  /** People of the other web events. */
  readonly humanUsers: number;
  readonly meta: AnswerMeta;
}

/**
 * Bot share of the web events of the range; `includeBots` makes no difference.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeBotTraffic(
  context: MetricContext,
  question: MetricQuestion,
): Promise<BotTrafficAnswer> {
  const plan = planOf(context, { ...question, includeBots: true });
  const scope = statementScope(plan);
  const run = startAnswer(context);
  const source = deviceSource(
    plan,
    scope,
    { extra: `platform = 'web'` },
    { columns: { is_machine: 'is_bot' }, sums: { event_count: 'count()' } },
  );
  const rows = await run.query(
    statement<{ readonly events: number; readonly bots: number; readonly people: number }>(
      'metric.bot_traffic',
      `SELECT sum(event_count) AS events, sumIf(event_count, is_machine) AS bots, uniqExactIf(${source.person}, NOT is_machine) AS people\n${source.from}`,
      scope.parameters.values(),
    ),
    eventTables({ person: true }),
  );
  const { events, bots, people } = rows[0] ?? { events: 0, bots: 0, people: 0 };
  return {
    events,
    botEvents: bots,
    botPercent: percent(bots, events),
    humanUsers: people,
    meta: run.meta(),
  };
}
