import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEDUPLICATION_WINDOW } from '../../clickhouse/topology.js';
import { createDeadLetterCodec } from '../../ingest/dead-letter.js';
import { createEventCodec } from '../../ingest/event-codec.js';
import type { IngesterTopics } from '../../ingest/ingester/consume-batch.js';
import { createIngester, type Ingester } from '../../ingest/ingester/ingester.js';
import { partitionOf } from '../../src/event/partition-of.js';
import { eventKey, type TrackedEvent } from '../../src/event/tracked-event.js';
import { createSegmentEventLog } from '../../src/event-log/embedded/segment-event-log.js';
import type { EventLog } from '../../src/event-log/event-log.js';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import type { PubSub } from '../../src/pubsub/pubsub.js';
import { createTelemetry, type Telemetry } from '../../src/telemetry.js';
import { statement } from '../../src/warehouse/statement.js';
import type { WarehouseWriter } from '../../src/warehouse/warehouse.js';
import { eventually } from './deadline.js';
import type { TestWarehouse } from './warehouse.js';

export interface IngesterWorldOptions {
  readonly kit: TestWarehouse;
  readonly partitionCount?: number;
  /** Stands between the ingester and the warehouse. */
  readonly wrapWarehouse?: (warehouse: WarehouseWriter) => Pick<WarehouseWriter, 'insert'>;
  /** Stands between the ingester and the log. */
  readonly wrapLog?: (log: EventLog) => EventLog;
  readonly pubsub?: Pick<PubSub, 'publish'>;
  readonly lingerMs?: number;
  /** Blocks whose tokens the tables remember, as the ingester believes. */
  readonly deduplicationWindow?: number;
  /** The ingester's clock, ms since 1970. */
  readonly clock?: () => number;
}

/** A real log and ingester in front of a shared warehouse; topics and project of its own. */
export async function openIngesterWorld({
  kit,
  partitionCount = 2,
  wrapWarehouse = (warehouse) => warehouse,
  wrapLog = (log) => log,
  pubsub = createMemoryPubSub({ bufferLength: 100 }),
  lingerMs = 20,
  deduplicationWindow = DEDUPLICATION_WINDOW.node,
  clock = Date.now,
}: IngesterWorldOptions) {
  const id = randomUUID().slice(0, 8);
  const projectId = `p-${id}`;
  const topics: IngesterTopics = {
    web: `web_${id}`,
    app: `app_${id}`,
    deadLetters: `dead_${id}`,
    foreign: [`foreign_${id}`],
  };
  const allTopics = [topics.web, topics.app, topics.deadLetters, ...topics.foreign];
  const directory = await mkdtemp(join(tmpdir(), 'sluice-ingester-'));
  const codec = createEventCodec({ registry: null });
  const deadLetterCodec = createDeadLetterCodec();
  const telemetries: Telemetry[] = [];
  const openLog = () =>
    createSegmentEventLog({
      directory,
      partitionCount,
      topics: allTopics,
      fsync: 'never',
      clock: Date.now,
      log: createTelemetry({ level: 'silent' }).log,
    });
  let log = await openLog();
  /** Those that run, in the order of their starts. */
  const ingesters: Ingester[] = [];

  async function stopIngesters(): Promise<void> {
    for (const ingester of ingesters.splice(0)) await ingester.stop(0);
  }

  /** Values of one column over the rows of this world, sorted. */
  async function column(sql: string): Promise<readonly unknown[]> {
    const { rows } = await kit.warehouse.query(
      statement<{ value: unknown }>(
        'test.column',
        sql.replaceAll('{{db}}', kit.database).replaceAll('{{world}}', worldCondition),
        { project: projectId, topics: allTopics },
      ),
    );
    return rows.map((row) => row.value);
  }
  const worldCondition = 'topic IN {topics:Array(String)}';

  async function count(sql: string): Promise<number> {
    return Number((await column(sql))[0]);
  }

  return {
    projectId,
    topics,
    codec,
    deadLetterCodec,
    column,
    count,
    get log() {
      return log;
    },
    get ingester() {
      return ingesters.at(-1) ?? null;
    },
    /** Events of this world's project, on the topic and partition that owns them. */
    async append(events: readonly TrackedEvent[], topic?: string, partition?: number) {
      await log.append(
        events.map((event) => ({
          topic: topic ?? (event.platform === 'web' ? topics.web : topics.app),
          partition: partition ?? partitionOf(event.projectId, event.eventId, partitionCount),
          key: Buffer.from(eventKey(event.projectId, event.eventId)),
          value: codec.encode(event),
        })),
      );
    },
    async appendValues(topic: string, values: readonly Buffer[], partition = 0) {
      await log.append(values.map((value) => ({ topic, partition, key: null, value })));
    },
    /** Starts an ingester; started again, one more in the same group. */
    async start() {
      const telemetry = createTelemetry({ level: 'silent' });
      telemetries.push(telemetry);
      const ingester = createIngester({
        eventLog: wrapLog(log),
        warehouse: { query: kit.warehouse.query, insert: wrapWarehouse(kit.warehouse).insert },
        deduplicationWindow,
        clock,
        codec,
        deadLetterCodec,
        pubsub,
        topics,
        config: {
          group: 'g',
          batchSize: 20_000,
          batchBytes: 16_777_216,
          lingerMs,
          timeoutMs: 30_000,
          inFlightBytes: 67_108_864,
        },
        database: kit.database,
        telemetry,
      });
      ingesters.push(ingester);
      await ingester.start();
    },
    /** Waits until nothing is unread in any topic. */
    async drained(timeoutMs?: number) {
      await eventually(
        'all topics are read',
        async () => {
          const positions = await log.positions('g', allTopics);
          return positions.every(({ end, begin, committed }) => (committed ?? begin) >= end);
        },
        timeoutMs,
      );
    },
    /** Ends ingesters and log as at the end of a process, and opens the log anew. */
    async restart() {
      await stopIngesters();
      await log.stop();
      log = await openLog();
    },
    async metric(name: string): Promise<number> {
      let sum = 0;
      for (const { registry } of telemetries) {
        const found = await registry.getSingleMetric(`sluice_ingester_${name}`)?.get();
        for (const { value } of found?.values ?? []) sum += value;
      }
      return sum;
    },
    bronzeCount: () => count('SELECT count() AS value FROM {{db}}.bronze_events WHERE {{world}}'),
    silverCount: () =>
      count(
        'SELECT count() AS value FROM {{db}}.silver_events WHERE project_id = {project:String}',
      ),
    goldCount: () =>
      count(
        'SELECT sum(event_count) AS value FROM {{db}}.gold_event_counts_per_hour WHERE project_id = {project:String}',
      ),
    async close() {
      await stopIngesters();
      await log.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
