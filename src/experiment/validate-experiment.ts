import { AppError } from '../errors.js';
import type { ExperimentQuestion, VariantCounts, VariantWeight } from './experiment-query.js';

/** Most goals of one question. */
export const MAX_GOALS = 20;
/** Longest window in seconds: a year. */
const MAX_WINDOW_SECONDS = 366 * 86_400;

/** @throws AppError `BAD_USER_INPUT` naming field, what is allowed and what came. */
export function validateExperiment({
  goals,
  windowSeconds,
}: Pick<ExperimentQuestion, 'goals' | 'windowSeconds'>): void {
  if (goals.length < 1 || goals.length > MAX_GOALS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `goals: expected 1 to ${MAX_GOALS} goals, got ${goals.length}`,
      { details: { field: 'goals', minimum: 1, maximum: MAX_GOALS } },
    );
  }
  if (windowSeconds === undefined) return;
  if (!(windowSeconds > 0 && windowSeconds <= MAX_WINDOW_SECONDS)) {
    throw new AppError(
      'BAD_USER_INPUT',
      `windowSeconds must be more than 0 and at most ${MAX_WINDOW_SECONDS}, got ${windowSeconds}`,
      { details: { field: 'windowSeconds', maximum: MAX_WINDOW_SECONDS } },
    );
  }
}

/**
 * Checks a planned allocation against the variants that have users.
 *
 * @throws AppError `BAD_USER_INPUT` for a negative or missing weight, a name given twice, or no
 *   positive weight; it names the variants.
 */
export function validateAllocation(
  allocation: readonly VariantWeight[] | undefined,
  variants: readonly VariantCounts[],
): void {
  if (allocation === undefined) return;
  const names = allocation.map(({ variant }) => variant);
  const found = variants.filter(({ users }) => users > 0).map(({ variant }) => variant);
  const isRight =
    new Set(names).size === names.length &&
    allocation.every(({ weight }) => Number.isFinite(weight) && weight >= 0) &&
    allocation.some(({ weight }) => weight > 0) &&
    found.every((variant) =>
      allocation.some((each) => each.variant === variant && each.weight > 0),
    );
  if (isRight) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `allocation: expected one weight above 0 for every variant that has users (${found.join(', ') || 'none'}), each variant once; got ${allocation.map(({ variant, weight }) => `${variant} ${weight}`).join(', ') || 'none'}`,
    { details: { field: 'allocation', variants: found } },
  );
}

/** @throws AppError `BAD_USER_INPUT` for a variant with more conversions than users, or named twice. */
export function validateCounts(variants: readonly VariantCounts[]): void {
  const names = variants.map(({ variant }) => variant);
  const wrong = variants.find(
    ({ users, conversions }, at) => conversions > users || names.indexOf(names[at] ?? '') !== at,
  );
  if (wrong === undefined) return;
  const { variant, users, conversions } = wrong;
  throw new AppError(
    'BAD_USER_INPUT',
    `variants: expected each variant once, with conversions up to its users; got ${variant} with ${conversions} of ${users}`,
    { details: { field: 'variants', variant } },
  );
}
