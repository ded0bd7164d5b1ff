/** A device clock may run ahead of the collector by this much, in ms; beyond it, it is not believed. */
export const CLOCK_TOLERANCE_MS = 23 * 3_600_000;

/**
 * Event time by the clock rule (METRICS-SPEC §1): a client time more than 23 hours after the
 * receipt is replaced by the receipt; smaller skew is kept. Both in ms since 1970 UTC.
 */
export function normalize(occurredAt: number, receivedAt: number): number {
  return occurredAt - receivedAt > CLOCK_TOLERANCE_MS ? receivedAt : occurredAt;
}
