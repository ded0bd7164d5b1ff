import type { ConsumeOptions, LogBatch, LogRecord } from '../../src/event-log/event-log.js';

/** A record of the first topic. */
export function record(
  topics: readonly string[],
  partition: number,
  value: string,
): { topic: string; partition: number; key: null; value: Buffer } {
  return { topic: topics[0] ?? '', partition, key: null, value: Buffer.from(value) };
}

/** A consumer that puts what it reads, and what fails, into lists. */
export function collecting(
  group: string,
  topics: readonly string[],
  seen: LogRecord[],
  errors: unknown[],
): ConsumeOptions {
  return {
    group,
    topics,
    batch: { maxRecords: 1000, maxBytes: 1e6, lingerMs: 10 },
    maxInFlightBytes: 1e7,
    handle: async (batch) => {
      seen.push(...batch.records);
    },
    onError: (error) => errors.push(error),
  };
}

/** A handler that keeps its batches until `finish` lets all of them go. */
export function holding(): {
  readonly running: { readonly batch: LogBatch; readonly signal: AbortSignal }[];
  readonly handle: ConsumeOptions['handle'];
  finish(): void;
} {
  const running: { readonly batch: LogBatch; readonly signal: AbortSignal }[] = [];
  let waiting: (() => void)[] = [];
  return {
    running,
    handle: (batch, signal) =>
      new Promise((resolve) => {
        running.push({ batch, signal });
        waiting.push(resolve);
      }),
    finish() {
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
}

/** Whether an attempt works, for conditions that are tried until it does. */
export async function succeeds(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch {
    // Tried again by whoever waits.
    return false;
  }
}
