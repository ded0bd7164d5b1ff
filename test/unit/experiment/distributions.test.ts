import { describe, expect, test } from '@jest/globals';
import {
  betaProbability,
  betaQuantile,
  chiSquareTail,
  probabilityAbove,
  twoSidedNormalTail,
} from '../../../src/experiment/distributions.js';

/** Relative error. */
function expectNear(got: number, expected: number, within = 1e-11): void {
  expect(Math.abs(got - expected) / Math.abs(expected)).toBeLessThan(within);
}

// Values of SciPy 1.17: special.betainc, stats.beta.ppf, stats.chi2.sf.
describe('distributions agree with published values', () => {
  test.each([
    [0.1, 2, 3, 0.0523],
    [0.5, 0.5, 0.5, 0.5],
    [0.059, 88, 1443, 0.6125382665856665],
    [0.04, 63, 1410, 0.30956126051718347],
    [0.5, 500_001, 500_002, 0.5003989417817238],
    [0.1003, 100_001, 900_001, 0.8406994471327107],
    [0.001, 1, 1000, 0.6323045752290359],
    [0.9, 10, 1, 0.34867844010000004],
  ])('the probability below %p of Beta(%p, %p)', (x, a, b, expected) => {
    expectNear(betaProbability(x, a, b), expected);
  });

  test.each([
    [0.025, 6, 79, 0.02666300403183683],
    [0.975, 6, 79, 0.13346573291396713],
    [0.025, 1, 11, 0.002298972213814267],
    [0.975, 63, 1410, 0.05367273571152462],
  ])('the quantile %p of Beta(%p, %p)', (probability, a, b, expected) => {
    expectNear(betaQuantile(probability, a, b), expected);
  });

  test.each([
    [3.841458820694124, 1, 0.05],
    [22.8, 1, 0.0000017976570566502592],
    [10, 3, 0.01856613546304325],
    [100, 5, 5.285148360943219e-20],
    [1e-8, 1, 0.9999202115440526],
    [700, 1, 2.990226975124623e-154],
    [0, 1, 1],
  ])('the tail of χ² from %p with %p degrees of freedom', (value, degrees, expected) => {
    expectNear(chiSquareTail(value, degrees), expected);
  });

  test('the two-sided tail of the normal distribution at its 95 %', () => {
    expectNear(twoSidedNormalTail(-1.959963984540054), 0.05);
  });
});

/** ln B(a, b) of whole numbers, by sums of logarithms. */
function logBeta(a: number, b: number): number {
  const logFactorial = (n: number): number => {
    let sum = 0;
    for (let i = 2; i <= n; i += 1) sum += Math.log(i);
    return sum;
  };
  return logFactorial(a - 1) + logFactorial(b - 1) - logFactorial(a + b - 1);
}

/** The closed sum of P(Beta(a, b) > Beta(c, d)) for whole numbers (Evan Miller, 2015). */
function closedSum(a: number, b: number, c: number, d: number): number {
  let sum = 0;
  for (let i = 0; i < a; i += 1) {
    sum += Math.exp(logBeta(c + i, b + d) - Math.log(b + i) - logBeta(1 + i, b) - logBeta(c, d));
  }
  return sum;
}

/** The same by the plainest integration there is: many thin slices of both densities. */
function slices(a: number, b: number, c: number, d: number): number {
  const count = 100_000;
  const norm = -logBeta(a, b) - logBeta(c, d);
  let below = 0;
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    const x = (i + 0.5) / count;
    const density = (p: number, q: number): number =>
      Math.exp((p - 1) * Math.log(x) + (q - 1) * Math.log1p(-x) + norm / 2);
    const other = density(c, d) / count;
    sum += (density(a, b) / count) * (below + other / 2);
    below += other;
  }
  return sum;
}

describe('the probability that one Beta variable is above another', () => {
  test.each([
    [101, 11, 101, 19],
    [63, 1410, 88, 1443],
    [1, 1, 1, 1],
    [1, 11, 3, 9],
    [6, 79, 13, 88],
    [1, 1001, 2, 1000],
    [1, 5, 20, 1],
  ])('is the closed sum and the plain integral: %p %p above %p %p', (a, b, c, d) => {
    const got = probabilityAbove([a, b], [c, d]);
    expectNear(got, closedSum(a, b, c, d), 1e-10);
    expectNear(got, slices(a, b, c, d), 3e-5);
  });

  test('needs no more for millions of people', () => {
    const [test, control] = [
      [50_000_001, 50_000_001],
      [49_999_001, 50_001_001],
    ] as const;
    const above = probabilityAbove(test, control);
    expectNear(above + probabilityAbove(control, test), 1, 1e-9);
    // The difference of two nearly normal variables: 1,000 of 100 million apart.
    expectNear(above, 1 - twoSidedNormalTail(1e-5 / Math.sqrt(0.5 / 100_000_002)) / 2, 1e-6);
  });
});
