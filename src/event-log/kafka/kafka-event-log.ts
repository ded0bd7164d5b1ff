import type { Logger } from 'pino';
import { AppError } from '../../errors.js';
import type { AppendRecord, EventLog, PartitionPosition } from '../event-log.js';
import { createKafkaAdmin } from './kafka-admin.js';
import { createKafkaClient } from './kafka-client.js';
import { type KafkaConsumer, startKafkaConsumer } from './kafka-consumer.js';
import { createKafkaProducer } from './kafka-producer.js';
import { tailKafka } from './kafka-tail.js';
import { createKafkaTopics } from './kafka-topics.js';
import { openIntentOf } from './lane-state.js';

export interface KafkaEventLogOptions {
  /** `kafka://host:port,host:port`. */
  readonly url: string;
  /** Partitions of every topic of this program, and number of lanes. */
  readonly partitionCount: number;
  /** Replication factor of topics that are created. */
  readonly replication: number;
  /** Topics of this program: created when missing, refused with another number of partitions. */
  readonly topics: readonly string[];
  /** A member that is silent for longer loses its lanes, ms; at least the broker's minimum. */
  readonly sessionTimeoutMs: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * The event log in a Kafka cluster. Connects when it is first used, and again after every outage;
 * a cluster that cannot be reached fails the call, never the log.
 *
 * Topics of other producers may be consumed with any number of partitions: partition p belongs to
 * lane `p % partitionCount`. They may come into being later.
 *
 * @throws AppError `CONFIG_INVALID` when the URL names no broker.
 */
export function createKafkaEventLog(options: KafkaEventLogOptions): EventLog {
  const { partitionCount, sessionTimeoutMs, log } = options;
  const client = createKafkaClient({ url: options.url, log });
  const admin = createKafkaAdmin(client);
  const topics = createKafkaTopics({ ...options, admin });
  const producer = createKafkaProducer({ client, prepare: topics.ensure });
  const consumers = new Set<KafkaConsumer>();
  const settled = new Map<string, Promise<void>>();
  const stopped = new AbortController();

  function assertRunning(): void {
    if (stopped.signal.aborted) {
      throw new AppError('EVENT_LOG_UNAVAILABLE', `${options.url}: the event log is stopped`, {
        isRetryable: true,
      });
    }
  }

  return {
    partitionCount,
    async append(records) {
      assertRunning();
      for (const record of records) assertPartition(record);
      await producer.append(records);
    },
    async consume(consume) {
      assertRunning();
      const laneKey = (lane: number): string => `${consume.group}\n${lane}`;
      const consumer = startKafkaConsumer({
        client,
        admin,
        laneCount: partitionCount,
        sessionTimeoutMs,
        prepare: topics.ensure,
        consume,
        clock: options.clock,
        log,
        settledOf: (lane) => settled.get(laneKey(lane)) ?? Promise.resolve(),
        setSettled(lane, run) {
          const before = settled.get(laneKey(lane));
          settled.set(
            laneKey(lane),
            Promise.all([before, run]).then(() => undefined),
          );
        },
      });
      consumers.add(consumer);
      return {
        isReady: consumer.isReady,
        async stop(deadlineMs) {
          await consumer.stop(deadlineMs);
          consumers.delete(consumer);
        },
      };
    },
    async tail({ topics: tailed, from, signal }) {
      assertRunning();
      return tailKafka({
        client,
        admin,
        topics: tailed,
        from,
        sessionTimeoutMs,
        prepare: topics.ensure,
        signal: AbortSignal.any([signal, stopped.signal]),
        log,
      });
    },
    async positions(group, wanted) {
      assertRunning();
      const existing = await admin.partitionsOf(wanted);
      const positions: PartitionPosition[] = [];
      for (const [topic, partitions] of [...existing].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const stored = await admin.stored(group, topic, partitions);
        const ranges = [...(await admin.ranges(topic, partitions))];
        for (const { partition, begin, end } of ranges.sort((a, b) => a.partition - b.partition)) {
          const found = stored.find((one) => one.partition === partition);
          const at = found?.offset ?? -1n;
          positions.push({
            topic,
            partition,
            begin,
            end,
            committed: at < 0n ? null : at,
            oldestUnreadAt: at >= end ? null : oldestUnreadAt(group, topic, partition),
            openIntent: openIntentOf({ topic, partition, metadata: found?.metadata ?? '' }),
          });
        }
      }
      return positions;
    },
    async checkReady() {
      assertRunning();
      await topics.ensure();
      const leaderless = await admin.leaderless(options.topics);
      if (leaderless.length > 0) {
        throw new AppError(
          'EVENT_LOG_UNAVAILABLE',
          `${options.url}: no leader for ${leaderless.join(', ')}`,
          { isRetryable: true, details: { url: options.url, leaderless } },
        );
      }
    },
    async stop() {
      if (stopped.signal.aborted) return;
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      stopped.abort();
      await producer.stop();
      await admin.stop();
    },
  };

  /** Known here only for partitions that a consumer of this process owns. */
  function oldestUnreadAt(group: string, topic: string, partition: number): number | null {
    for (const consumer of consumers) {
      if (consumer.group !== group) continue;
      const at = consumer.oldestUnreadAt(topic, partition);
      if (at !== null) return at;
    }
    return null;
  }

  function assertPartition({ topic, partition }: AppendRecord): void {
    // Topics of other producers have their own numbers of partitions; Kafka checks those.
    if (!options.topics.includes(topic)) return;
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitionCount) {
      throw new AppError(
        'INTERNAL',
        `partition of ${topic}: expected 0 to ${partitionCount - 1}, got ${partition}`,
      );
    }
  }
}
