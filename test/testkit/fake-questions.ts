import { AppError } from '../../src/errors.js';
import type { FunnelQuestion } from '../../src/funnel/funnel-query.js';
import type { Asking, Questions } from '../../src/gateway/questions.js';
import { checkInterval } from '../../src/live/live-interval.js';
import type { LiveQuestion } from '../../src/live/live-query.js';
import type {
  MetricQuestion,
  TimelinePage,
  TimelineQuestion,
} from '../../src/metric/metric-query.js';
import { FAKE_ANSWERS, META } from './fake-answers.js';

/** What a question asked of {@link createFakeQuestions} was. */
export interface Asked {
  readonly name: string;
  readonly asking: Asking;
  readonly question: unknown;
}

/**
 * Questions answered from memory: fixed numbers, and errors for event names that ask for them
 * (`fail:CODE` an error of the product, `crash` one that nobody foresaw). Remembers what was asked.
 */
export function createFakeQuestions(): { readonly questions: Questions; readonly asked: Asked[] } {
  const asked: Asked[] = [];

  function answer<Question extends object, Answer>(
    name: string,
    value: Answer | ((question: Question) => Answer),
  ): (asking: Asking, question: Question) => Promise<Answer> {
    return async (asking, question) => {
      asked.push({ name, asking, question });
      failIfAsked((question as Partial<MetricQuestion>).event?.event ?? '');
      return typeof value === 'function' ? (value as (q: Question) => Answer)(question) : value;
    };
  }

  /** Two ticks, then the end; for the event `endless` only when the reader has gone. */
  async function* ticks<Tick>(
    name: string,
    asking: Asking,
    question: LiveQuestion,
    tick: (n: number) => Tick,
  ): AsyncGenerator<Tick, void, undefined> {
    asked.push({ name, asking, question });
    yield tick(1);
    failIfAsked(question.event?.event ?? '');
    yield tick(2);
    if (question.event?.event === 'endless') await aborted(asking.signal);
  }

  const series = {
    bucketStarts: ['2026-01-31T10:00:00.000Z', '2026-01-31T10:01:00.000Z'],
    values: [3, 0],
  };
  const breakdown = {
    values: ['desktop', 'mobile'],
    counts: [2, 1],
    sharePercents: [50, null],
    otherValues: 0,
    otherCount: 3,
    otherSharePercent: null,
  };
  const count = (question: MetricQuestion) => ({
    total: question.event?.event === 'huge' ? 2 ** 53 : 3,
    series: question.grain === undefined ? null : series,
    breakdown: question.breakdown === undefined ? null : breakdown,
    meta: META,
  });

  const questions: Questions = {
    eventVolume: answer('eventVolume', count),
    eventRate: answer('eventRate', {
      perMinuteAverage: 1.5,
      peakPerMinute: 3,
      series,
      meta: META,
    }),
    uniqueUsers: answer('uniqueUsers', count),
    activeUsers: answer('activeUsers', FAKE_ANSWERS.activeUsers),
    newReturning: answer('newReturning', FAKE_ANSWERS.newReturning),
    stickinessHistogram: answer('stickinessHistogram', FAKE_ANSWERS.stickinessHistogram),
    retention: answer('retention', FAKE_ANSWERS.retention),
    lifecycle: answer('lifecycle', FAKE_ANSWERS.lifecycle),
    featureAdoption: answer('featureAdoption', (question: MetricQuestion) => ({
      activeUsers: 4,
      adopters: 2,
      newAdopters: 1,
      uses: 3,
      adoptionPercent: 50,
      usesPerAdopter: 1.5,
      byValue:
        question.breakdown === undefined
          ? null
          : {
              values: ['web'],
              activeUsers: [4],
              adopters: [2],
              adoptionPercents: [50],
              otherValues: 0,
              otherActiveUsers: 0,
              otherAdopters: 0,
              otherAdoptionPercent: null,
            },
      meta: META,
    })),
    botTraffic: answer('botTraffic', FAKE_ANSWERS.botTraffic),
    engagementTime: answer('engagementTime', (question: MetricQuestion) => ({
      averageSecondsPerSession: 22.5,
      byPage:
        question.breakdown === undefined
          ? null
          : { pages: ['/'], averageSeconds: [45], otherPages: 0, otherAverageSeconds: null },
      meta: META,
    })),
    entryExit: answer('entryExit', FAKE_ANSWERS.entryExit),
    conversionRate: answer('conversionRate', FAKE_ANSWERS.conversionRate),
    crashFree: answer('crashFree', FAKE_ANSWERS.crashFree),
    crashGroups: answer('crashGroups', FAKE_ANSWERS.crashGroups),
    appPerformance: answer('appPerformance', FAKE_ANSWERS.appPerformance),
    pageLoad: answer('pageLoad', FAKE_ANSWERS.pageLoad),
    webVitals: answer('webVitals', FAKE_ANSWERS.webVitals),
    screenViews: answer('screenViews', FAKE_ANSWERS.screenViews),
    heatmap: answer('heatmap', FAKE_ANSWERS.heatmap),
    rageClicks: answer('rageClicks', FAKE_ANSWERS.rageClicks),
    scrollDepth: answer('scrollDepth', FAKE_ANSWERS.scrollDepth),
    formAnalytics: answer('formAnalytics', FAKE_ANSWERS.formAnalytics),
    videoPlays: answer('videoPlays', FAKE_ANSWERS.videoPlays),
    seoLanding: answer('seoLanding', FAKE_ANSWERS.seoLanding),
    paths: answer('paths', FAKE_ANSWERS.paths),
    attribution: answer('attribution', FAKE_ANSWERS.attribution),
    experiment: answer('experiment', FAKE_ANSWERS.experiment),
    explainConversion: answer('explainConversion', FAKE_ANSWERS.explainConversion),
    pathSessions: answer('pathSessions', FAKE_ANSWERS.pathSessions),
    dataQuality: answer('dataQuality', FAKE_ANSWERS.dataQuality),
    ingestionLatency: answer('ingestionLatency', FAKE_ANSWERS.ingestionLatency),
    freshness: async () => 1.5,
    consumerLag: async () => ({
      total: 130,
      max: 100,
      oldestUnreadSeconds: null,
      topics: ['t', 't'],
      partitions: [0, 1],
      lags: [100, 30],
    }),
    eventChannels: answer('eventChannels', FAKE_ANSWERS.eventChannels),
    revenue: answer('revenue', FAKE_ANSWERS.revenue),
    pageViews: answer('pageViews', {
      total: 5,
      unique: 4,
      series: null,
      pages: { ...breakdown, sharePercents: null, otherCount: 0 },
      meta: META,
    }),
    sessions: answer('sessions', FAKE_ANSWERS.sessions),
    sessionDuration: answer('sessionDuration', FAKE_ANSWERS.sessionDuration),
    bounceRate: answer('bounceRate', FAKE_ANSWERS.bounceRate),
    top: answer('top', (question: MetricQuestion) => ({
      values: [`a ${question.breakdown?.dimension}`, 'b'],
      users: [2, 1],
      sessions: [3, 1],
      pageViews: [5, 0],
      userSharePercents: [100, 50],
      otherValues: 7,
      otherUsers: 1,
      otherSessions: 2,
      otherPageViews: 3,
      otherUserSharePercent: 50,
      meta: META,
    })),
    timeline: answer('timeline', timelinePage),
    explore: answer('explore', FAKE_ANSWERS.explore),
    formula: answer('formula', FAKE_ANSWERS.formula),
    funnel: answer('funnel', (question: FunnelQuestion) => ({
      result: question.breakdown === undefined ? FUNNEL : null,
      byValue: question.breakdown === undefined ? null : [{ value: '(none)', result: FUNNEL }],
      segments: [],
      meta: META,
    })),
    funnelActors: answer('funnelActors', FAKE_ANSWERS.funnelActors),
    watchEventRate: (asking, question) =>
      ticks('watchEventRate', asking, question, (n) => ({
        asOf: META.asOf,
        windowSeconds: question.windowSeconds,
        total: n,
        perSecond: n / question.windowSeconds,
        series,
      })),
    watchActiveNow: (asking, question) =>
      ticks('watchActiveNow', asking, question, (n) => ({
        asOf: META.asOf,
        windowSeconds: question.windowSeconds,
        users: n,
      })),
    watchEventTail: (asking, question) =>
      ticks('watchEventTail', asking, question, (n) => ({
        events: timelinePage({ first: n, subject: { userId: 'u1' } }).events,
        dropped: n,
        cursor: null,
        isAnew: false,
      })),
    watchChanges(asking, question) {
      checkInterval(question.intervalMs);
      asked.push({ name: 'watchChanges', asking, question });
      return once(asking.signal);
    },
  };
  return { questions, asked };
}

/** One moment, then none. */
async function* once(signal: AbortSignal): AsyncGenerator<{ readonly atMs: number }> {
  yield { atMs: 0 };
  await aborted(signal);
}

const FUNNEL = {
  counts: [4, 2],
  ratePercents: [100, 50],
  stepRatePercents: [100, 50],
  averageSeconds: [null, 6000],
  medianSeconds: [null, 7200],
  totalAverageSeconds: 6000,
  totalMedianSeconds: 7200,
  series: null,
  timeHistogram: null,
};

/** Five events, `e5` the newest; the page behind an event holds the older ones. */
export function timelinePage({
  first,
  after,
  subject,
}: Pick<TimelineQuestion, 'first' | 'after' | 'subject'>): TimelinePage {
  const all = [5, 4, 3, 2, 1].map((n) => ({
    eventId: `e${n}`,
    eventName: 'page_view',
    occurredAt: `2026-01-31T10:00:0${n}.000Z`,
    platform: 'web',
    anonymousId: 'anonymousId' in subject ? subject.anonymousId : 'd1',
    userId: 'userId' in subject ? subject.userId : '',
    sessionId: '',
    session: null,
    page: '/',
    screen: '',
    url: 'https://shop.example/',
    referrer: '',
    deviceType: 'desktop',
    browser: 'Firefox',
    os: 'Linux',
    country: 'DE',
    isBot: false,
    properties: { plan: '"pro"', items: '[1,2]' },
  }));
  const older = all.filter((event) => after === undefined || event.eventId < after.eventId);
  return { events: older.slice(0, first), hasMore: older.length > first, meta: META };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function failIfAsked(event: string): void {
  if (event === 'crash') throw new TypeError('secret row content');
  const code = /^fail:(\w+)$/.exec(event)?.[1];
  if (code !== undefined) {
    throw new AppError(code as AppError['code'], `asked to fail with ${code}`, {
      details: { field: 'event' },
    });
  }
}
