import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLFormattedError } from 'graphql';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError, isAppError } from '../errors.js';
import { hasScope } from '../project/project.js';
import type { Telemetry } from '../telemetry.js';
import type { Callers } from './caller.js';
import { secretOf } from './context.js';
import { toGraphQLError } from './gateway-errors.js';
import { checkLimit, type GatewayLimits, MAX_BODY_BYTES } from './limits.js';
import { formatResult, type Operations, type ReadyOperation } from './operation.js';

/** Close code for a store that is away: the client should come back. */
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;

/** Longest reason of a close frame, in bytes. */
const MAX_REASON_BYTES = 123;

export interface WebSocketOptions {
  readonly server: Server;
  readonly path: string;
  readonly callers: Callers;
  readonly operations: Operations;
  readonly limits: GatewayLimits;
  readonly formatError: (error: unknown) => GraphQLFormattedError;
  readonly telemetry: Pick<Telemetry, 'log'>;
  /** Longest wait for `connection_init`, ms; then the connection closes with 4408. */
  readonly initTimeoutMs: number;
  /** Between pings, ms; a connection that did not answer the last one is ended. */
  readonly keepAliveMs: number;
}

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  secret: string | null;
}

/**
 * Serves GraphQL over WebSocket: the `graphql-transport-ws` protocol on upgrades of one path.
 *
 * A connection shows its key once, in `connection_init` or in the headers of the upgrade; the key
 * is checked anew for each operation. Close codes beyond the protocol's: 4401 no key in force,
 * 4403 a key that may not read, 1013 keys cannot be checked now.
 *
 * @returns Closes every connection with 1001 and stops listening.
 */
export function serveWebSocket(options: WebSocketOptions): { stop(): Promise<void> } {
  const { server, path, telemetry, keepAliveMs } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols,
  });
  const protocol = makeServer<Record<string, unknown> | undefined, Extra>(protocolOptions(options));

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    if (request.url?.split('?', 1)[0] !== path) {
      stream.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => open(socket, request));
  };

  function open(socket: WebSocket, request: IncomingMessage): void {
    const stopPings = keepAlive(socket, keepAliveMs);
    socket.on('error', (error) => telemetry.log.debug({ err: error }, 'a WebSocket failed'));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (data) => {
            receive(String(data)).catch((error: unknown) => {
              telemetry.log.error({ err: error }, 'a WebSocket message failed unexpectedly');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          });
        },
      },
      { socket, request, secret: null },
    );
    socket.once('close', (code, reason) => {
      stopPings();
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
      for (const client of clients) client.close(GOING_AWAY, 'Going away');
      await Promise.all(clients.map(gone));
      sockets.close();
    },
  };
}

function protocolOptions({
  callers,
  operations,
  limits,
  formatError,
  telemetry,
  initTimeoutMs,
}: WebSocketOptions): ServerOptions<Record<string, unknown> | undefined, Extra> {
  const run = (operation: unknown) => operations.run(operation as ReadyOperation);
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    async onConnect({ connectionParams, extra }) {
      try {
        const secret = secretOf(lowerCased(connectionParams)) ?? secretOf(extra.request.headers);
        const principal = await callers.authenticate(secret, extra.request.headers.origin);
        if (principal === null) {
          extra.socket.close(CloseCode.Unauthorized, 'Unauthorized: expected a key');
          return false;
        }
        if (!hasScope(principal, 'read')) {
          extra.socket.close(CloseCode.Forbidden, 'Forbidden: expected a key with scope read');
          return false;
        }
        extra.secret = secret;
        return true;
      } catch (error) {
        if (isAppError(error, 'FORBIDDEN')) {
          extra.socket.close(CloseCode.Forbidden, closeReason(`Forbidden: ${error.message}`));
          return false;
        }
        const isRefused = isAppError(error, 'UNAUTHENTICATED') && !error.isRetryable;
        if (!isRefused) telemetry.log.warn({ err: error }, 'a key could not be checked');
        extra.socket.close(
          isRefused ? CloseCode.Unauthorized : TRY_AGAIN_LATER,
          closeReason(isRefused ? `Unauthorized: ${error.message}` : 'Keys cannot be checked now'),
        );
        return false;
      }
    },
    async onSubscribe(context, _id, payload) {
      try {
        const open = Object.keys(context.subscriptions).length;
        checkLimit('subscriptions', open, limits.maxSubscriptions);
        const principal = await callers.authenticate(
          context.extra.secret,
          context.extra.request.headers.origin,
        );
        const caller = callers.context(principal, new AbortController());
        return operations.prepare(payload, caller);
      } catch (error) {
        if (error instanceof AppError) return [toGraphQLError(error)];
        throw error;
      }
    },
    execute: run,
    subscribe: run,
    onNext: (_context, _id, _payload, _args, result) => formatResult(result, formatError),
    onError: (_context, _id, _payload, errors) => errors.map(formatError),
  };
}

/** Browsers cannot send headers, so names of `connection_init` are read as if they were. */
function lowerCased(payload: Record<string, unknown> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function closeReason(text: string): string {
  return Buffer.byteLength(text) <= MAX_REASON_BYTES ? text : 'Unauthorized';
}

/** Resolves when the message has left, so that a slow reader slows its own subscriptions only. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve();
    // A failure to send closes the socket, which ends its subscriptions.
    socket.send(text, () => resolve());
  });
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
