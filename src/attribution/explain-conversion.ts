import { startAnswer } from '../metric/answer.js';
import { createBoundParameters } from '../metric/bound-parameters.js';
import { planOf, statementScope } from '../metric/event-source.js';
import type { MetricContext } from '../metric/metric.js';
import { inProject } from '../metric/project-condition.js';
import { statement } from '../warehouse/statement.js';
import {
  type ConversionQuestion,
  type ExplanationAnswer,
  RULE_MODELS,
  type Touch,
} from './attribution-query.js';
import { conversionsSql } from './conversion-source.js';
import { creditsOf, ruleWeights } from './rule-credits.js';
import { validateTouchRules } from './touch-rules.js';

interface Row {
  readonly ms: number;
  readonly name: string;
  readonly amount: string | null;
  readonly currency: string;
  readonly touch_ms: readonly number[];
  readonly labels: readonly string[];
  readonly channels: readonly string[];
  readonly decays: readonly string[];
}

/**
 * One conversion with its touches and what each rule credits them.
 *
 * @throws AppError `BAD_USER_INPUT` for rules out of bounds.
 */
export async function explainConversion(
  context: MetricContext,
  question: ConversionQuestion,
): Promise<ExplanationAnswer> {
  validateTouchRules(question);
  const run = startAnswer(context);
  const parameters = createBoundParameters();
  const [event] = await run.query(
    statement<{ readonly ms: number }>(
      'attribution.event',
      `SELECT toUnixTimestamp64Milli(occurred_at) AS ms FROM ${context.database}.silver_events WHERE ${inProject(parameters, question.projectId)} AND event_id = ${parameters.bind('String', question.eventId)} LIMIT 1`,
      parameters.values(),
    ),
    ['silver_events'],
  );
  if (event === undefined) return { conversion: null, meta: run.meta() };
  const instant = (ms: number): string => new Date(ms).toISOString();
  // The sessions of one moment are few, and the lookback reaches behind it.
  const plan = planOf(context, {
    ...question,
    range: { kind: 'instants', from: instant(event.ms), to: instant(event.ms + 1) },
    filter: [],
  });
  const scope = statementScope(plan);
  const [row] = await run.query(
    statement<Row>(
      'attribution.conversion',
      `SELECT goal.1 AS ms, goal.5 AS name, toString(goal.3) AS amount, goal.4 AS currency, arrayMap(touch -> touch.1, counted) AS touch_ms, arrayMap(touch -> touch.3, counted) AS labels, arrayMap(touch -> touch.4, counted) AS channels, arrayMap(weight -> toString(weight), decays) AS decays
FROM (${conversionsSql(plan, scope, { ...question, goal: undefined, extra: `event_id = ${scope.parameters.bind('String', question.eventId)}` })})
WHERE is_goal`,
      scope.parameters.values(),
    ),
  );
  if (row === undefined) return { conversion: null, meta: run.meta() };
  const touches: readonly Touch[] = row.labels.map((name, at) => ({
    name,
    isDirect: row.channels[at] === 'Direct',
  }));
  return {
    conversion: {
      eventId: question.eventId,
      eventName: row.name,
      occurredAt: instant(row.ms),
      revenue: row.amount,
      currency: row.currency,
      startedAt: row.touch_ms.map(instant),
      values: row.labels,
      channels: row.channels,
      credits: RULE_MODELS.map((model) => ({
        model,
        credits: creditsOf(ruleWeights(model, touches, row.decays.map(BigInt))),
      })),
    },
    meta: run.meta(),
  };
}
