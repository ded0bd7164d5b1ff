import { type Tally, talliedReader } from '../cost/tally.js';
import { inSpan } from '../trace/in-span.js';
import type { Tracing } from '../trace/tracing.js';
import type { GatewayMetrics } from './gateway-metrics.js';
import type { Asking, Questions } from './questions.js';

export interface QuestionObserver {
  readonly metrics: Pick<GatewayMetrics, 'question'>;
  readonly tracing: Tracing | undefined;
}

/**
 * The same questions, each of which is measured, and a span where there is tracing. What is
 * watched has no end to be measured, and is left alone.
 */
export function observeQuestions(questions: Questions, observer: QuestionObserver): Questions {
  const observed = Object.entries(questions).map(([name, ask]) => [
    name,
    name.startsWith('watch') ? ask : observedQuestion(name, ask, observer),
  ]);
  return Object.fromEntries(observed);
}

type Ask = (asking: Asking, question: unknown) => Promise<unknown>;

function observedQuestion(name: string, ask: Ask, { metrics, tracing }: QuestionObserver): Ask {
  return async (asking, question) => {
    const tally: Tally = { rowsRead: 0 };
    const startedAt = performance.now();
    let outcome: 'ok' | 'failed' = 'failed';
    try {
      const answer = await inSpan(tracing, `question ${name}`, {}, async (span) => {
        // The lag of the installation is asked on nobody's behalf.
        const answered =
          asking === undefined
            ? await ask(asking, question)
            : await ask({ ...asking, reader: talliedReader(asking.reader, tally) }, question);
        span?.note({ 'sluice.rows_read': tally.rowsRead });
        return answered;
      });
      outcome = 'ok';
      return answer;
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.question({ name, outcome, seconds, rowsRead: tally.rowsRead });
    }
  };
}
