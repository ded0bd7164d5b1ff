import { setTimeout as wait } from 'node:timers/promises';

/** Time as the watchers see it. */
export interface LiveTiming {
  /** Ms since 1970 UTC. */
  readonly clock: () => number;
  /** Resolves after `ms`, or early when `signal` aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A pause on the timers of this process, which does not keep the process alive. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(Math.max(0, ms), undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Pause before try n (from 0) of something that failed: 100 ms doubling up to 10 s. */
export function backOffMs(tries: number): number {
  return Math.min(10_000, 100 * 2 ** Math.min(tries, 10));
}
