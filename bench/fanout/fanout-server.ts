/**
 * One of the servers that `npm run bench -- fanout` compares, in a process of its own:
 * `raw` (one text sent to every socket of `ws`), `raw-sse` (one event written to every response of
 * `node:http`), `plain` (graphql-ws as it comes, one execution
 * per client), or `sluice` (this gateway, WebSocket and server-sent events).
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { useServer as serveGraphqlWs } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { startGatewayServer } from '../../test/testkit/gateway-server.js';
import { createControlledRate } from '../../test/testkit/live/controlled-rate.js';

/** What the benchmark asks of a server. */
export type FanoutCommand =
  | { readonly kind: 'tick'; readonly perSecond: number; readonly seconds: number }
  | { readonly kind: 'usage' }
  /** The same, with nothing in memory that could be let go. */
  | { readonly kind: 'usage of memory' };

/** What a server answers. */
export interface FanoutUsage {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly executions: number;
  /** Whether the ticks that were asked for last have all been made. */
  readonly isDone: boolean;
}

interface FanoutServer {
  readonly port: number;
  tick(): void;
  executions(): number;
}

/** What a result of this gateway is like, so that all servers send as many bytes. */
const TOKEN = `${'0'.repeat(16)}.1.${'A'.repeat(16)}`;

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function startRaw(): Promise<FanoutServer> {
  const server = createServer();
  const rooms = new Map<string, Set<WebSocket>>();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { type, id, payload } = JSON.parse(String(data)) as {
        type: string;
        id: string;
        payload?: { variables?: { windowSeconds: number } };
      };
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type !== 'subscribe') return;
      const room = String(payload?.variables?.windowSeconds ?? id);
      rooms.set(room, (rooms.get(room) ?? new Set()).add(socket));
    });
  });
  let count = 0;
  return {
    port: await listening(server),
    executions: () => count,
    tick() {
      count += 1;
      for (const members of rooms.values()) {
        const payload = {
          data: { eventRate: { asOf: new Date().toISOString(), total: count } },
          extensions: { live: { sequence: count, resumeFrom: TOKEN } },
        };
        const text = JSON.stringify({ id: '1', type: 'next', payload });
        for (const socket of members) socket.send(text);
      }
    },
  };
}

async function startRawSse(): Promise<FanoutServer> {
  const readers = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    readers.add(response);
    response.once('close', () => readers.delete(response));
  });
  let count = 0;
  return {
    port: await listening(server),
    executions: () => count,
    tick() {
      count += 1;
      const result = {
        data: { eventRate: { asOf: new Date().toISOString(), total: count } },
        extensions: { live: { sequence: count, resumeFrom: TOKEN } },
      };
      const text = JSON.stringify(result);
      const event = Buffer.from(`event: next\nid: ${TOKEN}\ndata: ${text}\n\n`);
      for (const response of readers) response.write(event);
    },
  };
}

async function startPlain(): Promise<FanoutServer> {
  const waiting = new Set<(value: { asOf: string; total: number }) => void>();
  let executions = 0;
  async function* ticks() {
    for (;;) {
      const eventRate = await new Promise<{ asOf: string; total: number }>((resolve) => {
        waiting.add(resolve);
      });
      executions += 1;
      yield { eventRate };
    }
  }
  const text = { type: new GraphQLNonNull(GraphQLString) };
  const rate = new GraphQLObjectType({
    name: 'Rate',
    fields: { asOf: text, total: { type: new GraphQLNonNull(GraphQLInt) } },
  });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { name: text } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        eventRate: {
          type: new GraphQLNonNull(rate),
          args: { windowSeconds: { type: GraphQLInt } },
          subscribe: ticks,
        },
      },
    }),
  });
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  serveGraphqlWs({ schema }, sockets);
  let count = 0;
  return {
    port: await listening(server),
    executions: () => executions,
    tick() {
      count += 1;
      const value = { asOf: new Date().toISOString(), total: count };
      const readers = [...waiting];
      waiting.clear();
      for (const resolve of readers) resolve(value);
    },
  };
}

async function startSluice(): Promise<FanoutServer> {
  const rate = createControlledRate();
  const { url } = await startGatewayServer({
    questions: rate.questions,
    env: { GATEWAY_MAX_KEY_SUBSCRIPTIONS: '100000' },
    keepAliveMs: 60_000,
    initTimeoutMs: 60_000,
  });
  let count = 0;
  return {
    port: Number(new URL(url).port),
    executions: () => rate.executions.length,
    tick() {
      count += 1;
      rate.tick(count);
    },
  };
}

const [mode = ''] = process.argv.slice(2);
const STARTERS: Readonly<Record<string, () => Promise<FanoutServer>>> = {
  raw: startRaw,
  'raw-sse': startRawSse,
  plain: startPlain,
};
const server = await (STARTERS[mode] ?? startSluice)();
let timer: NodeJS.Timeout | undefined;
let left = 0;
process.on('message', (command: FanoutCommand) => {
  if (command.kind === 'tick') {
    clearInterval(timer);
    left = command.perSecond * command.seconds;
    timer = setInterval(() => {
      server.tick();
      left -= 1;
      if (left === 0) clearInterval(timer);
    }, 1_000 / command.perSecond);
    return;
  }
  // Letting go costs time, which no window may have in it.
  if (command.kind === 'usage of memory') global.gc?.();
  const { user, system } = process.cpuUsage();
  const usage: FanoutUsage = {
    cpuMicros: user + system,
    rssBytes: process.memoryUsage.rss(),
    executions: server.executions(),
    isDone: left === 0,
  };
  process.send?.(usage);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: server.port });
