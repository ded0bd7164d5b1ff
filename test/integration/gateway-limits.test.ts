import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';

const RANGE = 'range: { from: "2026-01-01", to: "2026-01-31" }';
const VOLUME = `{ eventVolume(${RANGE}) { total } }`;

let server: GatewayServer;
let closed: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({
    env: {
      GATEWAY_MAX_DEPTH: '5',
      GATEWAY_MAX_ALIASES: '3',
      GATEWAY_MAX_TOKENS: '300',
      GATEWAY_MAX_PAGE_SIZE: '50',
    },
  });
  closed = await startGatewayServer({ env: { GATEWAY_INTROSPECTION: 'off' } });
});
afterAll(async () => {
  await server.stop();
  await closed.stop();
});

function post(body: string, headers: Record<string, string> = {}) {
  return server.client('reader').send({
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

describe('limits', () => {
  test.each([
    ['depth', '{ user(id: "u") { timeline { edges { node { a { b } } } } } }', 5, 6],
    ['aliases', '{ a: __typename b: __typename c: __typename d: __typename }', 3, 4],
    ['tokens', `{ ${'__typename '.repeat(300)} }`, 300, 301],
    ['limit', `{ topPages(limit: 51, ${RANGE}) { values } }`, 50, 51],
    ['first', '{ user(id: "u") { timeline(first: 51) { edges { cursor } } } }', 50, 51],
  ])('%s is refused with the limit and the value', async (limit, query, maximum, value) => {
    const { errors } = await server.client('reader').query(query);
    expect(errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit, maximum, value } },
    ]);
  });

  test('a fragment that unfolds without end is refused before it is validated', async () => {
    const fragments = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
    ).join(' ');
    const { codes } = await server
      .client('reader')
      .query(`{ ...F0 } ${fragments} fragment F30 on Query { __typename }`);
    expect(codes).toEqual(['LIMIT_EXCEEDED']);
  });

  test('fragments that contain each other are refused by validation', async () => {
    const { status, codes } = await server
      .client('reader')
      .query('{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }');
    expect(status).toBe(400);
    expect(codes).toContain('GRAPHQL_VALIDATION_FAILED');
  });

  test('several operations in one request are refused', async () => {
    const response = await post(JSON.stringify([{ query: VOLUME }, { query: VOLUME }]));
    expect(response.status).toBe(400);
    expect(response.errors).toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED', limit: 'batch', maximum: 1, value: 2 } },
    ]);
  });

  test('a body beyond the limit is refused with 413', async () => {
    const response = await post(JSON.stringify({ query: VOLUME, padding: 'x'.repeat(1_100_000) }));
    expect(response.status).toBe(413);
    expect(response.codes).toEqual(['PAYLOAD_TOO_LARGE']);
  });
});

describe('input', () => {
  test.each([
    ['no JSON', '{', {}, 400, 'MALFORMED_BODY'],
    ['an empty body', '', {}, 400, 'MALFORMED_BODY'],
    ['another type', '<a/>', { 'content-type': 'application/xml' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no operation', '{}', {}, 400, 'BAD_REQUEST'],
    ['a form', 'a=b', { 'content-type': 'text/plain' }, 400, 'BAD_REQUEST'],
  ])('%s is refused', async (_name, body, headers, status, code) => {
    const response = await post(body, headers);
    expect([response.status, ...response.codes]).toEqual([status, code]);
  });

  test.each([
    ['GRAPHQL_PARSE_FAILED', '{', {}],
    ['GRAPHQL_VALIDATION_FAILED', '{ nothing }', {}],
    ['BAD_USER_INPUT', `query($g: Grain) { eventVolume(grain: $g, ${RANGE}) { total } }`, { g: 1 }],
    [
      'INVALID_RANGE',
      `{ eventVolume(range: { from: "2026-01-01", to: "2026-01-31T00:00:00Z" }) { total } }`,
      {},
    ],
    [
      'INVALID_DIMENSION',
      `{ eventVolume(event: { event: "fail:INVALID_DIMENSION" }, ${RANGE}) { total } }`,
      {},
    ],
    [
      'WAREHOUSE_TIMEOUT',
      `{ eventVolume(event: { event: "fail:WAREHOUSE_TIMEOUT" }, ${RANGE}) { total } }`,
      {},
    ],
    ['INTERNAL', `{ eventVolume(event: { event: "crash" }, ${RANGE}) { total } }`, {}],
    ['INTERNAL', `{ eventVolume(event: { event: "huge" }, ${RANGE}) { total } }`, {}],
  ])('%s is the code of %s', async (code, query, variables) => {
    expect((await server.client('reader').query(query, variables)).codes).toEqual([code]);
  });

  test('what validation finds in nested input is named by its place', async () => {
    const long = 'x'.repeat(201);
    const { errors } = await server.client('reader').query(
      `query($long: String!) { funnel(${RANGE}, windowSeconds: 0,
        steps: [{ event: "a" }, { event: $long }]) { result { counts } } }`,
      { long },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    const fields = errors[0]?.extensions.fields as { field: string }[];
    expect(fields.map(({ field }) => field).sort()).toEqual(['steps.1.event', 'windowSeconds']);
  });

  test('a subscription sent as a plain request is told where to go', async () => {
    const { status, errors } = await server
      .client('reader')
      .query('subscription { activeNow { users } }');
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toContain('/graphql/stream');
  });
});

describe('introspection switched off', () => {
  const SCHEMA = '{ __schema { __typename } }';

  test('it is refused over HTTP, with and without a key, and names are not suggested', async () => {
    for (const client of [closed.client(), closed.client('admin')]) {
      expect((await client.query(SCHEMA)).codes).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    }
    const { errors } = await closed.client('reader').query('{ eventVolum { total } }');
    expect(errors[0]?.message).not.toContain('eventVolume');
  });

  test('it is refused over server-sent events', async () => {
    const response = await fetch(
      `${closed.url}/graphql/stream?query=${encodeURIComponent(SCHEMA)}`,
      { headers: { 'x-sluice-key': 'reader' } },
    );
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('GRAPHQL_VALIDATION_FAILED');
  });
});
