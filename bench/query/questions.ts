import { computeActiveUsers } from '../../src/metric/active-users.js';
import { computeAppPerformance } from '../../src/metric/app-performance.js';
import { computeBotTraffic } from '../../src/metric/bot-traffic.js';
import { computeBounceRate } from '../../src/metric/bounce-rate.js';
import { computeConversionRate } from '../../src/metric/conversion-rate.js';
import { computeCrashFree } from '../../src/metric/crash-free.js';
import { computeCrashGroups } from '../../src/metric/crash-groups.js';
import { computeDataQuality } from '../../src/metric/data-quality.js';
import { computeEngagementTime } from '../../src/metric/engagement-time.js';
import { computeEntryExit } from '../../src/metric/entry-exit.js';
import { computeEventRate } from '../../src/metric/event-rate.js';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import { computeFeatureAdoption } from '../../src/metric/feature-adoption.js';
import { computeFormAnalytics } from '../../src/metric/form-analytics.js';
import { computeHeatmap } from '../../src/metric/heatmap.js';
import { computeIngestionLatency } from '../../src/metric/ingestion-latency.js';
import { computeLifecycle } from '../../src/metric/lifecycle.js';
import { computeNewReturning } from '../../src/metric/new-returning.js';
import { computePageLoad } from '../../src/metric/page-load.js';
import { computePageViews } from '../../src/metric/page-views.js';
import { computeRageClicks } from '../../src/metric/rage-clicks.js';
import { computeRevenue } from '../../src/metric/revenue.js';
import { computeScreenViews } from '../../src/metric/screen-views.js';
import { computeScrollDepth } from '../../src/metric/scroll-depth.js';
import { computeSeoLanding } from '../../src/metric/seo-landing.js';
import { computeSessionDuration } from '../../src/metric/session-duration.js';
import { computeSessions } from '../../src/metric/sessions.js';
import { computeStickinessHistogram } from '../../src/metric/stickiness-histogram.js';
import { computeTop } from '../../src/metric/top.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { computeVideoPlays } from '../../src/metric/video-plays.js';
import { computeWebVitals } from '../../src/metric/web-vitals.js';
import { computeRetention } from '../../src/retention/compute-retention.js';
import type { UsualQuestion } from './usual-question.js';

const BY_PAGE = { dimension: 'page', limit: 10 } as const;
const PURCHASE = { event: 'purchase' } as const;

function top(dimension: string): UsualQuestion {
  return {
    name: `top-${dimension}`,
    barMs: 500,
    ask: (context, question) =>
      computeTop(context, { ...question, breakdown: { dimension, limit: 10 } }),
  };
}

/** One or more questions for every metric of the catalogue; journeys have their own benchmark. */
export const USUAL_QUESTIONS: readonly UsualQuestion[] = [
  {
    name: 'event_volume',
    barMs: 100,
    ask: (context, question) => computeEventVolume(context, { ...question, grain: 'day' }),
  },
  {
    name: 'event_rate',
    barMs: 100,
    // Minutes of more than a month are more than one series may have.
    ask: (context, question) =>
      computeEventRate(context, {
        ...question,
        range: { kind: 'dates', from: '2026-03-25', to: '2026-03-31' },
      }),
  },
  {
    name: 'unique_users',
    barMs: 100,
    ask: (context, question) => computeUniqueUsers(context, { ...question, grain: 'day' }),
  },
  {
    name: 'unique_users-country',
    barMs: 500,
    ask: (context, question) =>
      computeUniqueUsers(context, {
        ...question,
        breakdown: { dimension: 'country', limit: 10 },
      }),
  },
  {
    name: 'active_users',
    barMs: 100,
    ask: (context, question) => computeActiveUsers(context, question),
  },
  {
    name: 'new_returning',
    barMs: 100,
    ask: (context, question) => computeNewReturning(context, { ...question, grain: 'day' }),
  },
  {
    name: 'stickiness_histogram',
    barMs: 100,
    ask: (context, question) => computeStickinessHistogram(context, { ...question, grain: 'day' }),
  },
  {
    name: 'retention',
    barMs: 100,
    ask: (context, question) =>
      computeRetention(context, {
        ...question,
        period: 'day',
        intervals: 31,
        type: 'first_time',
        mode: 'classic',
        brackets: [],
      }),
  },
  {
    name: 'lifecycle',
    barMs: 100,
    ask: (context, question) => computeLifecycle(context, { ...question, period: 'week' }),
  },
  {
    name: 'feature_adoption',
    barMs: 500,
    ask: (context, question) =>
      computeFeatureAdoption(context, { ...question, feature: { event: 'search' } }),
  },
  {
    name: 'bot_traffic',
    barMs: 500,
    ask: (context, question) => computeBotTraffic(context, question),
  },
  {
    name: 'page_views',
    barMs: 500,
    ask: (context, question) =>
      computePageViews(context, { ...question, grain: 'day', breakdown: BY_PAGE }),
  },
  {
    name: 'screen_views',
    barMs: 500,
    ask: (context, question) =>
      computeScreenViews(context, {
        ...question,
        breakdown: { dimension: 'screen', limit: 10 },
      }),
  },
  {
    name: 'sessions',
    barMs: 500,
    ask: (context, question) => computeSessions(context, { ...question, grain: 'day' }),
  },
  {
    name: 'sessions-channel',
    barMs: 500,
    ask: (context, question) =>
      computeSessions(context, { ...question, breakdown: { dimension: 'channel', limit: 10 } }),
  },
  {
    name: 'session_duration',
    barMs: 500,
    ask: (context, question) => computeSessionDuration(context, question),
  },
  {
    name: 'bounce_rate',
    barMs: 500,
    ask: (context, question) => computeBounceRate(context, question),
  },
  {
    name: 'engagement_time',
    barMs: 500,
    ask: (context, question) => computeEngagementTime(context, { ...question, breakdown: BY_PAGE }),
  },
  {
    name: 'entry_exit',
    barMs: 500,
    ask: (context, question) => computeEntryExit(context, { ...question, breakdown: BY_PAGE }),
  },
  top('page'),
  top('country'),
  top('source'),
  {
    name: 'conversion_rate',
    barMs: 500,
    ask: (context, question) => computeConversionRate(context, { ...question, goal: PURCHASE }),
  },
  { name: 'revenue', barMs: 500, ask: (context, question) => computeRevenue(context, question) },
  {
    name: 'crash_free',
    barMs: 500,
    ask: (context, question) => computeCrashFree(context, question),
  },
  {
    name: 'crash_groups',
    barMs: 500,
    ask: (context, question) => computeCrashGroups(context, question),
  },
  {
    name: 'app_performance',
    barMs: 500,
    ask: (context, question) => computeAppPerformance(context, question),
  },
  {
    name: 'page_load',
    barMs: 500,
    ask: (context, question) => computePageLoad(context, { ...question, breakdown: BY_PAGE }),
  },
  {
    name: 'web_vitals',
    barMs: 500,
    ask: (context, question) => computeWebVitals(context, { ...question }),
  },
  {
    name: 'heatmap',
    barMs: 500,
    ask: (context, question) =>
      computeHeatmap(context, { ...question, page: '/', columns: 100, rowPixels: 16 }),
  },
  {
    name: 'rage_clicks',
    barMs: 500,
    ask: (context, question) => computeRageClicks(context, { ...question, breakdown: BY_PAGE }),
  },
  {
    name: 'scroll_depth',
    barMs: 500,
    ask: (context, question) => computeScrollDepth(context, { ...question, breakdown: BY_PAGE }),
  },
  {
    name: 'form_analytics',
    barMs: 500,
    ask: (context, question) => computeFormAnalytics(context, { ...question, formId: 'form-1' }),
  },
  {
    name: 'video_plays',
    barMs: 500,
    ask: (context, question) => computeVideoPlays(context, { ...question, breakdown: BY_PAGE }),
  },
  {
    name: 'seo_landing',
    barMs: 500,
    ask: (context, question) =>
      computeSeoLanding(context, { ...question, withRevenue: false, breakdown: BY_PAGE }),
  },
  {
    name: 'data_quality',
    barMs: 500,
    ask: (context, question) => computeDataQuality(context, question),
  },
  {
    name: 'ingestion_latency',
    barMs: 500,
    ask: (context, question) => computeIngestionLatency(context, question),
  },
];
