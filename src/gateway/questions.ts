import type { FunnelAnswer, FunnelQuestion } from '../funnel/funnel-query.js';
import type {
  LiveActiveNow,
  LiveEventRate,
  LiveEvents,
  LiveQuestion,
  LiveWindowQuestion,
} from '../live/live-query.js';
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
import type { Project } from '../project/project.js';

/** On whose behalf a question is asked. */
export interface Asking {
  /** The project whose data answers, with its settings in force. */
  readonly project: Project;
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
  pageViews(asking: Asking, question: MetricQuestion): Promise<PageViewsAnswer>;
  sessions(asking: Asking, question: MetricQuestion): Promise<SessionsAnswer>;
  sessionDuration(asking: Asking, question: MetricQuestion): Promise<SessionDurationAnswer>;
  bounceRate(asking: Asking, question: MetricQuestion): Promise<BounceRateAnswer>;
  /** Rows by `question.breakdown`. */
  top(asking: Asking, question: MetricQuestion): Promise<TopRows>;
  timeline(asking: Asking, question: TimelineQuestion): Promise<TimelinePage>;
  funnel(asking: Asking, question: FunnelQuestion): Promise<FunnelAnswer>;
  /** Ends when `asking.signal` aborts. */
  watchEventRate(asking: Asking, question: LiveWindowQuestion): AsyncIterable<LiveEventRate>;
  watchActiveNow(asking: Asking, question: LiveWindowQuestion): AsyncIterable<LiveActiveNow>;
  watchEventTail(asking: Asking, question: LiveQuestion): AsyncIterable<LiveEvents>;
}
