import { AppError } from '../../errors.js';
import type { KafkaAdmin } from './kafka-admin.js';

export interface KafkaTopicsOptions {
  readonly admin: KafkaAdmin;
  readonly topics: readonly string[];
  readonly partitionCount: number;
  readonly replication: number;
}

/** The topics of this program in the cluster. */
export interface KafkaTopics {
  /**
   * Creates those that are missing and checks the partitions of all; at once after the first
   * success. Several processes may do so at the same time.
   *
   * @throws AppError `CONFIG_INVALID` naming topic, expected and found number of partitions.
   */
  ensure(): Promise<void>;
}

/** Prepares {@link KafkaTopics}; asks nothing yet. */
export function createKafkaTopics(options: KafkaTopicsOptions): KafkaTopics {
  let ensured: Promise<void> | null = null;
  return {
    ensure() {
      ensured ??= ensure(options).catch((error: unknown) => {
        ensured = null;
        throw error;
      });
      return ensured;
    },
  };
}

async function ensure({
  admin,
  topics,
  partitionCount,
  replication,
}: KafkaTopicsOptions): Promise<void> {
  const before = await admin.partitionsOf(topics);
  const missing = topics.filter((topic) => !before.has(topic));
  if (missing.length > 0) await admin.createTopics(missing, { partitionCount, replication });
  const found = missing.length > 0 ? await admin.partitionsOf(topics) : before;
  for (const topic of topics) {
    const count = found.get(topic)?.length ?? 0;
    if (count === 0) {
      // Brokers learn of a new topic one after the other.
      throw new AppError('EVENT_LOG_UNAVAILABLE', `topic ${topic} is being created`, {
        isRetryable: true,
      });
    }
    if (count !== partitionCount) {
      throw new AppError(
        'CONFIG_INVALID',
        `topic ${topic} has ${count} partitions, expected EVENT_LOG_PARTITIONS=${partitionCount}; all topics need the same number, or copies of an event would meet different owners`,
        { details: { topic, expected: partitionCount, got: count } },
      );
    }
  }
}
