import { AppError } from '../errors.js';
import { MAX_PATH_STEPS, type PathsQuestion } from './path-query.js';

const MIN_PATH_STEPS = 2;

/**
 * Checks the shape of a question about paths.
 *
 * @throws AppError `BAD_USER_INPUT` naming field, what is allowed and what came.
 */
export function validatePaths({
  maxSteps,
  through,
}: Pick<PathsQuestion, 'maxSteps' | 'through'>): void {
  if (!Number.isInteger(maxSteps) || maxSteps < MIN_PATH_STEPS || maxSteps > MAX_PATH_STEPS) {
    throw new AppError(
      'BAD_USER_INPUT',
      `maxSteps must be a whole number from ${MIN_PATH_STEPS} to ${MAX_PATH_STEPS}, got ${maxSteps}`,
      { details: { field: 'maxSteps', minimum: MIN_PATH_STEPS, maximum: MAX_PATH_STEPS } },
    );
  }
  if (through === undefined) return;
  const { step } = through;
  if (!Number.isInteger(step) || step < 1 || step >= maxSteps) {
    throw new AppError(
      'BAD_USER_INPUT',
      `through.step must be a whole number from 1 to ${maxSteps - 1}, one below maxSteps, got ${step}`,
      { details: { field: 'through.step', minimum: 1, maximum: maxSteps - 1 } },
    );
  }
}
