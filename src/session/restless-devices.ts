/** Longest life of a session without a client id, in ms (METRICS-SPEC §3, rule 2). */
export const DAY_MS = 86_400_000;

export const QUARTER_HOUR_SECONDS = 900;

/**
 * Least active quarter hours, on some UTC day, of a device that was active for more than 24 hours
 * without a pause. Such an activity covers at least half of some UTC day, and within it two active
 * quarter hours are never further apart than the timeout and a quarter hour.
 *
 * @param timeoutSeconds Inactivity that makes a pause.
 */
export function restlessQuarters(timeoutSeconds: number): number {
  const half = DAY_MS / 2000;
  const step = timeoutSeconds + QUARTER_HOUR_SECONDS;
  return Math.max(1, Math.floor((half - timeoutSeconds) / step) - 1);
}
