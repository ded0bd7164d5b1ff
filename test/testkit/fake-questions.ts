import { AppError } from '../../src/errors.js';
import type { FunnelQuestion } from '../../src/funnel/funnel-query.js';
import type { Asking, Questions } from '../../src/gateway/questions.js';
import { checkInterval } from '../../src/live/live-interval.js';
import type { LiveQuestion } from '../../src/live/live-query.js';
import type {
  AnswerMeta,
  MetricQuestion,
  TimelinePage,
  TimelineQuestion,
} from '../../src/metric/metric-query.js';

const META: AnswerMeta = {
  source: ['silver_events'],
  rowsRead: 42,
  exact: true,
  asOf: '2026-01-31T10:00:00.000Z',
  elapsedMs: 1.5,
};

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
    activeUsers: answer('activeUsers', {
      dates: ['2026-01-31'],
      dau: [1],
      wau: [2],
      mau: [3],
      stickiness: [null],
      meta: META,
    }),
    newReturning: answer('newReturning', {
      newUsers: 1,
      returningUsers: 2,
      total: 3,
      meta: META,
    }),
    stickinessHistogram: answer('stickinessHistogram', { histogram: [0, 4], meta: META }),
    retention: answer('retention', {
      cohorts: ['2026-01-30', '2026-01-31'],
      matrix: [
        [2, 1],
        [1, null],
      ],
      complete: [
        [true, false],
        [false, false],
      ],
      ratePercents: [100, null],
      brackets: [
        { from: 1, to: 7, people: [1, null], complete: [false, false], ratePercent: null },
      ],
      meta: META,
    }),
    lifecycle: answer('lifecycle', {
      buckets: ['2026-01-31'],
      newUsers: [1],
      returning: [2],
      resurrecting: [0],
      dormant: [3],
      meta: META,
    }),
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
    botTraffic: answer('botTraffic', {
      events: 8,
      botEvents: 3,
      botPercent: 37.5,
      humanUsers: 2,
      meta: META,
    }),
    engagementTime: answer('engagementTime', (question: MetricQuestion) => ({
      averageSecondsPerSession: 22.5,
      byPage:
        question.breakdown === undefined
          ? null
          : { pages: ['/'], averageSeconds: [45], otherPages: 0, otherAverageSeconds: null },
      meta: META,
    })),
    entryExit: answer('entryExit', {
      pages: ['/'],
      entries: [1],
      exits: [1],
      pageViews: [3],
      exitRatePercents: [100 / 3],
      otherPages: 0,
      otherEntries: 0,
      otherExits: 0,
      otherPageViews: 0,
      otherExitRatePercent: null,
      meta: META,
    }),
    conversionRate: answer('conversionRate', {
      users: 2,
      convertedUsers: 1,
      totalConversions: 2,
      userRatePercent: 50,
      sessions: 4,
      convertedSessions: 1,
      sessionRatePercent: 25,
      byValue: null,
      meta: META,
    }),
    crashFree: answer('crashFree', {
      overall: CRASHES,
      versions: ['2.0.0'],
      figures: [CRASHES],
      otherVersions: 0,
      other: CRASHES,
      meta: META,
    }),
    crashGroups: answer('crashGroups', {
      total: 1,
      groups: ['NullPointer'],
      crashes: [1],
      users: [1],
      versions: [['2.0.0']],
      firstAt: [META.asOf],
      lastAt: [META.asOf],
      sampleEventIds: ['e1'],
      sampleProperties: [{ stack: '"main"' }],
      otherGroups: 0,
      otherCrashes: 0,
      meta: META,
    }),
    appPerformance: answer('appPerformance', {
      startTypes: ['cold'],
      starts: [DURATIONS],
      network: DURATIONS,
      requests: 5,
      failedRequests: 3,
      errorPercent: 60,
      meta: META,
    }),
    pageLoad: answer('pageLoad', {
      samples: 1,
      p50: 10,
      p75: 10,
      p95: null,
      byPage: { pages: ['/'], samples: [1], p50: [10], p75: [10], p95: [10] },
      otherPages: 0,
      other: { samples: 0, p50: null, p75: null, p95: null },
      meta: META,
    }),
    webVitals: answer('webVitals', {
      names: ['LCP', 'INP'],
      samples: [4, 0],
      p75: [2500, null],
      ratings: ['needs-improvement', null],
      goodPercents: [100, null],
      meta: META,
    }),
    screenViews: answer('screenViews', {
      total: 3,
      users: 1,
      screens: ['Home'],
      views: [3],
      screenUsers: [1],
      otherScreens: 0,
      otherViews: 0,
      otherUsers: 0,
      meta: META,
    }),
    heatmap: answer('heatmap', {
      columns: [0],
      rows: [1],
      clicks: [2],
      total: 2,
      dropped: 1,
      otherCells: 0,
      otherClicks: 0,
      meta: META,
    }),
    rageClicks: answer('rageClicks', {
      bursts: 1,
      sessions: 1,
      pages: ['/'],
      pageBursts: [1],
      pageSessions: [1],
      otherPages: 0,
      meta: META,
    }),
    scrollDepth: answer('scrollDepth', {
      samples: 2,
      averagePercent: 52.5,
      pages: ['/'],
      pageSamples: [2],
      averagePercents: [52.5],
      steps: [25, 50, 75, 90, 100],
      reachPercents: [[100, 50, 50, 0, 0]],
      otherPages: 0,
      meta: META,
    }),
    formAnalytics: answer('formAnalytics', {
      views: 4,
      starts: 3,
      submits: 2,
      startRatePercent: 75,
      completionRatePercent: 200 / 3,
      abandonRatePercent: 100 / 3,
      averageSeconds: 30,
      dropOff: { fields: ['phone'], sessions: [1], otherFields: 0 },
      byForm: { formIds: ['f1'], views: [4], starts: [3], submits: [2], otherForms: 0 },
      meta: META,
    }),
    videoPlays: answer('videoPlays', {
      plays: 1,
      viewingSessions: 2,
      playingSessions: 1,
      playRatePercent: 50,
      pages: ['/'],
      pagePlays: [1],
      pageViewingSessions: [2],
      pagePlayingSessions: [1],
      pagePlayRatePercents: [50],
      otherPages: 0,
      meta: META,
    }),
    seoLanding: answer('seoLanding', {
      organic: LANDING,
      aiAssistants: LANDING,
      sessionsWithEntryPage: 4,
      crawlHits: {
        values: ['/'],
        counts: [1],
        sharePercents: null,
        otherValues: 0,
        otherCount: 0,
        otherSharePercent: null,
      },
      meta: META,
    }),
    paths: answer('paths', {
      sessions: 3,
      edges: {
        steps: [1],
        from: ['/'],
        to: ['/pricing'],
        sessions: [2],
        otherEdges: 0,
        otherSessions: 0,
      },
      sequences: { paths: [['/', '/pricing']], sessions: [2], otherSequences: 1, otherSessions: 1 },
      nodes: { steps: [1], nodes: ['/'], sessions: [3], dropOffs: [1], otherNodes: 1 },
      meta: META,
    }),
    attribution: answer('attribution', {
      conversions: 3,
      unattributed: 1,
      revenue: { currencies: ['EUR'], totals: ['30'], unattributed: ['10'] },
      models: [
        {
          model: 'linear',
          values: ['Email', 'Direct'],
          credits: [1.5, 0.5],
          revenues: [{ currency: 'EUR', amounts: ['15', '5'] }],
          conversionProbability: null,
          removalEffects: null,
        },
      ],
      meta: META,
    }),
    experiment: answer('experiment', {
      multiVariantUsers: 1,
      sampleRatio: { chiSquare: 0, pValue: 1, isMismatch: false },
      warnings: [],
      goals: [{ variants: [], series: null }],
      meta: META,
    }),
    explainConversion: answer('explainConversion', { conversion: null, meta: META }),
    pathSessions: answer('pathSessions', {
      sessions: [],
      hasMore: false,
      totalSessions: 0,
      totalPeople: 0,
      meta: META,
    }),
    dataQuality: answer('dataQuality', {
      received: 12,
      refused: 2,
      duplicates: 2,
      unique: 8,
      complete: 7,
      late: 1,
      validity: 10 / 12,
      completeness: 7 / 8,
      uniqueness: 10 / 12,
      timeliness: 7 / 8,
      score: 85,
      meta: META,
    }),
    ingestionLatency: answer('ingestionLatency', {
      events: 5,
      processingMs: { p50: 300, p95: 800, p99: 880 },
      endToEndMs: { p50: 1300, p95: 1800, p99: null },
      meta: META,
    }),
    freshness: async () => 1.5,
    consumerLag: async () => ({
      total: 130,
      max: 100,
      oldestUnreadSeconds: null,
      topics: ['t', 't'],
      partitions: [0, 1],
      lags: [100, 30],
    }),
    eventChannels: answer('eventChannels', {
      eventIds: ['e1'],
      channels: ['Direct'],
      sources: [''],
      areBots: [false],
      sessions: null,
      hasMore: false,
      meta: META,
    }),
    revenue: answer('revenue', {
      currencies: ['EUR'],
      netSums: ['130.0000'],
      total: '130.0000',
      orders: 2,
      buyers: 1,
      averageOrderValue: 65,
      averageRevenuePerUser: null,
      meta: META,
    }),
    pageViews: answer('pageViews', {
      total: 5,
      unique: 4,
      series: null,
      pages: { ...breakdown, sharePercents: null, otherCount: 0 },
      meta: META,
    }),
    sessions: answer('sessions', {
      total: 2,
      users: 2,
      viewsPerSession: 2.5,
      series: null,
      breakdown: null,
      meta: META,
    }),
    sessionDuration: answer('sessionDuration', {
      averageSeconds: 28_800,
      medianSeconds: 0,
      p90Seconds: null,
      meta: META,
    }),
    bounceRate: answer('bounceRate', {
      eligibleSessions: 6,
      bounces: 3,
      bounceRatePercent: 50,
      engagementRatePercent: 50,
      byEntryPage: null,
      meta: META,
    }),
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
    explore: answer('explore', {
      dimensions: [{ name: 'country', values: ['DE', '(unknown)'] }],
      measures: [{ measure: 'count', values: [3, 1], total: 4, other: 0, series: null }],
      rows: 2,
      otherRows: 0,
      bucketStarts: null,
      meta: META,
    }),
    formula: answer('formula', {
      total: 0.5,
      first: 1,
      second: 2,
      series: null,
      breakdown: null,
      meta: META,
    }),
    funnel: answer('funnel', (question: FunnelQuestion) => ({
      result: question.breakdown === undefined ? FUNNEL : null,
      byValue: question.breakdown === undefined ? null : [{ value: '(none)', result: FUNNEL }],
      segments: [],
      meta: META,
    })),
    funnelActors: answer('funnelActors', {
      passages: [],
      hasMore: false,
      total: 0,
      meta: META,
    }),
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

const CRASHES = {
  sessions: 5,
  crashedSessions: 1,
  users: 4,
  crashFreeSessionsPercent: 80,
  crashRatePercent: 20,
  crashFreeUsersPercent: 75,
  anrRatePercent: null,
};

const DURATIONS = { samples: 4, p50: 1000, p95: 1880, p99: null };

const LANDING = {
  sessions: 2,
  sharePercent: 50,
  pages: ['/'],
  pageSessions: [2],
  bounceRatePercents: [50],
  engagementRatePercents: [50],
  sessionConversionPercents: null,
  revenue: { pages: ['/'], currencies: ['EUR'], netSums: ['9.5'] },
  otherPages: 0,
};

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
