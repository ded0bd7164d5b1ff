import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLFormattedError } from 'graphql';
import { handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError, type ErrorCode, isAppError } from '../errors.js';
import { hasScope } from '../project/project.js';
import type { Telemetry } from '../telemetry.js';
import { inSpan } from '../trace/in-span.js';
import { readTraceParent } from '../trace/trace-parent.js';
import type { TraceParent } from '../trace/tracing.js';
import type { Callers } from './caller.js';
import { closeReason, GatewayCloseCode } from './close-code.js';
import { secretOf } from './context.js';
import { toGraphQLError } from './gateway-errors.js';
import type { KeyLoad } from './key-load.js';
import type { KeyWatch } from './key-watch.js';
import { checkLimit, type GatewayLimits, MAX_BODY_BYTES } from './limits.js';
import { joinedResults } from './live/joined-results.js';
import type { LiveOperations } from './live/live-operations.js';
import { nextFrame } from './next-frame.js';
import type { OperationObserver } from './observe-operations.js';
import type { Operations, ReadyOperation } from './operation.js';
import { formatResult, type Results } from './results.js';
import { type BoundedSocket, boundSocket } from './socket-writer.js';

export interface WebSocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly callers: Callers;
  readonly operations: Operations;
  readonly live: LiveOperations;
  readonly keyLoad: KeyLoad;
  readonly keyWatch: KeyWatch;
  readonly limits: GatewayLimits;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly telemetry: Pick<Telemetry, 'log'>;
  readonly observer: Pick<OperationObserver, 'tracing' | 'metrics'>;
  /** Longest wait for `connection_init`, ms; then the connection closes with 4408. */
  readonly initTimeoutMs: number;
  /** Between pings, ms; a connection that did not answer the last one is ended. */
  readonly keepAliveMs: number;
}

interface Extra {
  readonly socket: BoundedSocket;
  /** Those of the upgrade, until the key is known. */
  headers: IncomingMessage['headers'];
  secret: string | null;
  /** Span of the caller, as the connection names it; an operation may name another. */
  traceParent: TraceParent | null;
  /** Stops watching the key. */
  leaveKey: () => void;
}

/** A subscription on its way to be started: the operation and whom its results are for. */
interface SocketOperation extends ReadyOperation {
  readonly subscriber: {
    readonly socket: BoundedSocket;
    readonly id: string;
    readonly resumeFrom: unknown;
    /** Span of the caller. */
    readonly traceParent: TraceParent | null;
  };
}

/**
 * Serves GraphQL over WebSocket: the `graphql-transport-ws` protocol on upgrades of one path.
 *
 * A connection shows its key once, in `connection_init` or in the headers of the upgrade; the key
 * is checked anew for each operation and again and again while the connection lasts. Results of
 * shared subscriptions are made into text once for all connections. Close codes beyond the
 * protocol's: see {@link GatewayCloseCode}.
 *
 * @returns Closes every connection with 1001 and stops listening.
 */
export function serveWebSocket(options: WebSocketOptions): { stop(): Promise<void> } {
  const { server, path, telemetry, limits, keepAliveMs } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // Answered here, so that a flood ends with a code of its own.
    autoPong: false,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols,
  });
  const protocol = makeServer<Record<string, unknown> | undefined, Extra>(protocolOptions(options));

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    if (request.url?.split('?', 1)[0] !== path) {
      stream.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => open(socket, stream, request));
  };

  function open(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const stopPings = keepAlive(socket, keepAliveMs);
    const bounded = boundSocket(socket, stream, limits.maxBacklogBytes, (code, reason) =>
      telemetry.log.info({ code, reason }, 'a WebSocket was closed for what its peer does'),
    );
    const extra: Extra = {
      socket: bounded,
      headers: request.headers,
      secret: null,
      traceParent: null,
      leaveKey: () => undefined,
    };
    socket.on('ping', (data) => bounded.answerPing(data));
    socket.on('error', (error) => telemetry.log.debug({ err: error }, 'a WebSocket failed'));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => bounded.send(text),
        close: (code = GatewayCloseCode.INTERNAL, reason = '') => bounded.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (data) => {
            if (!bounded.takesMessage()) return;
            receive(String(data)).catch((error: unknown) => {
              telemetry.log.error({ err: error }, 'a WebSocket message failed unexpectedly');
              bounded.close(GatewayCloseCode.INTERNAL, 'Internal server error');
            });
          });
        },
      },
      extra,
    );
    socket.once('close', (code, reason) => {
      stopPings();
      extra.leaveKey();
      closed(code, String(reason)).catch((error: unknown) => {
        telemetry.log.error({ err: error }, 'a WebSocket did not close cleanly');
      });
    });
  }

  server.on('upgrade', onUpgrade);
  return {
    async stop() {
      server.off('upgrade', onUpgrade);
      const clients = [...sockets.clients];
      for (const client of clients) client.close(GatewayCloseCode.GOING_AWAY, 'Going away');
      await Promise.all(clients.map(gone));
      sockets.close();
    },
  };
}

function protocolOptions(
  options: WebSocketOptions,
): ServerOptions<Record<string, unknown> | undefined, Extra> {
  const { callers, operations, keyWatch, limits, formatError, telemetry, initTimeoutMs } = options;
  const { metrics } = options.observer;
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    async onConnect({ connectionParams, extra }) {
      const { socket } = extra;
      const refuse = (code: ErrorCode, closeCode: number, reason: string): false => {
        metrics.error({ code, stage: 'request' });
        socket.close(closeCode, reason);
        return false;
      };
      const { UNAUTHORIZED, FORBIDDEN, TRY_AGAIN_LATER } = GatewayCloseCode;
      try {
        const given = lowerCased(connectionParams);
        const secret = secretOf(given) ?? secretOf(extra.headers);
        const { origin } = extra.headers;
        const { traceparent, tracestate } = { ...extra.headers, ...given };
        extra.traceParent = readTraceParent(traceparent, tracestate);
        extra.headers = { ...(origin === undefined ? {} : { origin }) };
        const principal = await callers.authenticate(secret, origin);
        if (principal === null || secret === null) {
          return refuse('UNAUTHENTICATED', UNAUTHORIZED, 'Unauthorized: expected a key');
        }
        if (!hasScope(principal, 'read')) {
          return refuse('FORBIDDEN', FORBIDDEN, 'Forbidden: expected a key with scope read');
        }
        extra.secret = secret;
        extra.leaveKey = keyWatch.watch(secret, extra.headers.origin, () =>
          socket.close(UNAUTHORIZED, 'Unauthorized: the key was revoked or has expired'),
        );
        return true;
      } catch (error) {
        if (isAppError(error, 'FORBIDDEN')) {
          const reason = closeReason(`Forbidden: ${error.message}`, 'Forbidden');
          return refuse('FORBIDDEN', FORBIDDEN, reason);
        }
        if (isAppError(error, 'UNAUTHENTICATED') && !error.isRetryable) {
          const reason = closeReason(`Unauthorized: ${error.message}`, 'Unauthorized');
          return refuse('UNAUTHENTICATED', UNAUTHORIZED, reason);
        }
        telemetry.log.warn({ err: error }, 'a key could not be checked');
        const code = isAppError(error) ? error.code : 'INTERNAL';
        return refuse(code, TRY_AGAIN_LATER, 'Keys cannot be checked now');
      }
    },
    async onSubscribe({ subscriptions, extra }, id, payload) {
      try {
        const open = Object.keys(subscriptions).length;
        checkLimit('subscriptions', open, limits.maxSubscriptions);
        const principal = await callers.authenticate(extra.secret, extra.headers.origin);
        const caller = callers.context(principal, new AbortController());
        const ready = operations.prepare(payload, caller);
        if (!('document' in ready)) return ready;
        const { resumeFrom, traceparent, tracestate } = payload.extensions ?? {};
        const traceParent = readTraceParent(traceparent, tracestate) ?? extra.traceParent;
        return { ...ready, subscriber: { socket: extra.socket, id, resumeFrom, traceParent } };
      } catch (error) {
        if (error instanceof AppError) return [toGraphQLError(error)];
        throw error;
      }
    },
    execute: (operation) =>
      traced(operation as SocketOperation, options, (given) => operations.run(given)),
    subscribe: (operation) =>
      traced(operation as SocketOperation, options, (given) => start(given, options)),
    onNext: (_context, _id, _payload, _args, result) => formatResult(result, formatError),
    onError: (_context, _id, _payload, errors) => errors.map(formatError),
  };
}

/** Does what a message asks for in a span of its own, below that of the caller. */
async function traced<T>(
  operation: SocketOperation,
  { path, observer: { tracing } }: Pick<WebSocketOptions, 'path' | 'observer'>,
  work: (operation: SocketOperation) => Promise<T>,
): Promise<T> {
  if (tracing === undefined) return work(operation);
  const attributes = { 'http.route': path, 'network.protocol.name': 'websocket' };
  return tracing.within(operation.subscriber.traceParent, () =>
    inSpan(tracing, `WEBSOCKET ${path}`, { kind: 'server', attributes }, () => work(operation)),
  );
}

/** Starts a subscription: with all who ask the same where that is possible, else for itself. */
async function start(
  operation: SocketOperation,
  { live, operations, keyLoad, formatError }: WebSocketOptions,
): Promise<Results> {
  const { socket, id, resumeFrom } = operation.subscriber;
  return joinedResults({
    take: () => keyLoad.take(operation.contextValue.principal),
    join(member) {
      const leave = live.join(operation, member, resumeFrom);
      // The caller is the larger part of what a waiting subscription keeps in memory.
      if (leave !== null) Object.assign(operation, { contextValue: null });
      return leave;
    },
    run: () => operations.run(operation),
    send(text, delivery) {
      if (delivery === null)
        socket.push(`{"id":${JSON.stringify(id)},"type":"next","payload":${text}}`);
      else socket.pushFrame(nextFrame(delivery, id));
    },
    sendInTurn: (delivery) => socket.sendFrame(nextFrame(delivery, id)),
    formatError,
  });
}

/** Browsers cannot send headers, so names of `connection_init` are read as if they were. */
function lowerCased(payload: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function keepAlive(socket: WebSocket, everyMs: number): () => void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    socket.ping();
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Resolves when the socket is closed; one that does not answer the close frame is ended. */
function gone(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) return resolve();
    const timer = setTimeout(() => socket.terminate(), 1000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
