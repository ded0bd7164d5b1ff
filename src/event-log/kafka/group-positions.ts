import { AppError } from '../../errors.js';
import type { KafkaAdmin, StoredOffset } from './kafka-admin.js';
import { type Commit, keyOf } from './lane-state.js';

/** A topic partition of a lane. */
export interface LanePartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a consumer group has stored, asked of the broker each time. */
export interface GroupPositions {
  /** Commits of the partitions, by topic partition; none for those without one. */
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
    for (const topic of topicsOf(partitions)) {
      for (const one of await admin.stored(group, topic)) {
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
      for (const topic of topicsOf(partitions)) {
        const ranges = await admin.ranges(topic);
        for (const one of partitions.filter((partition) => partition.topic === topic)) {
          const range = ranges.find(({ partition }) => partition === one.partition);
          if (range === undefined) {
            throw new AppError(
              'EVENT_LOG_UNAVAILABLE',
              `${url}: ${keyOf(one)} has no offsets yet`,
              {
                isRetryable: true,
              },
            );
          }
          const at = found.get(keyOf(one));
          if (at === undefined || at.offset === -1n) {
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
      const ranges = await admin.ranges(partition.topic);
      const range = ranges.find((one) => one.partition === partition.partition);
      return range === undefined ? null : expired(partition, position, range);
    },
  };
}

function topicsOf(partitions: readonly LanePartition[]): string[] {
  return [...new Set(partitions.map(({ topic }) => topic))];
}
