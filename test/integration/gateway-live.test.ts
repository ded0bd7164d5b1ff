import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { AppError } from '../../src/errors.js';
import { createTelemetry } from '../../src/telemetry.js';
import { eventually } from '../testkit/deadline.js';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import {
  type GraphqlSocket,
  type GraphqlStream,
  openGraphqlSocket,
  openGraphqlStream,
  type ResponseError,
} from '../testkit/graphql-client.js';
import { type ControlledRate, createControlledRate } from '../testkit/live/controlled-rate.js';

const RATE = 'subscription { eventRate { total series { bucketStarts } } }';
const TOTAL =
  'subscription Total($project: ID, $windowSeconds: Int! = 60) { eventRate(project: $project, windowSeconds: $windowSeconds) { total } }';

interface Payload {
  readonly data?: { readonly eventRate: { readonly total: number } };
  readonly errors?: readonly ResponseError[];
  readonly extensions?: {
    readonly live: {
      readonly sequence: number;
      readonly resumeFrom: string;
      readonly isGap?: true;
    };
  };
}

let rate: ControlledRate;
/** What the gateway has told its operator. */
const told: unknown[] = [];
const silent = createTelemetry({ level: 'silent' });
const log = Object.assign(Object.create(silent.log) as typeof silent.log, {
  info: (what: unknown) => void told.push(what),
});
let server: GatewayServer;
const sockets: GraphqlSocket[] = [];
const streams: GraphqlStream[] = [];
beforeEach(async () => {
  told.length = 0;
  rate = createControlledRate();
  server = await startGatewayServer({
    questions: rate.questions,
    keyCheckMs: 20,
    telemetry: { ...createTelemetry({ level: 'silent' }), log },
    env: { GATEWAY_MAX_KEY_SUBSCRIPTIONS: '4', GATEWAY_MAX_BACKLOG_BYTES: '65536' },
  });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  for (const stream of streams.splice(0)) stream.close();
  await server.stop();
});

const socketUrl = (): string => `${server.url.replace('http', 'ws')}/graphql`;

async function connect(key = 'reader'): Promise<GraphqlSocket> {
  const socket = await openGraphqlSocket({ url: socketUrl() });
  sockets.push(socket);
  await socket.init(key);
  return socket;
}

async function stream(
  query: string,
  options: {
    readonly key?: string;
    readonly body?: object;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<GraphqlStream> {
  const opened = await openGraphqlStream(`${server.url}/graphql/stream`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${options.key ?? 'reader'}`,
      ...options.headers,
    },
    body: JSON.stringify({ query, ...options.body }),
  });
  streams.push(opened);
  return opened;
}

const payloadOf = async (socket: GraphqlSocket): Promise<Payload> =>
  (await socket.next()).payload as Payload;
const eventOf = async ({ events }: GraphqlStream): Promise<Payload> => {
  const { value } = await events.next();
  return (value as { data: Payload }).data;
};
const running = (count: number) =>
  eventually(`${count} executions`, () => rate.runningCount === count);

/** Subscribes with `extensions` besides. */
function subscribe(
  socket: GraphqlSocket,
  id: string,
  more: { readonly variables?: object; readonly extensions?: object; readonly query?: string } = {},
): void {
  const { query = TOTAL, ...rest } = more;
  socket.send({ id, type: 'subscribe', payload: { query, ...rest } });
}

describe('subscribers of one question', () => {
  test('share one execution over WebSocket and server-sent events', async () => {
    const [one, two] = [await connect(), await connect()];
    subscribe(one, 'a');
    subscribe(one, 'b', { variables: { windowSeconds: 60 } });
    subscribe(two, 'a', { query: TOTAL.replace(' { eventRate', '\n\n{ eventRate') });
    const sse = await stream(TOTAL);
    await running(1);
    rate.tick(7);
    const ids = new Set<string | undefined>();
    for (const _ of [1, 2]) {
      const { id, payload } = await one.next();
      ids.add(id);
      expect(payload).toMatchObject({ data: { eventRate: { total: 7 } } });
    }
    expect([...ids].sort()).toEqual(['a', 'b']);
    expect((await payloadOf(two)).data?.eventRate.total).toBe(7);
    expect((await eventOf(sse)).data?.eventRate.total).toBe(7);
    expect(rate.executions).toHaveLength(1);
  });

  test('of other projects, scopes, variables and operations have one of their own', async () => {
    const reader = await connect();
    subscribe(reader, 'own');
    subscribe(reader, 'window', { variables: { windowSeconds: 61 } });
    const admin = await connect('admin');
    subscribe(admin, 'other', { variables: { project: 'other' } });
    const stranger = await connect('stranger');
    subscribe(stranger, 'own');
    await running(4);
    // The same words, another right: what an admin may name, a reader may not.
    subscribe(reader, 'other', { variables: { project: 'other' } });
    expect(await reader.next()).toMatchObject({
      id: 'other',
      payload: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    });
    expect(
      rate.executions.map(({ asking, question }) => [asking.project.id, question.windowSeconds]),
    ).toEqual([
      ['default', 60],
      ['default', 61],
      ['other', 60],
      ['other', 60],
    ]);
  });

  test('all hear why their source failed', async () => {
    const socket = await connect();
    subscribe(socket, 'a');
    subscribe(socket, 'b');
    const sse = await stream(TOTAL);
    await running(1);
    rate.fail(new AppError('WAREHOUSE_REFUSED', 'no'));
    const seen = [
      await socket.next(),
      await socket.next(),
      await socket.next(),
      await socket.next(),
    ];
    for (const id of ['a', 'b']) {
      expect(seen.filter((message) => message.id === id)).toMatchObject([
        { type: 'next', payload: { errors: [{ extensions: { code: 'WAREHOUSE_REFUSED' } }] } },
        { type: 'complete' },
      ]);
    }
    expect((await eventOf(sse)).errors).toMatchObject([
      { extensions: { code: 'WAREHOUSE_REFUSED' } },
    ]);
    expect((await sse.events.next()).value).toMatchObject({ event: 'complete' });
  });
});

describe('resuming', () => {
  test('goes on behind the last result, over either transport', async () => {
    const first = await connect();
    subscribe(first, 'a');
    await running(1);
    for (const total of [1, 2, 3]) rate.tick(total);
    const token = (await payloadOf(first)).extensions?.live.resumeFrom;
    await payloadOf(first);
    await payloadOf(first);
    const again = await connect();
    subscribe(again, 'a', { extensions: { resumeFrom: token } });
    const sse = await stream(TOTAL, { body: { extensions: { resumeFrom: token } } });
    const browser = await stream(TOTAL, { headers: { 'last-event-id': String(token) } });
    for (const total of [2, 3]) {
      for (const payload of [await payloadOf(again), await eventOf(sse), await eventOf(browser)]) {
        expect(payload.data?.eventRate.total).toBe(total);
        expect(payload.extensions?.live).toMatchObject({ sequence: total });
        expect(payload.extensions?.live.isGap).toBeUndefined();
      }
    }
  });

  test.each([
    ['forged', () => 'ffffffffffffffff.1.AAAAAAAAAAAAAAAA'],
    ['of another question', (token: string) => token],
    ['of another kind', () => ({ a: 1 })],
  ])('with a token %s is refused', async (_name, make) => {
    const socket = await connect();
    subscribe(socket, 'a');
    await running(1);
    rate.tick(1);
    const token = (await payloadOf(socket)).extensions?.live.resumeFrom ?? '';
    const extensions = { resumeFrom: make(token) };
    const refusal = {
      extensions: { code: 'INVALID_RESUME_TOKEN', field: 'resumeFrom' },
    };
    subscribe(socket, 'b', { variables: { windowSeconds: 61 }, extensions });
    expect(await socket.next()).toMatchObject({ id: 'b', payload: { errors: [refusal] } });
    const body = { variables: { windowSeconds: 61 }, extensions };
    const { errors } = await eventOf(await stream(TOTAL, { body }));
    expect(errors).toMatchObject([refusal]);
  });
});

describe('the event tail', () => {
  const TAIL = 'subscription { tail: eventTail { events { eventId } lost: dropped } }';
  const batchOf = (payload: unknown) =>
    (payload as { data: { tail: { lost: number; events: unknown[] } } }).data.tail;

  test('is read and made into text once for all who ask the same, and resumed', async () => {
    const [one, two] = [await connect(), await connect()];
    subscribe(one, 'a', { query: TAIL });
    subscribe(two, 'a', { query: TAIL });
    const sse = await stream(TAIL);
    await eventually('one execution', () => rate.tails.length === 1);
    rate.append(['1']);
    const first = await payloadOf(one);
    for (const each of [first, await payloadOf(two), await eventOf(sse)]) {
      expect(batchOf(each)).toEqual({ events: [{ eventId: '1' }], lost: 0 });
    }
    rate.append(['2']);
    rate.append(['3']);
    await payloadOf(one);
    await payloadOf(one);
    const again = await connect();
    const extensions = { resumeFrom: first.extensions?.live.resumeFrom };
    subscribe(again, 'a', { query: TAIL, extensions });
    for (const eventId of ['2', '3']) {
      expect(batchOf(await payloadOf(again))).toEqual({ events: [{ eventId }], lost: 0 });
    }
    expect(rate.tails).toHaveLength(1);
  });

  test('drops the oldest for a reader that is too slow, and says how many; others lose none', async () => {
    const other = await connect('stranger');
    subscribe(other, 'a', { query: TAIL });
    const slow = new WebSocket(socketUrl(), ['graphql-transport-ws']);
    await new Promise((resolve) => slow.once('open', resolve));
    slow.send('{"type":"connection_init","payload":{"authorization":"Bearer stranger"}}');
    const seen: { lost: number; events: unknown[] }[] = [];
    let told = 0;
    slow.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data)) as {
        type: string;
        payload: { extensions: { live: { dropped?: number } } };
      };
      if (type === 'connection_ack') {
        slow.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: TAIL } }));
      }
      if (type !== 'next') return;
      seen.push(batchOf(payload));
      told += payload.extensions.live.dropped ?? 0;
    });
    await eventually('one execution', () => rate.tails.length === 1);
    rate.append(['0']);
    await payloadOf(other);
    await eventually('both are there', () => seen.length === 1);
    slow.pause();
    // Until more waits than may, behind what the buffers of the system hold.
    const batches = 90;
    for (let n = 1; n <= batches; n += 1) {
      rate.append(['x'.repeat(300_000), `${n}`]);
      expect(batchOf(await payloadOf(other)).lost).toBe(0);
    }
    slow.resume();
    await eventually('the newest', () => seen.at(-1)?.events.length === 2 && sum() === 2 * batches);
    expect(told).toBeGreaterThan(0);
    expect(told).toBe(seen.reduce((all, { lost }) => all + lost, 0));
    expect(slow.readyState).toBe(slow.OPEN);
    slow.terminate();

    /** Events that came, and those that are known to be lost. */
    function sum(): number {
      return seen.slice(1).reduce((all, { events, lost }) => all + events.length + lost, 0);
    }
  }, 60_000);
});

describe('limits', () => {
  test('a key has so many subscriptions, over all its connections', async () => {
    const [one, two] = [await connect(), await connect()];
    for (const id of ['a', 'b', 'c']) subscribe(one, id);
    const sse = await stream(TOTAL);
    await running(1);
    subscribe(two, 'd');
    expect(await payloadOf(two)).toMatchObject({
      errors: [{ extensions: { code: 'LIMIT_EXCEEDED', maximum: 4, value: 5 } }],
    });
    const refused = await stream(TOTAL);
    expect(refused.status).toBe(400);
    const stranger = await connect('stranger');
    subscribe(stranger, 'a');
    await running(2);
    sse.close();
    await eventually('there is room again', async () => {
      const next = await stream(TOTAL);
      return next.status === 200;
    });
  });

  test.each([
    'subscription { eventVolume(RANGE, intervalMs: 0) { total } }',
    'subscription { funnel(RANGE, steps: [{ event: "a" }, { event: "b" }], intervalMs: 249) { result { counts } } }',
  ])('an interval too short is refused: %s', async (query) => {
    const socket = await connect();
    const range = 'range: { from: "2026-01-01", to: "2026-01-02" }';
    subscribe(socket, 'a', { query: query.replace('RANGE', range) });
    expect(await payloadOf(socket)).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', field: 'intervalMs', minimum: 250 } }],
    });
  });

  test('a revoked key loses its connections and streams, others stay', async () => {
    const { secret, key } = await server.projects.createKey({
      projectId: 'default',
      name: 'short-lived',
      scopes: ['read'],
    });
    const [lost, kept] = [await connect(secret), await connect()];
    subscribe(lost, 'a');
    subscribe(kept, 'a');
    const sse = await stream(TOTAL, { key: secret });
    await running(1);
    await server.projects.revokeKey('default', key.id);
    expect(await lost.closed).toEqual({
      code: 4401,
      reason: 'Unauthorized: the key was revoked or has expired',
    });
    expect((await eventOf(sse)).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    rate.tick(3);
    expect((await payloadOf(kept)).data?.eventRate.total).toBe(3);
  });
});

describe('a peer that does harm', () => {
  /** A subscriber that must get every tick, whatever the others do. */
  async function healthy() {
    const socket = await connect('stranger');
    subscribe(socket, 'a', { query: RATE });
    await running(1);
    let ticked = 0;
    return {
      async tick(bytes = 0) {
        ticked += 1;
        rate.tick(ticked, bytes);
        expect((await payloadOf(socket)).data?.eventRate.total).toBe(ticked);
      },
    };
  }

  async function rawSocket(key = 'reader'): Promise<WebSocket> {
    const socket = new WebSocket(socketUrl(), ['graphql-transport-ws']);
    await new Promise((resolve) => socket.once('open', resolve));
    const acknowledged = new Promise((resolve) => socket.once('message', resolve));
    socket.send(
      JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } }),
    );
    await acknowledged;
    return socket;
  }

  const closeOf = (socket: WebSocket): Promise<number> =>
    new Promise((resolve) => socket.once('close', resolve));

  test('by never reading is closed as too slow, with a code that says so', async () => {
    const other = await healthy();
    const slow = await rawSocket('stranger');
    slow.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: RATE } }));
    slow.pause();
    // Until more waits than the buffers of the system hold on both sides.
    while (told.length === 0) await other.tick(100_000);
    const closed = closeOf(slow);
    slow.resume();
    expect(await closed).toBe(4410);
    await other.tick();
    expect(rate.executions).toHaveLength(1);
  }, 60_000);

  test('by never reading a stream loses it', async () => {
    const other = await healthy();
    const response = await new Promise<IncomingMessage>((resolve) => {
      const asked = request(
        `${server.url}/graphql/stream`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer stranger' },
        },
        resolve,
      );
      asked.end(JSON.stringify({ query: RATE }));
    });
    response.pause();
    while (told.length === 0) await other.tick(100_000);
    let text = '';
    response.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('latin1')).slice(-2_000);
    });
    response.resume();
    await new Promise((resolve) => response.once('close', resolve));
    expect(text).toContain('LIMIT_EXCEEDED');
    expect(text).not.toContain('event: complete');
    await other.tick();
  }, 60_000);

  const pair = (id: number) => [
    JSON.stringify({ id: `s${id}`, type: 'subscribe', payload: { query: TOTAL } }),
    JSON.stringify({ id: `s${id}`, type: 'complete' }),
  ];

  test.each<[string, (socket: WebSocket) => void]>([
    [
      '10,000 subscribe and complete',
      (socket) => {
        for (let id = 0; id < 10_000; id += 1) for (const text of pair(id)) socket.send(text);
      },
    ],
    [
      '10,000 different questions',
      (socket) => {
        for (let id = 1; id < 10_000; id += 1) {
          const variables = { windowSeconds: 1 + (id % 3_600) };
          const payload = { query: TOTAL, variables };
          socket.send(JSON.stringify({ id: `s${id}`, type: 'subscribe', payload }));
          socket.send(JSON.stringify({ id: `s${id}`, type: 'complete' }));
        }
      },
    ],
    [
      '10,000 pings of the protocol',
      (socket) => {
        for (let n = 0; n < 10_000; n += 1) socket.send('{"type":"ping"}');
      },
    ],
    [
      '10,000 pings of the socket',
      (socket) => {
        for (let n = 0; n < 10_000; n += 1) socket.ping();
      },
    ],
  ])(
    'by %s at once is closed, and others are served',
    async (_name, attack) => {
      const other = await healthy();
      const socket = await rawSocket();
      const closed = closeOf(socket);
      attack(socket);
      expect(await closed).toBe(4411);
      await other.tick();
      await running(1);
    },
    30_000,
  );
});
