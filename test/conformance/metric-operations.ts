/**
 * The mapping metric → GraphQL operation and answer → names of the conformance format. Nothing is
 * computed here: values are only put under other names.
 */
type Json = Readonly<Record<string, unknown>>;

/** A question to the API, and its answer under the names of the format. */
export interface MetricOperation {
  readonly query: string;
  readonly variables: Json;
  readonly toAnswer: (data: Record<string, unknown>) => Json;
}

/** The longest range that a question may have, around every case. */
const ALL_TIME = { from: '2000-01-01', to: '2049-12-31' };

/** Largest page the API gives: cases hold few values. */
const LIMIT = 1000;

const SHARED =
  '$project: ID!, $range: TimeRangeInput!, $timeZone: TimeZone, $includeBots: Boolean! = false';
const PASSED = 'project: $project, range: $range, timeZone: $timeZone, includeBots: $includeBots';

interface Columns {
  readonly values: readonly string[];
  readonly counts: readonly number[];
  readonly sharePercents?: readonly (number | null)[] | null;
}

interface FunnelColumns {
  readonly counts: unknown;
  readonly ratePercents: unknown;
  readonly stepRatePercents: unknown;
  readonly averageSeconds: unknown;
  readonly medianSeconds: unknown;
  readonly totalAverageSeconds: unknown;
  readonly totalMedianSeconds: unknown;
}

function selector(value: unknown): Json | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? { event: value } : (value as Json);
}

function shared(project: string, params: Json): Json {
  return {
    project,
    range: { from: params.from, to: params.to },
    timeZone: params.timezone ?? 'UTC',
    includeBots: params.include_bots ?? false,
  };
}

function counted(params: Json): Json {
  const interval = params.interval as string | undefined;
  return {
    event: selector(params.event),
    grain: interval === undefined ? null : interval.toUpperCase(),
    breakdown: params.breakdown ?? null,
  };
}

function mapOf(keys: readonly string[], values: readonly unknown[]): Json {
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}

function columns(rows: Columns | null | undefined): Json | undefined {
  return rows === null || rows === undefined ? undefined : mapOf(rows.values, rows.counts);
}

const FUNNEL_FIELDS =
  'counts ratePercents stepRatePercents averageSeconds medianSeconds totalAverageSeconds totalMedianSeconds';

function funnelAnswer(result: FunnelColumns): Json {
  return {
    counts: result.counts,
    rate_pct: result.ratePercents,
    step_rate_pct: result.stepRatePercents,
    avg_time_s: result.averageSeconds,
    median_time_s: result.medianSeconds,
    total_avg_s: result.totalAverageSeconds,
    total_median_s: result.totalMedianSeconds,
  };
}

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

const SRM_FIELDS = 'sampleRatio { chiSquare pValue isMismatch }';
const VARIANT_FIELDS = `variant users conversions ratePercent credibleInterval { low high }
  comparison { liftPercent liftInterval { low high } z pValue differenceInterval { low high }
    probabilityToBeatControl relativeDelta { liftPercent pValue intervalPercent { low high } } }`;

function weights(allocation: Record<string, number> | undefined): readonly Json[] | null {
  if (allocation === undefined) return null;
  return Object.entries(allocation).map(([variant, weight]) => ({ variant, weight }));
}

function srm(ratio: unknown): Json {
  const { chiSquare, pValue, isMismatch } = ratio as Json;
  return { chi2: chiSquare, p_value: pValue, mismatch: isMismatch };
}

function ends(interval: unknown): readonly unknown[] | null {
  if (interval === null) return null;
  const { low, high } = interval as Json;
  return [low, high];
}

function variantMap(variants: unknown): Json {
  const list = variants as (Json & { variant: string; comparison: Json | null })[];
  return Object.fromEntries(list.map((each) => [each.variant, variantAnswer(each)]));
}

function variantAnswer({ comparison, ...own }: Json & { comparison: Json | null }): Json {
  const answer = {
    users: own.users,
    conversions: own.conversions,
    rate_pct: own.ratePercent,
    ci95: ends(own.credibleInterval),
  };
  if (comparison === null) return answer;
  const delta = comparison.relativeDelta as Json | null;
  return {
    ...answer,
    lift_pct: comparison.liftPercent,
    lift_ci95_pct: ends(comparison.liftInterval) ?? undefined,
    z: comparison.z,
    p_value: comparison.pValue,
    diff_ci95: ends(comparison.differenceInterval),
    prob_beats_control: comparison.probabilityToBeatControl,
    relative_delta:
      delta === null
        ? undefined
        : {
            lift_pct: delta.liftPercent,
            p_value: delta.pValue,
            ci95_pct: ends(delta.intervalPercent),
          },
  };
}

interface CreditColumns {
  readonly model: string;
  readonly values: readonly string[];
  readonly credits: readonly number[];
  readonly revenues: readonly { readonly amounts: readonly string[] }[];
  readonly conversionProbability: number | null;
  readonly removalEffects: readonly number[] | null;
}

type Build = (project: string, params: Json) => MetricOperation;

/** Operations by the metric's name in the format. */
export const METRIC_OPERATIONS: Readonly<Record<string, Build>> = {
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

  unique_users: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput, $grain: Grain, $breakdown: String) {
      uniqueUsers(${PASSED}, event: $event, grain: $grain, breakdown: $breakdown, limit: ${LIMIT}) {
        total series { values } breakdown { values counts sharePercents } } }`,
    variables: { ...shared(project, params), ...counted(params) },
    toAnswer: ({ uniqueUsers }) => {
      const answer = uniqueUsers as {
        total: number;
        series: { values: number[] } | null;
        breakdown: Columns | null;
      };
      const rows = answer.breakdown;
      return {
        total: answer.total,
        series: answer.series?.values,
        by: columns(rows),
        share_pct: rows === null ? undefined : mapOf(rows.values, rows.sharePercents ?? []),
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

  active_users: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput) {
      activeUsers(${PASSED}, event: $event) { dau wau mau stickiness } }`,
    variables: { ...shared(project, params), event: selector(params.event) },
    toAnswer: ({ activeUsers }) => activeUsers as Json,
  }),

  stickiness_histogram: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput, $grain: Grain!) {
      stickinessHistogram(${PASSED}, event: $event, grain: $grain) { histogram } }`,
    variables: {
      ...shared(project, params),
      event: selector(params.event),
      grain: String(params.period ?? 'day').toUpperCase(),
    },
    toAnswer: ({ stickinessHistogram }) => stickinessHistogram as Json,
  }),

  new_returning: (project, params) => ({
    query: `query(${SHARED}) { newReturning(${PASSED}) { newUsers returningUsers total } }`,
    variables: shared(project, params),
    toAnswer: ({ newReturning }) => {
      const answer = newReturning as { newUsers: number; returningUsers: number; total: number };
      return { new: answer.newUsers, returning: answer.returningUsers, total: answer.total };
    },
  }),

  retention: (project, params) => ({
    query: `query(${SHARED}, $grain: Grain!, $intervals: Int!, $asOf: DateTime, $type: RetentionType!, $mode: RetentionMode!,
      $startEvent: EventSelectorInput, $returnEvent: EventSelectorInput, $brackets: [RetentionBracketInput!]!) {
      retention(${PASSED}, grain: $grain, intervals: $intervals, asOf: $asOf, type: $type, mode: $mode,
        startEvent: $startEvent, returnEvent: $returnEvent, brackets: $brackets) {
        cohorts matrix complete ratePercents brackets { from to ratePercent } } }`,
    variables: {
      ...shared(project, params),
      grain: String(params.period ?? 'day').toUpperCase(),
      intervals: params.intervals,
      asOf: params.as_of ?? null,
      type: String(params.type ?? 'first_time').toUpperCase(),
      mode: String(params.mode ?? 'classic').toUpperCase(),
      startEvent: selector(params.start_event),
      returnEvent: selector(params.return_event),
      brackets: ((params.brackets ?? []) as [number, number][]).map(([from, to]) => ({ from, to })),
    },
    toAnswer: ({ retention }) => {
      const { cohorts, matrix, complete, ratePercents, brackets } = retention as Json & {
        ratePercents: (number | null)[];
        brackets: { from: number; to: number; ratePercent: number | null }[];
      };
      return {
        cohorts,
        matrix,
        complete,
        rate_pct: mapOf([...ratePercents.keys()].map(String), ratePercents),
        bracket_pct: mapOf(
          brackets.map(({ from, to }) => `${from}-${to}`),
          brackets.map(({ ratePercent }) => ratePercent),
        ),
      };
    },
  }),

  lifecycle: (project, params) => ({
    query: `query(${SHARED}, $event: EventSelectorInput, $grain: Grain!) {
      lifecycle(${PASSED}, event: $event, grain: $grain) { buckets newUsers returning resurrecting dormant } }`,
    variables: {
      ...shared(project, params),
      event: selector(params.event),
      grain: String(params.period ?? 'day').toUpperCase(),
    },
    toAnswer: ({ lifecycle }) => {
      const { newUsers, ...answer } = lifecycle as Json;
      return { ...answer, new: newUsers };
    },
  }),

  feature_adoption: (project, params) => ({
    query: `query(${SHARED}, $feature: EventSelectorInput!) {
      featureAdoption(${PASSED}, feature: $feature) { activeUsers adopters newAdopters adoptionPercent usesPerAdopter } }`,
    variables: { ...shared(project, params), feature: selector(params.feature) },
    toAnswer: ({ featureAdoption }) => {
      const answer = featureAdoption as Json;
      return {
        active: answer.activeUsers,
        adopters: answer.adopters,
        new_adopters: answer.newAdopters,
        adoption_pct: answer.adoptionPercent,
        uses_per_adopter: answer.usesPerAdopter,
      };
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

  data_quality: (project) => ({
    query: `query($project: ID!, $range: TimeRangeInput!) {
      dataQuality(project: $project, range: $range, timeZone: "UTC") {
        validity completeness uniqueness timeliness score } }`,
    variables: { project, range: ALL_TIME },
    toAnswer: ({ dataQuality }) => dataQuality as Json,
  }),

  ingestion_latency: (project, params) => {
    const { includeBots: _, ...variables } = shared(project, params);
    return {
      query: `query($project: ID!, $range: TimeRangeInput!, $timeZone: TimeZone) {
        ingestionLatency(project: $project, range: $range, timeZone: $timeZone) {
          events processingMs { p50 p95 p99 } endToEndMs { p50 p95 p99 } } }`,
      variables,
      toAnswer: ({ ingestionLatency }) => {
        const { events, processingMs, endToEndMs } = ingestionLatency as Json;
        return { n: events, processing_ms: processingMs, end_to_end_ms: endToEndMs };
      },
    };
  },

  consumer_lag: (_project, params) => ({
    query: `query($partitions: [PartitionPositionInput!]!) {
      consumerLagOf(partitions: $partitions) { total max partitions lags } }`,
    variables: { partitions: params.partitions },
    toAnswer: ({ consumerLagOf }) => {
      const { partitions, lags, total, max } = consumerLagOf as Json & {
        partitions: number[];
        lags: number[];
      };
      return { by_partition: mapOf(partitions.map(String), lags), total, max };
    },
  }),

  attribution: (project, params) => {
    const model = String(params.model).toUpperCase();
    const fields = `model values credits revenues { amounts } conversionProbability removalEffects`;
    const ofModel = ({ model: name, values, ...said }: CreditColumns): Json => ({
      credit: mapOf(values, said.credits),
      value:
        name === 'MARKOV' || name === 'SHAPLEY'
          ? undefined
          : mapOf(values, said.revenues[0]?.amounts ?? values.map(() => 0)),
      p_conv: said.conversionProbability,
      removal_effect: mapOf(values, said.removalEffects ?? []),
    });
    if (params.paths !== undefined) {
      return {
        query: `query($paths: [CountedPathInput!]!, $models: [AttributionModel!]!, $excludeDirect: Boolean!) {
          attributionOf(paths: $paths, models: $models, excludeDirect: $excludeDirect) { ${fields} } }`,
        variables: {
          paths: params.paths,
          models: [model],
          excludeDirect: params.exclude_direct ?? false,
        },
        toAnswer: ({ attributionOf }) => ofModel((attributionOf as [CreditColumns])[0]),
      };
    }
    return {
      query: `query(${SHARED}, $goal: EventSelectorInput!, $models: [AttributionModel!]!, $lookbackDays: Float!,
        $halfLifeDays: Float!, $excludeDirect: Boolean!) {
        attribution(${PASSED}, goal: $goal, models: $models, lookbackDays: $lookbackDays,
          halfLifeDays: $halfLifeDays, excludeDirect: $excludeDirect) {
          conversions unattributed models { ${fields} } } }`,
      variables: {
        ...shared(project, params),
        goal: selector(params.goal),
        models: [model],
        lookbackDays: params.lookback_days ?? 30,
        halfLifeDays: params.half_life_days ?? 7,
        excludeDirect: params.exclude_direct ?? false,
      },
      toAnswer: ({ attribution }) => {
        const { conversions, unattributed, models } = attribution as Json & {
          models: [CreditColumns];
        };
        return { conversions, unattributed, ...ofModel(models[0]) };
      },
    };
  },

  experiment: (project, params) => {
    const allocation = weights(params.allocation as Record<string, number> | undefined);
    const control = params.control ?? 'control';
    if (params.data !== undefined) {
      const data = params.data as Record<string, { users: number; conversions: number }>;
      return {
        query: `query($counts: ExperimentCountsInput!) {
          experimentOf(counts: $counts) { ${SRM_FIELDS} variants { ${VARIANT_FIELDS} } } }`,
        variables: {
          counts: {
            variants: Object.entries(data).map(([variant, counts]) => ({ variant, ...counts })),
            control,
            allocation,
          },
        },
        toAnswer: ({ experimentOf }) => {
          const { sampleRatio, variants } = experimentOf as Json;
          return { srm: srm(sampleRatio), variants: variantMap(variants) };
        },
      };
    }
    return {
      query: `query(${SHARED}, $experiment: String!, $goals: [EventSelectorInput!]!, $windowSeconds: Float,
        $control: String!, $allocation: [VariantWeightInput!]) {
        experiment(${PASSED}, experiment: $experiment, goals: $goals, windowSeconds: $windowSeconds,
          control: $control, allocation: $allocation) {
          multiVariantUsers ${SRM_FIELDS} goals { variants { ${VARIANT_FIELDS} } } } }`,
      variables: {
        ...shared(project, params),
        experiment: params.experiment,
        goals: [selector(params.goal) ?? {}],
        windowSeconds: params.window_seconds ?? null,
        control,
        allocation,
      },
      toAnswer: ({ experiment }) => {
        const { multiVariantUsers, sampleRatio, goals } = experiment as Json & { goals: [Json] };
        return {
          multi_variant_users: multiVariantUsers,
          srm: srm(sampleRatio),
          variants: variantMap(goals[0].variants),
        };
      },
    };
  },

  paths: (project, params) => ({
    query: `query(${SHARED}, $node: PathNode!, $maxSteps: Int!, $start: String) {
      paths(${PASSED}, node: $node, maxSteps: $maxSteps, start: $start, limit: ${LIMIT}) {
        edges { steps from to sessions } sequences { paths sessions } } }`,
    variables: {
      ...shared(project, params),
      node: String(params.node ?? 'page').toUpperCase(),
      maxSteps: params.max_steps ?? 5,
      start: params.start ?? null,
    },
    toAnswer: ({ paths }) => {
      const { edges, sequences } = paths as {
        edges: { steps: number[]; from: string[]; to: string[]; sessions: number[] };
        sequences: { paths: string[][]; sessions: number[] };
      };
      return {
        edges: mapOf(
          edges.steps.map((step, at) => `${step}_${edges.from[at]} -> ${step + 1}_${edges.to[at]}`),
          edges.sessions,
        ),
        sequences: mapOf(
          sequences.paths.map((path) => path.join(' > ')),
          sequences.sessions,
        ),
      };
    },
  }),

  funnel: (project, params) => {
    const breakdown = params.breakdown as { property: string; attribution?: string } | undefined;
    const exclusions = (params.exclusions ?? []) as {
      event: unknown;
      from_step: number;
      to_step: number;
    }[];
    return {
      query: `query(${SHARED}, $steps: [EventSelectorInput!]!, $order: FunnelOrder!, $windowSeconds: Float!,
        $per: FunnelActor!, $exclusions: [FunnelExclusionInput!]!, $breakdown: FunnelBreakdownInput) {
        funnel(${PASSED}, steps: $steps, order: $order, windowSeconds: $windowSeconds, per: $per,
          exclusions: $exclusions, breakdown: $breakdown) {
          result { ${FUNNEL_FIELDS} } byValue { value result { ${FUNNEL_FIELDS} } } } }`,
      variables: {
        ...shared(project, params),
        steps: (params.steps as unknown[]).map(selector),
        order: String(params.order ?? 'ordered').toUpperCase(),
        windowSeconds: params.window_seconds ?? 1_209_600,
        per: String(params.per ?? 'user').toUpperCase(),
        exclusions: exclusions.map(({ event, from_step, to_step }) => ({
          event: selector(event),
          fromStep: from_step,
          toStep: to_step,
        })),
        breakdown:
          breakdown === undefined
            ? null
            : {
                dimension: breakdown.property,
                attribution: (breakdown.attribution ?? 'first_touch').toUpperCase(),
              },
      },
      toAnswer: ({ funnel }) => {
        const answer = funnel as {
          result: FunnelColumns | null;
          byValue: { value: string; result: FunnelColumns }[] | null;
        };
        if (answer.result !== null) return funnelAnswer(answer.result);
        return {
          by: Object.fromEntries(
            (answer.byValue ?? []).map(({ value, result }) => [value, funnelAnswer(result)]),
          ),
        };
      },
    };
  },
};
