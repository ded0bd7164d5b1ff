import { statement } from '../warehouse/statement.js';
import { checkedLimit, percent, startAnswer } from './answer.js';
import { type Plan, planOf, statementScope } from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { BounceRateAnswer, MetricQuestion } from './metric-query.js';
import { planSessions } from './session-plan.js';
import { IS_ENGAGED, sessionSource } from './session-source.js';

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

interface Row {
  /** A page's row, else the total. */
  readonly is_page: boolean;
  readonly page: string;
  readonly eligible: number;
  readonly bounces: number;
  /** Pages there are, and their sums, before the limit. */
  readonly page_count: number;
  readonly all_eligible: number;
  readonly all_bounces: number;
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
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const rows = await run.query(bounceStatement(plan));
  const { eligible, bounces } = rows.find((row) => !row.is_page) ?? { eligible: 0, bounces: 0 };
  const pages = rows.filter((row) => row.is_page).slice(0, question.breakdown?.limit ?? 0);
  const bounceRatePercent = percent(bounces, eligible);
  return {
    eligibleSessions: eligible,
    bounces,
    bounceRatePercent,
    engagementRatePercent: bounceRatePercent === null ? null : 100 - bounceRatePercent,
    byEntryPage: question.breakdown === undefined ? null : byEntryPageOf(pages),
    meta: run.meta(),
  };
}

function byEntryPageOf(rows: readonly Row[]): BounceRateAnswer['byEntryPage'] {
  const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
  const eligibleSessions = rows.map((row) => row.eligible);
  const bounces = rows.map((row) => row.bounces);
  const { page_count = 0, all_eligible = 0, all_bounces = 0 } = rows[0] ?? {};
  const otherEligibleSessions = all_eligible - sum(eligibleSessions);
  const otherBounces = all_bounces - sum(bounces);
  return {
    pages: rows.map((row) => row.page),
    eligibleSessions,
    bounces,
    bounceRatePercents: rows.map((row) => (row.bounces * 100) / row.eligible),
    otherPages: page_count - rows.length,
    otherEligibleSessions,
    otherBounces,
    otherBounceRatePercent: percent(otherBounces, otherEligibleSessions),
  };
}

/** Sessions are derived once for the total and the pages together. */
function bounceStatement(plan: Plan) {
  const scope = statementScope(plan);
  const { breakdown } = plan.question;
  const facts = ['views', 'interactions'] as const;
  const counts = `countIf(views > 0) AS eligible, countIf(views > 0 AND NOT ${IS_ENGAGED}) AS bounces`;
  if (breakdown === undefined) {
    const source = sessionSource(plan, scope, facts);
    return statement<Row>(
      'metric.bounce_rate',
      `SELECT false AS is_page, '' AS page, ${counts}, 0 AS page_count, 0 AS all_eligible, 0 AS all_bounces\n${source.from}`,
      scope.parameters.values(),
    );
  }
  const source = sessionSource(plan, scope, [...facts, 'entry_page']);
  return statement<Row>(
    'metric.bounce_rate.by_entry_page',
    `SELECT *, count() OVER (PARTITION BY is_page) AS page_count, sum(eligible) OVER (PARTITION BY is_page) AS all_eligible, sum(bounces) OVER (PARTITION BY is_page) AS all_bounces
FROM (
  SELECT grouping(page) = 0 AS is_page, page, ${counts}
  FROM (SELECT *, entry_page AS page ${source.from})
  GROUP BY GROUPING SETS ((), (has_page, page))
  HAVING NOT is_page OR has_page
)
ORDER BY is_page ASC, eligible DESC, page ASC
LIMIT ${checkedLimit(breakdown.limit) + 1}`,
    scope.parameters.values(),
  );
}
