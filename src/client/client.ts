import { errorOf, type ResponseError, SluiceError } from './client-error.js';
import type { TypedDocumentString } from './generated/graphql.js';
import { createSubscriber } from './subscribe.js';

export { type ResponseError, SluiceError } from './client-error.js';
export * from './generated/graphql.js';

export interface ClientOptions {
  /** Address of the server, e.g. `http://127.0.0.1:4000`; `/graphql` is added unless it is there. */
  readonly url: string;
  /**
   * Further gateways of the same installation: a subscription whose connection is lost goes on at
   * the next one.
   */
  readonly otherUrls?: readonly string[];
  /** A key with scope read. */
  readonly key: string;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the global one (browsers, Node 22); pass that of the package `ws` on Node 20. */
  readonly webSocketImpl?: unknown;
  /** Tries to connect again after a lost connection before a subscription fails; default 20. */
  readonly retryAttempts?: number;
}

export interface CallOptions {
  /** Ends the call: a query rejects with its reason, a subscription ends. */
  readonly signal?: AbortSignal;
}

export interface SubscribeOptions extends CallOptions {
  /** Told before the first answer after results that could not be delivered. */
  readonly onGap?: () => void;
}

/** Variables may be left out where an operation needs none. */
type VariablesOf<Variables, Options = CallOptions> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options];

/** A typed client: a document of `schema/operations` decides variables and answer. */
export interface Client {
  /** @throws SluiceError with the code of the first error, `NETWORK` without a response. */
  query<Answer, Variables>(
    document: TypedDocumentString<Answer, Variables>,
    ...rest: VariablesOf<Variables>
  ): Promise<Answer>;
  /**
   * Answers as they come. The connection is shared by all subscriptions of the client, opened
   * with the first and closed after the last. A lost connection is opened again, with growing
   * pauses and jitter, and goes on behind the last answer; what the server does not keep any more
   * is told to `onGap`.
   *
   * The iteration throws a SluiceError when the server refuses or when retries are used up.
   */
  subscribe<Answer, Variables>(
    document: TypedDocumentString<Answer, Variables>,
    ...rest: VariablesOf<Variables, SubscribeOptions>
  ): AsyncIterableIterator<Answer>;
  /** Ends all subscriptions and closes the connection. */
  stop(): Promise<void>;
}

/** Makes a client for one server and key. */
export function createClient({
  url,
  otherUrls = [],
  key,
  fetch = globalThis.fetch,
  webSocketImpl,
  retryAttempts = 20,
}: ClientOptions): Client {
  const endpoint = endpointOf(url);
  const subscriber = createSubscriber({
    urls: [url, ...otherUrls].map((each) => endpointOf(each).replace(/^http/, 'ws')),
    key,
    webSocketImpl,
    retryAttempts,
  });
  return {
    async query(document, ...[variables, options]) {
      const { signal } = options ?? {};
      const { data, errors } = await post(fetch, endpoint, key, {
        body: JSON.stringify({ query: document.toString(), variables }),
        signal: signal ?? null,
      });
      if (errors !== undefined && errors.length > 0) throw errorOf(errors);
      return data as never;
    },
    subscribe(document, ...[variables, options]) {
      return subscriber.subscribe({ query: document.toString(), variables }, options);
    },
    stop: () => subscriber.stop(),
  };
}

function endpointOf(url: string): string {
  const base = url.replace(/\/+$/, '');
  return base.endsWith('/graphql') ? base : `${base}/graphql`;
}

interface ResponseBody {
  readonly data?: unknown;
  readonly errors?: readonly ResponseError[];
}

async function post(
  fetch: typeof globalThis.fetch,
  endpoint: string,
  key: string,
  { body, signal }: { readonly body: string; readonly signal: AbortSignal | null },
): Promise<ResponseBody> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body,
      signal,
    });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new SluiceError('NETWORK', `${endpoint} could not be reached`, [], cause);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && ('data' in parsed || 'errors' in parsed)) {
      return parsed as ResponseBody;
    }
  } catch (cause) {
    throw notGraphql(endpoint, response.status, cause);
  }
  throw notGraphql(endpoint, response.status);
}

function notGraphql(endpoint: string, status: number, cause?: unknown): SluiceError {
  const message = `${endpoint} answered with status ${status} and no GraphQL response`;
  return new SluiceError('NETWORK', message, [], cause);
}
