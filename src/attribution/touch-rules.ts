import { AppError } from '../errors.js';
import type { TouchRules } from './attribution-query.js';

export const DAY_MS = 86_400_000;

/** Longest lookback and half life in days: about fifty years, beyond any range. */
export const MAX_TOUCH_DAYS = 18_263;

/** @throws AppError `BAD_USER_INPUT` naming field, what is allowed and what came. */
export function validateTouchRules({ lookbackDays, halfLifeDays }: TouchRules): void {
  if (!(lookbackDays >= 0 && lookbackDays <= MAX_TOUCH_DAYS)) {
    throw outOfBounds('lookbackDays', 'from 0', lookbackDays);
  }
  if (!(halfLifeDays > 0 && halfLifeDays <= MAX_TOUCH_DAYS)) {
    throw outOfBounds('halfLifeDays', 'above 0', halfLifeDays);
  }
}

function outOfBounds(field: string, least: string, got: number): AppError {
  return new AppError(
    'BAD_USER_INPUT',
    `${field} must be a number of days ${least} up to ${MAX_TOUCH_DAYS}, got ${got}`,
    { details: { field, maximum: MAX_TOUCH_DAYS } },
  );
}

/** The lookback in whole ms. */
export function lookbackMs({ lookbackDays }: Pick<TouchRules, 'lookbackDays'>): number {
  return Math.floor(lookbackDays * DAY_MS);
}

/** An array of touches without Direct, unless all are Direct, when the rules say so. */
export function countedSql({ excludeDirect }: TouchRules, touches: string): string {
  if (!excludeDirect) return touches;
  const others = `arrayFilter(touch -> touch.4 != 'Direct', ${touches})`;
  return `if(notEmpty(${others}), ${others}, ${touches})`;
}
