import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createSegmentEventLog } from '../../src/event-log/embedded/segment-event-log.js';
import type { EventLog } from '../../src/event-log/event-log.js';
import { createKafkaEventLog } from '../../src/event-log/kafka/kafka-event-log.js';

/** Topics and partitions of one test, on one adapter. */
export interface EventLogWorld {
  readonly topics: readonly string[];
  readonly group: string;
  readonly partitionCount: number;
  /** A log to work with. */
  readonly log: EventLog;
  /** A log as another process would have it; the same one where one process owns the log. */
  openPeer(): Promise<EventLog>;
  /** Ends `log` and opens the same data anew, as after a restart of the process. */
  reopen(): Promise<EventLog>;
  /** Makes a topic that `topics` does not name, where topics have to be made. */
  createTopic(topic: string): Promise<void>;
  close(): Promise<void>;
}

export interface EventLogAdapter {
  readonly name: 'segments' | 'kafka';
  open(options?: {
    readonly partitionCount?: number;
    readonly topicCount?: number;
  }): Promise<EventLogWorld>;
}

/** Names of its own for each test, so that tests do not meet on a shared broker. */
export function uniqueNames(topicCount: number): { topics: string[]; group: string } {
  const id = randomUUID().slice(0, 8);
  return {
    topics: Array.from({ length: topicCount }, (_, index) => `topic_${index}_${id}`),
    group: `group-${id}`,
  };
}

/** The embedded log, each world in a temporary directory. */
export const segmentsAdapter: EventLogAdapter = {
  name: 'segments',
  async open({ partitionCount = 4, topicCount = 1 } = {}) {
    const { topics, group } = uniqueNames(topicCount);
    const directory = await mkdtemp(join(tmpdir(), 'sluice-log-'));
    const create = (): Promise<EventLog> =>
      createSegmentEventLog({
        directory,
        partitionCount,
        topics,
        fsync: 'always',
        clock: Date.now,
        log: pino({ level: 'silent' }),
      });
    let log = await create();
    return {
      topics,
      group,
      partitionCount,
      get log() {
        return log;
      },
      openPeer: async () => log,
      createTopic: async () => undefined,
      async reopen() {
        await log.stop();
        log = await create();
        return log;
      },
      async close() {
        await log.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  },
};

/** The log in a Kafka cluster, each world with topics of its own. */
export function kafkaAdapter(url: () => string): EventLogAdapter {
  return {
    name: 'kafka',
    async open({ partitionCount = 4, topicCount = 1 } = {}) {
      const { topics, group } = uniqueNames(topicCount);
      const opened: EventLog[] = [];
      const create = (own: readonly string[] = topics): EventLog => {
        const log = createKafkaEventLog({
          url: url(),
          partitionCount,
          replication: 1,
          topics: own,
          clock: Date.now,
          sessionTimeoutMs: 6_000,
          log: pino({ level: 'silent' }),
        });
        opened.push(log);
        return log;
      };
      let log = create();
      await log.checkReady();
      return {
        topics,
        group,
        partitionCount,
        get log() {
          return log;
        },
        openPeer: async () => create(),
        createTopic: (topic) => create([topic]).checkReady(),
        async reopen() {
          await log.stop();
          log = create();
          return log;
        },
        async close() {
          for (const one of opened) await one.stop();
        },
      };
    },
  };
}
