import type { Admin } from 'kafkajs';
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
  ranges(topic: string): Promise<readonly PartitionRange[]>;
  stored(group: string, topic: string): Promise<readonly StoredOffset[]>;
  stop(): Promise<void>;
}

/** Tries of one question while brokers answer it with an error. */
const MOST_ATTEMPTS = 5;
/** Largest batch of records a topic created here takes, bytes. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/** Creates the admin side of a client; connects at the first question. */
export function createKafkaAdmin({ kafka, translate }: KafkaClient): KafkaAdmin {
  const stopped = new AbortController();
  let current: Promise<Admin> | null = null;

  async function connect(): Promise<Admin> {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  }

  async function run<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      current ??= connect();
      const used = current;
      try {
        return await ask(await used);
      } catch (error) {
        if (current === used) current = null;
        void drop(used);
        // A broker that answers, but is busy with a leader or coordinator, is soon done with it.
        const isAnswer = protocolErrorOf(error) !== '';
        if (!isAnswer || attempt === MOST_ATTEMPTS || stopped.signal.aborted)
          throw translate(error);
      }
      await pause(backOffMs(attempt), stopped.signal);
    }
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
    ranges: (topic) =>
      run(async (admin) =>
        (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
          partition,
          begin: BigInt(low),
          end: BigInt(high),
        })),
      ),
    stored: (group, topic) =>
      run(async (admin) => {
        const [answer] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
        return (answer?.partitions ?? []).map(({ partition, offset, metadata }) => ({
          partition,
          offset: BigInt(offset),
          metadata: metadata ?? '',
        }));
      }),
    async stop() {
      stopped.abort();
      if (current !== null) await drop(current);
      current = null;
    },
  };
}

/** Closing a broken connection may fail in turn; there is nothing left to lose. */
async function drop(connecting: Promise<Admin>): Promise<void> {
  await connecting.then((admin) => admin.disconnect()).catch(() => undefined);
}
