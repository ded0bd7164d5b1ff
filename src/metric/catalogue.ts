import { ATTRIBUTION } from '../attribution/compute-attribution.js';
import { EXPERIMENT } from '../experiment/compute-experiment.js';
import { EXPLORE } from '../explore/compute-explore.js';
import { FUNNEL } from '../funnel/compute-funnel.js';
import { PATHS } from '../path/compute-paths.js';
import { RETENTION } from '../retention/compute-retention.js';
import { ACTIVE_USERS } from './active-users.js';
import { APP_PERFORMANCE } from './app-performance.js';
import { BOT_TRAFFIC } from './bot-traffic.js';
import { BOUNCE_RATE } from './bounce-rate.js';
import { CONSUMER_LAG } from './consumer-lag.js';
import { CONVERSION_RATE } from './conversion-rate.js';
import { CRASH_FREE } from './crash-free.js';
import { CRASH_GROUPS } from './crash-groups.js';
import { DATA_QUALITY } from './data-quality.js';
import { ENGAGEMENT_TIME } from './engagement-time.js';
import { ENTRY_EXIT } from './entry-exit.js';
import { EVENT_RATE } from './event-rate.js';
import { EVENT_VOLUME } from './event-volume.js';
import { FEATURE_ADOPTION } from './feature-adoption.js';
import { FORM_ANALYTICS } from './form-analytics.js';
import { HEATMAP } from './heatmap.js';
import { INGESTION_LATENCY } from './ingestion-latency.js';
import { LIFECYCLE } from './lifecycle.js';
import type { MetricDefinition } from './metric.js';
import { NEW_RETURNING } from './new-returning.js';
import { PAGE_LOAD } from './page-load.js';
import { PAGE_VIEWS } from './page-views.js';
import { RAGE_CLICKS } from './rage-clicks.js';
import { REVENUE } from './revenue.js';
import { SCREEN_VIEWS } from './screen-views.js';
import { SCROLL_DEPTH } from './scroll-depth.js';
import { SEO_LANDING } from './seo-landing.js';
import { SESSION_DURATION } from './session-duration.js';
import { SESSIONS } from './sessions.js';
import { STICKINESS_HISTOGRAM } from './stickiness-histogram.js';
import { TOP } from './top.js';
import { UNIQUE_USERS } from './unique-users.js';
import { VIDEO_PLAYS } from './video-plays.js';
import { WEB_VITALS } from './web-vitals.js';

/** Every metric that can be asked for. Descriptions in the schema and the docs are made of it. */
export const CATALOGUE: readonly MetricDefinition[] = [
  EVENT_VOLUME,
  EVENT_RATE,
  UNIQUE_USERS,
  PAGE_VIEWS,
  SESSIONS,
  SESSION_DURATION,
  BOUNCE_RATE,
  TOP,
  BOT_TRAFFIC,
  REVENUE,
  CONVERSION_RATE,
  ENTRY_EXIT,
  ENGAGEMENT_TIME,
  NEW_RETURNING,
  STICKINESS_HISTOGRAM,
  ACTIVE_USERS,
  RETENTION,
  LIFECYCLE,
  FEATURE_ADOPTION,
  CRASH_FREE,
  CRASH_GROUPS,
  APP_PERFORMANCE,
  PAGE_LOAD,
  WEB_VITALS,
  SCREEN_VIEWS,
  HEATMAP,
  RAGE_CLICKS,
  SCROLL_DEPTH,
  FORM_ANALYTICS,
  VIDEO_PLAYS,
  SEO_LANDING,
  FUNNEL,
  PATHS,
  ATTRIBUTION,
  EXPERIMENT,
  EXPLORE,
  DATA_QUALITY,
  INGESTION_LATENCY,
  CONSUMER_LAG,
];
