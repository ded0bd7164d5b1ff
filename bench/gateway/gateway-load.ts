/**
 * The load of `npm run bench -- gateway`, in a process of its own: connections that are kept, each
 * of which sends a request as soon as it has the answer to the last one. Bytes on sockets, so that
 * it costs little beside what is measured.
 */
import { connect, type Socket } from 'node:net';

/** What the benchmark asks of the load. */
export interface LoadCommand {
  readonly port: number;
  readonly secret: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly forMs: number;
  /** Goes on until there were so many, however long that takes. */
  readonly atLeast: number;
}

/** What came of it. */
export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
  /** Answers whose status was not 200, or that have errors. */
  readonly failures: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

function requestOf(body: string, secret: string): Buffer {
  return Buffer.from(
    `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json\r\nauthorization: Bearer ${secret}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Whether the bytes hold a whole answer, which is all there can be. */
function isWhole(bytes: Buffer): boolean {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return false;
  const head = bytes.toString('latin1', 0, end).toLowerCase();
  const length = /content-length: (\d+)/.exec(head)?.[1];
  if (length === undefined) return bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  return bytes.length >= end + HEAD_END.length + Number(length);
}

function isGood(bytes: Buffer): boolean {
  return bytes.toString('latin1', 9, 12) === '200' && !bytes.includes('"errors"');
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

async function load(command: LoadCommand): Promise<LoadResult> {
  const { port, secret, bodies, connections, forMs, atLeast } = command;
  const requests = bodies.map((body) => requestOf(body, secret));
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port)));
  let sent = 0;
  let answers = 0;
  let failures = 0;
  const startedAt = performance.now();
  const drive = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let chunks: Buffer[] = [];
      let missing = 0;
      const send = (): void => {
        socket.write(requests[sent % requests.length] ?? '');
        sent += 1;
      };
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('a server closed a connection')));
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        missing -= chunk.length;
        // The head tells how much is to come; until then nothing is put together.
        if (missing > 0) return;
        const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks);
        if (!isWhole(bytes)) {
          chunks = [bytes];
          missing = missingOf(bytes);
          return;
        }
        answers += 1;
        if (!isGood(bytes)) failures += 1;
        chunks = [];
        missing = 0;
        if (performance.now() - startedAt < forMs || answers < atLeast) send();
        else resolve();
      });
      send();
    });
  await Promise.all(sockets.map(drive));
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const socket of sockets) {
    socket.removeAllListeners('close');
    socket.destroy();
  }
  return { answers, seconds, failures };
}

/** Bytes until the answer is whole, as far as its head tells; 0 when it does not. */
function missingOf(bytes: Buffer): number {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return 0;
  const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1];
  return length === undefined ? 0 : end + HEAD_END.length + Number(length) - bytes.length;
}

process.on('message', (command: LoadCommand) => {
  load(command).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`load: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
