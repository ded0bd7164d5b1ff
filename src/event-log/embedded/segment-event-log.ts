import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { AppError, messageOf } from '../../errors.js';
import type { AppendRecord, EventLog, LogConsumer, PartitionPosition } from '../event-log.js';
import { createWakeUp } from '../wake-up.js';
import { type ConsumerGroup, createConsumerGroup } from './consumer-group.js';
import { type DirectoryLock, lockDirectory } from './directory-lock.js';
import { type FileSystem, nodeFileSystem, syncDirectory } from './file-system.js';
import { cursorFileName, type GroupCursor, openGroupCursor } from './group-cursor.js';
import { checkLogFormat } from './log-format.js';
import { openPartitionLog, type PartitionLog } from './partition-log.js';
import { tailPartitions } from './tail.js';

const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;
const LARGEST_RECORD_BYTES = 128 * 1024 * 1024;
const TOPIC_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

export interface SegmentEventLogOptions {
  /** `file:///path` of the log's directory; either this or `directory`. */
  readonly url?: string;
  readonly directory?: string;
  /** Partitions of every topic; fixed by the first open of a directory. */
  readonly partitionCount: number;
  /** Topics to create at once; others come into being when they are first used. */
  readonly topics: readonly string[];
  /** `always`: acknowledged means on disk. `never`: survives a crash of the process only. */
  readonly fsync: 'always' | 'never';
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
  /** Size at which a segment is closed and the next one begun, bytes; default 64 MiB. */
  readonly segmentBytes?: number;
  readonly files?: FileSystem;
}

/**
 * The event log in a directory of this machine:
 *
 * ```
 * lock                          holder of the directory
 * log.json                      format version and number of partitions
 * topics/TOPIC/PARTITION/OFFSET.log   segments, see frame.ts
 * groups/GROUP.json             positions and open intents
 * ```
 *
 * Segments are kept; nothing deletes them yet.
 *
 * @throws AppError `DATA_DIR_LOCKED` while another process has the directory; `CONFIG_INVALID` when
 *   the directory was written with another number of partitions.
 */
export async function createSegmentEventLog(options: SegmentEventLogOptions): Promise<EventLog> {
  const { partitionCount, clock, log, files = nodeFileSystem } = options;
  const directory = directoryOf(options);
  const isDurable = options.fsync === 'always';
  const lock = await lockDirectory({ directory, files });
  try {
    return await openLog(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }

  async function openLog(held: DirectoryLock): Promise<EventLog> {
    await checkLogFormat({ directory, partitionCount, files, isDurable });
    const groupsDirectory = `${directory}/groups`;
    await files.mkdir(groupsDirectory, { recursive: true });
    const cursors = new Map<string, Promise<GroupCursor>>();
    const groups = new Map<string, ConsumerGroup>();
    const partitions = new Map<string, Promise<PartitionLog>>();
    const opened: PartitionLog[] = [];
    const consumers = new Set<LogConsumer>();
    const appended = createWakeUp();
    const stopped = new AbortController();

    const openCursor = (name: string): Promise<GroupCursor> => {
      const known =
        cursors.get(name) ??
        openGroupCursor({ directory: groupsDirectory, name, files, isDurable });
      cursors.set(name, known);
      return known;
    };
    for (const name of await files.readdir(groupsDirectory)) {
      if (name.endsWith('.json')) await openCursor(name);
    }
    for (const topic of options.topics) {
      for (let partition = 0; partition < partitionCount; partition += 1) {
        await openPartition(topic, partition);
      }
    }

    function openPartition(topic: string, partition: number): Promise<PartitionLog> {
      const key = `${topic}/${partition}`;
      const known = partitions.get(key);
      if (known !== undefined) return known;
      const opening = openNew(topic, partition);
      partitions.set(key, opening);
      // A partition that could not be opened is tried again at its next use.
      opening.catch(() => partitions.delete(key));
      return opening;
    }

    async function openNew(topic: string, partition: number): Promise<PartitionLog> {
      if (!TOPIC_NAME.test(topic)) {
        throw new AppError(
          'INTERNAL',
          `topic name: expected 1 to 249 letters, digits, '.', '_' or '-', got '${topic}'`,
        );
      }
      if (!Number.isInteger(partition) || partition < 0 || partition >= partitionCount) {
        throw new AppError(
          'INTERNAL',
          `partition of ${topic}: expected 0 to ${partitionCount - 1}, got ${partition}`,
        );
      }
      let lowestNextOffset = 0n;
      for (const cursor of await Promise.all(cursors.values())) {
        const at = cursor.get(topic, partition);
        if (at === null) continue;
        const behind = at.intent === null ? at.committed : at.intent.lastOffset + 1n;
        if (behind > lowestNextOffset) lowestNextOffset = behind;
      }
      const topicDirectory = `${directory}/topics/${topic}`;
      const partitionLog = await openPartitionLog({
        directory: `${topicDirectory}/${partition}`,
        topic,
        partition,
        lowestNextOffset,
        segmentBytes: options.segmentBytes ?? DEFAULT_SEGMENT_BYTES,
        isDurable,
        files,
        clock,
        log,
        onAppend: appended.notify,
      });
      if (isDurable) {
        for (const path of [topicDirectory, `${directory}/topics`, directory]) {
          await syncDirectory(files, path);
        }
      }
      opened.push(partitionLog);
      return partitionLog;
    }

    function assertRunning(): void {
      if (stopped.signal.aborted) {
        throw new AppError('EVENT_LOG_UNAVAILABLE', `${directory}: the event log is stopped`, {
          isRetryable: true,
        });
      }
    }

    return {
      partitionCount,
      async append(records) {
        assertRunning();
        const byPartition = new Map<string, AppendRecord[]>();
        for (const record of records) {
          assertFits(record);
          const key = `${record.topic}/${record.partition}`;
          const run = byPartition.get(key);
          if (run === undefined) byPartition.set(key, [record]);
          else run.push(record);
        }
        const results = await Promise.allSettled(
          [...byPartition.values()].map(async (run) => {
            const [first] = run;
            if (first === undefined) return;
            const partition = await openForAppend(first.topic, first.partition);
            await partition.append(run);
          }),
        );
        for (const result of results) if (result.status === 'rejected') throw result.reason;
      },
      async consume(consumeOptions) {
        assertRunning();
        const { group } = consumeOptions;
        const cursor = await openCursor(cursorFileName(group));
        assertRunning();
        const members =
          groups.get(group) ??
          createConsumerGroup({ laneCount: partitionCount, cursor, openPartition, clock });
        groups.set(group, members);
        const consumer = members.join(consumeOptions);
        consumers.add(consumer);
        return {
          isReady: consumer.isReady,
          async stop(deadlineMs) {
            await consumer.stop(deadlineMs);
            consumers.delete(consumer);
          },
        };
      },
      async tail({ topics, from, signal }) {
        assertRunning();
        const tailed = await openAll(topics);
        return tailPartitions({
          partitions: tailed,
          from,
          appended,
          signal: AbortSignal.any([signal, stopped.signal]),
        });
      },
      async positions(group, topics) {
        assertRunning();
        const cursor = await openCursor(cursorFileName(group));
        const positions: PartitionPosition[] = [];
        for (const partitionLog of await openAll([...topics].sort())) {
          const { topic, partition, begin, end } = partitionLog;
          const at = cursor.get(topic, partition);
          positions.push({
            topic,
            partition,
            begin,
            end,
            committed: at?.committed ?? null,
            oldestUnreadAt: await partitionLog.appendedAt(at?.committed ?? begin),
            openIntent: at?.intent ?? null,
          });
        }
        return positions;
      },
      async checkReady() {
        assertRunning();
        const failure = opened.find((one) => one.failure !== null)?.failure;
        if (failure === undefined || failure === null) return;
        await probe(failure);
      },
      async stop() {
        if (stopped.signal.aborted) return;
        await Promise.all([...consumers].map((consumer) => consumer.stop()));
        stopped.abort();
        // A consumer that was not waited for may have positions on their way still.
        await Promise.allSettled(
          [...cursors.values()].map(async (cursor) => (await cursor).settled()),
        );
        await Promise.all(opened.map((partition) => partition.close()));
        await held.release();
      },
    };

    async function openAll(topics: readonly string[]): Promise<PartitionLog[]> {
      const all: PartitionLog[] = [];
      for (const topic of topics) {
        for (let partition = 0; partition < partitionCount; partition += 1) {
          all.push(await openPartition(topic, partition));
        }
      }
      return all;
    }

    async function openForAppend(topic: string, partition: number): Promise<PartitionLog> {
      try {
        return await openPartition(topic, partition);
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw unavailable(error);
      }
    }
  }

  /** After a failed append: can bytes be made durable now? */
  async function probe(failure: AppError): Promise<void> {
    const path = `${directory}/probe`;
    try {
      const handle = await files.open(path, 'w');
      try {
        await handle.write(Buffer.alloc(64 * 1024));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await files.rm(path, { force: true });
    } catch (error) {
      throw unavailable(error);
    }
    log.info({ directory, cause: failure.message }, 'event log: can be written again');
  }

  function unavailable(cause: unknown): AppError {
    return new AppError(
      'EVENT_LOG_UNAVAILABLE',
      `cannot write to file://${directory}: ${messageOf(cause)}`,
      { isRetryable: true, cause, details: { directory } },
    );
  }
}

function directoryOf({ url, directory }: SegmentEventLogOptions): string {
  if (directory !== undefined) return directory;
  if (url?.startsWith('file:///')) return fileURLToPath(url);
  throw new AppError(
    'CONFIG_INVALID',
    `event log: expected a URL like file:///var/lib/sluice/log, got '${url}'`,
  );
}

function assertFits({ topic, value, key }: AppendRecord): void {
  const bytes = value.length + (key?.length ?? 0);
  if (bytes > LARGEST_RECORD_BYTES) {
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `record for ${topic}: expected at most ${LARGEST_RECORD_BYTES} bytes, got ${bytes}`,
    );
  }
}
