import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import { bindQuestions } from '../../src/questions.js';
import { createTelemetry } from '../../src/telemetry.js';
import type { Statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { type GatewayServer, startGatewayServer } from './gateway-server.js';
import type { GraphqlClient } from './graphql-client.js';
import { oneThreaded } from './oracle/worlds.js';
import { type EventJson, seedEvents } from './seed-events.js';
import { unmetered } from './unmetered.js';
import { startTestWarehouse } from './warehouse.js';

/** A gateway over HTTP whose questions are answered by the engine, without event log or ingester. */
export interface GatewayWorld {
  readonly server: GatewayServer;
  /** Asks about the project `default`, whose zone is Europe/Berlin. */
  readonly client: GraphqlClient;
  /** With the key of an administrator. */
  readonly admin: GraphqlClient;
  /** Every statement run so far. */
  readonly statements: readonly Statement<unknown>[];
  stop(): Promise<void>;
}

/** Seeds the project `default` and serves it. */
export async function startGatewayWorld(options: {
  readonly events: readonly EventJson[];
  readonly nowMs: number;
}): Promise<GatewayWorld> {
  const kit = await startTestWarehouse();
  const stopping = new AbortController();
  const statements: Statement<unknown>[] = [];
  await seedEvents({ ...kit, projectId: 'default', batch: 'world', events: options.events });
  const calm = oneThreaded(kit.warehouse);
  const warehouse: WarehouseReader = {
    query(each, rest) {
      statements.push(each);
      return calm.query(each, rest);
    },
    queryBytes(each, format, rest) {
      statements.push(each as Statement<unknown>);
      return calm.queryBytes(each, format, rest);
    },
  };
  const pubsub = createMemoryPubSub({ bufferLength: 10 });
  const questions = bindQuestions({
    liveReader: () => warehouse,
    database: kit.database,
    clock: () => options.nowMs,
    pubsub,
    eventLog: { tail: async () => ended(), positions: async () => [] },
    topics: [],
    ingesterGroup: 'none',
    ingestedTopics: [],
    readTail: () => null,
    log: createTelemetry({ level: 'silent' }).log,
    signal: stopping.signal,
  });
  const server = await startGatewayServer({ questions, meters: unmetered(warehouse) });
  return {
    server,
    client: server.client('reader'),
    admin: server.client('admin'),
    statements,
    async stop() {
      stopping.abort();
      await server.stop();
      await pubsub.stop();
      await kit.stop();
    },
  };
}

async function* ended(): AsyncGenerator<never, void, undefined> {
  // A log without records.
}
