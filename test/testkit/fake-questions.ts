import { AppError } from '../../src/errors.js';
import type { Asking, Questions } from '../../src/gateway/questions.js';
import type { AnswerMeta, MetricQuestion } from '../../src/metric/metric-query.js';

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

  const series = {
    bucketStarts: ['2026-01-31T10:00:00.000Z', '2026-01-31T10:01:00.000Z'],
    values: [3, 0],
  };
  const breakdown = {
    values: ['desktop', 'mobile'],
    counts: [2, 1],
    sharePercents: [50, null],
    otherValues: 0,
    otherCount: null,
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
    funnel: answer('funnel', { result: null, byValue: null, meta: META }),
  };
  return { questions, asked };
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
