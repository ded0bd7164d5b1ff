/**
 * The port to the event log: append-only topics of numbered partitions.
 *
 * What every adapter promises:
 * - **Durability.** `append` resolves only when all given records are durable; it rejects with a
 *   retryable `EVENT_LOG_UNAVAILABLE` or `EVENT_LOG_FULL` otherwise, and then some of them may
 *   have been appended.
 * - **Order.** Offsets of a partition start anywhere, rise by at least one, and records are
 *   delivered in their order. Records of one `append` for one partition keep their order.
 * - **Lanes.** Partition p of all consumed topics (a lane) belongs to one consumer of the group at
 *   a time, and its batches are handed out one after the other.
 * - **Deterministic replay.** Before `handle` sees a batch, its boundaries (the intent) are durable
 *   under the group. If the batch was not confirmed (crash, rebalance, rejection), the next owner
 *   first receives a batch with exactly the same boundaries and records. A former owner can at
 *   most still be working on that one batch.
 * - **Confirmation.** A batch is confirmed when `handle` resolves; positions never pass a gap.
 */

/** A record to append. `partition` is chosen by the caller (`partitionOf`). */
export interface AppendRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers?: Readonly<Record<string, Buffer>>;
}

/** A record as read back. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When the log took the record, in ms since 1970 UTC. Stable across replays. */
  readonly appendedAt: number;
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** A contiguous run of one topic partition, with boundaries that survive a crash. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the first record, inclusive. */
  readonly firstOffset: bigint;
  /** Offset of the last record, inclusive. */
  readonly lastOffset: bigint;
  /** Never empty. */
  readonly records: readonly LogRecord[];
  /** True when the boundaries come from an intent that an earlier owner left open. */
  readonly isReplay: boolean;
}

/** How records are cut into batches. A batch closes at whichever bound is met first. */
export interface BatchLimits {
  /** Most records in a batch. */
  readonly maxRecords: number;
  /** Most value bytes in a batch; a single larger record is a batch of its own. */
  readonly maxBytes: number;
  /** Longest wait for more records once one is there, in ms. */
  readonly lingerMs: number;
}

export interface ConsumeOptions {
  /** Consumer group; positions and intents are kept per group. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Those of the topics among which the records of one key are handed out in the order the log took
   * them: by append time, then topic name, then offset. A batch then ends before a record that
   * would overtake one of its key, and waits until the other topics are read as far. Left out:
   * only the order of each topic partition holds.
   */
  readonly inOrder?: readonly string[];
  readonly batch: BatchLimits;
  /** Bytes of fetched but unconfirmed values above which fetching pauses. */
  readonly maxInFlightBytes: number;
  /**
   * Does the work of one batch. Lanes run concurrently, batches of a lane one by one. A rejection
   * leaves the batch unconfirmed: it is handed out again, with the same boundaries, after a
   * back-off with jitter. `signal` aborts when the lane is lost or the consumer stops; work may
   * then finish or reject, its confirmation is dropped in either case when the lane is lost.
   */
  readonly handle: (batch: LogBatch, signal: AbortSignal) => Promise<void>;
  /** Told of every failure of the consumer itself or of `handle`, before the back-off. */
  readonly onError: (
    error: unknown,
    context: { readonly topic?: string; readonly partition?: number },
  ) => void;
}

export interface LogConsumer {
  /** True while the consumer is connected and owns its assignment (which may be empty). */
  isReady(): boolean;
  /** Takes no further batch, lets running ones finish until `deadlineMs`, confirms them, leaves. */
  stop(deadlineMs?: number): Promise<void>;
}

/** Boundaries of a batch, inclusive, recorded before anybody sees its records. */
export interface BatchIntent {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
}

/** The intent of a batch that was handed out. */
export interface OpenIntent extends BatchIntent {
  /** When its first owner recorded it, ms since 1970 UTC by that owner's clock; 0 when unknown. */
  readonly openedAt: number;
}

/** Where a group stands in one topic partition. */
export interface PartitionPosition {
  readonly topic: string;
  readonly partition: number;
  /** First offset still kept. */
  readonly begin: bigint;
  /** Offset the next record will get. */
  readonly end: bigint;
  /** Next offset the group will read; null when it never confirmed anything. */
  readonly committed: bigint | null;
  /** When the oldest unread record was appended, ms since 1970; null when nothing is unread or unknown. */
  readonly oldestUnreadAt: number | null;
  /** The batch that was handed out and is not confirmed; null when there is none. */
  readonly openIntent: OpenIntent | null;
}

/** A place in one partition: `offset` is that of the next record to read. */
export interface TailPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface TailOptions {
  readonly topics: readonly string[];
  /** Where to begin; partitions that are not named begin at their present end. */
  readonly from?: readonly TailPosition[];
  readonly signal: AbortSignal;
}

/** See the file comment for what every adapter promises. */
export interface EventLog {
  /** Number of partitions of every topic; fixed for the life of the log. */
  readonly partitionCount: number;
  append(records: readonly AppendRecord[]): Promise<void>;
  consume(options: ConsumeOptions): Promise<LogConsumer>;
  /**
   * Records appended from now on, or from given places on, of all partitions, without a group:
   * nothing is remembered. Places before what is kept begin with the oldest that is kept. The
   * iterable is live once this promise resolves, and ends when `signal` aborts.
   */
  tail(options: TailOptions): Promise<AsyncIterable<LogRecord>>;
  /** Positions of the group in every partition of the topics, sorted by topic and partition. */
  positions(group: string, topics: readonly string[]): Promise<readonly PartitionPosition[]>;
  /** Rejects with a retryable `EVENT_LOG_UNAVAILABLE` naming address and cause while appends cannot succeed. */
  checkReady(): Promise<void>;
  /** Flushes and closes; stops all consumers and tails of this instance. */
  stop(): Promise<void>;
}
