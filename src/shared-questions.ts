import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { createDataVersions } from './answer/data-versions.js';
import type { Answer } from './answer/kept-answer.js';
import { type AnswerOutcome, type SharedAnswers, shareAnswers } from './answer/share-answers.js';
import type { Cache } from './cache/cache.js';
import type { Asking, Questions } from './gateway/questions.js';
import type { WarehouseReader } from './warehouse/warehouse.js';

export interface SharedQuestionsPorts {
  /** Looks at the tables of all projects. */
  readonly warehouse: Pick<WarehouseReader, 'query'>;
  readonly database: string;
  /** Where answers are kept; of all gateways where they share one. */
  readonly cache: Pick<Cache, 'get' | 'set' | 'delete'>;
  /** Room for answers, bytes; a single one takes a sixteenth of it at most. */
  readonly answerCacheBytes: number;
  /** Time in ms since 1970. */
  readonly clock: () => number;
  readonly registry: Registry;
  readonly log: Pick<Logger, 'warn'>;
}

/** {@link shareQuestions} by way of a cache, counted in `sluice_gateway_answers_total`. */
export function openSharedQuestions(questions: Questions, ports: SharedQuestionsPorts): Questions {
  const outcomes = new Counter<'question' | 'outcome'>({
    name: 'sluice_gateway_answers_total',
    help: 'Answers by question and by how they came: hit (kept), joined (asked by another at the same time), asked (of the warehouse), alone (asked without sharing).',
    labelNames: ['question', 'outcome'],
    registers: [ports.registry],
  });
  return shareQuestions(
    questions,
    shareAnswers({
      ...ports,
      versions: createDataVersions(ports),
      // A character takes two bytes of memory at most.
      maxCharacters: ports.answerCacheBytes / 2 / 16,
      onOutcome: (question: string, outcome: AnswerOutcome) => outcomes.inc({ question, outcome }),
    }),
  );
}

/** A question about data, whose answer tells how it came about. */
type Ask<Q extends { readonly projectId: string }, A extends Answer> = (
  asking: Asking,
  question: Q,
) => Promise<A>;

/**
 * The same questions, whose answers are shared among callers.
 *
 * Left alone are lists with cursors, which belong to the moment of their first page and are read
 * once; what is not about events by their time (data quality, latency, lag, freshness); and
 * everything that is watched.
 */
function shareQuestions(questions: Questions, answers: SharedAnswers): Questions {
  const shared =
    <Q extends { readonly projectId: string }, A extends Answer>(
      name: keyof Questions,
      ask: Ask<Q, A>,
    ): Ask<Q, A> =>
    (asking, question) => {
      const { project, pay, signal } = asking;
      // An estimate of cost must see every statement, and has nothing that others could use.
      if (pay === undefined) return ask(asking, question);
      return answers.ask({ name, question, settings: project, signal, pay }, (flying) =>
        ask({ ...asking, signal: flying }, question),
      );
    };
  return {
    ...questions,
    eventVolume: shared('eventVolume', questions.eventVolume),
    eventRate: shared('eventRate', questions.eventRate),
    uniqueUsers: shared('uniqueUsers', questions.uniqueUsers),
    activeUsers: shared('activeUsers', questions.activeUsers),
    newReturning: shared('newReturning', questions.newReturning),
    stickinessHistogram: shared('stickinessHistogram', questions.stickinessHistogram),
    retention: shared('retention', questions.retention),
    lifecycle: shared('lifecycle', questions.lifecycle),
    featureAdoption: shared('featureAdoption', questions.featureAdoption),
    botTraffic: shared('botTraffic', questions.botTraffic),
    engagementTime: shared('engagementTime', questions.engagementTime),
    entryExit: shared('entryExit', questions.entryExit),
    conversionRate: shared('conversionRate', questions.conversionRate),
    revenue: shared('revenue', questions.revenue),
    pageViews: shared('pageViews', questions.pageViews),
    sessions: shared('sessions', questions.sessions),
    sessionDuration: shared('sessionDuration', questions.sessionDuration),
    bounceRate: shared('bounceRate', questions.bounceRate),
    appPerformance: shared('appPerformance', questions.appPerformance),
    crashFree: shared('crashFree', questions.crashFree),
    crashGroups: shared('crashGroups', questions.crashGroups),
    formAnalytics: shared('formAnalytics', questions.formAnalytics),
    heatmap: shared('heatmap', questions.heatmap),
    pageLoad: shared('pageLoad', questions.pageLoad),
    rageClicks: shared('rageClicks', questions.rageClicks),
    screenViews: shared('screenViews', questions.screenViews),
    scrollDepth: shared('scrollDepth', questions.scrollDepth),
    seoLanding: shared('seoLanding', questions.seoLanding),
    videoPlays: shared('videoPlays', questions.videoPlays),
    webVitals: shared('webVitals', questions.webVitals),
    top: shared('top', questions.top),
    explore: shared('explore', questions.explore),
    formula: shared('formula', questions.formula),
    funnel: shared('funnel', questions.funnel),
    paths: shared('paths', questions.paths),
    attribution: shared('attribution', questions.attribution),
    experiment: shared('experiment', questions.experiment),
  };
}
