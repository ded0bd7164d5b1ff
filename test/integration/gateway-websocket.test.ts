import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../testkit/deadline.js';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import { type GraphqlSocket, openGraphqlSocket } from '../testkit/graphql-client.js';

const RATE = 'subscription($event: String) { eventRate(event: { event: $event }) { total } }';
const ENDLESS = { event: 'endless' };

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer({
    initTimeoutMs: 200,
    env: { GATEWAY_MAX_SUBSCRIPTIONS: '2' },
  });
});
afterAll(() => server.stop());

function open(options: Partial<Parameters<typeof openGraphqlSocket>[0]> = {}) {
  return openGraphqlSocket({ url: `${server.url.replace('http', 'ws')}/graphql`, ...options });
}

async function opened(key = 'reader'): Promise<GraphqlSocket> {
  const socket = await open();
  await socket.init(key);
  return socket;
}

function lastAsked() {
  const asked = server.asked.at(-1);
  if (asked === undefined) throw new Error('nothing was asked');
  return asked;
}

describe('subscriptions over WebSocket', () => {
  test('results arrive in order and the end is announced', async () => {
    const socket = await opened();
    socket.subscribe('a', RATE);
    expect(await socket.next()).toEqual({
      id: 'a',
      type: 'next',
      payload: {
        data: { eventRate: { total: 1 } },
        extensions: { live: { sequence: 1, resumeFrom: expect.any(String) } },
      },
    });
    expect(await socket.next()).toMatchObject({
      type: 'next',
      payload: { data: { eventRate: { total: 2 } } },
    });
    expect(await socket.next()).toEqual({ id: 'a', type: 'complete' });
    socket.close();
  });

  test('a subscription takes the arguments of its query twin', async () => {
    const socket = await opened();
    socket.subscribe(
      'a',
      `subscription { activeNow(platform: MOBILE, windowSeconds: 60, intervalMs: 250,
        filter: [{ field: "country", operator: IN, values: ["DE"] }]) { users windowSeconds asOf } }`,
    );
    await socket.next();
    expect(lastAsked().question).toEqual({
      projectId: 'default',
      platform: 'mobile',
      filter: [{ field: 'country', operator: 'in', values: ['DE'] }],
      includeBots: false,
      windowSeconds: 60,
      intervalMs: 250,
    });
    socket.close();
  });

  test('the event tail delivers whole events and what was dropped', async () => {
    const socket = await opened();
    socket.subscribe('a', 'subscription { eventTail { events { eventId properties } dropped } }');
    expect(await socket.next()).toMatchObject({
      payload: {
        data: {
          eventTail: {
            events: [{ eventId: 'e5', properties: { plan: 'pro', items: [1, 2] } }],
            dropped: 1,
          },
        },
      },
    });
    socket.close();
  });

  test('queries are answered too', async () => {
    const socket = await opened();
    socket.subscribe(
      'q',
      '{ eventVolume(range: {from: "2026-01-01", to: "2026-01-02"}) { total } }',
    );
    expect(await socket.next()).toMatchObject({ payload: { data: { eventVolume: { total: 3 } } } });
    expect(await socket.next()).toEqual({ id: 'q', type: 'complete' });
    socket.close();
  });

  test('completing a subscription ends its source though no result is due', async () => {
    const socket = await opened();
    socket.subscribe('a', RATE, ENDLESS);
    await socket.next();
    await socket.next();
    const { signal } = lastAsked().asking;
    expect(signal.aborted).toBe(false);
    socket.send({ id: 'a', type: 'complete' });
    await eventually('the source is told to end', () => signal.aborted);
    socket.close();
  });

  test('closing the connection ends its sources', async () => {
    const socket = await opened();
    socket.subscribe('a', RATE, ENDLESS);
    await socket.next();
    await socket.next();
    const { signal } = lastAsked().asking;
    socket.close();
    await eventually('the source is told to end', () => signal.aborted);
  });

  test('a failing source delivers its code and the end', async () => {
    const socket = await opened();
    socket.subscribe('a', RATE, { event: 'fail:REPLAY_GAP' });
    await socket.next();
    expect(await socket.next()).toMatchObject({
      type: 'next',
      payload: { errors: [{ extensions: { code: 'REPLAY_GAP' } }] },
    });
    expect(await socket.next()).toEqual({ id: 'a', type: 'complete' });
    socket.close();
  });

  test('a wrong argument is refused by name', async () => {
    const socket = await opened();
    socket.subscribe('a', 'subscription { eventRate(intervalMs: 0) { total } }');
    expect(await socket.next()).toMatchObject({
      payload: {
        errors: [{ extensions: { code: 'BAD_USER_INPUT', fields: [{ field: 'intervalMs' }] } }],
      },
    });
    socket.close();
  });

  test('an invalid document is an error of the operation, the connection stays', async () => {
    const socket = await opened();
    socket.subscribe('a', 'subscription { nothing }');
    expect(await socket.next()).toMatchObject({
      id: 'a',
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    socket.subscribe('b', 'subscription {');
    expect(await socket.next()).toMatchObject({
      id: 'b',
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
    socket.close();
  });

  test('one subscription too many is refused, naming the limit', async () => {
    const socket = await opened();
    socket.subscribe('a', RATE, ENDLESS);
    socket.subscribe('b', RATE, ENDLESS);
    for (const _ of [1, 2, 3, 4]) await socket.next();
    socket.subscribe('c', RATE, ENDLESS);
    expect(await socket.next()).toMatchObject({
      id: 'c',
      type: 'error',
      payload: [
        { extensions: { code: 'LIMIT_EXCEEDED', limit: 'subscriptions', maximum: 2, value: 3 } },
      ],
    });
    socket.close();
  });

  test('a key revoked meanwhile may start nothing more', async () => {
    const { secret, key } = await server.projects.createKey({
      projectId: 'default',
      name: 'short-lived',
      scopes: ['read'],
    });
    const socket = await opened(secret);
    await server.projects.revokeKey('default', key.id);
    socket.subscribe('a', RATE);
    expect(await socket.next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    socket.close();
  });
});

describe('connections', () => {
  test('the key may be in the headers of the upgrade', async () => {
    const socket = await open({ headers: { 'x-sluice-key': 'reader' } });
    socket.send({ type: 'connection_init' });
    expect(await socket.next()).toEqual({ type: 'connection_ack' });
    socket.close();
  });

  test.each([
    ['without a key', undefined, 4401],
    ['with an unknown key', { authorization: 'Bearer nobody' }, 4401],
    ['with a malformed authorization', { authorization: 'Basic abc' }, 4401],
    ['with a key that may not read', { authorization: 'Bearer writer' }, 4403],
  ])('%s it is closed', async (_name, payload, code) => {
    const socket = await open();
    socket.send({ type: 'connection_init', payload });
    expect((await socket.closed).code).toBe(code);
  });

  test('it is closed when connection_init does not come', async () => {
    const socket = await open();
    expect((await socket.closed).code).toBe(4408);
  });

  test('it is closed for operations before connection_init', async () => {
    const socket = await open();
    socket.subscribe('a', RATE);
    expect((await socket.closed).code).toBe(4401);
  });

  test('another subprotocol is closed', async () => {
    // A client that offers only the old protocol is refused by its own library at the handshake.
    const socket = await open({ protocols: [] });
    expect((await socket.closed).code).toBe(4406);
  });

  test('the same id twice is closed', async () => {
    const socket = await opened();
    socket.subscribe('a', RATE, ENDLESS);
    socket.subscribe('a', RATE, ENDLESS);
    expect((await socket.closed).code).toBe(4409);
  });

  test('a message that is no protocol is closed', async () => {
    const socket = await opened();
    socket.send({ type: 'nonsense' });
    expect((await socket.closed).code).toBe(4400);
  });

  test('a message beyond the limit is closed', async () => {
    const socket = await opened();
    socket.subscribe('a', `# ${'x'.repeat(1_100_000)}`);
    expect((await socket.closed).code).toBe(1009);
  });

  test('other paths are not upgraded', async () => {
    const elsewhere = `${server.url.replace('http', 'ws')}/elsewhere`;
    await expect(openGraphqlSocket({ url: elsewhere })).rejects.toThrow('404');
  });

  test('a client of the protocol connects, and a stopping server tells it to go away', async () => {
    const own = await startGatewayServer();
    const client = createClient({
      url: `${own.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: 'Bearer reader' },
      retryAttempts: 0,
    });
    const closes = new Promise<number>((resolve) => {
      client.on('closed', (event) => resolve((event as { code: number }).code));
    });
    const results = client.iterate({ query: RATE, variables: ENDLESS });
    expect(await results.next()).toMatchObject({ value: { data: { eventRate: { total: 1 } } } });
    await Promise.all([own.stop(), results.return?.().then(() => client.dispose())]);
    expect([1000, 1001]).toContain(await closes);
  });
});
