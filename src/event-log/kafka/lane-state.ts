import type { OpenIntent } from '../event-log.js';
import type { LaneSource } from '../lane-source.js';
import type { PositionUpdate } from '../run-lane.js';
import type { WakeUp } from '../wake-up.js';
import { decodeIntent, encodeIntent } from './intent-metadata.js';
import type { StoredOffset } from './kafka-admin.js';

/** What a group has committed, or is about to commit, for one topic partition. */
export interface Commit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly metadata: string;
}

/** A lane this process owns. */
export interface LaneState {
  readonly lane: number;
  readonly sources: ReadonlyMap<string, LaneSource>;
  /** Notified when a source got records, or was found read to its end. */
  readonly arrived: WakeUp;
  /** What the broker has, as far as known, by topic partition. */
  readonly saved: Map<string, Commit>;
  /** Sent, outcome not known yet. */
  readonly attempted: Map<string, Commit>;
  /** Generation (by our own count) in which this lane was last found to be ours. */
  validFor: number;
  /** Fetches from beyond the position of a source that came since its last fetch from there. */
  readonly beyond: Map<LaneSource, FetchBeyond>;
  /** Sources that are not fetched because they are full. */
  readonly paused: Set<LaneSource>;
  /** When the oldest record of the running batch was appended, by topic partition. */
  readonly handling: Map<string, number>;
  readonly stopping: AbortController;
  readonly lost: AbortController;
  settled: Promise<void>;
}

/** Fetches in a row that began at one offset behind the position. */
export interface FetchBeyond {
  readonly offset: bigint;
  readonly times: number;
}

/** How often the position is sought before offsets that are skipped each time count as a gap. */
const SEEKS_BEFORE_GAP = 3;

/**
 * Whether a fetch from `offset`, beyond the position of its source, shows that the log has nothing
 * in between, as compaction leaves it. Else it was asked for before the source was sought, and what
 * lies in between would be passed over unread. Notes the fetch in `beyond`.
 */
export function isGap(
  beyond: Map<LaneSource, FetchBeyond>,
  source: LaneSource,
  offset: bigint,
): boolean {
  const before = beyond.get(source);
  const times = before?.offset === offset ? before.times + 1 : 1;
  beyond.set(source, { offset, times });
  return times > SEEKS_BEFORE_GAP;
}

/** Key of a topic partition. */
export function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}

/** The commits that make an update of positions durable. Pure. */
export function commitsOf(
  saved: ReadonlyMap<string, Commit>,
  { confirmed, intent }: PositionUpdate,
): Commit[] {
  const commits = new Map<string, Commit>();
  if (confirmed !== undefined) {
    const { topic, partition, lastOffset } = confirmed;
    commits.set(keyOf(confirmed), { topic, partition, offset: lastOffset + 1n, metadata: '' });
  }
  if (intent !== undefined) {
    const { topic, partition, firstOffset } = intent;
    const key = keyOf(intent);
    // The position itself does not move: whoever reads it without the metadata loses nothing.
    const offset = commits.get(key)?.offset ?? saved.get(key)?.offset ?? firstOffset;
    const metadata = encodeIntent(intent);
    commits.set(key, { topic, partition, offset, metadata });
  }
  return [...commits.values()];
}

/** The intent that a commit of this topic partition left open; null when none. */
export function openIntentOf({
  topic,
  partition,
  metadata,
}: Pick<Commit, 'topic' | 'partition' | 'metadata'>): OpenIntent | null {
  const intent = decodeIntent(metadata);
  return intent === null ? null : { topic, partition, ...intent };
}

/**
 * Whether nobody else has changed a lane: what the broker has is what we saved, or what we sent
 * last without learning its outcome. Pure.
 */
export function isUntouched(
  lane: Pick<LaneState, 'saved' | 'attempted'>,
  stored: ReadonlyMap<string, StoredOffset>,
): boolean {
  return [...lane.saved].every(([key, saved]) => {
    const now = stored.get(key);
    const attempted = lane.attempted.get(key);
    return (
      now !== undefined &&
      (isSame(saved, now) || (attempted !== undefined && isSame(attempted, now)))
    );
  });
}

function isSame(commit: Pick<Commit, 'offset' | 'metadata'>, stored: StoredOffset): boolean {
  return commit.offset === stored.offset && commit.metadata === stored.metadata;
}
