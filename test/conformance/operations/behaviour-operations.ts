import { type Build, type Json, LIMIT, mapOf, PASSED, SHARED, shared } from './metric-operation.js';

const CRASH_FIELDS =
  'sessions crashedSessions users crashFreeSessionsPercent crashRatePercent crashFreeUsersPercent anrRatePercent';

function crashFigures(figures: Json): Json {
  return {
    sessions: figures.sessions,
    crashed_sessions: figures.crashedSessions,
    users: figures.users,
    crash_free_sessions_pct: figures.crashFreeSessionsPercent,
    crash_rate_pct: figures.crashRatePercent,
    crash_free_users_pct: figures.crashFreeUsersPercent,
    anr_rate_pct: figures.anrRatePercent,
  };
}

/** Apps and pages: how they ran, and what was done in them. */
export const BEHAVIOUR_OPERATIONS: Readonly<Record<string, Build>> = {
  crash_free: (project, params) => ({
    query: `query(${SHARED}) { crashFree(${PASSED}, limit: ${LIMIT}) {
      overall { ${CRASH_FIELDS} } versions figures { ${CRASH_FIELDS} } } }`,
    variables: shared(project, params),
    toAnswer: ({ crashFree }) => {
      const answer = crashFree as { overall: Json; versions: string[]; figures: Json[] };
      return {
        overall: crashFigures(answer.overall),
        by_version: mapOf(answer.versions, answer.figures.map(crashFigures)),
      };
    },
  }),
  app_performance: (project, params) => ({
    query: `query(${SHARED}) { appPerformance(${PASSED}) {
      startTypes starts { samples p50 p95 p99 } network { samples p50 p95 p99 } errorPercent } }`,
    variables: shared(project, params),
    toAnswer: ({ appPerformance }) => {
      const answer = appPerformance as {
        startTypes: string[];
        starts: Json[];
        network: Json;
        errorPercent: number | null;
      };
      return {
        app_start: mapOf(
          answer.startTypes,
          answer.starts.map(({ samples, ...rest }) => ({ n: samples, ...rest })),
        ),
        network: {
          ...answer.network,
          n: answer.network.samples,
          error_pct: answer.errorPercent,
        },
      };
    },
  }),
  web_vitals: (project, params) => ({
    query: `query(${SHARED}, $page: String) { webVitals(${PASSED}, page: $page) {
      names samples p75 ratings goodPercents } }`,
    variables: { ...shared(project, params), page: params.page ?? null },
    toAnswer: ({ webVitals }) => {
      const { names, samples, p75, ratings, goodPercents } = webVitals as {
        names: string[];
        samples: number[];
        p75: (number | null)[];
        ratings: (string | null)[];
        goodPercents: (number | null)[];
      };
      return mapOf(
        names,
        names.map((_, index) => ({
          n: samples[index],
          p75: p75[index],
          rating: ratings[index]?.toLowerCase().replace('_', '-') ?? null,
          good_pct: goodPercents[index],
        })),
      );
    },
  }),
  heatmap: (project, params) => ({
    query: `query(${SHARED}, $page: String!, $columns: Int!, $rowPixels: Int!) {
      heatmap(${PASSED}, page: $page, columns: $columns, rowPixels: $rowPixels) {
        columns rows clicks dropped } }`,
    variables: {
      ...shared(project, params),
      page: params.page,
      columns: params.cols ?? 100,
      rowPixels: params.row_px ?? 16,
    },
    toAnswer: ({ heatmap }) => {
      const { columns, rows, clicks, dropped } = heatmap as {
        columns: number[];
        rows: number[];
        clicks: number[];
        dropped: number;
      };
      const cells = columns.map((column, index) => `${column},${rows[index]}`);
      return { cells: mapOf(cells, clicks), dropped };
    },
  }),
  rage_clicks: (project, params) => ({
    query: `query(${SHARED}) { rageClicks(${PASSED}) { bursts } }`,
    variables: shared(project, params),
    toAnswer: ({ rageClicks }) => ({ rage_clicks: (rageClicks as Json).bursts }),
  }),
  scroll_depth: (project, params) => ({
    query: `query(${SHARED}) { scrollDepth(${PASSED}, limit: ${LIMIT}) {
      pages pageSamples averagePercents steps reachPercents } }`,
    variables: shared(project, params),
    toAnswer: ({ scrollDepth }) => {
      const { pages, pageSamples, averagePercents, steps, reachPercents } = scrollDepth as {
        pages: string[];
        pageSamples: number[];
        averagePercents: number[];
        steps: number[];
        reachPercents: number[][];
      };
      return {
        by_page: mapOf(
          pages,
          pages.map((_, index) => ({
            samples: pageSamples[index],
            avg_pct: averagePercents[index],
            reach_pct: mapOf(steps.map(String), reachPercents[index] ?? []),
          })),
        ),
      };
    },
  }),
  form_analytics: (project, params) => ({
    query: `query(${SHARED}, $formId: String) { formAnalytics(${PASSED}, formId: $formId, limit: ${LIMIT}) {
      views starts submits startRatePercent completionRatePercent abandonRatePercent averageSeconds
      dropOff { fields sessions } } }`,
    variables: { ...shared(project, params), formId: params.form_id ?? null },
    toAnswer: ({ formAnalytics }) => {
      const answer = formAnalytics as Json & {
        dropOff: { fields: string[]; sessions: number[] };
      };
      return {
        views: answer.views,
        starts: answer.starts,
        submits: answer.submits,
        start_rate_pct: answer.startRatePercent,
        completion_rate_pct: answer.completionRatePercent,
        abandon_rate_pct: answer.abandonRatePercent,
        avg_time_s: answer.averageSeconds,
        drop_off: mapOf(answer.dropOff.fields, answer.dropOff.sessions),
      };
    },
  }),
};
