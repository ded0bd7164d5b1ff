import type { RuleModel, Touch } from './attribution-query.js';

/** Shares of the first and the last of three touches or more; the ones between share the rest. */
const OUTER_SHARE = 0.4;

/**
 * How a rule shares one conversion among its touches, oldest first: entries sum to 1, or there are
 * none (METRICS-SPEC §9).
 *
 * @param decays Weights of `time_decay`, one per touch, summing to 1.
 */
export function ruleCredits(
  model: RuleModel,
  touches: readonly Pick<Touch, 'isDirect'>[],
  decays: readonly number[],
): readonly number[] {
  const count = touches.length;
  const last = count - 1;
  const allTo = (index: number): readonly number[] =>
    touches.map((_, at) => (at === index ? 1 : 0));
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
      return touches.map(() => 1 / count);
    case 'time_decay':
      return decays;
    case 'position_based':
      if (count <= 2) return touches.map(() => 1 / count);
      return touches.map((_, at) =>
        at === 0 || at === last ? OUTER_SHARE : (1 - 2 * OUTER_SHARE) / (count - 2),
      );
  }
}

/** The touches that count: Direct is left out unless all are Direct. */
export function withoutDirect(touches: readonly Touch[]): readonly Touch[] {
  const others = touches.filter((touch) => !touch.isDirect);
  return others.length === 0 ? touches : others;
}
