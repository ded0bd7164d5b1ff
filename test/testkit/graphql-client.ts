import { WebSocket } from 'ws';

/** One error of a GraphQL response. */
export interface ResponseError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
}

/** A response as it came, with shortcuts for tests. */
export interface GraphqlResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly ResponseError[];
  /** Codes of the errors, in their order. */
  readonly codes: readonly string[];
  /** The data. Throws the errors, so that a test shows them, when there are any. */
  expectNoErrors<Data = Record<string, unknown>>(): Data;
}

export interface GraphqlClient {
  /** POSTs an operation. */
  query(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlResponse>;
  /** Sends any request to the endpoint. */
  send(init: RequestInit, search?: string): Promise<GraphqlResponse>;
}

export interface GraphqlClientOptions {
  /** `http://host:port/graphql`. */
  readonly url: string;
  readonly key?: string;
}

/** A client of the HTTP endpoint that hides nothing of the response. */
export function createGraphqlClient({ url, key }: GraphqlClientOptions): GraphqlClient {
  const authorization: Record<string, string> =
    key === undefined ? {} : { authorization: `Bearer ${key}` };

  async function send(init: RequestInit, search = ''): Promise<GraphqlResponse> {
    const headers = { ...authorization, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(`${url}${search}`, { ...init, headers });
    const text = await response.text();
    const body = text.startsWith('{') ? (JSON.parse(text) as Partial<GraphqlResponse>) : {};
    const errors = body.errors ?? [];
    return {
      status: response.status,
      headers: response.headers,
      data: body.data ?? null,
      errors,
      codes: errors.map(({ extensions }) => extensions.code),
      expectNoErrors<Data>() {
        if (errors.length > 0 || body.data == null) {
          throw new Error(`expected data, got ${response.status}: ${text}`);
        }
        return body.data as Data;
      },
    };
  }

  return {
    send,
    query: (query, variables) =>
      send({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      }),
  };
}

/** A message of the `graphql-transport-ws` protocol. */
export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket that keeps every message until it is read, so that a test misses none. */
export interface GraphqlSocket {
  send(message: SocketMessage): void;
  /** The next message; rejects when the connection closes or a deadline passes before. */
  next(): Promise<SocketMessage>;
  /** Sends `connection_init` with this key and waits for the acknowledgement. */
  init(key: string): Promise<void>;
  /** Starts an operation. */
  subscribe(id: string, query: string, variables?: Readonly<Record<string, unknown>>): void;
  /** Code and reason of the close, once it has happened. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

export interface GraphqlSocketOptions {
  /** `ws://host:port/graphql`. */
  readonly url: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for a message, ms; default 10 s. */
  readonly deadlineMs?: number;
}

/** Longest wait for a message, ms. */
const MESSAGE_DEADLINE_MS = 10_000;

/** Who waits for the next message. */
interface Waiting {
  readonly take: (message: SocketMessage) => void;
  readonly fail: (error: Error) => void;
}

/** Opens a WebSocket and speaks the protocol by hand, wrong messages included. */
export async function openGraphqlSocket({
  url,
  protocols = ['graphql-transport-ws'],
  headers = {},
  deadlineMs = MESSAGE_DEADLINE_MS,
}: GraphqlSocketOptions): Promise<GraphqlSocket> {
  const socket = new WebSocket(url, [...protocols], { headers });
  const received: SocketMessage[] = [];
  const waiting: Waiting[] = [];
  let end: Error | null = null;
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as SocketMessage;
    const reader = waiting.shift();
    if (reader === undefined) received.push(message);
    else reader.take(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      end = new Error(`closed: ${code} ${reason}`);
      for (const { fail } of waiting.splice(0)) fail(end);
      resolve({ code, reason: String(reason) });
    });
  });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  await opened;

  function next(): Promise<SocketMessage> {
    const message = received.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (end !== null) return Promise.reject(end);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no message within ${deadlineMs} ms`)),
        deadlineMs,
      );
      waiting.push({
        take(arrived) {
          clearTimeout(timer);
          resolve(arrived);
        },
        fail(error) {
          clearTimeout(timer);
          reject(error);
        },
      });
    });
  }
  const send = (message: SocketMessage): void => socket.send(JSON.stringify(message));
  return {
    send,
    next,
    async init(key) {
      send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
      const { type } = await next();
      if (type !== 'connection_ack') throw new Error(`expected connection_ack, got ${type}`);
    },
    subscribe: (id, query, variables = {}) =>
      send({ id, type: 'subscribe', payload: { query, variables } }),
    closed,
    close: () => socket.close(),
  };
}

/** One event of a stream of server-sent events. */
export interface StreamEvent {
  readonly event: string;
  readonly id?: string | undefined;
  readonly data: unknown;
}

export interface GraphqlStream {
  readonly status: number;
  readonly contentType: string;
  /** Events in their order, comments left out; ends with the stream. */
  readonly events: AsyncIterableIterator<StreamEvent>;
  /** The whole body, for responses that are no stream. */
  text(): Promise<string>;
  close(): void;
}

/** Asks for server-sent events and reads them as they come. */
export async function openGraphqlStream(url: string, init: RequestInit): Promise<GraphqlStream> {
  const abort = new AbortController();
  const response = await fetch(url, { ...init, signal: abort.signal });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    events: eventsOf(response),
    text: () => response.text(),
    close: () => abort.abort(),
  };
}

async function* eventsOf(response: Response): AsyncGenerator<StreamEvent, void, undefined> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of response.body ?? []) {
    pending += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = pending.split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks.filter((text) => text.startsWith('event: '))) {
      const lines = block.split('\n').map((line) => /^(\w+): (.*)$/.exec(line) ?? []);
      const fields = new Map(lines.map(([, name = '', value = '']) => [name, value]));
      const data = fields.get('data') ?? '';
      yield {
        event: fields.get('event') ?? '',
        ...(fields.has('id') ? { id: fields.get('id') } : {}),
        data: data === '' ? null : (JSON.parse(data) as unknown),
      };
    }
  }
}
