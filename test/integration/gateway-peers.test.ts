import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import { createTelemetry } from '../../src/telemetry.js';
import { eventually } from '../testkit/deadline.js';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import { type GraphqlSocket, openGraphqlSocket } from '../testkit/graphql-client.js';
import { type ControlledRate, createControlledRate } from '../testkit/live/controlled-rate.js';

const PEERS = 20;
const TOTAL =
  'subscription Total($windowSeconds: Int! = 60) { eventRate(windowSeconds: $windowSeconds) { total series { bucketStarts } } }';
const FORGED = 'ffffffffffffffff.1.AAAAAAAAAAAAAAAA';
const BACKLOG_BYTES = 65_536;
const TICK_BYTES = 100_000;
/** What all peers of a class may leave in memory, bytes; what they send or are sent is far more. */
const LEFT_BYTES = 16 * 2 ** 20;

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory in use when what can be let go is gone, bytes. */
function memoryBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let rate: ControlledRate;
let server: GatewayServer;
/** Peers that the gateway has told its operator of. */
let refusals = 0;
beforeEach(async () => {
  refusals = 0;
  rate = createControlledRate();
  const telemetry = createTelemetry({ level: 'silent' });
  const log = Object.assign(Object.create(telemetry.log) as typeof telemetry.log, {
    info: () => {
      refusals += 1;
    },
  });
  server = await startGatewayServer({
    questions: rate.questions,
    // Results that are kept must not hide those that wait.
    pubsub: createMemoryPubSub({ bufferLength: 10 }),
    telemetry: { ...telemetry, log },
    initTimeoutMs: 300,
    env: {
      GATEWAY_MAX_KEY_SUBSCRIPTIONS: '1000',
      GATEWAY_MAX_BACKLOG_BYTES: String(BACKLOG_BYTES),
    },
  });
});
afterEach(() => server.stop());

const socketUrl = (): string => `${server.url.replace('http', 'ws')}/graphql`;

async function rawSocket(protocols: string[] = ['graphql-transport-ws']): Promise<WebSocket> {
  const socket = new WebSocket(socketUrl(), protocols);
  // A message that is cut off by the close is no failure of the test.
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve));
  return socket;
}

async function ready(): Promise<WebSocket> {
  const socket = await rawSocket();
  const acknowledged = new Promise((resolve) => socket.once('message', resolve));
  socket.send('{"type":"connection_init","payload":{"authorization":"Bearer reader"}}');
  await acknowledged;
  return socket;
}

const subscribing = (id: string, payload: object = {}): string =>
  JSON.stringify({ id, type: 'subscribe', payload: { query: TOTAL, ...payload } });

/** Another client, of another project, that must get every tick. */
async function healthy() {
  const socket: GraphqlSocket = await openGraphqlSocket({ url: socketUrl(), deadlineMs: 60_000 });
  await socket.init('stranger');
  socket.subscribe('a', TOTAL);
  await eventually('one execution', () => rate.runningCount === 1);
  let ticked = 0;
  return {
    close: () => socket.close(),
    async tick(bytes = 0) {
      ticked += 1;
      rate.tick(ticked, bytes);
      expect(await socket.next()).toMatchObject({
        id: 'a',
        type: 'next',
        payload: { data: { eventRate: { total: ticked } } },
      });
    },
  };
}

/** Opens a peer, which does its harm; the code that it is closed with. */
type Attack = () => Promise<{ readonly code: Promise<number> }>;

const attack =
  (open: () => Promise<WebSocket>, harm: (socket: WebSocket) => void): Attack =>
  async () => {
    const socket = await open();
    const code = new Promise<number>((resolve) => socket.once('close', resolve));
    harm(socket);
    return { code };
  };

describe('many peers that do harm', () => {
  test.each<[string, number, Attack]>([
    [
      'of another subprotocol',
      4406,
      attack(
        () => rawSocket([]),
        () => undefined,
      ),
    ],
    ['that never send connection_init', 4408, attack(rawSocket, () => undefined)],
    [
      'with a frame too large',
      1009,
      attack(ready, (socket) => socket.send(subscribing('x'.repeat(2_000_000)))),
    ],
    [
      'with a frame too large before connection_init',
      1009,
      attack(rawSocket, (socket) => socket.send('x'.repeat(2_000_000))),
    ],
    [
      'with one id twice',
      4409,
      attack(ready, (socket) => {
        socket.send(subscribing('a'));
        socket.send(subscribing('a'));
      }),
    ],
    [
      'with subscribe and complete without end',
      4411,
      attack(ready, (socket) => {
        for (let id = 0; id < 5_000; id += 1) {
          socket.send(subscribing(`s${id}`));
          socket.send(`{"id":"s${id}","type":"complete"}`);
        }
      }),
    ],
    [
      'with pings of the protocol without end',
      4411,
      attack(ready, (socket) => {
        for (let n = 0; n < 5_000; n += 1) socket.send('{"type":"ping"}');
      }),
    ],
    [
      'with pings of the socket without end',
      4411,
      attack(ready, (socket) => {
        for (let n = 0; n < 5_000; n += 1) socket.ping(Buffer.alloc(125));
      }),
    ],
  ])(
    '%s: each is closed with its code, others get every tick, nothing is left',
    async (_name, expected, open) => {
      const other = await healthy();
      await (await open()).code;
      const before = memoryBytes();
      let isOver = false;
      // One behind the other: messages count when they are taken, and many peers take turns.
      const attacks = async (): Promise<number[]> => {
        const seen: number[] = [];
        while (seen.length < PEERS) seen.push(await (await open()).code);
        return seen;
      };
      const codes = attacks().finally(() => {
        isOver = true;
      });
      do await other.tick();
      while (!isOver);
      expect(await codes).toEqual(Array.from({ length: PEERS }, () => expected));
      await other.tick();
      await eventually('no execution but the one of the other', () => rate.runningCount === 1);
      await eventually('their memory to be let go', () => memoryBytes() - before < LEFT_BYTES);
      other.close();
    },
    120_000,
  );

  test('that never read: what waits for them is bounded, others get every tick', async () => {
    const other = await healthy();
    const before = memoryBytes();
    const peers = await Promise.all(
      Array.from({ length: PEERS }, async (_, index) => {
        const socket = await ready();
        // Ids of their own, so that no two peers share a whole frame.
        socket.send(subscribing(`own${index}`, { query: TOTAL }));
        socket.pause();
        return socket;
      }),
    );
    await eventually('an execution for both projects', () => rate.runningCount === 2);
    let ticks = 0;
    while (refusals < PEERS) {
      await other.tick(TICK_BYTES);
      ticks += 1;
    }
    // They were sent several times of what may stay.
    expect(ticks * TICK_BYTES * PEERS).toBeGreaterThan(2 * LEFT_BYTES);
    expect(memoryBytes() - before).toBeLessThan(LEFT_BYTES);
    const codes = peers.map((socket) => {
      const code = new Promise<number>((resolve) => socket.once('close', resolve));
      socket.resume();
      return code;
    });
    expect(await Promise.all(codes)).toEqual(Array.from({ length: PEERS }, () => 4410));
    await other.tick();
    other.close();
  }, 120_000);

  test.each([
    [
      'an interval of 0',
      'BAD_USER_INPUT',
      'intervalMs',
      () => ({
        query:
          'subscription { eventVolume(range: { from: "2026-01-01", to: "2026-01-02" }, intervalMs: 0) { total } }',
      }),
    ],
    [
      'a forged token',
      'INVALID_RESUME_TOKEN',
      'resumeFrom',
      () => ({
        query: TOTAL,
        extensions: { resumeFrom: FORGED },
      }),
    ],
    [
      'a token of another question',
      'INVALID_RESUME_TOKEN',
      'resumeFrom',
      (token: string) => ({
        query: TOTAL,
        variables: { windowSeconds: 61 },
        extensions: { resumeFrom: token },
      }),
    ],
  ])(
    'with %s: each is refused by name and may go on, others get every tick',
    async (_name, code, field, make) => {
      const other = await healthy();
      const socket = await openGraphqlSocket({ url: socketUrl(), deadlineMs: 60_000 });
      await socket.init('reader');
      socket.subscribe('own', TOTAL);
      await eventually('an execution for both projects', () => rate.runningCount === 2);
      await other.tick();
      const first = (await socket.next()).payload as {
        extensions: { live: { resumeFrom: string } };
      };
      const executed = rate.executions.length;
      for (let n = 0; n < PEERS; n += 1) {
        const payload = make(first.extensions.live.resumeFrom);
        socket.send({ id: `bad${n}`, type: 'subscribe', payload });
        expect(await socket.next()).toMatchObject({
          id: `bad${n}`,
          payload: { errors: [{ extensions: { code, field } }] },
        });
        expect(await socket.next()).toEqual({ id: `bad${n}`, type: 'complete' });
        await other.tick();
        expect(await socket.next()).toMatchObject({ id: 'own', type: 'next' });
      }
      expect(rate.executions).toHaveLength(executed);
      socket.close();
      other.close();
    },
    60_000,
  );
});
