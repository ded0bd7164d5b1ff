import type { Asking, Questions } from '../../../src/gateway/questions.js';
import type { LiveEventRate, LiveWindowQuestion } from '../../../src/live/live-query.js';
import { createFakeQuestions } from '../fake-questions.js';

/** Questions whose live event rate ticks when a test says so. */
export interface ControlledRate {
  readonly questions: Questions;
  /** Everything that was executed so far. */
  readonly executions: readonly {
    readonly asking: Asking;
    readonly question: LiveWindowQuestion;
  }[];
  /** How many run now. */
  readonly runningCount: number;
  /** Ticks every rate that runs; `bytes` makes it larger by about so much. */
  tick(total: number, bytes?: number): void;
  /** Fails every rate that runs. */
  fail(error: Error): void;
}

export function createControlledRate(): ControlledRate {
  const executions: { asking: Asking; question: LiveWindowQuestion }[] = [];
  const running = new Set<(tick: LiveEventRate | Error) => void>();

  async function* ticks(
    asking: Asking,
    question: LiveWindowQuestion,
  ): AsyncGenerator<LiveEventRate, void, undefined> {
    executions.push({ asking, question });
    const waiting: (LiveEventRate | Error)[] = [];
    let wake = (): void => undefined;
    const push = (tick: LiveEventRate | Error): void => {
      waiting.push(tick);
      wake();
    };
    running.add(push);
    asking.signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!asking.signal.aborted) {
        const next = waiting.shift();
        if (next instanceof Error) throw next;
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      running.delete(push);
    }
  }

  return {
    questions: { ...createFakeQuestions().questions, watchEventRate: ticks },
    executions,
    get runningCount() {
      return running.size;
    },
    tick(total, bytes = 0) {
      const asOf = new Date().toISOString();
      const bucketStarts = Array<string>(Math.ceil(bytes / 27)).fill(asOf);
      const series = { bucketStarts, values: [] };
      for (const push of running) push({ asOf, windowSeconds: 60, total, perSecond: 0, series });
    },
    fail(error) {
      for (const push of running) push(error);
    },
  };
}
