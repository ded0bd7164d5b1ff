import type { HostileTokens } from './hostile-tokens.js';

/** What the hostile suite has in hand: keys of two projects, and things that belong to the second. */
export interface HostileWorld {
  /** `http://host:port` of the gateway. */
  readonly url: string;
  /** Keys by what they may do; `reader` and `writer` belong to the first project. */
  readonly keys: {
    readonly reader: string;
    readonly writer: string;
    readonly revoked: string;
    readonly expired: string;
    readonly admin: string;
  };
  readonly tokens: HostileTokens;
  /** Ids of the other project: its own and those of its nodes. */
  readonly other: {
    readonly projectId: string;
    readonly userNode: string;
    readonly deviceNode: string;
    readonly keyNode: string;
    readonly keyId: string;
  };
  /** Cursors: of the first project's user `u-0`, of its device `d-0`, of the other project's user. */
  readonly cursors: { readonly user: string; readonly device: string; readonly stranger: string };
}

/** A request that is refused, and how. */
export interface HostileCase {
  readonly name: string;
  readonly method?: string;
  /** Path with query string; default `/graphql`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Bytes for the socket as they are, instead of a request. */
  readonly raw?: string;
  readonly refusal: {
    readonly status: number;
    /** `extensions.code` of the first error; null where the server answers without GraphQL. */
    readonly code: string | null;
    /** `extensions.limit` of the first error. */
    readonly limit?: string;
  };
}

/** One class of attack. */
export interface HostileClass {
  readonly name: string;
  cases(world: HostileWorld): readonly HostileCase[];
}

/** Days that every question of the suite is about. */
export const RANGE = 'range: { from: "2026-01-01", to: "2026-01-31" }';

/** A harmless question. */
export const VOLUME = `{ eventVolume(${RANGE}) { total } }`;

/** An operation POSTed as JSON with the reader's key. */
export function operation(
  world: HostileWorld,
  name: string,
  query: string,
  refusal: HostileCase['refusal'],
  variables?: unknown,
): HostileCase {
  return {
    name,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.keys.reader}` },
    body: JSON.stringify(variables === undefined ? { query } : { query, variables }),
    refusal,
  };
}

/** A refusal for going beyond a limit. */
export const beyond = (limit: string): HostileCase['refusal'] => ({
  status: 400,
  code: 'LIMIT_EXCEEDED',
  limit,
});

export const INVALID: HostileCase['refusal'] = { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' };
export const UNPARSABLE: HostileCase['refusal'] = { status: 400, code: 'GRAPHQL_PARSE_FAILED' };
export const BAD_INPUT: HostileCase['refusal'] = { status: 400, code: 'BAD_USER_INPUT' };

/** A field that ran and was refused: the response itself is well. */
export const refused = (code: string): HostileCase['refusal'] => ({ status: 200, code });

/** `count` texts, joined. */
export function times(count: number, text: (n: number) => string, separator = ' '): string {
  return Array.from({ length: count }, (_, n) => text(n)).join(separator);
}
