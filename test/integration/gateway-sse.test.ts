import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-sse';
import { eventually } from '../testkit/deadline.js';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import {
  type GraphqlStream,
  openGraphqlStream,
  type StreamEvent,
} from '../testkit/graphql-client.js';

const RATE = 'subscription($event: String) { eventRate(event: { event: $event }) { total } }';

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({
    keepAliveMs: 20,
    env: { GATEWAY_MAX_KEY_SUBSCRIPTIONS: '1' },
  });
});
afterAll(() => server.stop());

function post(body: unknown, key = 'reader'): Promise<GraphqlStream> {
  return openGraphqlStream(`${server.url}/graphql/stream`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify(body),
  });
}

async function all(stream: GraphqlStream): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of stream.events) events.push(event);
  return events;
}

async function codeOf(stream: GraphqlStream): Promise<string> {
  const { errors } = JSON.parse(await stream.text()) as {
    errors: { extensions: { code: string } }[];
  };
  return errors[0]?.extensions.code ?? 'none';
}

describe('subscriptions over server-sent events', () => {
  test('results arrive in order and the end is announced', async () => {
    const stream = await post({ query: RATE });
    expect(stream.status).toBe(200);
    expect(stream.contentType).toBe('text/event-stream; charset=utf-8');
    expect(await all(stream)).toEqual([
      {
        event: 'next',
        id: expect.any(String),
        data: { data: { eventRate: { total: 1 } }, extensions: expect.anything() },
      },
      {
        event: 'next',
        id: expect.any(String),
        data: { data: { eventRate: { total: 2 } }, extensions: expect.anything() },
      },
      { event: 'complete', data: null },
    ]);
  });

  test('a GET with parameters is answered', async () => {
    const search = new URLSearchParams({
      query: RATE,
      variables: JSON.stringify({ event: 'click' }),
    });
    const stream = await openGraphqlStream(`${server.url}/graphql/stream?${search}`, {
      headers: { 'x-sluice-key': 'reader' },
    });
    expect(await all(stream)).toHaveLength(3);
    expect(server.asked.at(-1)?.question).toMatchObject({ event: { event: 'click' } });
  });

  test('a client of the protocol reads it', async () => {
    const client = createClient({
      url: `${server.url}/graphql/stream`,
      headers: { authorization: 'Bearer reader' },
      retryAttempts: 0,
    });
    const totals: unknown[] = [];
    for await (const { data } of client.iterate({ query: RATE })) totals.push(data);
    expect(totals).toEqual([{ eventRate: { total: 1 } }, { eventRate: { total: 2 } }]);
    client.dispose();
  });

  test('a failing source delivers its code and the end', async () => {
    const events = await all(await post({ query: RATE, variables: { event: 'fail:REPLAY_GAP' } }));
    expect(events).toMatchObject([
      { event: 'next' },
      { event: 'next', data: { errors: [{ extensions: { code: 'REPLAY_GAP' } }] } },
      { event: 'complete' },
    ]);
  });

  test('a reader that goes away ends the source, and its place is free again', async () => {
    const stream = await post({ query: RATE, variables: { event: 'endless' } });
    await stream.events.next();
    const signal = server.asked.at(-1)?.asking.signal;
    const second = await post({ query: RATE });
    expect(second.status).toBe(400);
    expect(await codeOf(second)).toBe('LIMIT_EXCEEDED');
    stream.close();
    await eventually('the source is told to end', () => signal?.aborted);
    await eventually('another stream may open', async () => {
      const next = await post({ query: RATE });
      await next.text();
      return next.status === 200;
    });
  });

  test.each([
    ['an unknown key', { query: RATE }, 'nobody', 401, 'UNAUTHENTICATED'],
    ['no operation', {}, 'reader', 400, 'BAD_USER_INPUT'],
    [
      'variables of another shape',
      { query: RATE, variables: [1] },
      'reader',
      400,
      'BAD_USER_INPUT',
    ],
    ['no GraphQL', { query: '{' }, 'reader', 400, 'GRAPHQL_PARSE_FAILED'],
    ['unknown fields', { query: '{ x }' }, 'reader', 400, 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s is refused before a stream begins', async (_name, body, key, status, code) => {
    const stream = await post(body, key);
    expect(stream.status).toBe(status);
    expect(await codeOf(stream)).toBe(code);
  });

  test('a mutation is no matter of a GET', async () => {
    const query = 'mutation { revokeKey(input: { keyId: "reader" }) { key { id } } }';
    const stream = await openGraphqlStream(
      `${server.url}/graphql/stream?${new URLSearchParams({ query })}`,
      { headers: { 'x-sluice-key': 'admin' } },
    );
    expect(stream.status).toBe(400);
    expect(await codeOf(stream)).toBe('BAD_USER_INPUT');
  });

  test('a key that may not read is refused in the first result', async () => {
    const [first] = await all(await post({ query: RATE }, 'writer'));
    expect(first).toMatchObject({ data: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } });
  });

  test('a stopping server ends the stream without saying that it is complete', async () => {
    const own = await startGatewayServer();
    const stream = await openGraphqlStream(
      `${own.url}/graphql/stream?${new URLSearchParams({ query: RATE, variables: '{"event":"endless"}' })}`,
      { headers: { 'x-sluice-key': 'reader' } },
    );
    await stream.events.next();
    await stream.events.next();
    const [last] = await Promise.all([stream.events.next(), own.stop()]);
    expect(last.done).toBe(true);
  });
});
