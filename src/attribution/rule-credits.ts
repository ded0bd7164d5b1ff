import type { RuleModel, Touch } from './attribution-query.js';

/**
 * How a rule weighs the touches of one conversion, oldest first; a touch is credited its weight ÷
 * the sum of all (METRICS-SPEC §9). Whole numbers, so that money can be shared exactly.
 *
 * @param decays Weights of `time_decay`, one per touch.
 */
export function ruleWeights(
  model: RuleModel,
  touches: readonly Pick<Touch, 'isDirect'>[],
  decays: readonly bigint[],
): readonly bigint[] {
  const count = touches.length;
  const last = count - 1;
  const allTo = (index: number): readonly bigint[] =>
    touches.map((_, at) => (at === index ? 1n : 0n));
  switch (model) {
    case 'first_touch':
      return allTo(0);
    case 'last_touch':
      return allTo(last);
    case 'last_non_direct': {
      const index = touches.map((touch) => touch.isDirect).lastIndexOf(false);
      return allTo(index < 0 ? last : index);
    }
    case 'linear':
      return touches.map(() => 1n);
    case 'time_decay':
      return decays;
    case 'position_based': {
      // 0.4 to each end and 0.2 among the n − 2 between: 2(n − 2) to 1, five times n − 2 in all.
      const outer = count <= 2 ? 1n : 2n * BigInt(count - 2);
      return touches.map((_, at) => (at === 0 || at === last ? outer : 1n));
    }
  }
}

/** Weights as credits: they sum to 1, or there are none. */
export function creditsOf(weights: readonly bigint[]): readonly number[] {
  const total = Number(weights.reduce((sum, weight) => sum + weight, 0n));
  return weights.map((weight) => Number(weight) / total);
}

/** The touches that count: Direct is left out unless all are Direct. */
export function withoutDirect(touches: readonly Touch[]): readonly Touch[] {
  const others = touches.filter((touch) => !touch.isDirect);
  return others.length === 0 ? touches : others;
}
