import { AppError } from '../errors.js';

/** Bounds of the shortest time between two ticks, ms. */
export const MIN_INTERVAL_MS = 250;
export const MAX_INTERVAL_MS = 3_600_000;

/** @throws AppError `BAD_USER_INPUT` unless it is a whole number of ms within the bounds. */
export function checkInterval(intervalMs: number): void {
  const isWithin = intervalMs >= MIN_INTERVAL_MS && intervalMs <= MAX_INTERVAL_MS;
  if (Number.isInteger(intervalMs) && isWithin) return;
  throw new AppError(
    'BAD_USER_INPUT',
    `intervalMs must be a whole number from ${MIN_INTERVAL_MS} to ${MAX_INTERVAL_MS}, got ${intervalMs}`,
    { details: { field: 'intervalMs', minimum: MIN_INTERVAL_MS, maximum: MAX_INTERVAL_MS } },
  );
}
