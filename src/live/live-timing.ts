import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** A pause on the timers of this process, which does not keep the process alive. */
export const sleep: Sleep = async (ms, signal) => {
  try {
    await wait(Math.max(0, ms), undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** Pause before another try after `tries` failures: 100 ms, doubling up to 10 s. */
export function backOffMs(tries: number): number {
  return Math.min(10_000, 100 * 2 ** Math.min(tries, 10));
}
