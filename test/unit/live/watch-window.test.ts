import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import type { LiveWindowQuestion } from '../../../src/live/live-query.js';
import type { Evaluation } from '../../../src/live/tick-loop.js';
import { createWatchWindow } from '../../../src/live/watch-window.js';
import type { MetricContext } from '../../../src/metric/metric.js';
import { eventually } from '../../testkit/deadline.js';

const QUESTION: LiveWindowQuestion = {
  projectId: 'shop',
  windowSeconds: 10,
  intervalMs: 1000,
  filter: [],
  includeBots: false,
};

interface Tick {
  readonly at: number;
  readonly n: number;
}

/** A world whose time moves by hand: `advance` ends every pause that is over by then. */
function openWorld() {
  let now = 5_500;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  let changes = 0;
  let observers = 0;
  const asked: number[] = [];
  const warnings: unknown[] = [];
  const state: {
    answer: (at: number) => Evaluation<Tick> | Promise<Evaluation<Tick>>;
  } = { answer: (at) => ({ value: { at, n: 0 }, hasContent: false, nextEventAt: null }) };
  const watch = createWatchWindow<Tick>({
    async evaluate(_, __, at) {
      asked.push(at);
      return state.answer(at);
    },
    notices: {
      observe() {
        observers += 1;
        let seen = changes;
        return {
          take() {
            const hasChanged = changes > seen;
            seen = changes;
            return hasChanged;
          },
          stop() {
            observers -= 1;
          },
        };
      },
    },
    log: { warn: (...entry: unknown[]) => void warnings.push(entry) } as never,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleepers.push({ until: now + ms, wake: resolve });
        signal.addEventListener('abort', () => resolve());
      }),
  });
  const context: MetricContext = {
    warehouse: {
      query: () => Promise.reject(new Error('not asked in this test')),
      queryBytes: () => Promise.reject(new Error('not asked in this test')),
    },
    database: 'db',
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => now,
  };
  return {
    watch,
    context,
    state,
    asked,
    warnings,
    observers: () => observers,
    change: () => {
      changes += 1;
    },
    /** Waits for the pause of the loop and lets it be over. */
    async advance(ms: number) {
      await eventually('the pause', () => sleepers.length > 0);
      now += ms;
      const due = sleepers.filter(({ until }) => until <= now);
      sleepers = sleepers.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const content = (n: number) => (at: number) => ({
  value: { at, n },
  hasContent: n > 0,
  nextEventAt: null,
});

describe('watching a window', () => {
  test('ticks at once, then on whole intervals while there is content', async () => {
    const { watch, context, state, advance } = openWorld();
    const leave = new AbortController();
    state.answer = content(3);
    const ticks = watch(context, QUESTION, leave.signal)[Symbol.asyncIterator]();
    expect(await ticks.next()).toEqual({ value: { at: 5_500, n: 3 }, done: false });
    const next = ticks.next();
    await advance(500);
    expect((await next).value).toEqual({ at: 6_000, n: 3 });
    leave.abort();
    expect(await ticks.next()).toEqual({ value: undefined, done: true });
  });

  test('asks nothing while the window is empty and nothing comes; tells emptiness once', async () => {
    const { watch, context, state, asked, advance, change } = openWorld();
    const leave = new AbortController();
    state.answer = content(1);
    const got: Tick[] = [];
    const done = (async () => {
      for await (const tick of watch(context, QUESTION, leave.signal)) got.push(tick);
    })();
    await eventually('the first tick', () => got.length === 1);
    state.answer = content(0);
    for (const ms of [500, 1000, 1000, 1000]) await advance(ms);
    expect(got.map(({ n }) => n)).toEqual([1, 0]);
    expect(asked).toEqual([5_500, 6_000]);
    change();
    state.answer = content(2);
    await advance(1000);
    await eventually('the change', () => got.length === 3);
    expect(got.at(-1)).toEqual({ at: 10_000, n: 2 });
    leave.abort();
    await done;
  });

  test('asks again when the window reaches an event of a clock that runs ahead', async () => {
    const { watch, context, state, asked, advance } = openWorld();
    const leave = new AbortController();
    state.answer = (at) => ({ value: { at, n: 0 }, hasContent: false, nextEventAt: 9_500 });
    const ticks = watch(context, QUESTION, leave.signal)[Symbol.asyncIterator]();
    await ticks.next();
    const next = ticks.next();
    for (const ms of [500, 1000, 1000]) await advance(ms);
    expect(asked).toEqual([5_500]);
    state.answer = content(1);
    for (const ms of [1000, 1000]) await advance(ms);
    expect((await next).value).toEqual({ at: 9_000, n: 1 });
    leave.abort();
  });

  test('equal questions share one evaluation a tick; the last to leave stops it', async () => {
    const { watch, context, state, asked, advance, observers } = openWorld();
    state.answer = content(1);
    const leaves = [new AbortController(), new AbortController()];
    const readers = leaves.map(({ signal }) =>
      watch(context, { ...QUESTION }, signal)[Symbol.asyncIterator](),
    );
    const firsts = await Promise.all(readers.map((reader) => reader.next()));
    expect(firsts.map(({ value }) => value)).toEqual([
      { at: 5_500, n: 1 },
      { at: 5_500, n: 1 },
    ]);
    const nexts = readers.map((reader) => reader.next());
    await advance(500);
    await Promise.all(nexts);
    expect(asked).toEqual([5_500, 6_000]);
    expect(observers()).toBe(1);
    leaves[0]?.abort();
    expect(observers()).toBe(1);
    leaves[1]?.abort();
    await eventually('nobody observes', () => observers() === 0);
  });

  test('a slow reader finds the newest tick, and one that joins finds it at once', async () => {
    const { watch, context, state, advance, asked } = openWorld();
    state.answer = content(1);
    const leave = new AbortController();
    const slow = watch(context, QUESTION, leave.signal)[Symbol.asyncIterator]();
    await slow.next();
    for (const ms of [500, 1000, 1000]) await advance(ms);
    expect((await slow.next()).value).toEqual({ at: 8_000, n: 1 });
    const joining = watch(context, QUESTION, leave.signal)[Symbol.asyncIterator]();
    expect((await joining.next()).value).toEqual({ at: 8_000, n: 1 });
    expect(asked).toHaveLength(4);
    leave.abort();
  });

  test('gets over retryable failures and ends with any other', async () => {
    const { watch, context, state, advance, warnings, observers } = openWorld();
    const leave = new AbortController();
    state.answer = content(1);
    const ticks = watch(context, QUESTION, leave.signal)[Symbol.asyncIterator]();
    await ticks.next();
    state.answer = () => {
      throw new AppError('WAREHOUSE_UNAVAILABLE', 'away', { isRetryable: true });
    };
    const next = ticks.next();
    await advance(500);
    await eventually('the warning', () => warnings.length === 1);
    state.answer = content(0);
    await advance(1000);
    expect((await next).value).toEqual({ at: 7_000, n: 0 });
    state.answer = content(0);
    leave.abort();

    const wrong = new AppError('INVALID_DIMENSION', 'no such dimension');
    state.answer = () => {
      throw wrong;
    };
    const another = watch(context, QUESTION, new AbortController().signal);
    await expect(another[Symbol.asyncIterator]().next()).rejects.toBe(wrong);
    await eventually('nobody observes', () => observers() === 0);
  });

  test('refuses bounds at once and ends at once when nobody is there', async () => {
    const { watch, context, asked } = openWorld();
    const gone = AbortSignal.abort();
    const refused = (changes: Partial<LiveWindowQuestion>) => () =>
      watch(context, { ...QUESTION, ...changes }, gone);
    expect(refused({ windowSeconds: 0 })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
    expect(refused({ intervalMs: 249 })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
    const ticks = watch(context, QUESTION, gone)[Symbol.asyncIterator]();
    expect(await ticks.next()).toEqual({ value: undefined, done: true });
    expect(asked).toEqual([]);
  });
});
