import type { Consumer, EachBatchPayload } from 'kafkajs';
import { AppError } from '../../errors.js';
import type { PositionUpdate } from '../run-lane.js';
import { createWakeUp, type WakeUp } from '../wake-up.js';
import { type KafkaClient, protocolErrorOf } from './kafka-client.js';
import { type Commit, commitsOf, keyOf, type LaneState } from './lane-state.js';

/** Answers of the coordinator to a member whose generation is over. */
const FENCED = [
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
];

/** Where a member stands in its group, changed by the consumer as kafkajs reports it. */
export interface Membership {
  /** Our own count of generations; rises when a join begins, when it is done, and at a crash. */
  generation: number;
  isJoined: boolean;
  /** The kafkajs consumer of now; null while there is none. */
  consumer: Consumer | null;
  /** Commits once, in the generation of the moment of the call; null before the first batch. */
  commitOnce: EachBatchPayload['commitOffsetsIfNecessary'] | null;
  /** Notified when lanes were found to be ours in a new generation. */
  readonly validated: WakeUp;
}

/** A member that has not joined yet. */
export function createMembership(): Membership {
  return {
    generation: 0,
    isJoined: false,
    consumer: null,
    commitOnce: null,
    validated: createWakeUp(),
  };
}

/**
 * Makes an update of a lane's positions durable.
 *
 * A commit must carry the generation in which the lane was found to be ours. kafkajs takes the
 * generation at the moment of the call and, in `consumer.commitOffsets`, takes the newer one when
 * it tries again. So commits go through the function that comes with each fetched batch, which
 * tries once, and none is sent from the moment a join begins until the lane was checked in the new
 * generation; until then this waits.
 *
 * @throws AppError retryable `EVENT_LOG_UNAVAILABLE` when the outcome is not known, or the lane is
 *   lost.
 */
export async function saveUpdate({
  client,
  membership,
  lane,
  update,
}: {
  readonly client: Pick<KafkaClient, 'translate'>;
  readonly membership: Membership;
  readonly lane: LaneState;
  readonly update: PositionUpdate;
}): Promise<void> {
  const commits = commitsOf(lane.saved, update);
  for (;;) {
    const seen = membership.validated.version;
    if (lane.lost.signal.aborted) {
      throw new AppError('EVENT_LOG_UNAVAILABLE', `lane ${lane.lane} is lost`, {
        isRetryable: true,
      });
    }
    if (!membership.isJoined || lane.validFor !== membership.generation) {
      await membership.validated.after(seen, lane.lost.signal);
      continue;
    }
    const sentIn = membership.generation;
    for (const one of commits) lane.attempted.set(keyOf(one), one);
    try {
      await commitNow(membership, commits);
      for (const one of commits) lane.saved.set(keyOf(one), one);
      return;
    } catch (error) {
      if (!FENCED.includes(protocolErrorOf(error))) throw client.translate(error);
      // kafkajs learns of the new generation by its heartbeat; until then this lane waits.
      if (lane.validFor === sentIn) lane.validFor = -1;
    }
  }
}

/** Commits in the generation of now, which is read before the first await, in kafkajs too. */
export async function commitNow(
  { consumer, commitOnce }: Membership,
  commits: readonly Commit[],
): Promise<void> {
  const offsets = commits.map(({ topic, partition, offset, metadata }) => ({
    topic,
    partition,
    offset: String(offset),
    metadata,
  }));
  if (commitOnce === null) {
    // Nothing was fetched yet, so this closes an intent whose records are all gone.
    await consumer?.commitOffsets(offsets);
    return;
  }
  const topics = [...new Set(offsets.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: offsets.filter((one) => one.topic === topic),
  }));
  await commitOnce({ topics });
}
