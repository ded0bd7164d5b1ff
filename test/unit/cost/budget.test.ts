import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Usage, usedRows, windowsUntilFits } from '../../../src/cost/budget.js';

/** The same usage, `later` windows on, with nothing read in between. */
function afterwards({ current, previous, passed }: Usage, later: number): Usage {
  const at = passed + later;
  if (at < 1) return { current, previous, passed: at };
  if (at < 2) return { current: 0, previous: current, passed: at - 1 };
  return { current: 0, previous: 0, passed: at - 2 };
}

const usage = fc.record({
  current: fc.integer({ min: 0, max: 1000 }),
  previous: fc.integer({ min: 0, max: 1000 }),
  passed: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

describe('the sliding window of a budget', () => {
  test('what was read in the window before slides out evenly', () => {
    expect(usedRows({ current: 10, previous: 100, passed: 0 })).toBe(110);
    expect(usedRows({ current: 10, previous: 100, passed: 0.75 })).toBe(35);
  });

  test('a cost beyond the budget never fits', () => {
    expect(windowsUntilFits({ current: 0, previous: 0, passed: 0 }, 100, 101)).toBeNull();
  });

  test('a cost fits at the moment that is told, and not before', () => {
    fc.assert(
      fc.property(usage, fc.integer({ min: 1, max: 1000 }), (used, cost) => {
        const budget = 1000;
        const wait = windowsUntilFits(used, budget, cost);
        if (wait === null) throw new Error('expected the cost to fit at some time');
        expect(wait).toBeLessThanOrEqual(2);
        expect(usedRows(afterwards(used, wait)) + cost).toBeLessThanOrEqual(budget + 1e-6);
        if (wait > 1e-6) {
          expect(usedRows(afterwards(used, wait * 0.99)) + cost).toBeGreaterThan(budget);
        }
      }),
    );
  });
});
