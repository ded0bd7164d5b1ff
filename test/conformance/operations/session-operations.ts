import {
  type Build,
  type Columns,
  columns,
  type Json,
  LIMIT,
  mapOf,
  PASSED,
  SHARED,
  selector,
  shared,
} from './metric-operation.js';

/** Sessions, and what came of them. */
export const SESSION_OPERATIONS: Readonly<Record<string, Build>> = {
  sessions: (project, params) => ({
    query: `query(${SHARED}, $grain: Grain, $breakdown: String) {
      sessions(${PASSED}, grain: $grain, breakdown: $breakdown, limit: ${LIMIT}) {
        total users viewsPerSession series { values } breakdown { values counts } } }`,
    variables: {
      ...shared(project, params),
      grain: (params.interval as string | undefined)?.toUpperCase() ?? null,
      breakdown: params.breakdown ?? null,
    },
    toAnswer: ({ sessions }) => {
      const answer = sessions as {
        total: number;
        users: number;
        viewsPerSession: number | null;
        series: { values: number[] } | null;
        breakdown: Columns | null;
      };
      return {
        total: answer.total,
        users: answer.users,
        views_per_session: answer.viewsPerSession,
        series: answer.series?.values,
        by: columns(answer.breakdown),
      };
    },
  }),
  session_duration: (project, params) => ({
    query: `query(${SHARED}) { sessionDuration(${PASSED}) { averageSeconds medianSeconds p90Seconds } }`,
    variables: shared(project, params),
    toAnswer: ({ sessionDuration }) => {
      const answer = sessionDuration as {
        averageSeconds: number;
        medianSeconds: number;
        p90Seconds: number;
      };
      return { avg: answer.averageSeconds, median: answer.medianSeconds, p90: answer.p90Seconds };
    },
  }),
  bounce_rate: (project, params) => ({
    query: `query(${SHARED}, $byEntryPage: Boolean!) {
      bounceRate(${PASSED}, byEntryPage: $byEntryPage, limit: ${LIMIT}) {
        eligibleSessions bounces bounceRatePercent engagementRatePercent
        byEntryPage { pages bounceRatePercents } } }`,
    variables: { ...shared(project, params), byEntryPage: params.by_entry_page ?? false },
    toAnswer: ({ bounceRate }) => {
      const answer = bounceRate as Json & {
        byEntryPage: { pages: string[]; bounceRatePercents: number[] } | null;
      };
      return {
        eligible: answer.eligibleSessions,
        bounces: answer.bounces,
        bounce_rate_pct: answer.bounceRatePercent,
        engagement_rate_pct: answer.engagementRatePercent,
        by:
          answer.byEntryPage === null
            ? undefined
            : mapOf(answer.byEntryPage.pages, answer.byEntryPage.bounceRatePercents),
      };
    },
  }),
  engagement_time: (project, params) => ({
    query: `query(${SHARED}) { engagementTime(${PASSED}, limit: ${LIMIT}) {
      averageSecondsPerSession byPage { pages averageSeconds } } }`,
    variables: shared(project, params),
    toAnswer: ({ engagementTime }) => {
      const answer = engagementTime as {
        averageSecondsPerSession: number | null;
        byPage: { pages: string[]; averageSeconds: number[] } | null;
      };
      return {
        avg_per_session_s: answer.averageSecondsPerSession,
        by_page_avg_s: mapOf(answer.byPage?.pages ?? [], answer.byPage?.averageSeconds ?? []),
      };
    },
  }),
  entry_exit: (project, params) => ({
    query: `query(${SHARED}) { entryExit(${PASSED}, limit: ${LIMIT}) { pages entries exits exitRatePercents } }`,
    variables: shared(project, params),
    toAnswer: ({ entryExit }) => {
      const answer = entryExit as {
        pages: string[];
        entries: number[];
        exits: number[];
        exitRatePercents: (number | null)[];
      };
      return {
        entries: mapOf(answer.pages, answer.entries),
        exits: mapOf(answer.pages, answer.exits),
        exit_rate_pct: mapOf(answer.pages, answer.exitRatePercents),
      };
    },
  }),
  conversion_rate: (project, params) => ({
    query: `query(${SHARED}, $goal: EventSelectorInput!, $breakdown: String) {
      conversionRate(${PASSED}, goal: $goal, breakdown: $breakdown, limit: ${LIMIT}) {
        users convertedUsers totalConversions userRatePercent sessions convertedSessions sessionRatePercent
        byValue { values convertedUsers ratePercents } } }`,
    variables: {
      ...shared(project, params),
      goal: selector(params.goal),
      breakdown: params.breakdown ?? null,
    },
    toAnswer: ({ conversionRate }) => {
      const answer = conversionRate as Json & {
        byValue: {
          values: string[];
          convertedUsers: number[];
          ratePercents: (number | null)[];
        } | null;
      };
      const rows = answer.byValue;
      return {
        users: answer.users,
        converted_users: answer.convertedUsers,
        total_conversions: answer.totalConversions,
        user_rate_pct: answer.userRatePercent,
        sessions: answer.sessions,
        converted_sessions: answer.convertedSessions,
        session_rate_pct: answer.sessionRatePercent,
        by:
          rows === null
            ? undefined
            : mapOf(
                rows.values,
                rows.values.map((_, index) => ({
                  converted: rows.convertedUsers[index],
                  rate_pct: rows.ratePercents[index],
                })),
              ),
      };
    },
  }),
  revenue: (project, params) => ({
    query: `query(${SHARED}) { revenue(${PASSED}) {
      currencies netSums total orders buyers averageOrderValue averageRevenuePerUser } }`,
    variables: shared(project, params),
    toAnswer: ({ revenue }) => {
      const answer = revenue as Json & { currencies: string[]; netSums: string[] };
      return {
        by_currency: mapOf(answer.currencies, answer.netSums),
        total: answer.total,
        orders: answer.orders,
        buyers: answer.buyers,
        aov: answer.averageOrderValue,
        arpu: answer.averageRevenuePerUser,
      };
    },
  }),
};
