import { createWarehouseDefinitionStore } from '../../src/definition/warehouse-definition-store.js';
import type { Statement } from '../../src/warehouse/statement.js';
import type { WarehouseReader } from '../../src/warehouse/warehouse.js';
import { type AnsweringGateway, startAnsweringGateway } from './answering-gateway.js';
import type { GraphqlClient } from './graphql-client.js';
import { oneThreaded } from './oracle/worlds.js';
import { type EventJson, seedEvents } from './seed-events.js';
import { startTestWarehouse, type TestWarehouse } from './warehouse.js';

/** A gateway over HTTP whose questions are answered by the engine, without event log or ingester. */
export interface GatewayWorld {
  readonly server: AnsweringGateway;
  readonly kit: TestWarehouse;
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
  const server = await startAnsweringGateway({
    warehouse,
    database: kit.database,
    clock: () => options.nowMs,
    definitions: createWarehouseDefinitionStore({
      warehouse: { query: warehouse.query, insert: (block) => kit.warehouse.insert(block) },
      database: kit.database,
      clock: () => options.nowMs,
    }),
  });
  return {
    server,
    kit,
    client: server.client('reader'),
    admin: server.client('admin'),
    statements,
    async stop() {
      await server.stop();
      await kit.stop();
    },
  };
}
