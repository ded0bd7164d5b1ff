import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { AppError } from '../errors.js';
import type { Delivery } from '../live/live-member.js';
import type { Telemetry } from '../telemetry.js';
import type { Callers } from './caller.js';
import { secretOf } from './context.js';
import { allowOrigin } from './cross-origin.js';
import { toGraphQLError } from './gateway-errors.js';
import type { KeyLoad } from './key-load.js';
import type { KeyWatch } from './key-watch.js';
import { type GatewayLimits, MAX_BODY_BYTES } from './limits.js';
import { joinedResults } from './live/joined-results.js';
import type { LiveOperations } from './live/live-operations.js';
import { kindOf, type Operations, type ReadyOperation } from './operation.js';
import type { OperationRequest } from './operation-request.js';
import { sendRefusal } from './refuse-request.js';
import { formatResult, type Results } from './results.js';
import {
  createStreamWriter,
  type StreamEvent,
  type StreamWriter,
  streamEvent,
} from './stream-writer.js';

export interface SseOptions {
  readonly path: string;
  readonly callers: Callers;
  readonly operations: Operations;
  readonly live: LiveOperations;
  readonly keyLoad: KeyLoad;
  readonly keyWatch: KeyWatch;
  readonly limits: GatewayLimits;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly telemetry: Pick<Telemetry, 'log'>;
  /** Between comments that keep the connection alive, ms. */
  readonly keepAliveMs: number;
}

/** A request as the stream needs it. */
interface StreamRequest {
  readonly operation: ReadyOperation;
  readonly secret: string | null;
  readonly origin: string | undefined;
  /** Token of the last result the client has seen. */
  readonly resumeFrom: unknown;
}

/**
 * Serves GraphQL over server-sent events: the "distinct connections" mode of the GraphQL over SSE
 * protocol, one operation per request, `next` events with results and a `complete` event. The id
 * of an event is where to go on behind it, so a browser that comes back by itself
 * (`last-event-id`) misses nothing that is kept.
 *
 * The stream is written by hand: results of a shared subscription are made into an event once for
 * all streams, and those of an operation of its own wait until the one before has left.
 */
export function serveSse(app: FastifyInstance, options: SseOptions): void {
  const { path, callers, operations, limits, formatError, keepAliveMs } = options;
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
      const secret = secretOf(request.headers);
      const principal = await callers.authenticate(secret, request.headers.origin);
      const given = givenOf(request);
      const prepared = operations.prepare(operationOf(given), callers.context(principal, abort));
      if (!('document' in prepared)) {
        return await reply.code(400).send({ errors: prepared.map(formatError) });
      }
      if (request.method === 'GET' && kindOf(prepared) === 'mutation') {
        throw new AppError('BAD_USER_INPUT', 'a mutation needs a POST');
      }
      const { resumeFrom = request.headers['last-event-id'] } = extensionsOf(given);
      const { origin } = request.headers;
      await stream(reply, { operation: prepared, secret, origin, resumeFrom });
    },
    errorHandler: (error, _request, reply) => sendRefusal(reply, error, formatError),
  });

  async function stream(reply: FastifyReply, request: StreamRequest): Promise<void> {
    const { raw } = reply;
    const { operation, resumeFrom } = request;
    // Refusals are answers of their own, so they come before the stream begins.
    const release = options.keyLoad.take(operation.contextValue.principal);
    const writer = createStreamWriter(raw, limits.maxBacklogBytes);
    let results: Results | null = null;
    const close = () => void results?.return();
    const begin = (): void => {
      if (raw.headersSent) return;
      reply.hijack();
      writer.begin(reply.getHeaders() as OutgoingHttpHeaders);
    };
    try {
      const queue: (() => void)[] = [];
      let push = (write: () => void): void => void queue.push(write);
      const left = await joinedResults({
        take: () => release,
        join(member) {
          const leave = options.live.join(operation, member, resumeFrom);
          // The caller is the larger part of what a waiting subscription keeps in memory.
          if (leave !== null) Object.assign(operation, { contextValue: null });
          return leave;
        },
        run: () => operations.run(operation),
        send: (text, delivery) => push(() => sendShared(writer, text, delivery)),
        sendInTurn: (delivery) =>
          new Promise((resolve) => {
            push(() => resolve(writer.write(sharedEvent(delivery))));
          }),
        formatError,
      });
      results = left;
      raw.once('close', close);
      if (raw.destroyed) close();
      writer.onSlow(() => {
        const error = slowReader(limits.maxBacklogBytes);
        options.telemetry.log.info({ reason: error.message }, 'a stream was closed');
        failStream(writer, error, left);
      });
      begin();
      push = (write) => write();
      for (const write of queue) write();
      running.add(results);
      await deliver(writer, results, request);
    } finally {
      release();
      if (results !== null) running.delete(results);
      raw.off('close', close);
      if (raw.headersSent) writer.end();
    }
  }

  async function deliver(
    writer: StreamWriter,
    results: Results,
    { secret, origin }: StreamRequest,
  ): Promise<void> {
    const timer = setInterval(() => writer.comment(), keepAliveMs);
    const leaveKey =
      secret === null
        ? () => undefined
        : options.keyWatch.watch(secret, origin, () => failStream(writer, keyLost(), results));
    try {
      for await (const result of results) {
        await writer.next(JSON.stringify(formatResult(result, formatError)));
      }
      // A reader that was not told of the end comes back, here or to another gateway.
      if (!isStopping) await writer.complete();
    } finally {
      clearInterval(timer);
      leaveKey();
    }
  }

  /** Tells a stream why it ends, as its last result. */
  function failStream(writer: StreamWriter, error: AppError, results: Results): void {
    const result = { errors: [toGraphQLError(error)] };
    writer.push(eventOf(JSON.stringify(formatResult(result, formatError)), null));
    void results.return();
  }
}

function slowReader(maximum: number): AppError {
  return new AppError(
    'LIMIT_EXCEEDED',
    `slow reader: more than ${maximum} bytes wait; resume behind the last event`,
    { details: { limit: 'backlog', maximum } },
  );
}

function keyLost(): AppError {
  return new AppError('UNAUTHENTICATED', 'the key was revoked or has expired');
}

/** Events of shared results, each made once for all streams. */
const events = new WeakMap<Delivery, StreamEvent>();

function sendShared(writer: StreamWriter, text: string, delivery: Delivery | null): void {
  if (delivery === null) {
    writer.push(eventOf(text, null));
    return;
  }
  writer.push(sharedEvent(delivery));
}

function sharedEvent(delivery: Delivery): StreamEvent {
  const event = events.get(delivery) ?? eventOf(delivery.text, delivery.resumeFrom);
  events.set(delivery, event);
  return event;
}

function eventOf(text: string, id: string | null): StreamEvent {
  return streamEvent(`event: next\n${id === null ? '' : `id: ${id}\n`}data: ${text}\n\n`);
}

type Given = Readonly<Record<string, unknown>>;

function givenOf(request: FastifyRequest): Given {
  const given = request.method === 'GET' ? request.query : request.body;
  return (given ?? {}) as Given;
}

function extensionsOf({ extensions }: Given): Given {
  const field = 'extensions';
  return typeof extensions === 'string'
    ? (jsonObject(field, extensions) ?? {})
    : (objectOrNull(field, extensions) ?? {});
}

function operationOf({ query, operationName, variables }: Given): OperationRequest {
  if (typeof query !== 'string' || query === '') {
    throw new AppError('BAD_USER_INPUT', 'query: expected the text of an operation', {
      details: { field: 'query' },
    });
  }
  const field = 'variables';
  return {
    query,
    operationName: typeof operationName === 'string' ? operationName : null,
    variables:
      typeof variables === 'string' ? jsonObject(field, variables) : objectOrNull(field, variables),
  };
}

function jsonObject(field: string, text: string): Record<string, unknown> | null {
  try {
    return objectOrNull(field, JSON.parse(text));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('BAD_USER_INPUT', `${field}: expected a JSON object`, {
      cause,
      details: { field },
    });
  }
}

function objectOrNull(field: string, value: unknown): Record<string, unknown> | null {
  if (value == null) return null;
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new AppError('BAD_USER_INPUT', `${field}: expected a JSON object`, { details: { field } });
}
