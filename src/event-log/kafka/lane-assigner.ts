import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { assignLanes } from '../assign-lanes.js';

/** Members with another name cannot join the group; the number rises with the meaning of the data. */
const ASSIGNER_NAME = 'SluiceLanes1';

export interface LaneAssignerOptions {
  readonly laneCount: number;
  /** Lanes this member has now, which it would like to keep. */
  readonly owned: () => readonly number[];
  /** Called before every attempt to join a new generation of the group. */
  readonly onJoining: () => void;
}

/**
 * Partition assigner that gives partition p of every topic to the owner of lane `p % laneCount`, so
 * that all copies of an event id meet in one writer.
 */
export function createLaneAssigner({
  laneCount,
  owned,
  onJoining,
}: LaneAssignerOptions): PartitionAssigner {
  return ({ cluster }) => ({
    name: ASSIGNER_NAME,
    version: 1,
    protocol({ topics }) {
      onJoining();
      return {
        name: ASSIGNER_NAME,
        metadata: AssignerProtocol.MemberMetadata.encode({
          version: 1,
          topics,
          userData: Buffer.from(JSON.stringify(owned())),
        }),
      };
    },
    async assign({ members, topics }) {
      const known = members
        .map(({ memberId, memberMetadata }) => {
          const metadata = AssignerProtocol.MemberMetadata.decode(memberMetadata);
          return {
            id: memberId,
            topics: metadata?.topics ?? [],
            owned: readLanes(metadata?.userData),
          };
        })
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const lanes = assignLanes(laneCount, known);
      return known.map((member) => {
        const own = new Set(lanes.get(member.id));
        const assignment: Record<string, number[]> = {};
        for (const topic of topics) {
          if (!member.topics.includes(topic)) continue;
          const partitions = cluster
            .findTopicPartitionMetadata(topic)
            .map(({ partitionId }) => partitionId)
            .filter((partition) => own.has(partition % laneCount))
            .sort((a, b) => a - b);
          if (partitions.length > 0) assignment[topic] = partitions;
        }
        return {
          memberId: member.id,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 1,
            assignment,
            userData: Buffer.alloc(0),
          }),
        };
      });
    },
  });
}

function readLanes(userData: Buffer | undefined): number[] {
  if (userData === undefined || userData.length === 0) return [];
  try {
    const lanes: unknown = JSON.parse(userData.toString('utf8'));
    return Array.isArray(lanes) ? lanes.filter((lane) => typeof lane === 'number') : [];
  } catch {
    // A member of another release; its wishes are only wishes.
    return [];
  }
}
