import Fastify from 'fastify';
import { applyDurability } from '../clickhouse/durability.js';
import { migrate } from '../clickhouse/migrate.js';
import { PROJECT_SETTING } from '../clickhouse/row-policy.js';
import { DEDUPLICATION_WINDOW } from '../clickhouse/topology.js';
import { registerCollector } from '../ingest/collector/collector.js';
import { createDeadLetterCodec } from '../ingest/dead-letter.js';
import { createEventCodec } from '../ingest/event-codec.js';
import { batchToken } from '../ingest/ingester/batch-token.js';
import { createCountryLookup } from '../ingest/ingester/enrichment/country.js';
import { createIngester, type Ingester } from '../ingest/ingester/ingester.js';
import { createReadLetter } from '../ingest/read-letter.js';
import { createSchemaRegistry } from '../ingest/schema-registry.js';
import { createTailReader } from '../ingest/tail-reader.js';
import type { Cache } from './cache/cache.js';
import { createMemoryCache } from './cache/memory/memory-cache.js';
import type { Config } from './config.js';
import { createBudgets } from './cost/budgets.js';
import { createRowEstimator } from './cost/estimate-rows.js';
import { createMeters } from './cost/meters.js';
import { createDeadLetterOffice } from './dead-letter/dead-letter-office.js';
import { createWarehouseDefinitionStore } from './definition/warehouse-definition-store.js';
import { AppError, isAppError, messageOf } from './errors.js';
import { createSegmentEventLog } from './event-log/embedded/segment-event-log.js';
import type { EventLog } from './event-log/event-log.js';
import { registerGateway } from './gateway/gateway.js';
import { createLedger } from './ledger/ledger.js';
import { announceLocalAccess, withdrawLocalAccess, withLocalAccess } from './local-access.js';
import { DEFAULT_PROJECT, prepareFirstStart } from './project/first-start.js';
import { createWarehouseProjectStore } from './project/warehouse-project-store.js';
import { createMemoryPubSub } from './pubsub/memory/memory-pubsub.js';
import type { PubSub } from './pubsub/pubsub.js';
import { bindQuestions } from './questions.js';
import { type ReadinessCheck, readinessOf, registerReadiness } from './readiness.js';
import { createReportOffice, type RunningReportOffice } from './report/create-report-office.js';
import { openSharedQuestions } from './shared-questions.js';
import type { Telemetry } from './telemetry.js';
import { traceEventLog } from './trace/trace-event-log.js';
import { traceRequests } from './trace/trace-requests.js';
import { traceWarehouse } from './trace/trace-warehouse.js';
import type { Tracing } from './trace/tracing.js';
import { createClickHouseWarehouse } from './warehouse/clickhouse/clickhouse-warehouse.js';
import { limitReader } from './warehouse/limited-reader.js';

/** Messages of a channel kept for replay. */
const PUBSUB_BUFFER_LENGTH = 10_000;

/** Results of a live question kept for subscribers that come back: a minute at the shortest interval. */
const LIVE_BUFFER_LENGTH = 256;
/** Characters kept of all live questions together, in memory. */
const LIVE_BUFFER_CHARACTERS = 64_000_000;
/** How long the results of a live question stay in Redis after the last one, ms. */
const LIVE_KEPT_UNUSED_MS = 1_800_000;

/** Longest pause between two tries of a step at the start, ms. */
const MAX_RETRY_MS = 5_000;

export interface ComposeOptions {
  readonly config: Config;
  readonly telemetry: Telemetry;
  /** Time in ms since 1970. */
  readonly clock: () => number;
}

/** A running process. */
export interface Sluice {
  /** `http://host:port` it listens on. */
  readonly url: string;
  /**
   * Resolves when everything works, with the keys made at the very first start; rejects when it
   * never will. Until then `/readyz` answers 503 and says what is missing.
   */
  readonly started: Promise<readonly { readonly name: string; readonly secret: string }[]>;
  /** Stops taking requests, lets running work finish, closes everything. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Joins the parts according to the configuration; the scheme of each URL picks the adapter.
 *
 * @throws AppError `PORT_TAKEN`, `DATA_DIR_LOCKED` or another cause that waiting would not mend.
 */
export async function compose({ config, telemetry, clock }: ComposeOptions): Promise<Sluice> {
  const { log, registry } = telemetry;
  const closers: (() => Promise<void>)[] = [];
  const stopping = new AbortController();
  let starting: string | null = 'starting';

  async function closeAll(): Promise<void> {
    for (const close of closers.splice(0).reverse()) await close();
  }

  try {
    const tracing = await openTracing(config, telemetry);
    if (tracing !== null) closers.push(() => tracing.stop());
    const openedLog = await openEventLog(config, telemetry, clock);
    const eventLog = tracing === null ? openedLog : traceEventLog(openedLog, tracing);
    closers.push(() => eventLog.stop());
    const opened = await createClickHouseWarehouse({
      url: config.warehouse.url,
      connections: config.warehouse.connections,
      exports: config.reports.atOnce,
      queryTimeoutMs: config.gateway.queryTimeoutMs,
      fsync: config.warehouse.fsync,
      onUndone: ({ undone, kept }) => reportUndone(log, undone, kept),
    });
    const warehouse = tracing === null ? opened : traceWarehouse(opened, tracing);
    closers.push(() => warehouse.stop());
    const cache = await openCache(config, telemetry, clock);
    closers.push(() => cache.stop());
    const pubsub = await openPubSub(config, telemetry);
    closers.push(() => pubsub.stop());

    const { database } = config.warehouse;
    const { topics } = config.eventLog;
    const settingsStore = createWarehouseProjectStore({ warehouse, database, clock });
    const { store: projects, key: localKey } = withLocalAccess(settingsStore);
    const { schemaRegistryUrl } = config.eventLog;
    const codec = createEventCodec({
      registry:
        schemaRegistryUrl === null ? null : createSchemaRegistry({ url: schemaRegistryUrl }),
      clock,
    });

    const checks = new Map<string, ReadinessCheck>([
      ['event log', () => eventLog.checkReady()],
      ['warehouse', () => warehouse.checkReady()],
      ['cache', () => cache.checkReady()],
      ['pub/sub', () => pubsub.checkReady()],
    ]);

    const app = Fastify({
      trustProxy: config.http.trustProxy,
      bodyLimit: config.collector.maxBodyBytes,
      forceCloseConnections: true,
      // On a loaded machine the schema takes its time; Fastify would give up after 10 s.
      pluginTimeout: 120_000,
    });
    registerReadiness(app, { registry, readiness: () => readinessOf(checks, starting) });
    if (tracing !== null) traceRequests(app, tracing);
    if (config.roles.includes('collector')) {
      await registerCollector(app, {
        log: eventLog,
        codec,
        projects,
        topics,
        config: config.collector,
        telemetry,
        clock,
        trustProxy: config.http.trustProxy,
      });
    }
    const countryOf = createCountryLookup();
    let ingester: Ingester | null = null;
    if (config.roles.includes('ingester')) {
      const made = createIngester({
        eventLog,
        warehouse,
        codec,
        deadLetterCodec: createDeadLetterCodec(),
        pubsub,
        topics,
        config: config.ingester,
        telemetry,
        clock,
        database,
        deduplicationWindow:
          DEDUPLICATION_WINDOW[config.warehouse.cluster === null ? 'node' : 'cluster'],
        defaultProjectId: DEFAULT_PROJECT,
        countryOf,
      });
      ingester = made;
      checks.set('ingester', async () => {
        if (!made.isReady()) {
          throw new AppError('EVENT_LOG_UNAVAILABLE', 'the ingester has not joined its group');
        }
      });
    }
    let reports: RunningReportOffice | null = null;
    if (config.roles.includes('gateway')) {
      const rowPolicies = config.gateway.hasRowPolicies ? { projectSetting: PROJECT_SETTING } : {};
      const reading = limitReader(warehouse, config.gateway);
      const meters = createMeters({
        warehouse: reading,
        estimator: createRowEstimator({ warehouse: reading, database, clock }),
        budgets: createBudgets({
          cache,
          ...(isOfThisProcess(config)
            ? {}
            : { local: createMemoryCache({ maxEntries: 10_000, clock }) }),
          clock,
          windowSeconds: config.gateway.budgetWindowSeconds,
          log,
        }),
        ...rowPolicies,
      });
      const livePubsub = await openLivePubSub(config, telemetry);
      closers.push(() => livePubsub.stop());
      const watching = meters.open({ id: 'live', budgetRows: null });
      const bound = bindQuestions({
        liveReader: (projectId) => watching.reader(projectId),
        database,
        clock,
        pubsub,
        eventLog,
        topics: [topics.web, topics.app],
        ingesterGroup: config.ingester.group,
        ingestedTopics: [topics.web, topics.app, topics.deadLetters, ...topics.foreign],
        readTail: createTailReader({ codec, defaultProjectId: DEFAULT_PROJECT, countryOf }),
        log,
        signal: stopping.signal,
      });
      const { answerCacheBytes } = config.gateway;
      // The replicas of a cluster number their blocks each in its own time, and behind row policies
      // nobody sees the rows of all projects: nothing is shared there.
      const isShared =
        answerCacheBytes > 0 && config.warehouse.cluster === null && !config.gateway.hasRowPolicies;
      const questions = !isShared
        ? bound
        : openSharedQuestions(bound, {
            warehouse: reading,
            database,
            cache: answerCacheOf(config, cache, clock),
            answerCacheBytes,
            clock,
            registry,
            log,
          });
      const deadLetters = createDeadLetterOffice({
        warehouse,
        database,
        eventLog,
        readLetter: createReadLetter({
          codec,
          topics,
          partitionCount: eventLog.partitionCount,
          limits: config.collector,
          defaultProjectId: DEFAULT_PROJECT,
        }),
        projects,
        clock,
      });
      const ledger = createLedger({
        warehouse,
        database,
        cluster: config.warehouse.cluster,
        eventLog,
        group: config.ingester.group,
        topics,
        batchTokenOf: batchToken,
        clock,
        log: log.child({ part: 'ledger' }),
      });
      closers.push(() => ledger.stop());
      const office = createReportOffice({
        ...config.reports,
        warehouse,
        database,
        clock,
        log: log.child({ part: 'reports' }),
        maxMemoryBytes: config.gateway.maxMemoryBytes,
        ...rowPolicies,
      });
      reports = office;
      closers.push(() => office.stop());
      await registerGateway(app, {
        config: config.gateway,
        projects,
        questions,
        deadLetters,
        definitions: createWarehouseDefinitionStore({ warehouse, database, clock }),
        ledger,
        reports: office,
        meters,
        pubsub: livePubsub,
        telemetry,
        ...(tracing === null ? {} : { tracing }),
        clock,
      });
    }

    const url = await listen(app, config);
    closers.push(async () => {
      withdrawLocalAccess(config.dataDir);
      await app.close();
    });
    if (config.roles.includes('gateway')) {
      announceLocalAccess(config.dataDir, { pid: process.pid, url, key: localKey });
    }

    const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['event log', () => eventLog.checkReady()],
      ['warehouse', () => warehouse.checkReady()],
      [
        'migrations',
        () =>
          migrate({
            warehouse,
            topology: { database, cluster: config.warehouse.cluster },
            onApplied: ({ name }) => log.info({ migration: name }, 'migration applied'),
          }),
      ],
      [
        'durability',
        async () => {
          // A server belongs to somebody who has decided on this.
          if (!config.warehouse.url.startsWith('chdb:')) return;
          await applyDurability({ warehouse, database, fsync: config.warehouse.fsync });
        },
      ],
      ['pub/sub', () => pubsub.checkReady()],
      ['schema registry', () => codec.prepareToEncode()],
      ['ingester', async () => ingester?.start()],
      ['reports', async () => reports?.start()],
    ];

    const started = (async () => {
      let keys: readonly { readonly name: string; readonly secret: string }[] = [];
      const withKeys: typeof steps = [
        ...steps,
        [
          'projects',
          async () => {
            const issued = await prepareFirstStart(settingsStore, config.adminKey);
            keys = issued.map(({ key, secret }) => ({ name: key.name, secret }));
          },
        ],
      ];
      for (const [name, step] of withKeys) {
        await untilDone(name, step, stopping.signal, (reason) => {
          starting = `${name}: ${reason}`;
          log.warn({ part: name, reason }, 'waiting for a part at the start');
        });
      }
      starting = null;
      return keys;
    })();
    // Whoever composes may look at `started` late; the rejection is still theirs.
    started.catch(() => undefined);

    let stopped: Promise<void> | null = null;
    return {
      url,
      started,
      stop() {
        stopped ??= (async () => {
          starting = 'stopping';
          stopping.abort();
          if (ingester !== null) await ingester.stop(config.shutdownTimeoutMs);
          await closeAll();
        })();
        return stopped;
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** After a power loss: what of the warehouse was taken back, and what could not be. */
function reportUndone(
  log: Telemetry['log'],
  undone: readonly string[],
  kept: readonly string[],
): void {
  if (undone.length > 0) {
    log.warn(
      { parts: undone },
      'parts of unconfirmed batches were taken back; the log repeats them',
    );
  }
  if (kept.length > 0) {
    log.error({ parts: kept }, 'unconfirmed rows are merged into these; verify the rollups');
  }
}

/** Null where nobody takes traces: then nothing of them is loaded. */
async function openTracing({ traces }: Config, { log }: Telemetry): Promise<Tracing | null> {
  if (traces === null) return null;
  const { createOtlpTracing } = await import('./trace/otlp/otlp-tracing.js');
  return createOtlpTracing({ ...traces, log });
}

async function openEventLog(
  config: Config,
  { log }: Telemetry,
  clock: () => number,
): Promise<EventLog> {
  const { url, partitions, replication, fsync, topics } = config.eventLog;
  const names = [topics.web, topics.app, topics.deadLetters];
  if (url.startsWith('file:')) {
    return createSegmentEventLog({
      url,
      partitionCount: partitions,
      topics: names,
      fsync,
      clock,
      log,
    });
  }
  const { createKafkaEventLog } = await import('./event-log/kafka/kafka-event-log.js');
  return createKafkaEventLog({
    url,
    partitionCount: partitions,
    replication,
    topics: names,
    sessionTimeoutMs: config.ingester.timeoutMs,
    clock,
    log,
  });
}

async function openCache(config: Config, { log }: Telemetry, clock: () => number): Promise<Cache> {
  if (isOfThisProcess(config)) return createMemoryCache({ maxEntries: 10_000, clock });
  const { createRedisCache } = await import('./cache/redis/redis-cache.js');
  return createRedisCache({ url: config.cache.url, log });
}

/** Whether nobody shares the cache. */
function isOfThisProcess({ cache: { url } }: Config): boolean {
  return url.startsWith('memory:');
}

/** Answers are many and large: in memory they have a bound of their own. */
function answerCacheOf(config: Config, cache: Cache, clock: () => number): Cache {
  if (!isOfThisProcess(config)) return cache;
  // A character takes two bytes of memory at most.
  const maxCharacters = config.gateway.answerCacheBytes / 2;
  return createMemoryCache({ maxEntries: 100_000, maxCharacters, clock });
}

async function openPubSub(config: Config, { log }: Telemetry): Promise<PubSub> {
  const { url } = config.pubsub;
  if (url.startsWith('memory:')) {
    return createMemoryPubSub({ bufferLength: PUBSUB_BUFFER_LENGTH });
  }
  const { createRedisPubSub } = await import('./pubsub/redis/redis-pubsub.js');
  return createRedisPubSub({ url, bufferLength: PUBSUB_BUFFER_LENGTH, log });
}

/** For results of live questions: many channels with few messages, which are of use for minutes. */
async function openLivePubSub(config: Config, { log }: Telemetry): Promise<PubSub> {
  const { url } = config.pubsub;
  const bufferLength = LIVE_BUFFER_LENGTH;
  if (url.startsWith('memory:')) {
    return createMemoryPubSub({ bufferLength, bufferCharacters: LIVE_BUFFER_CHARACTERS });
  }
  const { createRedisPubSub } = await import('./pubsub/redis/redis-pubsub.js');
  return createRedisPubSub({ url, bufferLength, keptUnusedMs: LIVE_KEPT_UNUSED_MS, log });
}

async function listen(
  app: { listen(options: { port: number; host: string }): Promise<string> },
  config: Config,
): Promise<string> {
  const { port, host } = config.http;
  try {
    const address = await app.listen({ port, host });
    return address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//127.0.0.1:');
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'EADDRINUSE') {
      throw new AppError(
        'PORT_TAKEN',
        `port ${port} on ${host} is taken by another process; stop it, or start with PORT=<another port>`,
        { cause, details: { port, host } },
      );
    }
    throw cause;
  }
}

/** Tries a step until it succeeds; gives up at once when waiting would not help. */
async function untilDone(
  name: string,
  step: () => Promise<unknown>,
  signal: AbortSignal,
  onWait: (reason: string) => void,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      await step();
      return;
    } catch (error) {
      if (isAppError(error) && !error.isRetryable) throw error;
      const pauseMs = Math.min(MAX_RETRY_MS, 250 * 2 ** attempt);
      onWait(`${messageOf(error)}; next try of ${name} in ${pauseMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, pauseMs);
        function done(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        }
        signal.addEventListener('abort', done);
      });
    }
  }
}
