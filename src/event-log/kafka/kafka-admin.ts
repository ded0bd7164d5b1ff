import type { Admin } from 'kafkajs';
import { AppError } from '../../errors.js';
import { backOffMs, pause } from '../wake-up.js';
import { type KafkaClient, protocolErrorOf } from './kafka-client.js';

/** Offsets a group has committed in one partition, as the broker keeps them. */
export interface StoredOffset {
  readonly partition: number;
  /** -1: none; -2: kafkajs reset it because it had expired. */
  readonly offset: bigint;
  readonly metadata: string;
}

/** First and next offset of a partition. */
export interface PartitionRange {
  readonly partition: number;
  readonly begin: bigint;
  readonly end: bigint;
}

/** Questions to the cluster; each connects anew after a failure. Errors are those of the port. */
export interface KafkaAdmin {
  /** Partition numbers of those of the topics that exist. */
  partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Whether every partition of the topics has a leader that takes appends. */
  leaderless(topics: readonly string[]): Promise<readonly string[]>;
  createTopics(
    topics: readonly string[],
    options: { readonly partitionCount: number; readonly replication: number },
  ): Promise<void>;
  /**
   * Offsets of every partition of a topic.
   *
   * @param wanted Partitions that have to be among them.
   * @throws AppError retryable `EVENT_LOG_UNAVAILABLE` when there is none, or one of those is missing.
   */
  ranges(topic: string, wanted?: readonly number[]): Promise<readonly PartitionRange[]>;
  /** What a group has committed in every partition of a topic; `wanted` and errors as of `ranges`. */
  stored(
    group: string,
    topic: string,
    wanted?: readonly number[],
  ): Promise<readonly StoredOffset[]>;
  stop(): Promise<void>;
}

/** Tries of one question while brokers answer it with an error. */
const MOST_ATTEMPTS = 5;
/** Clients kept for later questions: for the ends of two topics, the positions, and a lane that begins. */
const MOST_IDLE = 4;
/** Largest batch of records a topic created here takes, bytes. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/**
 * Creates the admin side of a client; connects at the first question.
 *
 * No two questions are put to one client of kafkajs at a time: all that a client does shares one
 * cache of metadata, each question replaces it by that of its own topics, and one whose topic has
 * just been thrown out finds that it has no partitions. A group then seems to have no position.
 */
export function createKafkaAdmin({ kafka, translate, url }: KafkaClient): KafkaAdmin {
  const stopped = new AbortController();
  const idle: Admin[] = [];

  async function connect(): Promise<Admin> {
    const admin = kafka.admin();
    try {
      await admin.connect();
    } catch (error) {
      await drop(admin);
      throw error;
    }
    return admin;
  }

  async function run<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let admin: Admin | undefined;
      try {
        admin = idle.pop() ?? (await connect());
        const answer = await ask(admin);
        if (stopped.signal.aborted || idle.length >= MOST_IDLE) void drop(admin);
        else idle.push(admin);
        return answer;
      } catch (error) {
        if (admin !== undefined) void drop(admin);
        // A broker that answers, but is busy with a leader or coordinator, is soon done with it.
        const isAnswer = protocolErrorOf(error) !== '';
        if (!isAnswer || attempt === MOST_ATTEMPTS || stopped.signal.aborted)
          throw translate(error);
      }
      await pause(backOffMs(attempt), stopped.signal);
    }
  }

  /** A partition that an answer leaves out is not one without records or commits. */
  function whole<T extends { readonly partition: number }>(
    topic: string,
    answer: readonly T[],
    wanted: readonly number[],
  ): readonly T[] {
    const missing = wanted.filter((one) => !answer.some(({ partition }) => partition === one));
    if (answer.length > 0 && missing.length === 0) return answer;
    const what = missing.length === 0 ? 'every partition' : `partitions ${missing.join(', ')}`;
    throw new AppError('EVENT_LOG_UNAVAILABLE', `${url}: asked for ${what} of ${topic}, got none`, {
      isRetryable: true,
      details: { url, topic, missing },
    });
  }

  return {
    partitionsOf: (topics) =>
      run(async (admin) => {
        const existing = new Set(await admin.listTopics());
        const wanted = topics.filter((topic) => existing.has(topic));
        if (wanted.length === 0) return new Map();
        const metadata = await admin.fetchTopicMetadata({ topics: wanted });
        return new Map(
          metadata.topics.map(({ name, partitions }) => [
            name,
            partitions.map(({ partitionId }) => partitionId).sort((a, b) => a - b),
          ]),
        );
      }),
    leaderless: (topics) =>
      run(async (admin) => {
        const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
        return metadata.topics.flatMap(({ name, partitions }) =>
          partitions
            .filter(({ leader }) => leader < 0)
            .map(({ partitionId }) => `${name}/${partitionId}`),
        );
      }),
    createTopics: (topics, { partitionCount, replication }) =>
      run(async (admin) => {
        await admin.createTopics({
          waitForLeaders: true,
          topics: topics.map((topic) => ({
            topic,
            numPartitions: partitionCount,
            replicationFactor: replication,
            configEntries: [
              // The broker's clock says when the log took a record, whoever produced it.
              { name: 'message.timestamp.type', value: 'LogAppendTime' },
              { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
              // With three copies an acknowledged record survives the loss of one.
              ...(replication >= 3 ? [{ name: 'min.insync.replicas', value: '2' }] : []),
            ],
          })),
        });
      }),
    ranges: (topic, wanted = []) =>
      run(async (admin) => {
        const answer = await admin.fetchTopicOffsets(topic);
        return whole(topic, answer, wanted).map(({ partition, low, high }) => ({
          partition,
          begin: BigInt(low),
          end: BigInt(high),
        }));
      }),
    stored: (group, topic, wanted = []) =>
      run(async (admin) => {
        const [answer] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
        return whole(topic, answer?.partitions ?? [], wanted).map(
          ({ partition, offset, metadata }) => ({
            partition,
            offset: BigInt(offset),
            metadata: metadata ?? '',
          }),
        );
      }),
    async stop() {
      stopped.abort();
      await Promise.all(idle.splice(0).map(drop));
    },
  };
}

/** Closing a broken connection may fail in turn; there is nothing left to lose. */
async function drop(admin: Admin): Promise<void> {
  await admin.disconnect().catch(() => undefined);
}
