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
