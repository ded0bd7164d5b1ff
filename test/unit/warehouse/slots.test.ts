import { describe, expect, test } from '@jest/globals';
import { createSlots } from '../../../src/warehouse/clickhouse/slots.js';

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('slots', () => {
  test('no more tasks run than there are slots, in the order of asking', async () => {
    const slots = createSlots(2);
    const gates = [deferred(), deferred(), deferred()];
    const started: number[] = [];
    const runs = gates.map((gate, i) =>
      slots.run(async () => {
        started.push(i);
        await gate.promise;
      }),
    );
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    gates[1]?.resolve();
    await runs[1];
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    for (const gate of gates) gate.resolve();
    await Promise.all(runs);
    await slots.whenIdle();
  });

  test('an abort ends the wait with its reason and leaves the place to the next', async () => {
    const slots = createSlots(1);
    const gate = deferred();
    const first = slots.run(() => gate.promise);
    const leaving = new AbortController();
    const second = slots.run(async () => 'second', leaving.signal);
    const third = slots.run(async () => 'third');
    leaving.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    gate.resolve();
    await first;
    await expect(third).resolves.toBe('third');
  });

  test('a task that throws frees its slot', async () => {
    const slots = createSlots(1);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run(async () => 'yes')).resolves.toBe('yes');
  });
});
