import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { AppError } from '../errors.js';
import type { Telemetry } from '../telemetry.js';
import { answerKnown } from './answer-known.js';
import type { Callers } from './caller.js';
import { type GatewayContext, secretOf } from './context.js';
import { allowOrigin } from './cross-origin.js';
import { toGraphQLError } from './gateway-errors.js';
import { MAX_BODY_BYTES } from './limits.js';
import { type OperationObserver, observeApollo, spanned } from './observe-operations.js';
import type { Operations } from './operation.js';
import { sendRefusal } from './refuse-request.js';
import { createDocumentStore, type TrustedDocuments } from './trusted-documents.js';

export interface HttpOptions {
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly callers: Callers;
  readonly operations: Operations;
  readonly allowsIntrospection: boolean;
  readonly trusted: TrustedDocuments;
  /** For how long callers may keep answers to GET, seconds. */
  readonly getMaxAgeSeconds: number;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly observer: OperationObserver;
}

/**
 * Serves GraphQL over HTTP by Apollo Server: POST and GET, automatic persisted queries, CSRF
 * prevention. Limits are checked before Apollo sees the operation.
 */
export async function serveHttp(app: FastifyInstance, options: HttpOptions): Promise<void> {
  const { path, schema, callers, operations, formatError } = options;
  const apollo = new ApolloServer<GatewayContext>({
    schema,
    introspection: options.allowsIntrospection,
    hideSchemaDetailsFromClientErrors: !options.allowsIntrospection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: { cache: createDocumentStore(options.trusted) },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: options.telemetry.log,
    formatError: (_formatted, error) => formatError(error),
    plugins: [
      // It wraps every resolver and costs up to half of a series' time.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      refuseSubscriptions(),
      noteValidDocuments(operations),
      observeApollo(options.observer),
    ],
  });
  await apollo.start();
  const contexts = new WeakMap<FastifyRequest, Promise<GatewayContext>>();
  /** The context of a request, which has one whoever answers it. */
  function contextOf(request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext> {
    const known = contexts.get(request) ?? openContext(callers, request, reply);
    contexts.set(request, known);
    return known;
  }
  const answerByApollo = spanned(
    fastifyApolloHandler(apollo, { context: contextOf }),
    options.observer.tracing,
  );

  app.route({
    method: ['GET', 'POST'],
    url: path,
    bodyLimit: MAX_BODY_BYTES,
    onRequest: async (request, reply) => allowOrigin(request, reply),
    onSend: async (request, reply) => tellLifetime(request, reply, options.getMaxAgeSeconds),
    preHandler: async (request) => checkRequest(request, operations),
    async handler(request, reply) {
      const known = await answerKnown({ request, reply, operations, contextOf, formatError });
      if (known === null) return answerByApollo.call(this, request, reply);
      return reply
        .code(known.status)
        .header('content-type', 'application/json; charset=utf-8')
        .send(known.text);
    },
    errorHandler: (error, _request, reply) => sendRefusal(reply, error, formatError),
  });
  app.addHook('onClose', () => apollo.stop());
}

async function openContext(
  callers: Callers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<GatewayContext> {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    // An answer that is complete has nothing left to be given up.
    if (!reply.raw.writableFinished) abort.abort();
  });
  try {
    const { headers } = request;
    const principal = await callers.authenticate(secretOf(headers), headers.origin);
    return callers.context(principal, abort);
  } catch (error) {
    throw error instanceof AppError ? toGraphQLError(error) : error;
  }
}

/** An answer to GET may be kept by its caller alone, and by nobody where it failed. */
export function tellLifetime(
  request: FastifyRequest,
  reply: FastifyReply,
  maxAgeSeconds: number,
): void {
  if (request.method !== 'GET' || reply.statusCode !== 200) return;
  // What Apollo Server says of errors stays.
  if (reply.hasHeader('cache-control')) return;
  const rule = maxAgeSeconds === 0 ? 'no-cache' : `max-age=${maxAgeSeconds}`;
  const vary = [reply.getHeader('vary'), 'authorization, x-sluice-key'].filter(Boolean);
  reply.header('cache-control', `private, ${rule}`).header('vary', vary.join(', '));
}

/** Limits of a request, before the caller's key is looked at and before Apollo parses anything. */
function checkRequest(request: FastifyRequest, operations: Operations): void {
  const { body } = request;
  if (Array.isArray(body)) {
    throw new AppError('LIMIT_EXCEEDED', 'batch: expected one operation per request, got a list', {
      details: { limit: 'batch', maximum: 1, value: body.length },
    });
  }
  const { query, variables } = request.method === 'GET' ? searchOf(request) : objectOf(body);
  if (typeof query === 'string') operations.checkLimits(query, variables);
}

/** Reads a query string the way Apollo does, so that both see the same operation. */
function searchOf({ url }: FastifyRequest): Readonly<Record<string, unknown>> {
  const search = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const variables = search.get('variables');
  return {
    query: search.get('query'),
    variables: variables === null ? null : parsedOrNull(variables),
  };
}

/** What is no JSON is refused by Apollo with its own error. */
function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function objectOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** Lets documents that Apollo Server has found valid be answered without it the next time. */
function noteValidDocuments(operations: Operations): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ source }) {
          operations.noteValid(source);
        },
      };
    },
  };
}

/** A plain request has one answer; a subscription sent so would otherwise end without a word. */
function refuseSubscriptions(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation }) {
          if (operation?.operation !== 'subscription') return;
          throw toGraphQLError(
            new AppError(
              'BAD_USER_INPUT',
              'a subscription needs a stream: send it over WebSocket to /graphql (graphql-transport-ws) or as server-sent events to /graphql/stream',
            ),
          );
        },
      };
    },
  };
}
