import type { Sleep } from '../../../src/live/live-timing.js';
import { createWatchChanges } from '../../../src/live/watch-changes.js';
import { watchIngested } from '../../../src/live/watch-ingested.js';
import { createMemoryPubSub } from '../../../src/pubsub/memory/memory-pubsub.js';
import { bindQuestions } from '../../../src/questions.js';
import { createTelemetry } from '../../../src/telemetry.js';
import type { WarehouseReader } from '../../../src/warehouse/warehouse.js';
import { startGatewayServer } from '../gateway-server.js';
import { openIngesterWorld } from '../ingester-world.js';
import { unmetered } from '../unmetered.js';
import type { TestWarehouse } from '../warehouse.js';

/** A log, an ingester and a gateway that answers from the warehouse, in this process. */
export async function openLiveWorld(
  kit: TestWarehouse,
  options: { readonly sleep?: Sleep; readonly env?: Readonly<Record<string, string>> } = {},
) {
  const { log } = createTelemetry({ level: 'silent' });
  const pubsub = createMemoryPubSub({ bufferLength: 1_000 });
  const ingester = await openIngesterWorld({ kit, pubsub });
  const ended = new AbortController();
  const asked: string[] = [];
  const warehouse: WarehouseReader = {
    ...kit.warehouse,
    query(statement, given) {
      asked.push(statement.name);
      return kit.warehouse.query(statement, given);
    },
  };
  const ports = {
    liveReader: () => warehouse,
    database: kit.database,
    clock: Date.now,
    pubsub,
    eventLog: ingester.log,
    topics: [ingester.topics.web, ingester.topics.app],
    ingesterGroup: 'g',
    ingestedTopics: [ingester.topics.web, ingester.topics.app],
    readTail: () => null,
    log,
    signal: ended.signal,
  };
  const notices = watchIngested(ports);
  const watch = createWatchChanges({
    notices,
    clock: Date.now,
    ...(options.sleep === undefined ? {} : { sleep: options.sleep }),
  });
  const server = await startGatewayServer({
    questions: {
      ...bindQuestions(ports),
      watchChanges: (asking, question) => watch(question, asking.signal),
    },
    meters: unmetered(warehouse),
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  return {
    ingester,
    server,
    /** Statements so far, by name. */
    asked,
    async close() {
      await server.stop();
      ended.abort();
      await ingester.close();
      await pubsub.stop();
    },
  };
}
