import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createStreamWriter, streamEvent } from '../../../src/gateway/stream-writer.js';

let server: Server;
beforeEach(async () => {
  server = createServer(async (_request, response) => {
    const writer = createStreamWriter(response, 1_000_000);
    writer.begin({});
    writer.comment();
    writer.push(streamEvent('data: é1\n\n'));
    writer.comment();
    await writer.write(streamEvent('data: 2\n\n'));
    writer.push(streamEvent('data: 3\n\n'));
    await writer.next('{"n":4}');
    writer.comment();
    await writer.complete();
    writer.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
});

const BODY =
  ':\n\n:\n\ndata: é1\n\n:\n\ndata: 2\n\ndata: 3\n\nevent: next\ndata: {"n":4}\n\n:\n\nevent: complete\ndata: \n\n';

/** Everything that a request is answered with, as text. */
async function rawAnswer(request: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.end(request);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks).toString();
}

test('events and signs of life leave in their order', async () => {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(await response.text()).toBe(BODY);
});

test('a client that knows no chunks is sent none', async () => {
  const answer = await rawAnswer('GET / HTTP/1.0\r\n\r\n');
  expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toBe(BODY);
});

test('requests that follow at once are answered one behind the other', async () => {
  const one = 'GET / HTTP/1.1\r\nhost: here\r\n';
  const answer = await rawAnswer(`${one}\r\n${one}connection: close\r\n\r\n`);
  const bodies = answer
    .split('HTTP/1.1 200 OK')
    .slice(1)
    .map((each) =>
      each.slice(each.indexOf('\r\n\r\n') + 4).replace(/[0-9a-f]+\r\n((?:.|\n)*?)\r\n/g, '$1'),
    );
  expect(bodies.map((body) => body.trimEnd())).toEqual([BODY.trimEnd(), BODY.trimEnd()]);
});
