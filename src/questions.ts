import type { Logger } from 'pino';
import { computeAttribution } from './attribution/compute-attribution.js';
import { explainConversion } from './attribution/explain-conversion.js';
import { classifyEvents } from './channel/classify-events.js';
import type { EventLog, LogRecord } from './event-log/event-log.js';
import { computeExperiment } from './experiment/compute-experiment.js';
import { computeExplore } from './explore/compute-explore.js';
import { computeFormula } from './formula/compute-formula.js';
import { computeFunnel } from './funnel/compute-funnel.js';
import { computeFunnelActors } from './funnel/compute-funnel-actors.js';
import type { Asking, Questions } from './gateway/questions.js';
import { evaluateActiveNow } from './live/active-now.js';
import { evaluateEventRate } from './live/event-rate.js';
import type { TailedEvent } from './live/tailed-event.js';
import { createWatchChanges } from './live/watch-changes.js';
import { createWatchEventTail } from './live/watch-event-tail.js';
import { watchIngested } from './live/watch-ingested.js';
import { createWatchWindow } from './live/watch-window.js';
import { computeActiveUsers } from './metric/active-users.js';
import { computeAppPerformance } from './metric/app-performance.js';
import { computeBotTraffic } from './metric/bot-traffic.js';
import { computeBounceRate } from './metric/bounce-rate.js';
import { computeConsumerLag } from './metric/consumer-lag.js';
import { computeConversionRate } from './metric/conversion-rate.js';
import { computeCrashFree } from './metric/crash-free.js';
import { computeCrashGroups } from './metric/crash-groups.js';
import { computeDataQuality } from './metric/data-quality.js';
import { computeEngagementTime } from './metric/engagement-time.js';
import { computeEntryExit } from './metric/entry-exit.js';
import { computeEventRate } from './metric/event-rate.js';
import { computeEventVolume } from './metric/event-volume.js';
import { computeFeatureAdoption } from './metric/feature-adoption.js';
import { computeFormAnalytics } from './metric/form-analytics.js';
import { computeFreshness } from './metric/freshness.js';
import { computeHeatmap } from './metric/heatmap.js';
import { computeIngestionLatency } from './metric/ingestion-latency.js';
import { computeLifecycle } from './metric/lifecycle.js';
import type { MetricContext } from './metric/metric.js';
import { computeNewReturning } from './metric/new-returning.js';
import { computePageLoad } from './metric/page-load.js';
import { computePageViews } from './metric/page-views.js';
import { computeRageClicks } from './metric/rage-clicks.js';
import { computeRevenue } from './metric/revenue.js';
import { computeScreenViews } from './metric/screen-views.js';
import { computeScrollDepth } from './metric/scroll-depth.js';
import { computeSeoLanding } from './metric/seo-landing.js';
import { computeSessionDuration } from './metric/session-duration.js';
import { computeSessions } from './metric/sessions.js';
import { computeStickinessHistogram } from './metric/stickiness-histogram.js';
import { computeTimeline } from './metric/timeline.js';
import { computeTop } from './metric/top.js';
import { computeUniqueUsers } from './metric/unique-users.js';
import { computeVideoPlays } from './metric/video-plays.js';
import { computeWebVitals } from './metric/web-vitals.js';
import { computePathSessions } from './path/compute-path-sessions.js';
import { computePaths } from './path/compute-paths.js';
import type { PubSub } from './pubsub/pubsub.js';
import { computeRetention } from './retention/compute-retention.js';
import type { WarehouseReader } from './warehouse/warehouse.js';

export interface QuestionPorts {
  /** Runs what is watched of a project; questions bring readers of their own. */
  liveReader(projectId: string): WarehouseReader;
  readonly database: string;
  /** Time in ms since 1970. */
  readonly clock: () => number;
  readonly pubsub: Pick<PubSub, 'subscribe'>;
  readonly eventLog: Pick<EventLog, 'tail' | 'positions'>;
  /** Topics whose records are events. */
  readonly topics: readonly string[];
  /** Consumer group of the ingesters, and every topic that they read. */
  readonly ingesterGroup: string;
  readonly ingestedTopics: readonly string[];
  readonly readTail: (record: LogRecord) => TailedEvent | null;
  readonly log: Pick<Logger, 'warn'>;
  /** Ends what runs in the background. */
  readonly signal: AbortSignal;
}

/** Binds the verbs of the product to the ports of this process, for the gateway to ask. */
export function bindQuestions(ports: QuestionPorts): Questions {
  const { database, clock, log } = ports;
  const notices = watchIngested(ports);
  const watchEventRate = createWatchWindow({
    evaluate: evaluateEventRate,
    notices,
    log,
  });
  const watchActiveNow = createWatchWindow({
    evaluate: evaluateActiveNow,
    notices,
    log,
  });
  const watchChanges = createWatchChanges({ notices, clock });
  const watchEventTail = createWatchEventTail({
    eventLog: ports.eventLog,
    group: ports.ingesterGroup,
    topics: ports.topics,
    read: ports.readTail,
    log,
  });
  const contextOf = ({ project, reader, signal }: Asking): MetricContext => ({
    warehouse: reader,
    database,
    clock,
    settings: project,
    signal,
  });
  // What is watched is asked again and again, for many readers at once: no budget of theirs.
  const liveContextOf = (asking: Asking): MetricContext => ({
    ...contextOf(asking),
    warehouse: ports.liveReader(asking.project.id),
  });
  return {
    eventVolume: (asking, question) => computeEventVolume(contextOf(asking), question),
    eventRate: (asking, question) => computeEventRate(contextOf(asking), question),
    uniqueUsers: (asking, question) => computeUniqueUsers(contextOf(asking), question),
    activeUsers: (asking, question) => computeActiveUsers(contextOf(asking), question),
    newReturning: (asking, question) => computeNewReturning(contextOf(asking), question),
    stickinessHistogram: (asking, question) =>
      computeStickinessHistogram(contextOf(asking), question),
    retention: (asking, question) => computeRetention(contextOf(asking), question),
    lifecycle: (asking, question) => computeLifecycle(contextOf(asking), question),
    featureAdoption: (asking, question) => computeFeatureAdoption(contextOf(asking), question),
    botTraffic: (asking, question) => computeBotTraffic(contextOf(asking), question),
    engagementTime: (asking, question) => computeEngagementTime(contextOf(asking), question),
    entryExit: (asking, question) => computeEntryExit(contextOf(asking), question),
    conversionRate: (asking, question) => computeConversionRate(contextOf(asking), question),
    eventChannels: (asking, question) => classifyEvents(contextOf(asking), question),
    revenue: (asking, question) => computeRevenue(contextOf(asking), question),
    pageViews: (asking, question) => computePageViews(contextOf(asking), question),
    sessions: (asking, question) => computeSessions(contextOf(asking), question),
    sessionDuration: (asking, question) => computeSessionDuration(contextOf(asking), question),
    bounceRate: (asking, question) => computeBounceRate(contextOf(asking), question),
    appPerformance: (asking, question) => computeAppPerformance(contextOf(asking), question),
    crashFree: (asking, question) => computeCrashFree(contextOf(asking), question),
    crashGroups: (asking, question) => computeCrashGroups(contextOf(asking), question),
    formAnalytics: (asking, question) => computeFormAnalytics(contextOf(asking), question),
    heatmap: (asking, question) => computeHeatmap(contextOf(asking), question),
    pageLoad: (asking, question) => computePageLoad(contextOf(asking), question),
    rageClicks: (asking, question) => computeRageClicks(contextOf(asking), question),
    screenViews: (asking, question) => computeScreenViews(contextOf(asking), question),
    scrollDepth: (asking, question) => computeScrollDepth(contextOf(asking), question),
    seoLanding: (asking, question) => computeSeoLanding(contextOf(asking), question),
    videoPlays: (asking, question) => computeVideoPlays(contextOf(asking), question),
    webVitals: (asking, question) => computeWebVitals(contextOf(asking), question),
    dataQuality: (asking, question) => computeDataQuality(contextOf(asking), question),
    ingestionLatency: (asking, question) => computeIngestionLatency(contextOf(asking), question),
    freshness: (asking) => computeFreshness(contextOf(asking), asking.project.id),
    consumerLag: () =>
      computeConsumerLag({
        eventLog: ports.eventLog,
        group: ports.ingesterGroup,
        topics: ports.ingestedTopics,
        clock,
      }),
    top: (asking, question) => computeTop(contextOf(asking), question),
    timeline: (asking, question) => computeTimeline(contextOf(asking), question),
    explore: (asking, question) => computeExplore(contextOf(asking), question),
    formula: (asking, question) => computeFormula(contextOf(asking), question),
    funnel: (asking, question) => computeFunnel(contextOf(asking), question),
    funnelActors: (asking, question) => computeFunnelActors(contextOf(asking), question),
    paths: (asking, question) => computePaths(contextOf(asking), question),
    pathSessions: (asking, question) => computePathSessions(contextOf(asking), question),
    attribution: (asking, question) => computeAttribution(contextOf(asking), question),
    explainConversion: (asking, question) => explainConversion(contextOf(asking), question),
    experiment: (asking, question) => computeExperiment(contextOf(asking), question),
    watchEventRate: (asking, question) =>
      watchEventRate(liveContextOf(asking), question, asking.signal),
    watchActiveNow: (asking, question) =>
      watchActiveNow(liveContextOf(asking), question, asking.signal),
    watchEventTail: (asking, question) => watchEventTail(question, asking.signal),
    watchChanges: (asking, question) => watchChanges(question, asking.signal),
  };
}
