import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { createEventCodec } from '../../ingest/event-codec.js';
import { isRejected, parseEvent } from '../../ingest/parse-event.js';
import { partitionOf } from '../../src/event/partition-of.js';
import { createKafkaEventLog } from '../../src/event-log/kafka/kafka-event-log.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import { startClickHouseStandIn } from '../testkit/clickhouse-stand-in.js';
import { freePort } from '../testkit/free-port.js';
import { startKafka } from '../testkit/kafka.js';
import { startRedis } from '../testkit/redis.js';
import { type StackMode, startSluice } from '../testkit/stack.js';
import { startTcpProxy, type TcpProxy } from '../testkit/tcp-proxy.js';
import { type Part, type Running, startPart } from './part.js';
import type { AppendForeign } from './sender.js';

/** A running installation whose parts can be killed and come back where they were. */
export interface Installation {
  readonly mode: StackMode;
  readonly adminKey: string;
  /** Where events are posted; connections can be cut. */
  readonly collectorUrl: string;
  readonly gatewayUrl: string;
  /** Every process that serves `/metrics`. */
  readonly urls: readonly string[];
  readonly parts: readonly Part[];
  /** Connections that can be cut, by what they lead to. */
  readonly proxies: ReadonlyMap<string, TcpProxy>;
  /** Another ingester, which joins the group; null where the one process has all lanes. */
  readonly startIngester: (() => Promise<Running>) | null;
  readonly appendForeign: AppendForeign | null;
  /** Batches handed out and not confirmed, as `topic/partition/first-last`. */
  openIntents(): Promise<readonly string[]>;
  /** Ends everything but what holds the data, and opens the warehouse. */
  openWarehouse(): Promise<{ readonly warehouse: Warehouse; readonly database: string }>;
  stop(): Promise<void>;
}

const ADMIN_KEY = 'test-admin-key-of-a-temporary-stack';
const GROUP = 'sluice-ingester';
const TOPICS = ['topic_web_events', 'topic_app_events', 'topic_dead_letters'];
const PARTITIONS = 4;
/** Short, so that the lanes of a killed ingester soon have another owner. */
const SESSION_TIMEOUT_MS = 1_500;

async function startOn(port: number, env: Readonly<Record<string, string>>): Promise<Running> {
  const { started } = await startSluice({ PORT: String(port), ...env });
  return started;
}

/** One process with everything in it. */
async function startEmbedded(directory: string, closers: Closers): Promise<Installation> {
  const dataDir = join(directory, 'data');
  const port = await freePort();
  const proxy = await startTcpProxy({ target: `127.0.0.1:${port}` });
  closers.push(() => proxy.stop());
  const server = await startPart('server', () => startOn(port, { DATA_DIR: dataDir }));
  closers.push(() => server.stop());
  const url = `http://127.0.0.1:${port}`;
  return {
    mode: 'embedded',
    adminKey: ADMIN_KEY,
    collectorUrl: `http://127.0.0.1:${proxy.port}`,
    gatewayUrl: url,
    urls: [url],
    parts: [server],
    proxies: new Map([['clients', proxy]]),
    startIngester: null,
    appendForeign: null,
    async openIntents() {
      const text = readFileSync(join(dataDir, `log/groups/${GROUP}.json`), 'utf8');
      const { cursors } = JSON.parse(text) as {
        cursors: { topic: string; partition: number; first?: string; last?: string }[];
      };
      return cursors.flatMap(({ topic, partition, first, last }) =>
        first === undefined ? [] : [`${topic}/${partition}/${first}-${last}`],
      );
    },
    async openWarehouse() {
      await server.stop();
      const warehouse = await createClickHouseWarehouse({
        url: `chdb://${dataDir}/warehouse`,
        connections: 2,
      });
      closers.push(() => warehouse.stop());
      return { warehouse, database: 'sluice' };
    },
    stop: () => closeAll(closers),
  };
}

/** Kafka, Redis, a warehouse over HTTP; a collector, two ingesters and a gateway. */
async function startScaled(directory: string, closers: Closers): Promise<Installation> {
  const kafkaProxy = await startTcpProxy({});
  const warehouseProxy = await startTcpProxy({});
  const collectorProxy = await startTcpProxy({});
  closers.push(
    () => kafkaProxy.stop(),
    () => warehouseProxy.stop(),
    () => collectorProxy.stop(),
  );
  const kafkaDirectory = join(directory, 'kafka');
  const kafka = await startPart('kafka', () =>
    startKafka({ directory: kafkaDirectory, isOwn: true, proxy: kafkaProxy }),
  );
  closers.push(() => kafka.stop());
  const redisPort = await freePort();
  const redis = await startPart('redis', async () => {
    const started = await startRedis({ port: redisPort, isOwn: true });
    return { ...started, kill: () => started.kill() };
  });
  closers.push(() => redis.stop());
  const warehouseDirectory = join(directory, 'stand-in');
  const warehousePort = await freePort();
  const standIn = await startPart('warehouse', () =>
    startClickHouseStandIn({ directory: warehouseDirectory, port: warehousePort }),
  );
  closers.push(() => standIn.stop());
  warehouseProxy.setTarget(`127.0.0.1:${warehousePort}`);

  const kafkaUrl = `kafka://127.0.0.1:${kafkaProxy.port}`;
  const shared = {
    EVENT_LOG_URL: kafkaUrl,
    WAREHOUSE_URL: `http://127.0.0.1:${warehouseProxy.port}`,
    CACHE_URL: `redis://127.0.0.1:${redisPort}`,
    PUBSUB_URL: `redis://127.0.0.1:${redisPort}`,
    INGESTER_TIMEOUT_MS: String(SESSION_TIMEOUT_MS),
    LOG_LEVEL: 'error',
  };
  const urls: string[] = [];
  const role = async (name: string, roles: string): Promise<{ part: Part; port: number }> => {
    const port = await freePort();
    const env = { ...shared, ROLES: roles, DATA_DIR: join(directory, name) };
    const part = await startPart(name, () => startOn(port, env));
    closers.push(() => part.stop());
    urls.push(`http://127.0.0.1:${port}`);
    return { part, port };
  };
  // The first process applies the migrations; the others then start at once.
  const gateway = await role('gateway', 'gateway');
  const [collector, ...ingesters] = await Promise.all([
    role('collector', 'collector'),
    role('ingester-1', 'ingester'),
    role('ingester-2', 'ingester'),
  ]);
  collectorProxy.setTarget(`127.0.0.1:${collector.port}`);

  const eventLog = createKafkaEventLog({
    url: kafkaUrl,
    partitionCount: PARTITIONS,
    replication: 1,
    topics: TOPICS,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    clock: Date.now,
    log: pino({ level: 'silent' }),
  });
  closers.push(() => eventLog.stop());
  const codec = createEventCodec({ registry: null });
  return {
    mode: 'scaled',
    adminKey: ADMIN_KEY,
    collectorUrl: `http://127.0.0.1:${collectorProxy.port}`,
    gatewayUrl: `http://127.0.0.1:${gateway.port}`,
    urls,
    parts: [
      kafka,
      redis,
      standIn,
      gateway.part,
      collector.part,
      ...ingesters.map((one) => one.part),
    ],
    proxies: new Map([
      ['kafka', kafkaProxy],
      ['warehouse', warehouseProxy],
      ['clients', collectorProxy],
    ]),
    async startIngester() {
      const env = { ...shared, ROLES: 'ingester', DATA_DIR: join(directory, 'ingester-3') };
      return startOn(await freePort(), env);
    },
    async appendForeign(deliveries) {
      await codec.prepareToEncode();
      await eventLog.append(
        deliveries.map(({ projectId, event }) => {
          const parsed = parseEvent(event, {
            projectId,
            isTrusted: true,
            receivedAt: Date.now(),
            ip: '',
            userAgent: '',
          });
          if (isRejected(parsed)) throw new Error(`a copy is refused: ${parsed.message}`);
          const owner = partitionOf(projectId, parsed.eventId, PARTITIONS);
          return {
            topic: parsed.platform === 'mobile' ? 'topic_app_events' : 'topic_web_events',
            partition: (owner + 1) % PARTITIONS,
            key: Buffer.from('a key of its own'),
            value: codec.encode(parsed),
          };
        }),
      );
    },
    async openIntents() {
      const positions = await eventLog.positions(GROUP, TOPICS);
      return positions.flatMap(({ openIntent: intent }) =>
        intent === null
          ? []
          : [`${intent.topic}/${intent.partition}/${intent.firstOffset}-${intent.lastOffset}`],
      );
    },
    async openWarehouse() {
      const warehouse = await createClickHouseWarehouse({
        url: `http://127.0.0.1:${warehousePort}`,
        connections: 2,
      });
      closers.push(() => warehouse.stop());
      return { warehouse, database: 'sluice' };
    },
    stop: () => closeAll(closers),
  };
}

type Closers = (() => Promise<void>)[];

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** Starts an installation in a temporary folder. */
export async function startInstallation(mode: StackMode): Promise<Installation> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-faults-'));
  const closers: Closers = [async () => rmSync(directory, { recursive: true, force: true })];
  try {
    return mode === 'embedded'
      ? await startEmbedded(directory, closers)
      : await startScaled(directory, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}
