import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A loopback TCP proxy in front of one address, whose connections a test can cut. */
export interface TcpProxy {
  /** Port it listens on, on 127.0.0.1. */
  readonly port: number;
  /** Connections open now. */
  connectionCount(): number;
  /** Cuts every open connection at once, as a crash of the network would; new ones are let in. */
  cut(): void;
  /** Refuses new connections and cuts the open ones, until `restore`. */
  block(): void;
  /** Keeps connections open but passes nothing on, in either direction, until `restore`. */
  freeze(): void;
  /** The same for the connections open now only; new ones work. */
  freezeOpen(): void;
  restore(): void;
  /** Passes new connections on to another address. */
  setTarget(target: string): void;
  stop(): Promise<void>;
}

export interface StartTcpProxyOptions {
  /** `host:port` it passes connections on to; may be set later, for a server that needs our port. */
  readonly target?: string;
  /** Port to listen on; left out: a free one. */
  readonly port?: number;
}

/** Starts a proxy. Without a target it cuts every connection until `setTarget` gives one. */
export async function startTcpProxy({ target, port = 0 }: StartTcpProxyOptions): Promise<TcpProxy> {
  let to = target;
  let mode: 'open' | 'blocked' | 'frozen' = 'open';
  const pairs = new Set<readonly [Socket, Socket]>();

  const server = createServer((client) => {
    if (mode === 'blocked' || to === undefined) {
      client.destroy();
      return;
    }
    const [host = '127.0.0.1', targetPort = ''] = to.split(':');
    const upstream = connect(Number(targetPort), host);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      // A cut connection ends in an error on one side; that is what the proxy is for.
      socket.on('error', end);
      socket.on('close', end);
    }
    client.pipe(upstream);
    upstream.pipe(client);
    if (mode === 'frozen') freezePair(pair);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  const cut = (): void => {
    for (const [client] of [...pairs]) client.destroy();
  };
  return {
    port: address.port,
    connectionCount: () => pairs.size,
    setTarget(next) {
      to = next;
    },
    cut,
    block() {
      mode = 'blocked';
      cut();
    },
    freeze() {
      mode = 'frozen';
      for (const pair of pairs) freezePair(pair);
    },
    freezeOpen() {
      for (const pair of pairs) freezePair(pair);
    },
    restore() {
      mode = 'open';
      for (const [client, upstream] of pairs) {
        client.pipe(upstream);
        upstream.pipe(client);
      }
    },
    async stop() {
      mode = 'blocked';
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function freezePair([client, upstream]: readonly [Socket, Socket]): void {
  for (const socket of [client, upstream]) {
    socket.unpipe();
    socket.pause();
  }
}
