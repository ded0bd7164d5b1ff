import type { Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import { AppError } from '../../errors.js';
import { backOffMs, pause } from '../wake-up.js';
import type { KafkaAdmin } from './kafka-admin.js';
import type { KafkaClient } from './kafka-client.js';

/** Sessions without a fetch or heartbeat after which a consumer is taken for stuck. */
const SILENT_SESSIONS = 3;
/** How often topics that do not exist yet are looked for, ms. */
const TOPIC_CHECK_MS = 3_000;
/** Longest wait for a broker that has nothing new; also how late a resumed partition may be read. */
const FETCH_WAIT_MS = 100;
/** How old what is known of the topics may be, ms: partitions that are added to one are read after it. */
const METADATA_AGE_MS = 10_000;
const PARTITION_FETCH_BYTES = 2 * 1024 * 1024;
/** Longest wait for a consumer to leave its group; the session timeout removes it otherwise. */
const LEAVE_MS = 5_000;

/** Topic partitions a member owns in one generation of its group. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

export interface ConsumerSessionOptions {
  readonly client: KafkaClient;
  readonly admin: KafkaAdmin;
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  /** Called before each consumer is started; creates and checks what it needs. */
  readonly prepare: () => Promise<void>;
  readonly assigner?: PartitionAssigner;
  /** A generation began, nothing is fetched yet: called synchronously, so that it can pause and seek. */
  readonly onAssigned: (assignment: Assignment, consumer: Consumer) => void;
  /** Must return quickly: heartbeats wait for it. */
  readonly onBatch: (payload: EachBatchPayload) => Promise<void>;
  /** Offsets up to `lastOffset` hold no records (compacted, aborted, control records). */
  readonly onGap: (topic: string, partition: number, first: bigint, lastOffset: bigint) => void;
  /** The consumer is gone; another one is started after a back-off. */
  readonly onDown: () => void;
  readonly onError: (error: unknown) => void;
}

/** A kafkajs consumer that is replaced whenever it fails, until it is stopped. */
export interface ConsumerSession {
  stop(): Promise<void>;
}

/**
 * Starts a consumer and keeps one running: after crashes, while the cluster cannot be reached, and
 * when a topic comes into being later. Offsets are never committed by kafkajs itself.
 */
export function startConsumerSession(options: ConsumerSessionOptions): ConsumerSession {
  const { client, admin, topics, onDown, onError } = options;
  const stopping = new AbortController();

  async function run(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const isStarted = await runConsumer();
        failures = isStarted ? 0 : failures;
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        onError(client.translate(error));
        await pause(backOffMs(failures), stopping.signal);
      }
    }
  }

  /** One consumer from its start to the reason for its end. */
  async function runConsumer(): Promise<boolean> {
    await options.prepare();
    const existing = await existingTopics();
    if (existing.length === 0) {
      await pause(TOPIC_CHECK_MS, stopping.signal);
      return false;
    }
    const consumer = client.kafka.consumer({
      groupId: options.group,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.sessionTimeoutMs,
      heartbeatInterval: Math.max(100, Math.min(3_000, Math.floor(options.sessionTimeoutMs / 10))),
      allowAutoTopicCreation: false,
      metadataMaxAge: METADATA_AGE_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: PARTITION_FETCH_BYTES,
      // Another consumer is better than this one after a crash: its state is known.
      retry: { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: never },
      ...(options.assigner === undefined ? {} : { partitionAssigners: [options.assigner] }),
    });
    const ended = new AbortController();
    let crash: { readonly error: unknown } | null = null;
    let lastSign = performance.now();
    const noteSign = (): void => {
      lastSign = performance.now();
    };
    consumer.on(consumer.events.FETCH, noteSign);
    consumer.on(consumer.events.HEARTBEAT, noteSign);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      options.onAssigned(new Map(Object.entries(payload.memberAssignment)), consumer);
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      const last = BigInt(payload.lastOffset);
      // Null, against its type, where nothing at or behind the fetched offset was there.
      const first: string | null = payload.firstOffset;
      options.onGap(payload.topic, payload.partition, first === null ? last : BigInt(first), last);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      crash = { error: payload.error };
      ended.abort();
    });
    const isOver = AbortSignal.any([stopping.signal, ended.signal]);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: existing, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: options.onBatch,
      });
      while (!isOver.aborted) {
        await pause(TOPIC_CHECK_MS, isOver);
        const silentMs = performance.now() - lastSign;
        if (silentMs > SILENT_SESSIONS * options.sessionTimeoutMs && !isOver.aborted) {
          throw new AppError(
            'EVENT_LOG_UNAVAILABLE',
            `${client.url}: the consumer of ${options.group} has not fetched for ${Math.round(silentMs)} ms; another one is started`,
            { isRetryable: true },
          );
        }
        if (existing.length === topics.length || isOver.aborted) continue;
        if ((await existingTopics()).length > existing.length) break;
      }
    } finally {
      onDown();
      await leave(consumer);
    }
    if (crash !== null) throw (crash as { readonly error: unknown }).error;
    return true;
  }

  async function existingTopics(): Promise<string[]> {
    const found = await admin.partitionsOf(topics);
    return topics.filter((topic) => found.has(topic));
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function never(): Promise<boolean> {
  return false;
}

async function leave(consumer: Consumer): Promise<void> {
  const waited = new AbortController();
  // What fails here has failed before, and was reported then.
  const left = consumer.disconnect().catch(() => undefined);
  await Promise.race([left, pause(LEAVE_MS, waited.signal)]);
  waited.abort();
}
