import { backOffMs, pause } from '../wake-up.js';
import type { LanePartition } from './group-positions.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { keyOf } from './lane-state.js';

/**
 * How far the partitions of a consumer reach. kafkajs does not tell of fetches that brought nothing,
 * so that a partition is read to its end is found by asking the brokers for it.
 */
export interface PartitionEnds {
  /**
   * The moment of the last answer if the partition ended at or before `position` then; -Infinity
   * otherwise, or when none is there.
   */
  readAt(partition: LanePartition, position: bigint): number;
  /** Has the ends asked for once more; all who ask while a question is open share the next one. */
  ask(): void;
}

export interface PartitionEndsOptions {
  readonly admin: Pick<KafkaAdmin, 'ranges'>;
  /** Topics to ask for, now. */
  readonly topics: () => readonly string[];
  /** Milliseconds now, the clock of the sources. */
  readonly clock: () => number;
  /** Called after each answer. */
  readonly onAnswer: () => void;
  /** Told of every failure, before the back-off. */
  readonly onError: (error: unknown) => void;
  /** Ends the asking. */
  readonly signal: AbortSignal;
}

/** Shortest time from an answer to the next question, ms: a source that lags is soon pushed to. */
const BETWEEN_QUESTIONS_MS = 5;

/** Creates {@link PartitionEnds}; asks nothing before the first `ask`. */
export function createPartitionEnds({
  admin,
  topics,
  clock,
  onAnswer,
  onError,
  signal,
}: PartitionEndsOptions): PartitionEnds {
  let ends: ReadonlyMap<string, bigint> = new Map();
  let answeredAt = Number.NEGATIVE_INFINITY;
  let isWanted = false;
  let isAsking = false;

  async function answer(): Promise<void> {
    isAsking = true;
    for (let failures = 0; isWanted && !signal.aborted; ) {
      isWanted = false;
      // Taken before the question: what was there at this moment lies below the ends.
      const askedAt = clock();
      try {
        const wanted = topics();
        const ranges = await Promise.all(wanted.map((topic) => admin.ranges(topic)));
        ends = new Map(
          wanted.flatMap((topic, index) =>
            (ranges[index] ?? []).map(({ partition, end }) => [keyOf({ topic, partition }), end]),
          ),
        );
        answeredAt = askedAt;
        failures = 0;
        onAnswer();
        if (isWanted) await pause(BETWEEN_QUESTIONS_MS, signal);
      } catch (error) {
        if (signal.aborted) break;
        onError(error);
        failures += 1;
        isWanted = true;
        await pause(backOffMs(failures), signal);
      }
    }
    isAsking = false;
  }

  return {
    readAt(partition, position) {
      const end = ends.get(keyOf(partition));
      return end !== undefined && position >= end ? answeredAt : Number.NEGATIVE_INFINITY;
    },
    ask() {
      isWanted = true;
      if (!isAsking) void answer();
    },
  };
}
