import { percent } from '../metric/answer.js';
import {
  betaQuantile,
  chiSquareTail,
  probabilityAbove,
  twoSidedNormalTail,
} from './distributions.js';
import type {
  ExperimentWarning,
  Interval,
  SampleRatio,
  VariantComparison,
  VariantCounts,
  VariantResult,
  VariantWeight,
} from './experiment-query.js';

/** Two-sided 95 % of the normal distribution. */
const Z95 = 1.959963984540054;
const MISMATCH_BELOW = 0.001;

/** Every variant with its interval, and beside the control when it is among them. */
export function compareVariants(
  variants: readonly VariantCounts[],
  control: string,
): readonly VariantResult[] {
  const base = baseOf(variants, control);
  return variants.map((counts) => ({
    ...counts,
    ratePercent: percent(counts.conversions, counts.users),
    credibleInterval: credibleInterval(counts),
    comparison: counts === base ? null : compared(counts, base),
  }));
}

/** The counts of the control: none when nobody met it. */
export function baseOf(variants: readonly VariantCounts[], control: string): VariantCounts {
  const base = variants.find(({ variant }) => variant === control);
  return base ?? { variant: control, users: 0, conversions: 0 };
}

/** What a reader of the results has to know. */
export function warningsOf(
  variants: readonly VariantCounts[],
  control: string,
  { isMismatch }: SampleRatio,
): readonly ExperimentWarning[] {
  const met = variants.filter(({ users }) => users > 0);
  return [
    ...(isMismatch ? (['sample_ratio_mismatch'] as const) : []),
    ...(met.length > 0 && baseOf(variants, control).users === 0
      ? (['control_without_users'] as const)
      : []),
    ...(met.length === 1 ? (['single_variant'] as const) : []),
  ];
}

function credibleInterval({ users, conversions }: VariantCounts): Interval | null {
  if (users === 0) return null;
  const [a, b] = [conversions + 1, users - conversions + 1];
  return { low: betaQuantile(0.025, a, b), high: betaQuantile(0.975, a, b) };
}

/**
 * Relative lift and the pooled two-proportion z-test of a variant against the control
 * (METRICS-SPEC §10).
 */
export function liftAndTest(
  { users: n, conversions: x }: VariantCounts,
  { users: n0, conversions: x0 }: VariantCounts,
): Pick<VariantComparison, 'liftPercent' | 'z' | 'pValue'> {
  const [p, p0] = [x / n, x0 / n0];
  const hasUsers = n > 0 && n0 > 0;
  const pooled = (x + x0) / (n + n0);
  const pooledVariance = pooled * (1 - pooled) * (1 / n + 1 / n0);
  const z = hasUsers && pooledVariance > 0 ? (p - p0) / Math.sqrt(pooledVariance) : null;
  return {
    liftPercent: hasUsers && x0 > 0 ? (100 * (p - p0)) / p0 : null,
    z,
    pValue: z === null ? null : twoSidedNormalTail(z),
  };
}

/** Formulas: METRICS-SPEC §10. */
function compared(test: VariantCounts, control: VariantCounts): VariantComparison {
  const [n, x] = [test.users, test.conversions];
  const [n0, x0] = [control.users, control.conversions];
  const [p, p0] = [x / n, x0 / n0];
  const hasUsers = n > 0 && n0 > 0;
  const isRelative = hasUsers && x0 > 0;
  const variance = (p * (1 - p)) / n + (p0 * (1 - p0)) / n0;
  return {
    ...liftAndTest(test, control),
    liftInterval: isRelative && x > 0 ? logRatioInterval(test, control) : null,
    differenceInterval: hasUsers ? around(p - p0, Math.sqrt(variance)) : null,
    probabilityToBeatControl: probabilityAbove([x + 1, n - x + 1], [x0 + 1, n0 - x0 + 1]),
    relativeDelta: isRelative ? relativeDelta(test, control) : null,
  };
}

function around(middle: number, deviation: number): Interval {
  return { low: middle - Z95 * deviation, high: middle + Z95 * deviation };
}

/** Interval of the relative lift in percent, by Katz's logarithm of the ratio of rates. */
function logRatioInterval(test: VariantCounts, control: VariantCounts): Interval {
  const inverse = ({ users, conversions }: VariantCounts): number => 1 / conversions - 1 / users;
  const ratio = test.conversions / test.users / (control.conversions / control.users);
  const { low, high } = around(Math.log(ratio), Math.sqrt(inverse(test) + inverse(control)));
  return { low: 100 * Math.expm1(low), high: 100 * Math.expm1(high) };
}

/** Relative difference by the delta method: variance v₁ ÷ (n·p₀²) + p²·v₀ ÷ (n₀·p₀⁴). */
function relativeDelta(
  test: VariantCounts,
  control: VariantCounts,
): VariantComparison['relativeDelta'] {
  const [p, p0] = [test.conversions / test.users, control.conversions / control.users];
  const variance =
    (p * (1 - p)) / (test.users * p0 ** 2) + (p ** 2 * p0 * (1 - p0)) / (control.users * p0 ** 4);
  const lift = (p - p0) / p0;
  const deviation = Math.sqrt(variance);
  const { low, high } = around(lift, deviation);
  return {
    liftPercent: 100 * lift,
    pValue: deviation === 0 ? null : twoSidedNormalTail(lift / deviation),
    intervalPercent: { low: 100 * low, high: 100 * high },
  };
}

/**
 * χ² goodness of fit of the users against the planned shares.
 *
 * @param allocation Left out: equal shares of the variants that have users. A variant that it does not
 *   name is not planned to have any.
 */
export function sampleRatio(
  variants: readonly VariantCounts[],
  allocation?: readonly VariantWeight[],
): SampleRatio {
  const usersOf = new Map(variants.map(({ variant, users }) => [variant, users]));
  const weights =
    allocation ??
    variants.filter(({ users }) => users > 0).map(({ variant }) => ({ variant, weight: 1 }));
  const planned = weights.filter(({ weight }) => weight > 0);
  const users = planned.reduce((sum, { variant }) => sum + (usersOf.get(variant) ?? 0), 0);
  const total = planned.reduce((sum, { weight }) => sum + weight, 0);
  if (planned.length < 2 || users === 0) {
    return { chiSquare: 0, pValue: 1, isMismatch: false };
  }
  const chiSquare = planned.reduce((sum, { variant, weight }) => {
    const expected = (users * weight) / total;
    return sum + ((usersOf.get(variant) ?? 0) - expected) ** 2 / expected;
  }, 0);
  const pValue = chiSquareTail(chiSquare, planned.length - 1);
  return { chiSquare, pValue, isMismatch: pValue < MISMATCH_BELOW };
}
