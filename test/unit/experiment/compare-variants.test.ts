import { describe, expect, test } from '@jest/globals';
import { experimentOf } from '../../../src/experiment/compute-experiment.js';
import type { VariantComparison } from '../../../src/experiment/experiment-query.js';

const counts = (variant: string, users: number, conversions: number) => ({
  variant,
  users,
  conversions,
});

function comparison(
  control: readonly [users: number, conversions: number],
  variant: readonly [users: number, conversions: number],
): VariantComparison {
  const { variants } = experimentOf(
    [counts('control', ...control), counts('test', ...variant)],
    'control',
  );
  const found = variants[1]?.comparison;
  if (found === null || found === undefined) throw new Error('expected a comparison');
  return found;
}

describe('a variant beside the control', () => {
  test('has the published p-values', () => {
    // statsmodels, proportions_ztest([5, 12], [83, 99]).
    expect(comparison([99, 12], [83, 5]).pValue).toBeCloseTo(0.159, 3);
    const lower = comparison([1529, 87], [1471, 62]);
    expect(lower.z).toBeCloseTo(-1.859, 3);
    expect(lower.pValue).toBeCloseTo(0.063, 4);
    expect(lower.relativeDelta?.liftPercent).toBeCloseTo(-25.9, 1);
    expect(lower.relativeDelta?.pValue).toBeCloseTo(0.031, 3);
    expect(lower.relativeDelta?.intervalPercent.low).toBeCloseTo(-49.5, 1);
    expect(lower.relativeDelta?.intervalPercent.high).toBeCloseTo(-2.4, 1);
  });

  // SciPy 1.17: contingency.relative_risk, stats.beta.ppf; the difference by its formula.
  test('has the published intervals', () => {
    const found = comparison([1529, 87], [1471, 62]);
    expect(found.liftInterval?.low).toBeCloseTo(-46.09199772, 7);
    expect(found.liftInterval?.high).toBeCloseTo(1.78440942, 7);
    expect(found.differenceInterval?.low).toBeCloseTo(-0.03025174899591456, 12);
    expect(found.differenceInterval?.high).toBeCloseTo(0.0007482768091994271, 12);
    const { variants } = experimentOf([counts('a', 1471, 62)], 'control');
    expect(variants[0]?.credibleInterval?.low).toBeCloseTo(0.03304186, 8);
    expect(variants[0]?.credibleInterval?.high).toBeCloseTo(0.05367274, 8);
  });

  test('beats it with the published probability', () => {
    expect(comparison([118, 100], [110, 100]).probabilityToBeatControl).toBeCloseTo(0.918, 3);
  });

  test('has no lift over a control that never converts', () => {
    expect(comparison([10, 0], [10, 3])).toMatchObject({
      liftPercent: null,
      liftInterval: null,
      relativeDelta: null,
      z: expect.any(Number),
    });
  });

  test('has no test statistic where everybody or nobody converts', () => {
    expect(comparison([10, 10], [10, 10])).toMatchObject({ z: null, pValue: null });
    expect(comparison([10, 0], [10, 0])).toMatchObject({ z: null, pValue: null });
    expect(comparison([0, 0], [10, 2])).toMatchObject({
      z: null,
      liftPercent: null,
      differenceInterval: null,
    });
  });

  test('is compared with nothing where nobody met the control, and the answer says so', () => {
    const { variants, warnings } = experimentOf([counts('a', 5, 1), counts('b', 5, 2)], 'control');
    for (const { comparison } of variants) {
      expect(comparison).toMatchObject({ liftPercent: null, z: null, differenceInterval: null });
    }
    expect(warnings).toEqual(['control_without_users']);
  });

  test('has a warning where there is only one, and where people were moved between variants', () => {
    expect(experimentOf([counts('control', 5, 1)], 'control').warnings).toEqual(['single_variant']);
    expect(experimentOf([], 'control').warnings).toEqual([]);
    const moved = [counts('control', 1_000, 1), counts('test', 500, 1)];
    expect(experimentOf(moved, 'control').warnings).toEqual(['sample_ratio_mismatch']);
  });
});

describe('the sample ratio', () => {
  test('is told from the published example', () => {
    const { sampleRatio } = experimentOf([counts('a', 821_588, 0), counts('b', 815_482, 0)], 'a');
    expect(sampleRatio.pValue).toBeCloseTo(1.8e-6, 7);
    expect(sampleRatio.isMismatch).toBe(true);
  });

  test('counts a planned variant that nobody met', () => {
    const { sampleRatio } = experimentOf([counts('a', 100, 0)], 'a', [
      { variant: 'a', weight: 1 },
      { variant: 'b', weight: 1 },
    ]);
    expect(sampleRatio).toMatchObject({ chiSquare: 100, isMismatch: true });
  });

  test('needs two variants and somebody', () => {
    const nothing = { chiSquare: 0, pValue: 1, isMismatch: false };
    expect(experimentOf([counts('a', 10, 0)], 'a').sampleRatio).toEqual(nothing);
    expect(experimentOf([], 'a').sampleRatio).toEqual(nothing);
  });

  test('of an allocation that leaves out a variant with users is refused by name', () => {
    const refused = (allocation: { variant: string; weight: number }[]) => () =>
      experimentOf([counts('a', 5, 1), counts('b', 5, 2)], 'a', allocation);
    expect(refused([{ variant: 'a', weight: 1 }])).toThrow(/allocation.*\(a, b\)/);
    expect(refused([{ variant: 'a', weight: -1 }])).toThrow(/allocation/);
    expect(refused([])).toThrow(/allocation/);
  });
});

test('more conversions than users are refused', () => {
  expect(() => experimentOf([counts('a', 5, 6)], 'a')).toThrow(/variants.*conversions/);
});
