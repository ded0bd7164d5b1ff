import { connect, type Socket } from 'node:net';

/** Subscribers of a fan-out, as bytes on sockets: they cost as little as the measured can bear. */
export interface FanoutClients {
  /** Forgets what came so far. */
  begin(): void;
  /** Results since, over all clients. */
  readonly received: number;
  /** Time from a tick to its receipt by every 5th client, ms, ascending. */
  delays(): readonly number[];
  stop(): void;
}

export interface FanoutClientsOptions {
  readonly port: number;
  readonly count: number;
  readonly questions: number;
  readonly transport: 'websocket' | 'sse';
}

const QUERY =
  'subscription($windowSeconds: Int!) { eventRate(windowSeconds: $windowSeconds) { asOf total } }';
/** Clients that connect at the same time. */
const AT_ONCE = 50;
const SAMPLED = 5;
const STAMP = /"asOf":"([^"]+)"/;

/** A client frame of a short text: masked with zeros, as the protocol lets it. */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}

/** Opens all clients, and resolves once each is subscribed as far as it can know. */
export async function openFanoutClients(options: FanoutClientsOptions): Promise<FanoutClients> {
  const { port, count, questions, transport } = options;
  const sockets: Socket[] = [];
  const delays: number[] = [];
  let received = 0;

  function seen(text: string | null): void {
    received += 1;
    const stamp = text === null ? undefined : STAMP.exec(text)?.[1];
    if (stamp !== undefined) delays.push(Date.now() - Date.parse(stamp));
  }

  /** Reads frames or events; `onFirst` is called with the first bytes after the head. */
  function readerOf(isSampled: boolean): (chunk: Buffer) => void {
    let rest: Buffer = Buffer.alloc(0);
    if (transport === 'sse') {
      return (chunk) => {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
          const isResult = rest.indexOf('event: next') >= 0 && rest.indexOf('event: next') < end;
          if (isResult) seen(isSampled ? rest.toString('latin1', 0, end) : null);
          rest = rest.subarray(end + 2);
        }
      };
    }
    return (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 2) {
        const short = (rest[1] ?? 0) & 127;
        const head = short === 126 ? 4 : 2;
        if (rest.length < head) return;
        const length = short === 126 ? rest.readUInt16BE(2) : short;
        if (rest.length < head + length) return;
        const isText = ((rest[0] ?? 0) & 15) === 1;
        const isAck = length < 40;
        if (isText && !isAck) {
          seen(isSampled ? rest.toString('latin1', head, head + length) : null);
        }
        rest = rest.subarray(head + length);
      }
    };
  }

  async function open(index: number): Promise<void> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const payload = { query: QUERY, variables: { windowSeconds: 1 + (index % questions) } };
    const opened = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    if (transport === 'sse') {
      const body = JSON.stringify(payload);
      socket.write(
        `POST /graphql/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer reader\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    } else {
      socket.write(
        'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
      );
    }
    await opened;
    if (transport === 'websocket') {
      const acknowledged = new Promise<void>((resolve) => socket.once('data', () => resolve()));
      const init = { type: 'connection_init', payload: { authorization: 'Bearer reader' } };
      socket.write(frame(JSON.stringify(init)));
      await acknowledged;
    }
    socket.on('data', readerOf(index % SAMPLED === 0));
    if (transport === 'websocket') {
      socket.write(frame(JSON.stringify({ id: '1', type: 'subscribe', payload })));
    }
  }

  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      await open(index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    begin() {
      received = 0;
      delays.length = 0;
    },
    get received() {
      return received;
    },
    delays: () => [...delays].sort((a, b) => a - b),
    stop() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
