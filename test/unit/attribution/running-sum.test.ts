import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addTo,
  type RunningSum,
  runningSum,
  totals,
} from '../../../src/attribution/running-sum.js';

test('thousands of thirds add up to whole conversions, which plain addition misses', () => {
  const sum = runningSum();
  let plain = 0;
  for (let n = 0; n < 30_000; n += 1) {
    sum.add(1 / 3);
    plain += 1 / 3;
  }
  expect(Math.abs(sum.total() - 10_000)).toBeLessThan(2e-12);
  expect(Math.abs(plain - 10_000)).toBeGreaterThan(1e-10);
});

test('a sum of whole numbers over a power of two is exact in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 })), (numerators) => {
      const sum = runningSum();
      for (const each of numerators) sum.add(each / 1024);
      const whole = numerators.reduce((all, each) => all + BigInt(each), 0n);
      expect(sum.total()).toBe(Number(whole) / 1024);
    }),
  );
});

test('sums go by name', () => {
  const sums = new Map<string, RunningSum>();
  for (const [name, value] of [
    ['a', 0.5],
    ['b', 1],
    ['a', 0.25],
  ] as const) {
    addTo(sums, name, value);
  }
  expect([...totals(sums)]).toEqual([
    ['a', 0.75],
    ['b', 1],
  ]);
});
