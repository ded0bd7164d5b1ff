import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { nextFrame } from '../../../src/gateway/next-frame.js';

const deliveryOf = (bytes: number) => ({
  text: JSON.stringify({ data: 'x'.repeat(bytes) }),
  resumeFrom: null,
  events: 0,
});

test('a client reads a result of any size, under its own id', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const deliveries = [1, 20, 65, 125, 400, 65_470, 65_535, 70_000, 300_000].map(deliveryOf);
  const ids = ['a', 'a', 'b', 'ü"\n', 'x'.repeat(130), 'a'];
  server.on('upgrade', (request, stream, head) => {
    sockets.handleUpgrade(request, stream, head, (socket) => {
      for (const delivery of deliveries) {
        for (const id of ids) for (const part of nextFrame(delivery, id)) stream.write(part);
        socket.send('"between"');
      }
      socket.close();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const seen: unknown[] = [];
  client.on('message', (data) => seen.push(JSON.parse(String(data))));
  await once(client, 'close');
  server.close();
  expect(seen).toEqual(
    deliveries.flatMap(({ text }) => [
      ...ids.map((id) => ({ id, type: 'next', payload: JSON.parse(text) as unknown })),
      'between',
    ]),
  );
});

test('the result is made into bytes once: one frame for one id, one result for all', () => {
  const delivery = deliveryOf(1_000);
  const [whole] = nextFrame(delivery, 'a');
  expect(nextFrame(delivery, 'a')[0]).toBe(whole);
  const [, result] = nextFrame(delivery, 'b');
  expect(result?.buffer).toBe(whole.buffer);
  expect(nextFrame(delivery, 'a')[0]).toBe(whole);
});
