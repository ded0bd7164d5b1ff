import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import {
  ActiveNowDocument,
  type ClientOptions,
  createClient,
  EventRateDocument,
  EventVolumeDocument,
  FunnelConversionDocument,
  ProjectSettingsDocument,
  SluiceError,
  TopListsDocument,
} from '../../src/client/client.js';
import { createMemoryPubSub } from '../../src/pubsub/memory/memory-pubsub.js';
import { eventually } from '../testkit/deadline.js';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import { createControlledRate } from '../testkit/live/controlled-rate.js';
import { startTcpProxy } from '../testkit/tcp-proxy.js';

const RANGE = { from: '2026-01-01', to: '2026-01-31' };

let server: GatewayServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playground-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'playground.js'), 'export {};');
  server = await startGatewayServer({ playgroundDir: folder });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

function client(options: Partial<ClientOptions> = {}) {
  return createClient({ url: server.url, key: 'reader', webSocketImpl: WebSocket, ...options });
}

async function failureOf(call: Promise<unknown>): Promise<SluiceError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SluiceError) return error;
  throw new Error(`expected a SluiceError, got ${String(error)}`);
}

describe('the typed client', () => {
  test('answers have the type of their document', async () => {
    const { eventVolume } = await client().query(EventVolumeDocument, { range: RANGE });
    const total: number = eventVolume.total;
    expect(total).toBe(3);
    const { project } = await client().query(ProjectSettingsDocument);
    expect(project.timeZone).toBe('Europe/Berlin');
    const lists = await client().query(TopListsDocument, { range: RANGE, limit: 2 });
    expect(lists.topBrowsers.values).toEqual(['a browser', 'b']);
    const { funnel } = await client().query(FunnelConversionDocument, {
      range: RANGE,
      steps: [{ event: 'page_view' }, { event: 'purchase' }],
    });
    expect(funnel.result?.counts).toEqual([4, 2]);
  });

  test('variables of another shape do not compile', async () => {
    // @ts-expect-error A range is required.
    await failureOf(client().query(EventVolumeDocument, {}));
    await failureOf(
      // @ts-expect-error There is no such grain.
      client().query(EventVolumeDocument, { range: RANGE, grain: 'CENTURY' }),
    );
  });

  test('a refusal is thrown with its code and details', async () => {
    const refused = await failureOf(
      client().query(EventVolumeDocument, {
        range: RANGE,
        event: { event: 'fail:INVALID_DIMENSION' },
      }),
    );
    expect(refused).toMatchObject({ code: 'INVALID_DIMENSION', details: { field: 'event' } });
    const stranger = await failureOf(client({ key: 'nobody' }).query(ProjectSettingsDocument));
    expect(stranger.code).toBe('UNAUTHENTICATED');
  });

  test('a server that cannot be reached, or is none, is a network error', async () => {
    const gone = await failureOf(
      client({ url: 'http://127.0.0.1:1' }).query(ProjectSettingsDocument),
    );
    expect(gone.code).toBe('NETWORK');
    const other = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const error = await failureOf(
      client({ url: `http://127.0.0.1:${port}` }).query(ProjectSettingsDocument),
    );
    expect(error.code).toBe('NETWORK');
    other.close();
  });

  test('an aborted query rejects with the reason of its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(client().query(EventVolumeDocument, { range: RANGE }, { signal })).rejects.toThrow(
      'enough',
    );
  });

  test('a subscription is iterated to its end', async () => {
    const own = client();
    const users: number[] = [];
    for await (const { activeNow } of own.subscribe(ActiveNowDocument, {})) {
      users.push(activeNow.users);
    }
    expect(users).toEqual([1, 2]);
    await own.stop();
  });

  test('aborting ends the subscription here and at the server', async () => {
    const own = client();
    const abort = new AbortController();
    const ticks = own.subscribe(
      EventRateDocument,
      { event: { event: 'endless' } },
      { signal: abort.signal },
    );
    expect(await ticks.next()).toMatchObject({ value: { eventRate: { total: 1 } } });
    await ticks.next();
    const ending = ticks.next();
    abort.abort();
    expect(await ending).toEqual({ done: true, value: undefined });
    await eventually('the source is told to end', () =>
      server.asked.some(({ name, asking }) => name === 'watchEventRate' && asking.signal.aborted),
    );
    await own.stop();
  });

  test('a refused connection is thrown at once with its code', async () => {
    for (const [key, code] of [
      ['nobody', 'UNAUTHENTICATED'],
      ['writer', 'FORBIDDEN'],
    ] as const) {
      const own = client({ key });
      const error = await failureOf(own.subscribe(ActiveNowDocument).next());
      expect(error.code).toBe(code);
      await own.stop();
    }
  });

  test('a failing source is thrown with its code', async () => {
    const own = client();
    const ticks = own.subscribe(EventRateDocument, { event: { event: 'fail:REPLAY_GAP' } });
    await ticks.next();
    expect((await failureOf(ticks.next())).code).toBe('REPLAY_GAP');
    await own.stop();
  });
});

describe('a subscription whose gateway goes away', () => {
  /** Two gateways that share what was published, and a client that knows both. */
  async function openPair(bufferLength: number) {
    const rate = createControlledRate();
    const pubsub = createMemoryPubSub({ bufferLength });
    const start = () => startGatewayServer({ questions: rate.questions, pubsub });
    const gateways = [await start(), await start()] as const;
    const own = client({ url: gateways[0].url, otherUrls: [gateways[1].url] });
    return { rate, gateways, own };
  }

  test('goes on at the other one, with every answer once', async () => {
    const { rate, gateways, own } = await openPair(100);
    const gaps: number[] = [];
    const ticks = own.subscribe(EventRateDocument, {}, { onGap: () => gaps.push(1) });
    const totals: number[] = [];
    const take = async (): Promise<void> => {
      const { value } = await ticks.next();
      totals.push(value?.eventRate.total ?? Number.NaN);
    };
    const first = take();
    await eventually('it runs', () => rate.runningCount === 1);
    // Results that wait here for their reader when the connection is lost are not sent again.
    for (const total of [1, 2, 3]) rate.tick(total);
    await first;
    await gateways[0].stop();
    await eventually('the other runs it', () => rate.runningCount === 1);
    for (const total of [4, 5]) rate.tick(total);
    for (const _ of [2, 3, 4, 5]) await take();
    expect(totals).toEqual([1, 2, 3, 4, 5]);
    expect(gaps).toEqual([]);
    await own.stop();
    await gateways[1].stop();
  });

  test('is told what could not be kept', async () => {
    const { rate, gateways } = await openPair(2);
    const { port } = new URL(gateways[0].url);
    const proxy = await startTcpProxy({ target: `127.0.0.1:${port}` });
    const own = client({ url: `http://127.0.0.1:${proxy.port}` });
    const near = client({ url: gateways[0].url });
    let gaps = 0;
    const ticks = own.subscribe(EventRateDocument, {}, { onGap: () => (gaps += 1) });
    const others = near.subscribe(EventRateDocument, {});
    const firsts = [ticks.next(), others.next()];
    await eventually('it runs', () => rate.runningCount === 1);
    rate.tick(1);
    await Promise.all(firsts);
    proxy.block();
    for (const total of [2, 3, 4, 5]) {
      rate.tick(total);
      expect((await others.next()).value?.eventRate.total).toBe(total);
    }
    proxy.restore();
    expect((await ticks.next()).value?.eventRate.total).toBe(5);
    expect(gaps).toBe(1);
    await Promise.all([own.stop(), near.stop()]);
    await proxy.stop();
    for (const gateway of gateways) await gateway.stop();
  });
});

describe('the playground', () => {
  test('its files are served with their types and validated by tag', async () => {
    const page = await fetch(`${server.url}/`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toBe('<!doctype html>');
    const script = await fetch(`${server.url}/playground.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const etag = script.headers.get('etag') ?? '';
    const again = await fetch(`${server.url}/playground.js`, {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
  });

  test('nothing but its files is served', async () => {
    for (const path of ['/package.json', '/..%2fpackage.json', '/%2e%2e/package.json']) {
      expect((await fetch(`${server.url}${path}`)).status).toBe(404);
    }
  });

  test('one that is not built says how to build it', async () => {
    const other = await startGatewayServer({ playgroundDir: join(folder, 'nowhere') });
    const page = await fetch(`${other.url}/`);
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm run build');
    await other.stop();
  });
});
