import { AppError } from '../errors.js';
import { parseInstant } from '../metric/time-range.js';
import type { RetentionQuestion } from './retention-query.js';

/** Most columns of a matrix. */
export const MAX_RETENTION_INTERVALS = 400;

/** Most brackets of one question. */
export const MAX_RETENTION_BRACKETS = 20;

/** Furthest bucket of a bracket behind its cohort. */
export const MAX_BRACKET_DISTANCE = 1_000;

/** Most cells of a matrix: cohorts times columns. */
export const MAX_RETENTION_CELLS = 100_000;

/**
 * Checks the shape of a retention question and tells its `asOf`, ms since 1970 UTC; ranges, zones
 * and dimensions are checked where they are resolved.
 *
 * @throws AppError `BAD_USER_INPUT` for the number of columns, brackets, or an instant that is
 *   none. `details` name the field and what is allowed.
 */
export function validateRetention(
  { intervals, brackets, asOf }: Pick<RetentionQuestion, 'intervals' | 'brackets' | 'asOf'>,
  nowMs: number,
): number {
  if (!Number.isInteger(intervals) || intervals < 1 || intervals > MAX_RETENTION_INTERVALS) {
    throw refused('intervals', 1, MAX_RETENTION_INTERVALS, `a whole number`, intervals);
  }
  if (brackets.length > MAX_RETENTION_BRACKETS) {
    throw refused('brackets', 0, MAX_RETENTION_BRACKETS, 'a number of brackets', brackets.length);
  }
  for (const [index, { from, to }] of brackets.entries()) {
    const field = `brackets.${index}`;
    const isBucket = (n: number): boolean =>
      Number.isInteger(n) && n >= 0 && n <= MAX_BRACKET_DISTANCE;
    if (!isBucket(from)) {
      throw refused(`${field}.from`, 0, MAX_BRACKET_DISTANCE, 'a whole number', from);
    }
    if (!isBucket(to) || to < from) {
      throw refused(`${field}.to`, from, MAX_BRACKET_DISTANCE, 'a whole number', to);
    }
  }
  const asOfMs = asOf === undefined ? nowMs : parseInstant(asOf);
  if (asOfMs === null) {
    throw new AppError(
      'BAD_USER_INPUT',
      `asOf must be an ISO 8601 instant with Z or an offset and at most milliseconds, got ${JSON.stringify((asOf ?? '').slice(0, 80))}`,
      { details: { field: 'asOf' } },
    );
  }
  return asOfMs;
}

/** @throws AppError `LIMIT_EXCEEDED` beyond {@link MAX_RETENTION_CELLS}. */
export function checkCells(cohorts: number, intervals: number): void {
  const cells = cohorts * intervals;
  if (cells <= MAX_RETENTION_CELLS) return;
  throw new AppError(
    'LIMIT_EXCEEDED',
    `a matrix may have at most ${MAX_RETENTION_CELLS} cells, this one would have ${cohorts} cohorts of ${intervals} columns`,
    { details: { field: 'intervals', maximum: MAX_RETENTION_CELLS, asked: cells } },
  );
}

function refused(
  field: string,
  minimum: number,
  maximum: number,
  what: string,
  got: number,
): AppError {
  return new AppError(
    'BAD_USER_INPUT',
    `${field} must be ${what} from ${minimum} to ${maximum}, got ${got}`,
    { details: { field, minimum, maximum } },
  );
}
