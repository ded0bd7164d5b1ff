import { AppError } from '../../src/errors.js';
import type { AppendRecord, EventLog, LogRecord } from '../../src/event-log/event-log.js';

/** An event log that keeps everything in memory: what is appended can be read back. */
export interface MemoryEventLog extends Pick<EventLog, 'append' | 'partitionCount'> {
  /** Everything appended to the topic, in the order of appending. */
  records(topic: string): readonly LogRecord[];
  /** While true, appends reject as those of a log that cannot be reached. */
  setAway(isAway: boolean): void;
  /** While set, appends resolve only after the promise does. */
  holdUntil(gate: Promise<void> | null): void;
}

export function createMemoryEventLog({
  partitionCount = 4,
  clock = Date.now,
}: {
  readonly partitionCount?: number;
  readonly clock?: () => number;
} = {}): MemoryEventLog {
  const topics = new Map<string, LogRecord[]>();
  let isAway = false;
  let gate: Promise<void> | null = null;
  return {
    partitionCount,
    async append(records: readonly AppendRecord[]) {
      if (gate !== null) await gate;
      if (isAway) {
        throw new AppError('EVENT_LOG_UNAVAILABLE', 'The log of this test is away.', {
          isRetryable: true,
          details: { url: 'memory://secret-address' },
        });
      }
      for (const record of records) {
        const kept = topics.get(record.topic) ?? [];
        topics.set(record.topic, kept);
        const { partition } = record;
        if (partition < 0 || partition >= partitionCount) {
          throw new RangeError(`expected a partition below ${partitionCount}, got ${partition}`);
        }
        kept.push({
          ...record,
          offset: BigInt(kept.length),
          appendedAt: clock(),
          headers: record.headers ?? {},
        });
      }
    },
    records: (topic) => topics.get(topic) ?? [],
    setAway: (away) => {
      isAway = away;
    },
    holdUntil: (promise) => {
      gate = promise;
    },
  };
}
