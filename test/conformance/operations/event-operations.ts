import {
  ALL_TIME,
  type Build,
  type Columns,
  columns,
  counted,
  type Json,
  LIMIT,
  mapOf,
  PASSED,
  SHARED,
  selector,
  shared,
} from './metric-operation.js';

/** Events and pages, where they come from, and the bots among them. */
export const EVENT_OPERATIONS: Readonly<Record<string, Build>> = {
  event_count: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput, $grain: Grain, $breakdown: String) {
      eventVolume(${PASSED}, event: $event, grain: $grain, breakdown: $breakdown, limit: ${LIMIT}) {
        total series { values } breakdown { values counts } } }`,
    variables: { ...shared(project, params), ...counted(params) },
    toAnswer: ({ eventVolume }) => {
      const answer = eventVolume as {
        total: number;
        series: { values: number[] } | null;
        breakdown: Columns | null;
      };
      return { total: answer.total, series: answer.series?.values, by: columns(answer.breakdown) };
    },
  }),
  event_rate: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput) {
      eventRate(${PASSED}, event: $event) { perMinuteAverage peakPerMinute series { values } } }`,
    variables: { ...shared(project, params), event: selector(params.event) },
    toAnswer: ({ eventRate }) => {
      const answer = eventRate as {
        perMinuteAverage: number | null;
        peakPerMinute: number | null;
        series: { values: number[] };
      };
      return {
        per_minute_avg: answer.perMinuteAverage,
        series: answer.series.values,
        peak: answer.peakPerMinute,
      };
    },
  }),
  page_views: (project, params) => ({
    query: `query(${SHARED}) { pageViews(${PASSED}, limit: ${LIMIT}) { total unique pages { values counts } } }`,
    variables: shared(project, params),
    toAnswer: ({ pageViews }) => {
      const answer = pageViews as { total: number; unique: number; pages: Columns | null };
      return { total: answer.total, unique: answer.unique, by_page: columns(answer.pages) ?? {} };
    },
  }),
  bot_traffic: (project, params) => {
    const { includeBots: _, ...variables } = shared(project, params);
    return {
      query: `query($project: ID!, $range: TimeRangeInput!, $timeZone: TimeZone) {
        botTraffic(project: $project, range: $range, timeZone: $timeZone) { events botEvents botPercent humanUsers } }`,
      variables,
      toAnswer: ({ botTraffic }) => {
        const answer = botTraffic as Json;
        return {
          events: answer.events,
          bot_events: answer.botEvents,
          bot_pct: answer.botPercent,
          human_users: answer.humanUsers,
        };
      },
    };
  },
  classify: (project) => ({
    query: `query($project: ID!, $range: TimeRangeInput!) {
      eventChannels(project: $project, range: $range, timeZone: "UTC", includeBots: true, first: ${LIMIT}) {
        eventIds channels sources areBots } }`,
    variables: { project, range: ALL_TIME },
    toAnswer: ({ eventChannels }) => {
      const { eventIds, channels, sources, areBots } = eventChannels as {
        eventIds: string[];
        channels: string[];
        sources: string[];
        areBots: boolean[];
      };
      return {
        channel: mapOf(eventIds, channels),
        source: mapOf(eventIds, sources),
        bot: mapOf(eventIds, areBots),
      };
    },
  }),
  seo_landing: (project, params) => ({
    query: `query(${SHARED}, $goal: EventSelectorInput) { seoLanding(${PASSED}, goal: $goal, limit: ${LIMIT}) {
      organic { sessions sharePercent pages pageSessions bounceRatePercents sessionConversionPercents }
      crawlHits { values counts } } }`,
    variables: { ...shared(project, params), goal: selector(params.goal) },
    toAnswer: ({ seoLanding }) => {
      const { organic, crawlHits } = seoLanding as {
        organic: Json & {
          pages: string[];
          pageSessions: number[];
          bounceRatePercents: number[];
          sessionConversionPercents: number[] | null;
        };
        crawlHits: Columns;
      };
      const conversions = organic.sessionConversionPercents;
      return {
        organic_sessions: organic.sessions,
        organic_share_pct: organic.sharePercent,
        by_page: mapOf(
          organic.pages,
          organic.pages.map((_, index) => ({
            sessions: organic.pageSessions[index],
            bounce_rate_pct: organic.bounceRatePercents[index],
            ...(conversions === null ? {} : { session_conversion_pct: conversions[index] }),
          })),
        ),
        crawl_hits: columns(crawlHits),
      };
    },
  }),
};
