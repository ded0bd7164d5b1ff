import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { AppError, messageOf } from '../errors.js';

/**
 * How every adapter on Redis connects, fails and recovers. It stands outside `cache/redis` and
 * `pubsub/redis` because adapters do not import one another, and two copies of these rules would
 * drift; nothing but those two folders imports it.
 */
export interface RedisConnection {
  /** Address for messages, without user name and password. */
  readonly address: string;
  /**
   * Runs a command. Rejects at once while the connection is known to be down, instead of queueing:
   * a queue would grow for as long as the outage lasts and answer callers that have gone away.
   *
   * @throws AppError retryable, with the connection's code: address, cause and the next try.
   */
  run<T>(command: (client: Redis) => Promise<T>): Promise<T>;
  /** Resolves once connected; rejects with the signal's reason when it is aborted before. */
  waitReady(signal: AbortSignal): Promise<void>;
  /** Closes for good; running commands reject. */
  stop(): Promise<void>;
}

export interface RedisConnectionOptions {
  /** `redis://user:password@host:port/db` or `rediss://…`. */
  readonly url: string;
  /** What it is for; part of messages and of the name in Redis' own client list. */
  readonly purpose: 'cache' | 'pubsub' | 'pubsub-reader';
  readonly code: 'CACHE_UNAVAILABLE' | 'PUBSUB_UNAVAILABLE';
  readonly log: Pick<Logger, 'info' | 'warn' | 'debug'>;
  /** Longest wait for a reply, ms. Longer than the command may block. */
  readonly replyTimeoutMs: number;
}

/** Longest wait for the TCP handshake, and for the first connection by early callers, ms. */
const CONNECT_TIMEOUT_MS = 2_000;
/** At a stop, longest wait for the server to close its side, ms. Callers have been answered by then. */
const STOP_TIMEOUT_MS = 100;
const FIRST_RETRY_MS = 50;
/** A restarted server is found again within this time plus jitter, ms. */
const LONGEST_RETRY_MS = 1_000;

/** The URL without user name and password, fit for logs and answers. */
export function redactRedisUrl(url: string): string {
  if (!URL.canParse(url)) return url.replace(/\/\/[^@/]*@/, '//');
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  return parsed.href;
}

/** Connects in the background and keeps reconnecting until stopped. */
export function openRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { url, purpose, code, log, replyTimeoutMs } = options;
  const address = redactRedisUrl(url);
  let lastFailure: unknown = null;
  let nextTryMs = 0;
  let wasDown = false;
  let isStopped = false;

  const client = new Redis(url, {
    lazyConnect: true,
    connectionName: `sluice-${purpose}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: STOP_TIMEOUT_MS,
    // A server that accepts connections and never answers counts as down.
    socketTimeout: replyTimeoutMs,
    enableOfflineQueue: false,
    // A command that lost its reply may have run. It rejects at once (0 retries), the caller
    // decides; resending would publish twice.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => {
      const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10));
      nextTryMs = Math.round(base * (1 + Math.random() / 4));
      return nextTryMs;
    },
  });

  client.on('error', (error: unknown) => {
    lastFailure = error;
  });
  client.on('reconnecting', () => {
    const report = { address, purpose, cause: causeOf(lastFailure), nextTryMs };
    // One line per outage; each further attempt only for those who look closely.
    if (wasDown) log.debug(report, 'redis still unreachable');
    else log.warn(report, 'redis unreachable');
    wasDown = true;
  });
  client.on('ready', () => {
    if (wasDown) log.info({ address, purpose }, 'redis reachable again');
    wasDown = false;
    lastFailure = null;
  });
  // The promise repeats what the 'error' event says; the event is where it is kept.
  const firstAttempt = client.connect().catch((error: unknown) => {
    lastFailure ??= error;
  });

  const unavailable = (cause: unknown): AppError => {
    const next = isStopped
      ? 'the connection is stopped'
      : client.status === 'ready'
        ? 'connected again'
        : `next try within ${Math.max(nextTryMs, FIRST_RETRY_MS)} ms`;
    return new AppError(code, `${address} (${purpose}): ${causeOf(cause)}; ${next}`, {
      isRetryable: true,
      cause,
      details: { address, nextTryMs },
    });
  };

  return {
    address,

    async run(command) {
      if (client.status !== 'ready') await firstAttempt;
      if (client.status !== 'ready') throw unavailable(lastFailure);
      try {
        return await command(client);
      } catch (error) {
        // A flushed command says only that its retries are used up; the socket knows the cause.
        const isFlushed = error instanceof Error && error.name === 'MaxRetriesPerRequestError';
        throw unavailable(isFlushed ? (lastFailure ?? error) : error);
      }
    },

    async waitReady(signal) {
      signal.throwIfAborted();
      if (client.status === 'ready') return;
      await new Promise<void>((resolve, reject) => {
        const settle = (): void => {
          client.off('ready', settle);
          signal.removeEventListener('abort', settle);
          if (signal.aborted) reject(signal.reason);
          else resolve();
        };
        client.on('ready', settle);
        signal.addEventListener('abort', settle);
      });
    },

    async stop() {
      isStopped = true;
      client.disconnect();
    },
  };
}

function causeOf(error: unknown): string {
  if (error === null || error === undefined) return 'connection closed by the server';
  return messageOf(error);
}
