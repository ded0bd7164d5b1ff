import type {
  AttributionAnswer,
  AttributionQuestion,
  ConversionQuestion as ConversionToExplain,
  ExplanationAnswer,
} from '../attribution/attribution-query.js';
import type { ClassifiedEvents } from '../channel/classify-events.js';
import type { ExperimentAnswer, ExperimentQuestion } from '../experiment/experiment-query.js';
import type { ExploreAnswer, ExploreQuestion } from '../explore/explore-query.js';
import type { FormulaAnswer, FormulaQuestion } from '../formula/formula-query.js';
import type { FunnelActorsPage, FunnelActorsQuestion } from '../funnel/funnel-actors.js';
import type { FunnelAnswer, FunnelQuestion } from '../funnel/funnel-query.js';
import type {
  LiveActiveNow,
  LiveEventRate,
  LiveEvents,
  LiveQuestion,
  LiveWindowQuestion,
} from '../live/live-query.js';
import type { ChangeQuestion } from '../live/watch-changes.js';
import type { ActiveUsersAnswer } from '../metric/active-users.js';
import type { AppPerformanceAnswer } from '../metric/app-performance.js';
import type { BotTrafficAnswer } from '../metric/bot-traffic.js';
import type { ConsumerLagAnswer } from '../metric/consumer-lag.js';
import type { ConversionQuestion, ConversionRateAnswer } from '../metric/conversion-rate.js';
import type { CrashFreeAnswer } from '../metric/crash-free.js';
import type { CrashGroupsAnswer } from '../metric/crash-groups.js';
import type { DataQualityAnswer } from '../metric/data-quality.js';
import type { EngagementTimeAnswer } from '../metric/engagement-time.js';
import type { EntryExitAnswer } from '../metric/entry-exit.js';
import type { FeatureAdoptionAnswer, FeatureQuestion } from '../metric/feature-adoption.js';
import type { FormAnalyticsAnswer, FormQuestion } from '../metric/form-analytics.js';
import type { HeatmapAnswer, HeatmapQuestion } from '../metric/heatmap.js';
import type { IngestionLatencyAnswer } from '../metric/ingestion-latency.js';
import type { LifecycleAnswer, LifecycleQuestion } from '../metric/lifecycle.js';
import type {
  BounceRateAnswer,
  CountAnswer,
  EventRateAnswer,
  MetricQuestion,
  PageViewsAnswer,
  SessionDurationAnswer,
  SessionsAnswer,
  TimelinePage,
  TimelineQuestion,
  TopRows,
} from '../metric/metric-query.js';
import type { NewReturningAnswer } from '../metric/new-returning.js';
import type { PageLoadAnswer } from '../metric/page-load.js';
import type { RageClicksAnswer } from '../metric/rage-clicks.js';
import type { RevenueAnswer } from '../metric/revenue.js';
import type { ScreenViewsAnswer } from '../metric/screen-views.js';
import type { ScrollDepthAnswer } from '../metric/scroll-depth.js';
import type { SeoLandingAnswer, SeoLandingQuestion } from '../metric/seo-landing.js';
import type { StickinessHistogramAnswer } from '../metric/stickiness-histogram.js';
import type { VideoPlaysAnswer } from '../metric/video-plays.js';
import type { WebVitalsAnswer, WebVitalsQuestion } from '../metric/web-vitals.js';
import type {
  PathSessionsPage,
  PathSessionsQuestion,
  PathsAnswer,
  PathsQuestion,
} from '../path/path-query.js';
import type { Project } from '../project/project.js';
import type { RetentionAnswer, RetentionQuestion } from '../retention/retention-query.js';
import type { WarehouseReader } from '../warehouse/warehouse.js';

/** A question about a time alone. */
export type RangeQuestion = Pick<MetricQuestion, 'projectId' | 'range' | 'timeZone'>;

/** On whose behalf a question is asked. */
export interface Asking {
  /** The project whose data answers, with its settings in force. */
  readonly project: Project;
  /** Runs statements about that project, within the budget of who asks. */
  readonly reader: WarehouseReader;
  /** Charges the caller for what others have read; left out: nothing of others is given to it. */
  readonly pay?: ((rows: number) => Promise<void>) | undefined;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

/**
 * The questions of the product as the gateway asks them: one function per verb, with its ports
 * already bound. Resolvers know nothing of warehouses; tests answer from memory.
 */
export interface Questions {
  eventVolume(asking: Asking, question: MetricQuestion): Promise<CountAnswer>;
  eventRate(asking: Asking, question: MetricQuestion): Promise<EventRateAnswer>;
  uniqueUsers(asking: Asking, question: MetricQuestion): Promise<CountAnswer>;
  activeUsers(asking: Asking, question: MetricQuestion): Promise<ActiveUsersAnswer>;
  newReturning(asking: Asking, question: MetricQuestion): Promise<NewReturningAnswer>;
  /** Buckets of `question.grain`, default days. */
  stickinessHistogram(asking: Asking, question: MetricQuestion): Promise<StickinessHistogramAnswer>;
  retention(asking: Asking, question: RetentionQuestion): Promise<RetentionAnswer>;
  lifecycle(asking: Asking, question: LifecycleQuestion): Promise<LifecycleAnswer>;
  featureAdoption(asking: Asking, question: FeatureQuestion): Promise<FeatureAdoptionAnswer>;
  botTraffic(asking: Asking, question: MetricQuestion): Promise<BotTrafficAnswer>;
  pageViews(asking: Asking, question: MetricQuestion): Promise<PageViewsAnswer>;
  sessions(asking: Asking, question: MetricQuestion): Promise<SessionsAnswer>;
  sessionDuration(asking: Asking, question: MetricQuestion): Promise<SessionDurationAnswer>;
  bounceRate(asking: Asking, question: MetricQuestion): Promise<BounceRateAnswer>;
  /** By page with a breakdown by `page`. */
  engagementTime(asking: Asking, question: MetricQuestion): Promise<EngagementTimeAnswer>;
  /** At most as many pages as the limit of a breakdown by `page`. */
  entryExit(asking: Asking, question: MetricQuestion): Promise<EntryExitAnswer>;
  conversionRate(asking: Asking, question: ConversionQuestion): Promise<ConversionRateAnswer>;
  revenue(asking: Asking, question: MetricQuestion): Promise<RevenueAnswer>;
  eventChannels(
    asking: Asking,
    question: MetricQuestion & { readonly first: number; readonly withSessions?: boolean },
  ): Promise<ClassifiedEvents>;
  appPerformance(asking: Asking, question: MetricQuestion): Promise<AppPerformanceAnswer>;
  crashFree(asking: Asking, question: MetricQuestion): Promise<CrashFreeAnswer>;
  crashGroups(asking: Asking, question: MetricQuestion): Promise<CrashGroupsAnswer>;
  formAnalytics(asking: Asking, question: FormQuestion): Promise<FormAnalyticsAnswer>;
  heatmap(asking: Asking, question: HeatmapQuestion): Promise<HeatmapAnswer>;
  pageLoad(asking: Asking, question: MetricQuestion): Promise<PageLoadAnswer>;
  rageClicks(asking: Asking, question: MetricQuestion): Promise<RageClicksAnswer>;
  screenViews(asking: Asking, question: MetricQuestion): Promise<ScreenViewsAnswer>;
  scrollDepth(asking: Asking, question: MetricQuestion): Promise<ScrollDepthAnswer>;
  seoLanding(asking: Asking, question: SeoLandingQuestion): Promise<SeoLandingAnswer>;
  videoPlays(asking: Asking, question: MetricQuestion): Promise<VideoPlaysAnswer>;
  webVitals(asking: Asking, question: WebVitalsQuestion): Promise<WebVitalsAnswer>;
  dataQuality(asking: Asking, question: RangeQuestion): Promise<DataQualityAnswer>;
  ingestionLatency(asking: Asking, question: RangeQuestion): Promise<IngestionLatencyAnswer>;
  /** Age of the newest queryable event of the project, seconds; null without events. */
  freshness(asking: Asking): Promise<number | null>;
  /** Of the whole installation. */
  consumerLag(): Promise<ConsumerLagAnswer>;
  /** Rows by `question.breakdown`. */
  top(asking: Asking, question: MetricQuestion): Promise<TopRows>;
  timeline(asking: Asking, question: TimelineQuestion): Promise<TimelinePage>;
  explore(asking: Asking, question: ExploreQuestion): Promise<ExploreAnswer>;
  formula(asking: Asking, question: FormulaQuestion): Promise<FormulaAnswer>;
  funnel(asking: Asking, question: FunnelQuestion): Promise<FunnelAnswer>;
  funnelActors(asking: Asking, question: FunnelActorsQuestion): Promise<FunnelActorsPage>;
  paths(asking: Asking, question: PathsQuestion): Promise<PathsAnswer>;
  /** The sessions behind a path, a page at a time. */
  pathSessions(asking: Asking, question: PathSessionsQuestion): Promise<PathSessionsPage>;
  attribution(asking: Asking, question: AttributionQuestion): Promise<AttributionAnswer>;
  explainConversion(asking: Asking, question: ConversionToExplain): Promise<ExplanationAnswer>;
  experiment(asking: Asking, question: ExperimentQuestion): Promise<ExperimentAnswer>;
  /** Ends when `asking.signal` aborts. */
  watchEventRate(asking: Asking, question: LiveWindowQuestion): AsyncIterable<LiveEventRate>;
  watchActiveNow(asking: Asking, question: LiveWindowQuestion): AsyncIterable<LiveActiveNow>;
  /** Goes on behind the batch with the cursor `from`, in any process; null: from now on. */
  watchEventTail(
    asking: Asking,
    question: LiveQuestion & { readonly from: string | null },
  ): AsyncIterable<LiveEvents>;
  /** Moments at which an answer may be another one, for questions that are asked anew then. */
  watchChanges(asking: Asking, question: ChangeQuestion): AsyncIterable<{ readonly atMs: number }>;
}
