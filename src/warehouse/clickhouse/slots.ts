/** A fixed number of slots, given out in the order of asking. */
export interface Slots {
  /**
   * Runs `task` once a slot is free.
   *
   * @throws the signal's reason when it aborts while waiting; whatever `task` throws.
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Resolves when nothing is running or waiting. */
  whenIdle(): Promise<void>;
}

/** @param size How many tasks may run at the same time, 1 or more. */
export function createSlots(size: number): Slots {
  let free = size;
  const waiting: (() => void)[] = [];
  const idlers: (() => void)[] = [];

  function release(): void {
    const next = waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    free += 1;
    if (free === size) for (const resolve of idlers.splice(0)) resolve();
  }

  async function acquire(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const take = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(take);
    });
  }

  return {
    async run(task, signal) {
      await acquire(signal);
      try {
        return await task();
      } finally {
        release();
      }
    },
    async whenIdle() {
      if (free < size) await new Promise<void>((resolve) => idlers.push(resolve));
    },
  };
}
