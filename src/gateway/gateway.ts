import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import type { Meters } from '../cost/meters.js';
import type { DeadLetterOffice } from '../dead-letter/dead-letter-office.js';
import type { DefinitionStore } from '../definition/definition-store.js';
import type { Ledger } from '../ledger/ledger.js';
import { createLiveHub } from '../live/live-hub.js';
import type { ProjectStore } from '../project/project-store.js';
import type { PubSub } from '../pubsub/pubsub.js';
import type { ReportOffice } from '../report/report-office.js';
import type { Telemetry } from '../telemetry.js';
import type { Tracing } from '../trace/tracing.js';
import { createCallers } from './caller.js';
import { answerPreflights } from './cross-origin.js';
import { createErrorFormatter } from './gateway-errors.js';
import { createGatewayMetrics } from './gateway-metrics.js';
import { createGraphqlSchema } from './graphql-schema.js';
import { createKeyLoad } from './key-load.js';
import { createKeyWatch } from './key-watch.js';
import type { GatewayLimits } from './limits.js';
import { createLiveOperations } from './live/live-operations.js';
import { observeErrors } from './observe-errors.js';
import { observeOperations } from './observe-operations.js';
import { observeQuestions } from './observe-questions.js';
import { createOperations } from './operation.js';
import { parseBodies } from './parse-bodies.js';
import type { Questions } from './questions.js';
import { REST_ROOT } from './rest/open-api.js';
import { serveRest } from './rest/serve-rest.js';
import { serveHttp } from './serve-http.js';
import { servePlayground } from './serve-playground.js';
import { serveSse } from './serve-sse.js';
import { serveWebSocket } from './serve-websocket.js';
import { createVerifyToken } from './token/verify-token.js';
import { NO_TRUSTED_DOCUMENTS, readTrustedDocuments } from './trusted-documents.js';

const PATH = '/graphql';
const STREAM_PATH = '/graphql/stream';

/** `dist/playground`, seen from `dist/src/gateway`. */
const BUILT_PLAYGROUND = fileURLToPath(new URL('../../playground', import.meta.url));

export interface GatewayOptions {
  readonly config: Config['gateway'];
  readonly projects: ProjectStore;
  readonly questions: Questions;
  readonly deadLetters: DeadLetterOffice;
  readonly definitions: DefinitionStore;
  readonly ledger: Ledger;
  readonly reports: ReportOffice;
  readonly meters: Meters;
  /** Passes the results of live questions on, to this and the other gateways. */
  readonly pubsub: PubSub;
  readonly telemetry: Telemetry;
  /** Left out: nothing is traced. */
  readonly tracing?: Tracing;
  /** Folder of the built playground, which may be missing; default: beside the compiled program. */
  readonly playgroundDir?: string;
  /** Longest wait for `connection_init` of a WebSocket, ms; default 3 s. */
  readonly initTimeoutMs?: number;
  /** Between signs of life on WebSocket and SSE, ms; default 12 s. */
  readonly keepAliveMs?: number;
  /** Between two looks at the keys of open connections, ms; default 2 s. */
  readonly keyCheckMs?: number;
  /** Time in ms since 1970; default that of the machine. */
  readonly clock?: () => number;
  /** How long a live question goes on without subscribers, ms; default 1 s. */
  readonly lingerMs?: number;
}

/**
 * Puts the GraphQL API on an HTTP server that does not listen yet: HTTP and WebSocket at
 * `/graphql`, server-sent events at `/graphql/stream`, the REST paths at `/api/v1`, the playground at
 * `/`. When the server
 * closes, subscriptions are closed and questions under way are waited for.
 */
export async function registerGateway(
  app: FastifyInstance,
  options: GatewayOptions,
): Promise<void> {
  const { config, projects, deadLetters, ledger, meters, pubsub, telemetry } = options;
  const { definitions, reports, tracing } = options;
  const { initTimeoutMs = 3_000, keepAliveMs = 12_000, playgroundDir = BUILT_PLAYGROUND } = options;
  const { keyCheckMs = 2_000, lingerMs = 1_000, clock = Date.now } = options;
  const limits: GatewayLimits = config;
  const allowsIntrospection = config.introspection;
  const schema = await createGraphqlSchema();
  const { trustedDocuments, onlyTrusted, getMaxAgeSeconds } = config;
  const trusted =
    trustedDocuments === null
      ? NO_TRUSTED_DOCUMENTS
      : readTrustedDocuments(trustedDocuments, onlyTrusted);
  const metrics = createGatewayMetrics(telemetry.registry);
  const formatError = observeErrors(createErrorFormatter(telemetry), metrics);
  const observer = { metrics, tracing, log: telemetry.log };
  const questions = observeQuestions(options.questions, observer);
  const unobserved = createOperations({ schema, limits, allowsIntrospection, trusted });
  const operations = observeOperations(unobserved, observer);
  const { tokens } = config;
  const callers = createCallers({
    projects,
    verifyToken: tokens === null ? null : createVerifyToken(tokens),
    questions,
    dryQuestions: options.questions,
    deadLetters,
    definitions,
    ledger,
    reports,
    limits,
    operations: unobserved,
    meters,
    budgetRows: config.budgetRows,
  });
  const hub = createLiveHub({ pubsub, log: telemetry.log, lingerMs });
  const live = createLiveOperations({ hub, operations, callers, formatError });
  const keyLoad = createKeyLoad(limits.maxKeySubscriptions);
  const keyWatch = createKeyWatch({ callers, telemetry, everyMs: keyCheckMs });
  const asking = { callers, operations, live, keyLoad, keyWatch, limits };
  const shared = { ...asking, formatError, telemetry, observer, keepAliveMs };

  // A scope of its own keeps body parsers and hooks of other parts of the server out.
  await app.register(async (scope) => {
    parseBodies(scope);
    await serveHttp(scope, {
      ...shared,
      path: PATH,
      schema,
      allowsIntrospection,
      trusted,
      getMaxAgeSeconds,
    });
    serveSse(scope, { ...shared, path: STREAM_PATH });
    serveRest(scope, { schema, callers, limits, formatError, clock, getMaxAgeSeconds, observer });
    answerPreflights(scope, [PATH, STREAM_PATH], 'GET, POST');
    answerPreflights(scope, [`${REST_ROOT}/*`], 'GET, POST, DELETE');
    await servePlayground(scope, playgroundDir);
  });
  const sockets = serveWebSocket({ ...shared, server: app.server, path: PATH, initTimeoutMs });
  app.addHook('preClose', async () => {
    keyWatch.stop();
    await sockets.stop();
    hub.stop();
  });
}
