import type { Sleep } from '../../../src/live/live-timing.js';

/** Pauses that end when a test says so. */
export interface SteppedSleep {
  readonly sleep: Sleep;
  /** How many wait now. */
  readonly waitingCount: number;
  /** Ends every pause that has begun. */
  step(): void;
}

export function createSteppedSleep(): SteppedSleep {
  const waiting = new Set<() => void>();
  return {
    sleep: (_ms, signal) =>
      new Promise((resolve) => {
        const end = (): void => {
          waiting.delete(end);
          signal.removeEventListener('abort', end);
          resolve();
        };
        if (signal.aborted) return resolve();
        waiting.add(end);
        signal.addEventListener('abort', end, { once: true });
      }),
    get waitingCount() {
      return waiting.size;
    },
    step() {
      for (const end of [...waiting]) end();
    },
  };
}
