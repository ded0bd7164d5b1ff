import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { loadConfig } from '../../src/config.js';
import { type GatewayOptions, registerGateway } from '../../src/gateway/gateway.js';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import { createTelemetry } from '../../src/telemetry.js';
import { createFakeLedger } from './fake-ledger.js';
import { type Asked, createFakeQuestions } from './fake-questions.js';
import { createGraphqlClient, type GraphqlClient } from './graphql-client.js';
import { createMemoryDefinitionStore } from './memory-definition-store.js';
import { createMemoryProjectStore } from './memory-project-store.js';
import { NO_DEAD_LETTERS } from './no-dead-letters.js';
import { NO_REPORTS } from './no-reports.js';
import { unmetered } from './unmetered.js';

/** A gateway on a port of its own, whose questions are answered from memory. */
export interface GatewayServer {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** What was asked so far. */
  readonly asked: readonly Asked[];
  readonly projects: GatewayOptions['projects'];
  /** A client with the secret of a key of the memory project store; none: without a key. */
  client(key?: string): GraphqlClient;
  stop(): Promise<void>;
}

export async function startGatewayServer(
  options: Partial<GatewayOptions> & {
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<GatewayServer> {
  const { env = {}, ...overrides } = options;
  const { questions, asked } = createFakeQuestions();
  const projects = createMemoryProjectStore();
  const app = Fastify({ forceCloseConnections: true });
  await registerGateway(app, {
    config: loadConfig(env).gateway,
    projects,
    questions,
    deadLetters: NO_DEAD_LETTERS,
    definitions: createMemoryDefinitionStore(),
    ledger: createFakeLedger(),
    reports: NO_REPORTS,
    meters: unmetered(),
    pubsub: createMemoryPubSub({ bufferLength: 100 }),
    lingerMs: 0,
    telemetry: createTelemetry({ level: 'silent' }),
    ...overrides,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    projects,
    client: (key) =>
      createGraphqlClient({ url: `${url}/graphql`, ...(key === undefined ? {} : { key }) }),
    stop: () => app.close(),
  };
}
