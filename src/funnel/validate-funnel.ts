import { AppError } from '../errors.js';
import type { FunnelQuestion } from './funnel-query.js';

export const MIN_FUNNEL_STEPS = 2;
export const MAX_FUNNEL_STEPS = 20;
export const MAX_FUNNEL_EXCLUSIONS = 20;

/** Longest window in seconds: a year. */
export const MAX_FUNNEL_WINDOW_SECONDS = 366 * 86_400;

export const MAX_FUNNEL_SEGMENTS = 10;
export const MAX_TIME_BOUNDS = 100;

/**
 * Checks the shape of a funnel question; ranges, zones and dimensions are checked where they are
 * resolved.
 *
 * @throws AppError `INVALID_FUNNEL` for the number of steps or exclusions, the window, the bounds of
 *   the histogram or the segments; `INVALID_EXCLUSION` for an exclusion that does not lie between two steps. `details` name the
 *   field and what is allowed.
 */
export function validateFunnel(
  question: Pick<
    FunnelQuestion,
    'steps' | 'windowSeconds' | 'exclusions' | 'timeBounds' | 'segments'
  >,
): void {
  const { steps, windowSeconds, exclusions } = question;
  if (steps.length < MIN_FUNNEL_STEPS || steps.length > MAX_FUNNEL_STEPS) {
    throw new AppError(
      'INVALID_FUNNEL',
      `a funnel has ${MIN_FUNNEL_STEPS} to ${MAX_FUNNEL_STEPS} steps, got ${steps.length}`,
      { details: { field: 'steps', minimum: MIN_FUNNEL_STEPS, maximum: MAX_FUNNEL_STEPS } },
    );
  }
  if (!(windowSeconds > 0 && windowSeconds <= MAX_FUNNEL_WINDOW_SECONDS)) {
    throw new AppError(
      'INVALID_FUNNEL',
      `the window must be more than 0 and at most ${MAX_FUNNEL_WINDOW_SECONDS} seconds, got ${windowSeconds}`,
      { details: { field: 'windowSeconds', maximum: MAX_FUNNEL_WINDOW_SECONDS } },
    );
  }
  if (exclusions.length > MAX_FUNNEL_EXCLUSIONS) {
    throw new AppError(
      'INVALID_FUNNEL',
      `a funnel has at most ${MAX_FUNNEL_EXCLUSIONS} exclusions, got ${exclusions.length}`,
      { details: { field: 'exclusions', maximum: MAX_FUNNEL_EXCLUSIONS } },
    );
  }
  validateParts(question);
  exclusions.forEach(({ fromStep, toStep }, index) => {
    const isBetween =
      Number.isInteger(fromStep) &&
      Number.isInteger(toStep) &&
      fromStep >= 1 &&
      fromStep < toStep &&
      toStep <= steps.length;
    if (isBetween) return;
    throw new AppError(
      'INVALID_EXCLUSION',
      `an exclusion lies between two steps, 1 ≤ fromStep < toStep ≤ ${steps.length}; exclusion ${index + 1} has ${fromStep} and ${toStep}`,
      { details: { field: 'exclusions', index, fromStep, toStep, stepCount: steps.length } },
    );
  });
}

function validateParts({
  timeBounds = [],
  segments = [],
}: Pick<FunnelQuestion, 'timeBounds' | 'segments'>): void {
  const isAscending = timeBounds.every(
    (bound, i) => Number.isFinite(bound) && bound > (timeBounds[i - 1] ?? 0),
  );
  if (!isAscending || timeBounds.length > MAX_TIME_BOUNDS) {
    throw new AppError(
      'INVALID_FUNNEL',
      `timeBounds: expected up to ${MAX_TIME_BOUNDS} numbers of seconds above 0, ascending; got ${timeBounds.length}: ${timeBounds.slice(0, 10).join(', ')}`,
      { details: { field: 'timeBounds', maximum: MAX_TIME_BOUNDS } },
    );
  }
  const names = segments.map(({ name }) => name);
  if (names.length <= MAX_FUNNEL_SEGMENTS && new Set(names).size === names.length) return;
  throw new AppError(
    'INVALID_FUNNEL',
    `segments: expected up to ${MAX_FUNNEL_SEGMENTS}, each name once; got ${names.length}: ${names.slice(0, 20).join(', ')}`,
    { details: { field: 'segments', maximum: MAX_FUNNEL_SEGMENTS } },
  );
}
