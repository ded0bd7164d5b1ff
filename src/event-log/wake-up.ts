/**
 * Lets loops sleep until something changed, without losing a change that happens between looking
 * and sleeping: read `version`, look, then wait for a later version.
 */
export interface WakeUp {
  /** Number of changes so far. */
  readonly version: number;
  /** Reports a change; wakes everybody who waits. */
  notify(): void;
  /**
   * Resolves as soon as `version` exceeds `seen`, `signal` aborts or `timeoutMs` passed, whichever
   * is first. Never rejects: the caller looks again at what it was waiting for.
   */
  after(seen: number, signal: AbortSignal, timeoutMs?: number): Promise<void>;
}

/** Creates a {@link WakeUp}. */
export function createWakeUp(): WakeUp {
  let version = 0;
  const sleepers = new Set<() => void>();
  return {
    get version() {
      return version;
    },
    notify() {
      version += 1;
      for (const wake of [...sleepers]) wake();
    },
    after(seen, signal, timeoutMs) {
      if (version > seen || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
        function wake(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          sleepers.delete(wake);
          resolve();
        }
        sleepers.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
  };
}

/** Resolves after `ms` or as soon as `signal` aborts, whichever is first. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return createWakeUp().after(0, signal, ms);
}

/**
 * Wait before try number `attempt` (1 is the first repetition): doubles from 100 ms up to 10 s,
 * with full jitter over its upper half, so that several processes do not return at once.
 */
export function backOffMs(attempt: number): number {
  const ceiling = Math.min(10_000, 100 * 2 ** Math.min(attempt - 1, 10));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}
