import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTelemetry } from '../../src/telemetry.js';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import { openGraphqlSocket } from '../testkit/graphql-client.js';

const telemetry = createTelemetry({ level: 'silent' });

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({
    telemetry,
    env: { GATEWAY_MAX_DEPTH: '5', GATEWAY_MAX_PAGE_SIZE: '50' },
  });
});
afterAll(() => server.stop());

/** `sluice_gateway_errors_total` by `code stage`, zeros left out. */
async function errors(): Promise<ReadonlyMap<string, number>> {
  const text = await telemetry.registry.metrics();
  const found = text.matchAll(
    /^sluice_gateway_errors_total\{code="(\w+)",stage="(\w+)"\} (\d+)$/gm,
  );
  return new Map([...found].map(([, code, stage, count]) => [`${code} ${stage}`, Number(count)]));
}

/** What is counted more after something was done. */
async function counted(act: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const before = await errors();
  await act();
  const more = [...(await errors())].map(
    ([name, count]) => [name, count - (before.get(name) ?? 0)] as const,
  );
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}

const query = (text: string, variables?: Readonly<Record<string, unknown>>, key = 'reader') =>
  counted(() => server.client(key).query(text, variables));
const post = (body: string, headers: Record<string, string> = {}) =>
  counted(() =>
    server.client('reader').send({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    }),
  );
const DEEP = '{ user(id: "u") { timeline { edges { node { a { b } } } } } }';

test('what is refused before it runs is counted by its code', async () => {
  expect(await query('{')).toEqual({ 'GRAPHQL_PARSE_FAILED request': 1 });
  expect(await query('{ a b }')).toEqual({ 'GRAPHQL_VALIDATION_FAILED request': 2 });
  expect(await query(DEEP)).toEqual({ 'LIMIT_EXCEEDED request': 1 });
  const named = 'query($id: ID!) { user(id: $id) { __typename } }';
  expect(await query(named)).toEqual({ 'BAD_USER_INPUT request': 1 });
  expect(await query('{ __typename }', {}, 'nobody')).toEqual({ 'UNAUTHENTICATED request': 1 });
  expect(await post('[{}]')).toEqual({ 'LIMIT_EXCEEDED request': 1 });
  expect(await post('{"query":')).toEqual({ 'MALFORMED_BODY request': 1 });
  expect(await post('a', { 'content-type': 'text/html' })).toEqual({
    'UNSUPPORTED_MEDIA_TYPE request': 1,
  });
  const hash = 'a'.repeat(64);
  const known = { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } };
  expect(await post(JSON.stringify(known))).toEqual({ 'PERSISTED_QUERY_NOT_FOUND request': 1 });
});

test('so it is on a stream, a path of REST and a socket', async () => {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer reader' };
  const stream = (text: string) => () =>
    fetch(`${server.url}/graphql/stream`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: text }),
    }).then((response) => response.text());
  expect(await counted(stream('{ a }'))).toEqual({ 'GRAPHQL_VALIDATION_FAILED request': 1 });
  expect(await counted(stream(DEEP))).toEqual({ 'LIMIT_EXCEEDED request': 1 });
  const path = `${server.url}/api/v1/metrics/daily?from=never`;
  expect(await counted(() => fetch(path, { headers }))).toMatchObject({
    'BAD_USER_INPUT request': 1,
  });
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const shown = async (key: string): Promise<void> => {
    const socket = await openGraphqlSocket({ url });
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
    await socket.closed;
  };
  expect(await counted(() => shown('nobody'))).toEqual({ 'UNAUTHENTICATED request': 1 });
  expect(await counted(() => shown('writer'))).toEqual({ 'FORBIDDEN request': 1 });
  expect(
    await counted(async () => {
      const socket = await openGraphqlSocket({ url });
      await socket.init('reader');
      socket.subscribe('a', DEEP);
      await socket.next();
      socket.close();
    }),
  ).toEqual({ 'LIMIT_EXCEEDED request': 1 });
});

test('a field that fails is counted apart, and an answer without errors is not', async () => {
  const many = '{ user(id: "u") { timeline(first: 51) { edges { cursor } } } }';
  expect(await query(many)).toEqual({ 'LIMIT_EXCEEDED field': 1 });
  expect(await query('{ __typename }')).toEqual({});
});
