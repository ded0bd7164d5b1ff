import { CloseCode, createClient as createSocketClient } from 'graphql-ws';
import { errorOf, type ResponseError, SluiceError } from './client-error.js';

/** First pause before connecting again, ms; it doubles with each try up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export interface SubscriberOptions {
  /** `ws(s)://host/graphql`, one or more gateways of one installation. */
  readonly urls: readonly string[];
  readonly key: string;
  readonly webSocketImpl?: unknown;
  readonly retryAttempts: number;
}

export interface Operation {
  readonly query: string;
  readonly variables?: unknown;
}

export interface WatchOptions {
  readonly signal?: AbortSignal;
  /** Told before the first answer after results that could not be delivered. */
  readonly onGap?: () => void;
}

/** Runs subscriptions over one shared WebSocket. */
export interface Subscriber {
  subscribe<Answer>(operation: Operation, options?: WatchOptions): AsyncIterableIterator<Answer>;
  stop(): Promise<void>;
}

export function createSubscriber({
  urls,
  key,
  webSocketImpl,
  retryAttempts,
}: SubscriberOptions): Subscriber {
  let connections = 0;
  let subscriptions = 0;
  /** What each subscription sends again after a lost connection, by its id. */
  const requests = new Map<string, RequestExtensions>();
  const socket = createSocketClient({
    // Each connection goes to the next one, so that a gateway that is gone is not insisted on.
    url: () => urls[connections++ % urls.length] ?? '',
    webSocketImpl,
    retryAttempts,
    generateID: ({ extensions }) => String(extensions?.id),
    on: {
      // At its receipt, not when it is read: a result that waits for its reader is not sent again.
      message(message) {
        if (message.type !== 'next') return;
        const { live } = (message.payload.extensions ?? {}) as ResultExtensions;
        const request = requests.get(message.id);
        if (request !== undefined && live?.resumeFrom != null) request.resumeFrom = live.resumeFrom;
      },
    },
    connectionParams: { authorization: `Bearer ${key}` },
    retryWait: (retries) => pause(Math.random() * pauseOf(retries)),
    // A key that may not read will not read after a pause either.
    shouldRetry: (event) => codeOf(event) !== CloseCode.Forbidden,
  });
  return {
    subscribe<Answer>(operation: Operation, options: WatchOptions = {}) {
      subscriptions += 1;
      const extensions: RequestExtensions = { id: String(subscriptions), resumeFrom: undefined };
      requests.set(extensions.id, extensions);
      const results = socket.iterate<Answer, ResultExtensions>({
        query: operation.query,
        variables: operation.variables as Record<string, unknown>,
        extensions,
      });
      return answersOf<Answer>(results, options, () => requests.delete(extensions.id));
    },
    stop: async () => socket.dispose(),
  };
}

/** What a subscription sends besides its operation. */
type RequestExtensions = {
  readonly id: string;
  resumeFrom: string | undefined;
};

/** What the server says of a result besides its answer. */
interface ResultExtensions {
  readonly live?: { readonly resumeFrom: string | null; readonly isGap?: boolean };
}

interface SocketResult<Answer> {
  readonly data?: Answer | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
  readonly extensions?: ResultExtensions | undefined;
}

async function* answersOf<Answer>(
  results: AsyncIterableIterator<SocketResult<Answer>>,
  { signal, onGap }: WatchOptions,
  onEnd: () => void,
): AsyncGenerator<Answer, void, undefined> {
  if (signal?.aborted === true) return;
  const end = (): void => void results.return?.();
  signal?.addEventListener('abort', end, { once: true });
  try {
    for await (const { data, errors, extensions } of results) {
      if (errors !== undefined && errors.length > 0) {
        throw errorOf(errors as readonly ResponseError[]);
      }
      if (extensions?.live?.isGap === true) onGap?.();
      if (data != null) yield data;
    }
  } catch (error) {
    throw failureOf(error);
  } finally {
    signal?.removeEventListener('abort', end);
    end();
    onEnd();
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
