import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { AppError } from '../errors.js';
import type { Principal } from '../project/project.js';
import type { Callers } from './caller.js';
import { secretOf } from './context.js';
import { allowOrigin } from './cross-origin.js';
import { checkLimit, type GatewayLimits, MAX_BODY_BYTES } from './limits.js';
import {
  formatResult,
  kindOf,
  type OperationRequest,
  type Operations,
  type Results,
} from './operation.js';
import { sendRefusal } from './refuse-request.js';

export interface SseOptions {
  readonly path: string;
  readonly callers: Callers;
  readonly operations: Operations;
  readonly limits: GatewayLimits;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  /** Between comments that keep the connection alive, ms. */
  readonly keepAliveMs: number;
}

/**
 * Serves GraphQL over server-sent events: the "distinct connections" mode of the GraphQL over SSE
 * protocol, one operation per request, `next` events with results and a `complete` event.
 *
 * The stream is written by hand, since every result must wait until the one before has left: the
 * queue of a slow reader would grow without bound otherwise. The source drops what nobody reads.
 */
export function serveSse(app: FastifyInstance, options: SseOptions): void {
  const { path, callers, operations, limits, formatError, keepAliveMs } = options;
  const openStreams = new Map<string, number>();
  const running = new Set<Results>();
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
    await Promise.all([...running].map((results) => results.return()));
  });

  app.route({
    method: ['GET', 'POST'],
    url: path,
    bodyLimit: MAX_BODY_BYTES,
    onRequest: async (request, reply) => allowOrigin(request, reply),
    async handler(request, reply) {
      const abort = new AbortController();
      reply.raw.once('close', () => abort.abort());
      const principal = await callers.authenticate(
        secretOf(request.headers),
        request.headers.origin,
      );
      const release = take(principal);
      try {
        const context = callers.context(principal, abort);
        const prepared = operations.prepare(operationOf(request), context);
        if (!('document' in prepared)) {
          return await reply.code(400).send({ errors: prepared.map(formatError) });
        }
        if (request.method === 'GET' && kindOf(prepared) === 'mutation') {
          throw new AppError('BAD_USER_INPUT', 'a mutation needs a POST');
        }
        reply.hijack();
        await stream(reply, await operations.run(prepared));
      } finally {
        release();
      }
    },
    errorHandler: (error, _request, reply) => sendRefusal(reply, error, formatError),
  });

  /** Counts a stream of a key; a connection of its own is all that SSE has, so keys are limited. */
  function take(principal: Principal | null): () => void {
    const owner = principal?.keyId ?? '';
    const open = (openStreams.get(owner) ?? 0) + 1;
    checkLimit('subscriptions', open, limits.maxSubscriptions);
    openStreams.set(owner, open);
    return () => {
      const left = (openStreams.get(owner) ?? 1) - 1;
      if (left === 0) openStreams.delete(owner);
      else openStreams.set(owner, left);
    };
  }

  async function stream(reply: FastifyReply, results: Results): Promise<void> {
    const { raw } = reply;
    const close = () => void results.return();
    raw.once('close', close);
    running.add(results);
    raw.writeHead(200, {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    } as Record<string, string>);
    await write(reply, ':\n\n');
    const timer = setInterval(() => {
      // A reader that has not taken the last comment needs no other.
      if (!raw.writableNeedDrain) raw.write(':\n\n');
    }, keepAliveMs);
    try {
      for await (const result of results) {
        const text = JSON.stringify(formatResult(result, formatError));
        await write(reply, `event: next\ndata: ${text}\n\n`);
      }
      // A reader that was not told of the end comes back, here or to another gateway.
      if (!isStopping) await write(reply, 'event: complete\ndata: \n\n');
    } finally {
      clearInterval(timer);
      running.delete(results);
      raw.off('close', close);
      raw.end();
    }
  }
}

/** Resolves when the text has left, or when the reader has gone. */
function write({ raw }: FastifyReply, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (raw.destroyed) return resolve();
    raw.write(text, () => resolve());
  });
}

function operationOf(request: FastifyRequest): OperationRequest {
  const given = (request.method === 'GET' ? request.query : request.body) as Record<
    string,
    unknown
  > | null;
  const { query, operationName, variables } = given ?? {};
  if (typeof query !== 'string' || query === '') {
    throw new AppError('BAD_USER_INPUT', 'query: expected the text of an operation', {
      details: { field: 'query' },
    });
  }
  return {
    query,
    operationName: typeof operationName === 'string' ? operationName : null,
    variables: typeof variables === 'string' ? jsonObject(variables) : objectOrNull(variables),
  };
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    return objectOrNull(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('BAD_USER_INPUT', 'variables: expected a JSON object', {
      cause,
      details: { field: 'variables' },
    });
  }
}

function objectOrNull(value: unknown): Record<string, unknown> | null {
  if (value == null) return null;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new AppError('BAD_USER_INPUT', 'variables: expected a JSON object', {
    details: { field: 'variables' },
  });
}
