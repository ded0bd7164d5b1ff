const HOUR_MS = 3_600_000;

/** A device clock may run ahead of the collector by this much, in ms; beyond it, it is not believed. */
export const CLOCK_TOLERANCE_MS = 23 * HOUR_MS;

/**
 * First instant that is no longer stored: 2106-01-01T00:00Z in ms. The rollups cut time into
 * 32-bit seconds, which end on 7 February 2106; beyond it they would wrap into the past.
 */
export const END_OF_TIME_MS = Date.UTC(2106, 0, 1);

/** Whether an instant, in ms since 1970 UTC, can be stored: whole, from 1970 until 2106. */
export function isStorableInstant(instant: number): boolean {
  return Number.isSafeInteger(instant) && instant >= 0 && instant < END_OF_TIME_MS;
}

/**
 * Event time by the clock rule (METRICS-SPEC §1): a client time more than 23 hours after the
 * receipt is replaced by the receipt; smaller skew is kept. Both in ms since 1970 UTC.
 */
export function normalize(occurredAt: number, receivedAt: number): number {
  return occurredAt - receivedAt > CLOCK_TOLERANCE_MS ? receivedAt : occurredAt;
}
