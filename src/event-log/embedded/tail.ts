import type { LogRecord, TailPosition } from '../event-log.js';
import type { WakeUp } from '../wake-up.js';
import type { PartitionLog } from './partition-log.js';

const READ_BYTES = 256 * 1024;

/**
 * Records behind the given places, else behind the present ends, oldest first among those that are
 * there. Read from disk as they are asked for, so a slow reader costs no memory.
 *
 * @param appended Notified on every append to the log.
 */
export function tailPartitions({
  partitions,
  from = [],
  appended,
  signal,
}: {
  readonly partitions: readonly PartitionLog[];
  readonly from?: readonly TailPosition[] | undefined;
  readonly appended: WakeUp;
  readonly signal: AbortSignal;
}): AsyncIterable<LogRecord> {
  const feeds = partitions.map((partition) => {
    const given = from.find(
      (place) => place.topic === partition.topic && place.partition === partition.partition,
    );
    const position = given?.offset ?? partition.end;
    return {
      partition,
      reader: partition.reader(position),
      position,
      records: [] as LogRecord[],
    };
  });

  async function* read(): AsyncGenerator<LogRecord> {
    try {
      while (!signal.aborted) {
        const seen = appended.version;
        for (const feed of feeds) {
          if (feed.records.length > 0 || feed.position >= feed.partition.end) continue;
          const { records, position } = await feed.reader.read(READ_BYTES);
          feed.records = [...records];
          feed.position = position;
        }
        const run = feeds
          .flatMap((feed) => feed.records.splice(0))
          .sort((a, b) => a.appendedAt - b.appendedAt);
        for (const record of run) {
          if (signal.aborted) return;
          yield record;
        }
        if (run.length === 0) await appended.after(seen, signal);
      }
    } finally {
      await Promise.all(feeds.map(({ reader }) => reader.close()));
    }
  }
  return read();
}
