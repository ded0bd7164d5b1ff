import { gzipSync } from 'node:zlib';
import {
  BAD_INPUT,
  beyond,
  type HostileCase,
  type HostileClass,
  type HostileWorld,
  RANGE,
  VOLUME,
} from './hostile-case.js';

const BODY = JSON.stringify({ query: VOLUME });
const MEBIBYTE = 1_048_576;

const BAD_REQUEST: HostileCase['refusal'] = { status: 400, code: 'BAD_REQUEST' };
const TOO_LARGE: HostileCase['refusal'] = {
  status: 413,
  code: 'PAYLOAD_TOO_LARGE',
  limit: 'bodyBytes',
};
const MALFORMED: HostileCase['refusal'] = { status: 400, code: 'MALFORMED_BODY' };
const WRONG_MEDIA: HostileCase['refusal'] = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' };
const UNAUTHENTICATED: HostileCase['refusal'] = { status: 401, code: 'UNAUTHENTICATED' };

function json({ keys }: HostileWorld): Record<string, string> {
  return { 'content-type': 'application/json', authorization: `Bearer ${keys.reader}` };
}

/** Requests that are no operation, or are dressed up as another. */
export const REQUESTS: readonly HostileClass[] = [
  {
    name: 'batches',
    cases: (world) => [
      ...[0, 1, 2, 50, 5000].map((count) => ({
        name: `${count} operations`,
        headers: json(world),
        body: JSON.stringify(Array.from({ length: count }, () => ({ query: VOLUME }))),
        refusal: beyond('batch'),
      })),
      ...['[[]]', '[null]', '[1,2]', '["{a}"]'].map((body) => ({
        name: body,
        headers: json(world),
        body,
        refusal: beyond('batch'),
      })),
      {
        name: 'lists in lists, 50,000 deep',
        headers: json(world),
        body: `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
        refusal: beyond('variableDepth'),
      },
      {
        name: 'mutations',
        headers: json(world),
        body: JSON.stringify([
          { query: 'mutation { revokeKey(input: { keyId: "x" }) { key { id } } }' },
        ]),
        refusal: beyond('batch'),
      },
      {
        name: 'over server-sent events',
        path: '/graphql/stream',
        headers: json(world),
        body: JSON.stringify([{ query: VOLUME }]),
        refusal: { status: 400, code: 'BAD_USER_INPUT' },
      },
    ],
  },
  {
    name: 'cross-site requests',
    cases: (world) => [
      ...[
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ].flatMap((type) => [
        {
          name: `a form as ${type}`,
          headers: { 'content-type': type, origin: 'https://evil.example' },
          body: BODY,
          refusal: type === 'text/plain' ? BAD_REQUEST : WRONG_MEDIA,
        },
        {
          name: `a form as ${type} with a key`,
          headers: { 'content-type': type, authorization: `Bearer ${world.keys.reader}` },
          body: BODY,
          refusal: type === 'text/plain' ? BAD_REQUEST : WRONG_MEDIA,
        },
      ]),
      {
        name: 'an image',
        method: 'GET',
        path: `/graphql?query=${encodeURIComponent(VOLUME)}`,
        headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' },
        refusal: BAD_REQUEST,
      },
      {
        name: 'a link with a mutation',
        method: 'GET',
        path: `/graphql?query=${encodeURIComponent('mutation { revokeKey(input: { keyId: "x" }) { key { id } } }')}`,
        headers: { authorization: `Bearer ${world.keys.admin}` },
        refusal: BAD_REQUEST,
      },
      {
        name: 'a mutation by GET with the header that frameworks set',
        method: 'GET',
        path: `/graphql?query=${encodeURIComponent('mutation { revokeKey(input: { keyId: "x" }) { key { id } } }')}`,
        headers: { authorization: `Bearer ${world.keys.admin}`, 'apollo-require-preflight': '1' },
        refusal: { status: 405, code: 'BAD_REQUEST' },
      },
      {
        name: 'a mutation by GET over server-sent events',
        method: 'GET',
        path: `/graphql/stream?query=${encodeURIComponent('mutation { revokeKey(input: { keyId: "x" }) { key { id } } }')}`,
        headers: { authorization: `Bearer ${world.keys.admin}` },
        refusal: { status: 400, code: 'BAD_USER_INPUT' },
      },
      {
        name: 'no content type',
        headers: { authorization: `Bearer ${world.keys.reader}` },
        body: BODY,
        refusal: WRONG_MEDIA,
      },
      {
        name: 'a content type with a trick',
        headers: {
          'content-type': 'text/plain; application/json',
          authorization: `Bearer ${world.keys.reader}`,
        },
        body: BODY,
        refusal: BAD_REQUEST,
      },
      {
        name: 'a key in a cookie',
        headers: {
          'content-type': 'application/json',
          cookie: `x-sluice-key=${world.keys.reader}`,
        },
        body: BODY,
        refusal: { status: 200, code: 'UNAUTHENTICATED' },
      },
      {
        name: 'a key in the address',
        path: `/graphql?x-sluice-key=${world.keys.reader}&authorization=${world.keys.reader}`,
        headers: { 'content-type': 'application/json' },
        body: BODY,
        refusal: { status: 200, code: 'UNAUTHENTICATED' },
      },
    ],
  },
  {
    name: 'headers',
    cases: (world) => {
      const { reader, admin } = world.keys;
      const typed = { 'content-type': 'application/json' };
      const raw = (name: string, head: string, body: string, refusal: HostileCase['refusal']) => ({
        name,
        raw: `POST /graphql HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n${body}`,
        refusal,
      });
      return [
        ...[
          `Basic ${reader}`,
          `Bearer`,
          `Bearer ${reader} ${admin}`,
          reader,
          `Bearer: ${reader}`,
          'null',
        ].map((authorization) => ({
          name: `authorization: ${authorization.slice(0, 7)}…`,
          headers: { ...typed, authorization },
          body: BODY,
          refusal: UNAUTHENTICATED,
        })),
        {
          name: 'a wrong bearer beside a right key',
          headers: { ...typed, authorization: 'Bearer nobody', 'x-sluice-key': reader },
          body: BODY,
          refusal: UNAUTHENTICATED,
        },
        {
          name: 'a key of 8000 letters',
          headers: { ...typed, 'x-sluice-key': 'k'.repeat(8000) },
          body: BODY,
          refusal: UNAUTHENTICATED,
        },
        {
          name: 'the project by a header',
          headers: { ...typed, 'x-project': world.other.projectId, 'x-forwarded-user': 'admin' },
          body: BODY,
          refusal: { status: 200, code: 'UNAUTHENTICATED' },
        },
        {
          name: 'another method by a header',
          method: 'DELETE',
          headers: {
            ...typed,
            authorization: `Bearer ${reader}`,
            'x-http-method-override': 'POST',
          },
          body: BODY,
          refusal: { status: 404, code: null },
        },
        raw('headers of 100 kB', `x-a: ${'a'.repeat(100_000)}`, '', { status: 431, code: null }),
        raw('3000 headers', Array.from({ length: 3000 }, (_, n) => `x-${n}: 1`).join('\r\n'), '', {
          status: 431,
          code: null,
        }),
        raw('a space in a name', 'x a: 1', '', { status: 400, code: null }),
        raw('two lengths', 'content-length: 5\r\ncontent-length: 6', 'hello', {
          status: 400,
          code: null,
        }),
        raw('a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked', '0\r\n\r\n', {
          status: 400,
          code: null,
        }),
        raw('a negative length', 'content-length: -5', '', { status: 400, code: null }),
        raw(
          'a chunk that is none',
          'transfer-encoding: chunked\r\ncontent-type: application/json',
          'zz\r\n\r\n',
          { status: 400, code: null },
        ),
      ];
    },
  },
  {
    name: 'bodies',
    cases: (world) => [
      ...[MEBIBYTE + 1, 2 * MEBIBYTE, 4 * MEBIBYTE].map((bytes) => ({
        name: `${bytes} bytes`,
        headers: json(world),
        body: JSON.stringify({ query: VOLUME, padding: 'x'.repeat(bytes) }),
        refusal: TOO_LARGE,
      })),
      {
        name: '2 MiB over server-sent events',
        path: '/graphql/stream',
        headers: json(world),
        body: JSON.stringify({ query: VOLUME, padding: 'x'.repeat(2 * MEBIBYTE) }),
        refusal: TOO_LARGE,
      },
      {
        name: 'a compressed bomb',
        headers: { ...json(world), 'content-encoding': 'gzip' },
        body: gzipSync(Buffer.alloc(50 * MEBIBYTE, 32)),
        refusal: MALFORMED,
      },
      ...['', '{', '{"query":', 'query { a }', '\u0000', '{"query":"{a}"}}', '<a/>'].map(
        (body) => ({
          name: `${JSON.stringify(body)} as JSON`,
          headers: json(world),
          body,
          refusal: MALFORMED,
        }),
      ),
      ...['null', '7', '"text"', '{}', '{"query":1}', '{"query":{}}', '{"query":["{a}"]}'].map(
        (body) => ({
          name: body,
          headers: json(world),
          body,
          refusal: BAD_REQUEST,
        }),
      ),
      {
        name: 'a prototype',
        headers: json(world),
        body: `{"query":${JSON.stringify(VOLUME)},"__proto__":{"admin":true}}`,
        refusal: MALFORMED,
      },
      {
        name: 'Latin letters that are no UTF-8',
        headers: json(world),
        body: Buffer.concat([
          Buffer.from('{"query":"'),
          Buffer.from([0xff, 0xfe]),
          Buffer.from('"}'),
        ]),
        refusal: { status: 400, code: 'GRAPHQL_PARSE_FAILED' },
      },
    ],
  },
  {
    name: 'GET',
    cases: (world) => {
      const get = (name: string, search: string, refusal: HostileCase['refusal']): HostileCase => ({
        name,
        method: 'GET',
        path: `/graphql?${search}`,
        headers: { authorization: `Bearer ${world.keys.reader}`, 'apollo-require-preflight': '1' },
        refusal,
      });
      const deep = `{ ${'a{'.repeat(20)}b${'}'.repeat(20)} }`;
      const text = encodeURIComponent(VOLUME);
      return [
        get('nothing', '', BAD_REQUEST),
        get('two queries', `query=${text}&query=${text}`, BAD_REQUEST),
        get(
          'two queries, the second deep',
          `query=${text}&query=${encodeURIComponent(deep)}`,
          BAD_REQUEST,
        ),
        get('deep', `query=${encodeURIComponent(deep)}`, beyond('depth')),
        get('deep, written with escapes', `%71uery=${encodeURIComponent(deep)}`, beyond('depth')),
        get('variables that are no JSON', `query=${text}&variables={`, BAD_REQUEST),
        get('variables that are a list', `query=${text}&variables=[]`, BAD_REQUEST),
        get(
          'variables nested deep',
          `query=${text}&variables=${encodeURIComponent(`{"a":${'['.repeat(200)}${']'.repeat(200)}}`)}`,
          beyond('variableDepth'),
        ),
        get('extensions that are no JSON', `query=${text}&extensions={`, BAD_REQUEST),
        get(
          'a hash of nothing',
          `extensions=${encodeURIComponent('{"persistedQuery":{"version":1,"sha256Hash":"00"}}')}`,
          { status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' },
        ),
        get(
          'a hash of another query',
          `query=${text}&extensions=${encodeURIComponent('{"persistedQuery":{"version":1,"sha256Hash":"00"}}')}`,
          BAD_INPUT,
        ),
        get(
          'a hash of version 9',
          `extensions=${encodeURIComponent('{"persistedQuery":{"version":9,"sha256Hash":"00"}}')}`,
          BAD_INPUT,
        ),
        get(
          'an operation that is not there',
          `query=${encodeURIComponent(`query A ${VOLUME}`)}&operationName=B`,
          { status: 400, code: 'OPERATION_RESOLUTION_FAILURE' },
        ),
        get(
          'a subscription',
          `query=${encodeURIComponent('subscription { activeNow { users } }')}`,
          { status: 405, code: 'BAD_REQUEST' },
        ),
        get(
          'a wrong argument',
          `query=${encodeURIComponent(`{ eventVolume(${RANGE}, x: 1) { total } }`)}`,
          { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' },
        ),
      ];
    },
  },
];
