/**
 * Header of a record that the replay of a dead letter appended. If the ingester refuses the record
 * after all, the mark leads back to the letter, which is then open again instead of becoming a
 * second one. Only on the topics of this program: what another producer puts under this name is
 * not believed.
 */
export const REPLAY_MARK_HEADER = 'sluice-dead-letter';

/** What the header says. */
export interface ReplayMark {
  readonly projectId: string;
  readonly deadLetterId: string;
  /** Of the letter when it was replayed. */
  readonly generation: number;
  /** Times the input was tried, this replay included. */
  readonly attempts: number;
}

export function encodeReplayMark(mark: ReplayMark): Buffer {
  const { projectId, deadLetterId, generation, attempts } = mark;
  return Buffer.from(JSON.stringify([projectId, deadLetterId, generation, attempts]));
}

/** @returns null when the bytes were not made by {@link encodeReplayMark}. */
export function decodeReplayMark(bytes: Buffer): ReplayMark | null {
  let content: unknown;
  try {
    content = JSON.parse(bytes.toString('utf8'));
  } catch {
    // Somebody else's header: the record is then an ordinary one.
    return null;
  }
  if (!Array.isArray(content) || content.length !== 4) return null;
  const [projectId, deadLetterId, generation, attempts] = content as readonly unknown[];
  const isMark =
    typeof projectId === 'string' &&
    typeof deadLetterId === 'string' &&
    isCount(generation) &&
    isCount(attempts);
  return isMark ? { projectId, deadLetterId, generation, attempts } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
