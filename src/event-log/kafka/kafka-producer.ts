import { Partitioners, type Producer, type RecordMetadata } from 'kafkajs';
import { AppError } from '../../errors.js';
import type { AppendRecord } from '../event-log.js';
import type { KafkaClient } from './kafka-client.js';

/**
 * Most bytes of one partition in one request: kafkajs makes one record batch of them, and brokers
 * refuse batches above 1 MB unless told otherwise.
 */
const PARTITION_BYTES = 900_000;
const REQUEST_BYTES = 16 * 1024 * 1024;
/** Rough size of a record beside key and value. */
const RECORD_OVERHEAD_BYTES = 64;

interface Append {
  unsent: number;
  error: AppError | null;
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
}

interface Waiting {
  readonly record: AppendRecord;
  readonly append: Append;
}

/** Appends records with one request at a time; whatever comes meanwhile goes with the next. */
export interface KafkaProducer {
  /** Resolves when every in-sync replica has all records. */
  append(records: readonly AppendRecord[]): Promise<void>;
  /** Sends what waits, then closes. */
  stop(): Promise<void>;
}

/**
 * Creates the producer; connects at the first append. It is idempotent, so a request repeated
 * within kafkajs appends once. After a failed request a new producer begins: a caller that repeats
 * its append may then append twice, which event ids make harmless.
 *
 * @param prepare Called before the first request, until it succeeds.
 */
export function createKafkaProducer({
  client,
  prepare,
}: {
  readonly client: KafkaClient;
  readonly prepare: () => Promise<void>;
}): KafkaProducer {
  let waiting: Waiting[] = [];
  let sending: Promise<void> | null = null;
  let producer: Producer | null = null;
  let isStopped = false;

  async function connected(): Promise<Producer> {
    if (producer !== null) return producer;
    await prepare();
    const created = client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Every record names its partition; giving a partitioner keeps kafkajs from warning.
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await created.connect();
    producer = created;
    return created;
  }

  async function sendAll(): Promise<void> {
    // Everything appended in this turn of the event loop joins the first request.
    await Promise.resolve();
    while (waiting.length > 0) {
      const count = cutRequest(waiting);
      const group = waiting.slice(0, count);
      waiting = waiting.slice(count);
      try {
        const used = await connected();
        const topicMessages = toTopicMessages(group);
        const answers = await used.sendBatch({ acks: -1, topicMessages });
        const silent = unanswered(group, answers);
        if (silent.length > 0) throw notAcknowledged(client.url, silent);
        for (const { append } of group) settle(append, null);
      } catch (cause) {
        const error = client.translate(cause);
        for (const { append } of group) settle(append, error);
        // The rest of an append that failed in part is not sent any more.
        const rest = waiting.filter(({ append }) => append.error === null);
        for (const { append } of waiting) if (append.error !== null) settle(append, error);
        waiting = rest;
        const broken = producer;
        producer = null;
        await broken?.disconnect().catch(() => undefined);
      }
    }
    sending = null;
  }

  return {
    append(records) {
      if (isStopped) {
        return Promise.reject(
          new AppError('EVENT_LOG_UNAVAILABLE', `${client.url}: the event log is stopped`, {
            isRetryable: true,
          }),
        );
      }
      if (records.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const append: Append = { unsent: records.length, error: null, resolve, reject };
        for (const record of records) waiting.push({ record, append });
        sending ??= sendAll();
      });
    },
    async stop() {
      isStopped = true;
      await sending;
      const last = producer;
      producer = null;
      await last?.disconnect();
    },
  };
}

function settle(append: Append, error: AppError | null): void {
  append.unsent -= 1;
  append.error ??= error;
  if (append.unsent > 0) return;
  if (append.error === null) append.resolve();
  else append.reject(append.error);
}

/**
 * How many of the waiting records the next request takes: as many as fit, in order, at least one.
 * Pure.
 */
export function cutRequest(waiting: readonly { readonly record: AppendRecord }[]): number {
  const bytesOf = new Map<string, number>();
  let total = 0;
  let count = 0;
  for (const { record } of waiting) {
    const key = `${record.topic}/${record.partition}`;
    const bytes = record.value.length + (record.key?.length ?? 0) + RECORD_OVERHEAD_BYTES;
    const inPartition = (bytesOf.get(key) ?? 0) + bytes;
    total += bytes;
    if (count > 0 && (inPartition > PARTITION_BYTES || total > REQUEST_BYTES)) break;
    bytesOf.set(key, inPartition);
    count += 1;
    // Should the broker refuse a large record, nobody else's append fails with it.
    if (inPartition > PARTITION_BYTES) break;
  }
  return count;
}

/**
 * Topic partitions of a request, as `topic/partition`, that no broker has acknowledged. Pure.
 *
 * kafkajs resolves although some are missing: its tries remember which broker has answered, not for
 * which partitions, so a partition whose leader moves, between two tries, to a broker that had
 * answered already is sent to nobody.
 */
export function unanswered(
  group: readonly { readonly record: Pick<AppendRecord, 'topic' | 'partition'> }[],
  answers: readonly Pick<RecordMetadata, 'topicName' | 'partition'>[],
): readonly string[] {
  const answered = new Set(answers.map(({ topicName, partition }) => `${topicName}/${partition}`));
  const sent = new Set(group.map(({ record }) => `${record.topic}/${record.partition}`));
  return [...sent].filter((key) => !answered.has(key)).sort();
}

function notAcknowledged(url: string, silent: readonly string[]): AppError {
  return new AppError(
    'EVENT_LOG_UNAVAILABLE',
    `${url}: expected an acknowledgement of every partition, none came for ${silent.join(', ')}`,
    { isRetryable: true, details: { url, partitions: silent } },
  );
}

function toTopicMessages(group: readonly Waiting[]): {
  topic: string;
  messages: {
    key: Buffer | null;
    value: Buffer;
    partition: number;
    headers: Record<string, Buffer>;
  }[];
}[] {
  const byTopic = new Map<string, Waiting[]>();
  for (const one of group) {
    const run = byTopic.get(one.record.topic);
    if (run === undefined) byTopic.set(one.record.topic, [one]);
    else run.push(one);
  }
  return [...byTopic].map(([topic, run]) => ({
    topic,
    messages: run.map(({ record }) => ({
      key: record.key,
      value: record.value,
      partition: record.partition,
      headers: { ...record.headers },
    })),
  }));
}
