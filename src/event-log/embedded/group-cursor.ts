import { AppError, messageOf } from '../../errors.js';
import type { OpenIntent } from '../event-log.js';
import type { PositionUpdate } from '../run-lane.js';
import { type FileSystem, replaceFile, systemErrorCode } from './file-system.js';

/** Where a group stands in one topic partition. */
export interface Cursor {
  /** Next offset to read. */
  readonly committed: bigint;
  /** The batch handed out and not confirmed; null when there is none. */
  readonly intent: OpenIntent | null;
}

/** Positions and open intents of one group, in one file that is replaced as a whole. */
export interface GroupCursor {
  /** Null when the group has never handed out anything of the partition. */
  get(topic: string, partition: number): Cursor | null;
  entries(): Iterable<readonly [topic: string, partition: number, cursor: Cursor]>;
  /**
   * Applies the update and resolves when the file has it; concurrent calls share one write.
   *
   * @throws AppError retryable `EVENT_LOG_FULL` or `EVENT_LOG_UNAVAILABLE`; calling again with the
   *   same update is harmless.
   */
  save(update: PositionUpdate): Promise<void>;
  /** Resolves once nothing is being written: who asked for it may be gone by then. */
  settled(): Promise<void>;
}

interface StoredCursor {
  readonly topic: string;
  readonly partition: number;
  readonly committed: string;
  readonly first?: string;
  readonly last?: string;
  readonly openedAt?: number;
}

/** File name of a group: its name, percent-encoded so that any name is one safe file name. */
export function cursorFileName(group: string): string {
  return `${encodeURIComponent(group).replaceAll('.', '%2E').replaceAll('*', '%2A')}.json`;
}

/** Opens the cursor file of a group; a group without one has no positions. */
export async function openGroupCursor({
  directory,
  name,
  files,
  isDurable,
}: {
  readonly directory: string;
  /** Of the file, see {@link cursorFileName}. */
  readonly name: string;
  readonly files: FileSystem;
  readonly isDurable: boolean;
}): Promise<GroupCursor> {
  const path = `${directory}/${name}`;
  const cursors = new Map<string, { topic: string; partition: number; cursor: Cursor }>();
  for (const stored of await readStored(files, path)) {
    const { topic, partition, first, last, openedAt = 0 } = stored;
    const committed = BigInt(stored.committed);
    const intent =
      first === undefined || last === undefined
        ? null
        : { topic, partition, firstOffset: BigInt(first), lastOffset: BigInt(last), openedAt };
    cursors.set(keyOf(topic, partition), { topic, partition, cursor: { committed, intent } });
  }
  let writing: Promise<void> | null = null;
  let waiting: { resolve: () => void; reject: (error: AppError) => void }[] = [];

  const get = (topic: string, partition: number): Cursor | null =>
    cursors.get(keyOf(topic, partition))?.cursor ?? null;

  function apply({ confirmed, intent }: PositionUpdate): void {
    if (confirmed !== undefined) {
      const { topic, partition, lastOffset } = confirmed;
      cursors.set(keyOf(topic, partition), {
        topic,
        partition,
        cursor: { committed: lastOffset + 1n, intent: null },
      });
    }
    if (intent !== undefined) {
      const { topic, partition, firstOffset } = intent;
      const committed = get(topic, partition)?.committed ?? firstOffset;
      cursors.set(keyOf(topic, partition), { topic, partition, cursor: { committed, intent } });
    }
  }

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        const stored = [...cursors.values()].map(toStored);
        await replaceFile({
          files,
          directory,
          name,
          content: `${JSON.stringify({ version: 1, cursors: stored })}\n`,
          isDurable,
        });
        for (const { resolve } of group) resolve();
      } catch (cause) {
        const isFull = ['ENOSPC', 'EDQUOT'].includes(systemErrorCode(cause));
        const error = new AppError(
          isFull ? 'EVENT_LOG_FULL' : 'EVENT_LOG_UNAVAILABLE',
          `cannot write ${path}: ${messageOf(cause)}`,
          { isRetryable: true, cause, details: { file: path } },
        );
        for (const { reject } of group) reject(error);
      }
    }
    writing = null;
  }

  return {
    get,
    *entries() {
      for (const { topic, partition, cursor } of cursors.values()) {
        yield [topic, partition, cursor] as const;
      }
    },
    save(update) {
      apply(update);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        writing ??= writeWaiting();
      });
    },
    async settled() {
      await writing;
    },
  };
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

function toStored({
  topic,
  partition,
  cursor,
}: {
  topic: string;
  partition: number;
  cursor: Cursor;
}): StoredCursor {
  const { committed, intent } = cursor;
  return {
    topic,
    partition,
    committed: String(committed),
    ...(intent === null
      ? {}
      : {
          first: String(intent.firstOffset),
          last: String(intent.lastOffset),
          openedAt: intent.openedAt,
        }),
  };
}

async function readStored(files: FileSystem, path: string): Promise<readonly StoredCursor[]> {
  let text: string;
  try {
    text = await files.readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
  try {
    const stored: { cursors: readonly StoredCursor[] } = JSON.parse(text);
    return stored.cursors;
  } catch (cause) {
    // Starting over would count everything again, so an operator has to decide.
    throw new AppError(
      'EVENT_LOG_UNAVAILABLE',
      `${path} is not readable as positions of a consumer group: ${messageOf(cause)}; restore it, or delete it to read the log from its beginning`,
      { cause, details: { file: path } },
    );
  }
}
