import { describe, expect, test } from '@jest/globals';
import { createWatchChanges, type Dependence } from '../../../src/live/watch-changes.js';
import type { ProjectChanges } from '../../../src/live/watch-ingested.js';
import { createSteppedSleep } from '../../testkit/live/stepped-sleep.js';

const EVERYTHING: Dependence = {
  fromMs: Number.NEGATIVE_INFINITY,
  toMs: Number.POSITIVE_INFINITY,
  isOnClock: false,
  isUnknown: false,
};

/** A project whose data changes when the test says so, and a clock that it sets. */
function openWorld() {
  const state = { hasChanged: true, nowMs: 10_000, dependence: EVERYTHING, observers: 0 };
  const spans: (readonly [number, number | undefined])[] = [];
  const changes: ProjectChanges = {
    take(fromMs, toMs) {
      spans.push([fromMs, toMs]);
      const { hasChanged } = state;
      state.hasChanged = false;
      return hasChanged;
    },
    stop: () => {
      state.observers -= 1;
    },
  };
  const stepped = createSteppedSleep();
  const pauses: number[] = [];
  const watch = createWatchChanges({
    notices: {
      observe: () => {
        state.observers += 1;
        return changes;
      },
    },
    clock: () => state.nowMs,
    sleep: (ms, signal) => {
      pauses.push(ms);
      return stepped.sleep(ms, signal);
    },
  });
  const leave = new AbortController();
  const question = { projectId: 'p', intervalMs: 500, dependence: () => state.dependence };
  const ticks = watch(question, leave.signal)[Symbol.asyncIterator]();
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    state,
    spans,
    pauses,
    watch,
    question,
    leave,
    ticks,
    /** The next interval, and whether it brought the tick that is waited for. */
    async step(next: Promise<unknown>): Promise<boolean> {
      let hasTicked = false;
      next.then(() => {
        hasTicked = true;
      });
      await settled();
      state.nowMs += pauses.at(-1) ?? 0;
      stepped.step();
      await settled();
      return hasTicked;
    },
  };
}

describe('the ticks of a question', () => {
  test('are one at once, then one per interval in which its data changed', async () => {
    const { state, ticks, step, pauses } = openWorld();
    state.nowMs = 10_100;
    expect(await ticks.next()).toEqual({ done: false, value: { atMs: 10_100 } });
    const next = ticks.next();
    expect(await step(next)).toBe(false);
    // Ticks fall on multiples of the interval.
    expect(pauses[0]).toBe(400);
    state.hasChanged = true;
    expect(await step(next)).toBe(true);
    expect(await next).toEqual({ done: false, value: { atMs: 11_000 } });
  });

  test('come again for what came while one was answered', async () => {
    const { state, ticks, step } = openWorld();
    await ticks.next();
    state.hasChanged = true;
    expect(await step(ticks.next())).toBe(true);
  });

  test('look only at the times that the answer depends on', async () => {
    const { state, ticks, step, spans } = openWorld();
    state.dependence = { ...EVERYTHING, fromMs: 5, toMs: 9 };
    await ticks.next();
    await step(ticks.next());
    expect(spans).toEqual([
      [5, 9],
      [5, 9],
    ]);
  });

  test('come with each interval while it is not known whether anything changed', async () => {
    const { state, ticks, step } = openWorld();
    await ticks.next();
    state.dependence = { ...EVERYTHING, isUnknown: true };
    expect(await step(ticks.next())).toBe(true);
    expect(await step(ticks.next())).toBe(true);
  });

  test('come when a quarter of an hour is over, where the moment matters', async () => {
    const { state, ticks, step } = openWorld();
    state.dependence = { ...EVERYTHING, isOnClock: true };
    state.nowMs = 899_000;
    await ticks.next();
    const next = ticks.next();
    expect(await step(next)).toBe(false);
    expect(await step(next)).toBe(true);
    expect((await next).value).toEqual({ atMs: 900_000 });
  });

  test('end with their signal, and nobody is observed any more', async () => {
    const { state, ticks, leave } = openWorld();
    await ticks.next();
    const next = ticks.next();
    leave.abort();
    expect((await next).done).toBe(true);
    expect(state.observers).toBe(0);
  });

  test.each([0, 249, 3_600_001, 250.5, Number.NaN])('are refused for %p ms', (intervalMs) => {
    const { watch, question, leave } = openWorld();
    expect(() => watch({ ...question, intervalMs }, leave.signal)).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    );
  });
});
