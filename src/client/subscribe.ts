import { CloseCode, createClient as createSocketClient } from 'graphql-ws';
import { errorOf, type ResponseError, SluiceError } from './client-error.js';

/** First pause before connecting again, ms; it doubles with each try up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export interface SubscriberOptions {
  /** `ws(s)://host/graphql`. */
  readonly url: string;
  readonly key: string;
  readonly webSocketImpl?: unknown;
  readonly retryAttempts: number;
}

export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
}

/** Runs subscriptions over one shared WebSocket. */
export interface Subscriber {
  subscribe<Answer>(operation: Operation, signal?: AbortSignal): AsyncIterableIterator<Answer>;
  stop(): Promise<void>;
}

export function createSubscriber({
  url,
  key,
  webSocketImpl,
  retryAttempts,
}: SubscriberOptions): Subscriber {
  const socket = createSocketClient({
    url,
    webSocketImpl,
    retryAttempts,
    connectionParams: { authorization: `Bearer ${key}` },
    retryWait: (retries) => pause(Math.random() * pauseOf(retries)),
    // A key that may not read will not read after a pause either.
    shouldRetry: (event) => codeOf(event) !== CloseCode.Forbidden,
  });
  return {
    subscribe<Answer>(operation: Operation, signal?: AbortSignal) {
      const results = socket.iterate<Answer>({
        query: operation.query,
        variables: operation.variables as Record<string, unknown>,
      });
      return answersOf<Answer>(results, signal);
    },
    stop: async () => socket.dispose(),
  };
}

interface SocketResult<Answer> {
  readonly data?: Answer | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
}

async function* answersOf<Answer>(
  results: AsyncIterableIterator<SocketResult<Answer>>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Answer, void, undefined> {
  if (signal?.aborted === true) return;
  const end = (): void => void results.return?.();
  signal?.addEventListener('abort', end, { once: true });
  try {
    for await (const { data, errors } of results) {
      if (errors !== undefined && errors.length > 0) {
        throw errorOf(errors as readonly ResponseError[]);
      }
      if (data != null) yield data;
    }
  } catch (error) {
    throw failureOf(error);
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

/** graphql-ws throws lists of GraphQL errors, close events, and errors of the socket. */
function failureOf(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  if (Array.isArray(error)) return errorOf(error as readonly ResponseError[]);
  const code = codeOf(error);
  if (code === null) {
    return new SluiceError('NETWORK', 'the connection of the subscription failed', [], error);
  }
  const { reason = '' } = error as { reason?: string };
  const name =
    code === CloseCode.Unauthorized
      ? 'UNAUTHENTICATED'
      : code === CloseCode.Forbidden
        ? 'FORBIDDEN'
        : 'CLOSED';
  return new SluiceError(name, `the subscription was closed: ${code} ${reason}`, [], error);
}

function codeOf(event: unknown): number | null {
  const code = (event as { code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : null;
}

function pauseOf(retries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
