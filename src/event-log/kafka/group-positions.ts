import { AppError } from '../../errors.js';
import type { KafkaAdmin, PartitionRange, StoredOffset } from './kafka-admin.js';
import { type Commit, keyOf } from './lane-state.js';

/** A topic partition of a lane. */
export interface LanePartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a consumer group has stored, asked of the broker each time. */
export interface GroupPositions {
  /**
   * Commits of the partitions, by topic partition; offset -1 for those without one.
   *
   * @throws AppError retryable `EVENT_LOG_UNAVAILABLE` when the answer lacks one of them.
   */
  stored(partitions: readonly LanePartition[]): Promise<ReadonlyMap<string, StoredOffset>>;
  /**
   * Where the group goes on in each of the partitions; a group without a position begins at the
   * earliest record.
   *
   * @throws AppError `EVENT_LOG_OFFSET_EXPIRED` when a position is outside of what Kafka has.
   */
  startingAt(partitions: readonly LanePartition[]): Promise<readonly Commit[]>;
  /** The error of a position that Kafka has no records for any more; null while it has. */
  expiry(partition: LanePartition, position: bigint): Promise<AppError | null>;
}

/** Prepares {@link GroupPositions}; asks nothing yet. */
export function createGroupPositions({
  admin,
  group,
  url,
}: {
  readonly admin: KafkaAdmin;
  readonly group: string;
  /** Of the cluster, for messages. */
  readonly url: string;
}): GroupPositions {
  async function stored(
    partitions: readonly LanePartition[],
  ): Promise<ReadonlyMap<string, StoredOffset>> {
    const found = new Map<string, StoredOffset>();
    for (const [topic, wanted] of byTopic(partitions)) {
      for (const one of await admin.stored(group, topic, wanted)) {
        found.set(keyOf({ topic, partition: one.partition }), one);
      }
    }
    return found;
  }

  function expired(
    { topic, partition }: LanePartition,
    offset: bigint,
    { begin, end }: { readonly begin: bigint; readonly end: bigint },
  ): AppError | null {
    if (offset >= begin && offset <= end) return null;
    // A negative position other than "none" is what kafkajs commits when it jumps.
    const at = offset < 0n ? 'an offset that expired' : `offset ${offset}`;
    return new AppError(
      'EVENT_LOG_OFFSET_EXPIRED',
      `group ${group} stands at ${at} of ${topic}/${partition}, but ${url} has ${begin} to ${end}: records were deleted unread, or the topic was made anew; the lane stays stopped until the offset of the group is set by hand`,
      { details: { url, group, topic, partition, offset, begin, end } },
    );
  }

  return {
    stored,
    async startingAt(partitions) {
      const found = await stored(partitions);
      const commits: Commit[] = [];
      for (const [topic, wanted] of byTopic(partitions)) {
        const ranges = await admin.ranges(topic, wanted);
        for (const partition of wanted) {
          const one = { topic, partition };
          const at = found.get(keyOf(one));
          const range = rangeOf(one, ranges);
          if (at === undefined) throw new AppError('INTERNAL', `no commit of ${keyOf(one)}`);
          if (at.offset === -1n) {
            commits.push({ ...one, offset: range.begin, metadata: '' });
            continue;
          }
          const error = expired(one, at.offset, range);
          if (error !== null) throw error;
          commits.push({ ...one, offset: at.offset, metadata: at.metadata });
        }
      }
      return commits;
    },
    async expiry(partition, position) {
      const ranges = await admin.ranges(partition.topic, [partition.partition]);
      return expired(partition, position, rangeOf(partition, ranges));
    },
  };
}

function rangeOf(one: LanePartition, ranges: readonly PartitionRange[]): PartitionRange {
  const range = ranges.find(({ partition }) => partition === one.partition);
  if (range === undefined) throw new AppError('INTERNAL', `no offsets of ${keyOf(one)}`);
  return range;
}

/** Numbers of the partitions by topic, in their order. */
function byTopic(partitions: readonly LanePartition[]): ReadonlyMap<string, readonly number[]> {
  const topics = new Map<string, number[]>();
  for (const { topic, partition } of partitions) {
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  }
  return topics;
}
