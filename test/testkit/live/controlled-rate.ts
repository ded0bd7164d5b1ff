import type { Asking, Questions } from '../../../src/gateway/questions.js';
import type {
  LiveEventRate,
  LiveEvents,
  LiveWindowQuestion,
} from '../../../src/live/live-query.js';
import { createFakeQuestions, timelinePage } from '../fake-questions.js';

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
  /** Who asked for an event tail so far. */
  readonly tails: readonly Asking[];
  /** A batch of events for every tail that runs. */
  append(eventIds: readonly string[]): void;
  /** Fails every rate that runs. */
  fail(error: Error): void;
}

export function createControlledRate(): ControlledRate {
  const executions: { asking: Asking; question: LiveWindowQuestion }[] = [];
  const tails: Asking[] = [];
  const rates = createControlled<LiveEventRate>();
  const batches = createControlled<LiveEvents>();
  const { questions } = createFakeQuestions();
  let appended = 0;
  return {
    questions: {
      ...questions,
      watchEventRate(asking, question) {
        executions.push({ asking, question });
        return rates.values(asking.signal);
      },
      watchEventTail(asking) {
        tails.push(asking);
        return batches.values(asking.signal);
      },
    },
    executions,
    tails,
    get runningCount() {
      return rates.runningCount;
    },
    tick(total, bytes = 0) {
      const asOf = new Date().toISOString();
      const bucketStarts = Array<string>(Math.ceil(bytes / 27)).fill(asOf);
      const series = { bucketStarts, values: [] };
      rates.push({ asOf, windowSeconds: 60, total, perSecond: 0, series });
    },
    append(eventIds) {
      appended += 1;
      const [event] = timelinePage({ first: 1, subject: { userId: 'u1' } }).events;
      if (event === undefined) throw new Error('expected an event');
      const events = eventIds.map((eventId) => ({ ...event, eventId }));
      batches.push({ events, dropped: 0, cursor: String(appended), isAnew: false });
    },
    fail: (error) => rates.push(error),
  };
}

/** Sources that give what the test pushes, each all of it. */
function createControlled<Value>() {
  const running = new Set<(value: Value | Error) => void>();
  return {
    get runningCount() {
      return running.size;
    },
    push(value: Value | Error): void {
      for (const push of running) push(value);
    },
    async *values(signal: AbortSignal): AsyncGenerator<Value, void, undefined> {
      const waiting: (Value | Error)[] = [];
      let wake = (): void => undefined;
      const push = (value: Value | Error): void => {
        waiting.push(value);
        wake();
      };
      running.add(push);
      signal.addEventListener('abort', () => wake(), { once: true });
      try {
        while (!signal.aborted) {
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
    },
  };
}
