import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { Cache } from '../../src/cache/cache.js';
import { createMemoryCache } from '../../src/cache/memory/memory-cache.js';
import { loadConfig } from '../../src/config.js';
import { createBudgets } from '../../src/cost/budgets.js';
import { createRowEstimator } from '../../src/cost/estimate-rows.js';
import { createMeters } from '../../src/cost/meters.js';
import type { DefinitionStore } from '../../src/definition/definition-store.js';
import { registerGateway } from '../../src/gateway/gateway.js';
import type { ProjectStore } from '../../src/project/project-store.js';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import { bindQuestions } from '../../src/questions.js';
import type { ReportOffice } from '../../src/report/report-office.js';
import { openSharedQuestions } from '../../src/shared-questions.js';
import { createTelemetry } from '../../src/telemetry.js';
import { limitReader } from '../../src/warehouse/limited-reader.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { createFakeLedger } from './fake-ledger.js';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.js';
import { createMemoryDefinitionStore } from './memory-definition-store.js';
import { createMemoryProjectStore } from './memory-project-store.js';
import { NO_DEAD_LETTERS } from './no-dead-letters.js';
import { NO_REPORTS } from './no-reports.js';

/** A gateway whose questions a real warehouse answers. */
export interface AnsweringGateway {
  readonly url: string;
  readonly projects: ProjectStore;
  /** What `/metrics` would say. */
  metrics(): Promise<string>;
  /** A client with the secret of a key of the memory project store. */
  client(key: string): GraphqlClient;
  stop(): Promise<void>;
}

export interface AnsweringGatewayOptions {
  readonly warehouse: WarehouseReader;
  readonly database: string;
  /** Left out: an empty one in memory. */
  readonly definitions?: DefinitionStore;
  /** Left out: those of {@link createMemoryProjectStore}. */
  readonly projects?: ProjectStore;
  /** Left out: there are none. */
  readonly reports?: ReportOffice;
  readonly env?: Readonly<Record<string, string>>;
  /** Time in ms since 1970; default that of the machine. */
  readonly clock?: () => number;
  /** Shares answers by way of it; left out: each question is asked anew. */
  readonly answers?: Cache;
  /** Names the project of a statement in this setting too. */
  readonly projectSetting?: string;
}

/** Starts it on a port of its own, with the parts that compose.ts joins. */
export async function startAnsweringGateway({
  warehouse,
  database,
  definitions = createMemoryDefinitionStore(),
  projects = createMemoryProjectStore(),
  reports = NO_REPORTS,
  env = {},
  clock = Date.now,
  answers,
  projectSetting,
}: AnsweringGatewayOptions): Promise<AnsweringGateway> {
  const stopping = new AbortController();
  const telemetry = createTelemetry({ level: 'silent' });
  const { log, registry } = telemetry;
  const config = loadConfig(env).gateway;
  const reading = limitReader(warehouse, config);
  const app = Fastify();
  const questions = bindQuestions({
    liveReader: () => reading,
    database,
    clock,
    pubsub: createMemoryPubSub({ bufferLength: 100 }),
    eventLog: {
      tail: () => Promise.reject(new Error('nobody watches the log here')),
      positions: async () => [],
    },
    topics: [],
    ingesterGroup: 'ingester',
    ingestedTopics: [],
    readTail: () => null,
    log,
    signal: stopping.signal,
  });
  await registerGateway(app, {
    config,
    projects,
    questions:
      answers === undefined
        ? questions
        : openSharedQuestions(questions, {
            warehouse: reading,
            database,
            cache: answers,
            answerCacheBytes: config.answerCacheBytes,
            clock,
            registry,
            log,
          }),
    deadLetters: NO_DEAD_LETTERS,
    definitions,
    ledger: createFakeLedger(),
    reports,
    pubsub: createMemoryPubSub({ bufferLength: 100 }),
    meters: createMeters({
      warehouse: reading,
      estimator: createRowEstimator({ warehouse: reading, database, clock }),
      budgets: createBudgets({
        cache: createMemoryCache({ maxEntries: 1000, clock }),
        clock,
        windowSeconds: config.budgetWindowSeconds,
        log,
      }),
      ...(projectSetting === undefined ? {} : { projectSetting }),
    }),
    telemetry,
    clock,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    projects,
    metrics: () => registry.metrics(),
    client: (key) => createGraphqlClient({ url: `${url}/graphql`, key }),
    async stop() {
      stopping.abort();
      await app.close();
    },
  };
}
