import { statement } from '../warehouse/statement.js';
import {
  breakdownOf,
  checkedLimit,
  percent,
  type RankedRow,
  rankedSql,
  startAnswer,
} from './answer.js';
import { PAGE_SQL } from './dimension.js';
import {
  eventSource,
  eventTables,
  type Plan,
  planOf,
  projectCondition,
  statementScope,
} from './event-source.js';
import type { MetricContext, MetricDefinition } from './metric.js';
import type { AnswerMeta, BreakdownRows, EventSelector, MetricQuestion } from './metric-query.js';
import { orNone } from './property-sql.js';
import { planSessions } from './session-plan.js';
import { hasEventColumn, IS_ENGAGED, sessionSource } from './session-source.js';

export const SEO_LANDING: MetricDefinition = {
  id: 'seo_landing',
  title: 'SEO landing pages',
  meaning:
    'Sessions with a page view that came from organic search, and beside them those from AI assistants, by entry page: bounces, engagement, conversion and revenue; their share of all sessions with an entry page; and page views of search-engine bots per page (by event time).',
  unit: 'sessions, percent, money, hits',
  additivity: 'sum',
  tables: ['silver_events'],
  dimensions: 'session',
  emptyValue: '0 and null',
  exactness: 'exact',
};

/** Bots whose page views are crawl hits, as their agents name them. */
const CRAWLERS = '(?i)googlebot|bingbot|yandexbot|duckduckbot|baiduspider|applebot';

/** Pages shown when a question sets no limit. */
const USUAL_PAGES = 100;

export interface SeoLandingQuestion extends MetricQuestion {
  /** Adds conversion rates: sessions with an event that fits. */
  readonly goal?: EventSelector;
  /** Adds revenue. */
  readonly withRevenue: boolean;
}

/** Parallel lists: net money of the sessions that entered on a page, in one currency. */
export interface LandingRevenue {
  readonly pages: readonly string[];
  readonly currencies: readonly string[];
  /** Exact decimal text. */
  readonly netSums: readonly string[];
}

/** Sessions of one channel that have an entry page. Percentages are 0–100. */
export interface Landing {
  readonly sessions: number;
  /** Of all sessions with an entry page; null without any. */
  readonly sharePercent: number | null;
  /** Parallel lists by entry page, most sessions first. */
  readonly pages: readonly string[];
  readonly pageSessions: readonly number[];
  readonly bounceRatePercents: readonly number[];
  readonly engagementRatePercents: readonly number[];
  /** Null without a goal. */
  readonly sessionConversionPercents: readonly number[] | null;
  /** Of the pages above; null unless asked for. */
  readonly revenue: LandingRevenue | null;
  readonly otherPages: number;
}

export interface SeoLandingAnswer {
  readonly organic: Landing;
  readonly aiAssistants: Landing;
  /** Sessions of any channel with an entry page. */
  readonly sessionsWithEntryPage: number;
  /** Page views of search-engine bots by page. */
  readonly crawlHits: BreakdownRows;
  readonly meta: AnswerMeta;
}

interface Row {
  readonly kind: 'total' | 'channel' | 'page';
  readonly channel: string;
  readonly page: string;
  readonly sessions: number;
  readonly bounces: number;
  readonly conversions: number;
  readonly kind_count: number;
}

interface MoneyRow {
  readonly channel: string;
  readonly page: string;
  readonly currency: string;
  readonly net: string;
}

const LANDING_CHANNELS = ['Organic Search', 'AI Assistants'] as const;

/**
 * Landing pages of the sessions that start in the range, and crawl hits of the range.
 *
 * @param question Its breakdown gives the most pages; without one 100.
 * @throws AppError as `computeEventVolume`.
 */
export async function computeSeoLanding(
  context: MetricContext,
  question: SeoLandingQuestion,
): Promise<SeoLandingAnswer> {
  const run = startAnswer(context);
  const plan = await planSessions(planOf(context, question), run);
  const limit = checkedLimit(question.breakdown?.limit ?? USUAL_PAGES);
  const [rows, hits] = await Promise.all([
    run.query(landingStatement(plan, question.goal, limit)),
    run.query(crawlStatement(plan, limit), eventTables({})),
  ]);
  const pages = [...new Set(rows.filter((row) => row.kind === 'page').map((row) => row.page))];
  const money = question.withRevenue ? await run.query(moneyStatement(plan, pages)) : null;
  const all = rows.find((row) => row.kind === 'total')?.sessions ?? 0;
  const landing = (channel: (typeof LANDING_CHANNELS)[number]): Landing =>
    landingOf(
      rows.filter((row) => row.channel === channel),
      money?.filter((row) => row.channel === channel) ?? null,
      all,
      question.goal !== undefined,
    );
  return {
    organic: landing('Organic Search'),
    aiAssistants: landing('AI Assistants'),
    sessionsWithEntryPage: all,
    crawlHits: breakdownOf(hits),
    meta: run.meta(),
  };
}

function landingOf(
  rows: readonly Row[],
  money: readonly MoneyRow[] | null,
  all: number,
  hasGoal: boolean,
): Landing {
  const sessions = rows.find((row) => row.kind === 'channel')?.sessions ?? 0;
  const pages = rows.filter((row) => row.kind === 'page');
  const shown = new Set(pages.map((row) => row.page));
  const own = money?.filter((row) => shown.has(row.page)) ?? null;
  const bounceRates = pages.map((row) => (row.bounces * 100) / row.sessions);
  return {
    sessions,
    sharePercent: percent(sessions, all),
    pages: pages.map((row) => row.page),
    pageSessions: pages.map((row) => row.sessions),
    bounceRatePercents: bounceRates,
    engagementRatePercents: bounceRates.map((rate) => 100 - rate),
    sessionConversionPercents: hasGoal
      ? pages.map((row) => (row.conversions * 100) / row.sessions)
      : null,
    revenue:
      own === null
        ? null
        : {
            pages: own.map((row) => row.page),
            currencies: own.map((row) => row.currency),
            netSums: own.map((row) => row.net),
          },
    otherPages: (pages[0]?.kind_count ?? 0) - pages.length,
  };
}

/** Sessions are derived once for the total, the channels and their pages. */
function landingStatement(plan: Plan, goal: EventSelector | undefined, limit: number) {
  const scope = statementScope(plan);
  const facts = ['views', 'interactions', 'entry_page'] as const;
  const source = sessionSource(plan, scope, facts, 'channel', {
    columns: [
      goal === undefined
        ? { name: 's_goal', sql: 'false', part: 'false' }
        : hasEventColumn('s_goal', goal, scope),
    ],
    aggregates: [{ name: 'has_goal', sql: 'max(s_goal)' }],
  });
  const channels = scope.parameters.bind('Array(String)', LANDING_CHANNELS);
  return statement<Row>(
    'metric.seo_landing',
    `SELECT *, count() OVER (PARTITION BY kind, channel) AS kind_count
FROM (
  SELECT multiIf(grouping(page) = 0, 'page', grouping(channel) = 0, 'channel', 'total') AS kind, channel, page, count() AS sessions, countIf(NOT is_engaged) AS bounces, countIf(has_goal) AS conversions
  FROM (SELECT ${source.label} AS channel, ${orNone('entry_page')} AS page, has_page, has_goal, ${IS_ENGAGED} AS is_engaged ${source.from})
  WHERE has_page
  GROUP BY GROUPING SETS ((), (channel), (channel, page))
)
WHERE kind = 'total' OR has(${channels}, channel)
ORDER BY kind ASC, channel ASC, sessions DESC, page ASC
LIMIT ${limit} BY kind, channel`,
    scope.parameters.values(),
  );
}

/** Money of the landing sessions per channel, page and currency, by the rules of revenue. */
function moneyStatement(plan: Plan, pages: readonly string[]) {
  const scope = statementScope(plan);
  const { context } = plan;
  const isMoney = `revenue IS NOT NULL AND currency != ''`;
  // An order counts once, at the first of its purchases in all history.
  const firstOrders = `SELECT argMin(event_id, (occurred_at, event_id)) FROM ${context.database}.silver_events WHERE ${projectCondition(plan, scope)} AND event_name = 'purchase' AND order_id != '' AND ${isMoney} GROUP BY order_id`;
  const counts = `event_name = 'refund' OR (event_name = 'purchase' AND (order_id = '' OR event_id IN (${firstOrders})))`;
  const source = sessionSource(plan, scope, ['entry_page'], 'channel', {
    columns: [
      { name: 's_is_money', sql: `${isMoney} AND (${counts})` },
      { name: 's_currency', sql: 'toString(currency)' },
      {
        name: 's_amount',
        sql: `if(event_name = 'refund', -abs(ifNull(revenue, 0)), ifNull(revenue, 0))`,
      },
    ],
    aggregates: [{ name: 'money', sql: 'groupArrayIf((s_currency, s_amount), s_is_money)' }],
  });
  return statement<MoneyRow>(
    'metric.seo_landing.revenue',
    `SELECT channel, page, part.1 AS currency, toString(sum(part.2)) AS net
FROM (
  SELECT channel, page, arrayJoin(money) AS part
  FROM (SELECT ${source.label} AS channel, ${orNone('entry_page')} AS page, has_page, money ${source.from})
  WHERE has_page AND has(${scope.parameters.bind('Array(String)', LANDING_CHANNELS)}, channel) AND has(${scope.parameters.bind('Array(String)', pages)}, page)
)
GROUP BY channel, page, currency
ORDER BY channel ASC, page ASC, currency ASC`,
    scope.parameters.values(),
  );
}

function crawlStatement(plan: Plan, limit: number) {
  const withBots = { ...plan, question: { ...plan.question, includeBots: true } };
  const scope = statementScope(withBots);
  const crawlers = scope.parameters.bind('String', CRAWLERS);
  const source = eventSource(withBots, scope, {
    extra: `event_name = 'page_view' AND is_bot AND match(user_agent, ${crawlers})`,
  });
  return statement<RankedRow>(
    'metric.seo_landing.crawl_hits',
    rankedSql(
      `SELECT ${orNone(PAGE_SQL)} AS value, count() AS n\n${source.from}\nGROUP BY value`,
      limit,
    ),
    scope.parameters.values(),
  );
}
