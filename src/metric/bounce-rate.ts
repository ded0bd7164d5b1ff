import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, startAnswer } from './answer.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { BounceRateAnswer, MetricQuestion } from './metric-query.js';
import { IS_ENGAGED, sessionSource, sessionTables } from './session-source.js';

export const BOUNCE_RATE: MetricDefinition = {
  id: 'bounce_rate',
  title: 'Bounce rate',
  meaning:
    'Share of the sessions with a view that were not engaged: shorter than 10 seconds, one view, no interaction. Engagement rate is what is left to 100.',
  unit: 'percent',
  additivity: 'ratio',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: 'null',
  exactness: 'exact',
};

interface CountRow {
  readonly eligible: number;
  readonly bounces: number;
}

interface PageRow extends CountRow {
  readonly value: string;
}

/**
 * Bounce and engagement rate of the sessions that start in the range. A breakdown by `entry_page`
 * (the only one it has) fills `byEntryPage`, most sessions first.
 *
 * @throws AppError as `computeEventVolume`.
 */
export async function computeBounceRate(
  context: MetricContext,
  question: MetricQuestion,
): Promise<BounceRateAnswer> {
  const plan = planOf(context, question);
  const run = startAnswer(context);
  const [totals, pages] = await Promise.all([
    run.query(totalStatement(plan), sessionTables([])),
    question.breakdown === undefined ? null : run.query(pageStatement(plan), sessionTables([])),
  ]);
  const { eligible, bounces } = totals[0] ?? { eligible: 0, bounces: 0 };
  const bounceRatePercent = percent(bounces, eligible);
  return {
    eligibleSessions: eligible,
    bounces,
    bounceRatePercent,
    engagementRatePercent: bounceRatePercent === null ? null : 100 - bounceRatePercent,
    byEntryPage:
      pages === null
        ? null
        : {
            pages: pages.map((row) => row.value),
            eligibleSessions: pages.map((row) => row.eligible),
            bounces: pages.map((row) => row.bounces),
            bounceRatePercents: pages.map((row) => (row.bounces * 100) / row.eligible),
          },
    meta: run.meta(),
  };
}

const COUNTS = `countIf(views > 0) AS eligible, countIf(views > 0 AND NOT ${IS_ENGAGED}) AS bounces`;

function totalStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, ['views', 'interactions']);
  return statement<CountRow>(
    'metric.bounce_rate.total',
    `SELECT ${COUNTS}\n${source.from}`,
    scope.parameters.values(),
  );
}

function pageStatement(plan: Plan) {
  const scope = statementScope(plan);
  const source = sessionSource(plan, scope, ['views', 'interactions', 'entry_page']);
  return statement<PageRow>(
    'metric.bounce_rate.by_entry_page',
    `SELECT entry_page AS value, ${COUNTS}
FROM (SELECT * ${source.from})
WHERE has_page
GROUP BY value
ORDER BY eligible DESC, value ASC
LIMIT ${checkedLimit(plan.question.breakdown?.limit ?? 0)}`,
    scope.parameters.values(),
  );
}
