/** Messages that a connection may send at once, and per second in the long run. */
const BURST = 1_000;
const PER_SECOND = 250;

/** Counts the messages of one connection. */
export interface MessageRate {
  /** @returns Whether one more message may be taken now. */
  take(): boolean;
}

/** A bucket that holds {@link BURST} messages and fills at {@link PER_SECOND}. */
export function createMessageRate(clock: () => number = () => performance.now()): MessageRate {
  let left = BURST;
  let seenAt = clock();
  return {
    take() {
      const now = clock();
      left = Math.min(BURST, left + ((now - seenAt) * PER_SECOND) / 1000);
      seenAt = now;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
