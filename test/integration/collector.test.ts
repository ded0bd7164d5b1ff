import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEventCodec } from '../../ingest/event-codec.js';
import { createSchemaRegistry } from '../../ingest/schema-registry.js';
import { partitionOf } from '../../src/event/partition-of.js';
import { eventKey } from '../../src/event/tracked-event.js';
import {
  KEYS,
  startTestCollector,
  type TestCollector,
  type TestCollectorOptions,
  TOPICS,
} from '../testkit/collector.js';
import { startTestRegistry } from '../testkit/schema-registry.js';

const NOW = Date.UTC(2024, 5, 7, 9, 20);
let collector: TestCollector;

async function start(options: TestCollectorOptions = {}): Promise<TestCollector> {
  collector = await startTestCollector({ clock: () => NOW, ...options });
  return collector;
}

afterEach(() => collector.stop());

function event(id: string, more: object = {}): Record<string, unknown> {
  return {
    event_id: id,
    event_name: 'page_view',
    timestamp: '2024-06-07T09:19:59.000Z',
    anonymous_id: 'd1',
    ...more,
  };
}

async function answer(response: Response): Promise<{ status: number; [key: string]: unknown }> {
  return { status: response.status, ...((await response.json()) as object) };
}

async function refusalOf(response: Response): Promise<unknown[]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

describe('events that are accepted', () => {
  test.each<[string, string, string]>([
    ['one event', JSON.stringify(event('a')), 'application/json'],
    ['an array', JSON.stringify([event('a')]), 'application/json; charset=utf-8'],
    ['a batch', JSON.stringify({ batch: [event('a')] }), 'application/json'],
    ['lines', `${JSON.stringify(event('a'))}\n`, 'application/x-ndjson'],
    ['a beacon of text', JSON.stringify(event('a')), 'text/plain;charset=UTF-8'],
  ])('may come as %s', async (_, body, type) => {
    const { post, events } = await start();
    const response = await post(body, { 'content-type': type });
    expect(await answer(response)).toEqual({ status: 200, accepted: 1, rejected: [] });
    expect(events().map(({ eventId }) => eventId)).toEqual(['a']);
  });

  test.each<[string, (bytes: string) => Buffer]>([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['identity', Buffer.from],
  ])('may be compressed with %s', async (encoding, compress) => {
    const { post, events } = await start();
    const body = compress(JSON.stringify([event('a'), event('b')]));
    const response = await post(body, { 'content-encoding': encoding });
    expect(await answer(response)).toMatchObject({ status: 200, accepted: 2 });
    expect(events()).toHaveLength(2);
  });

  test('go to the topic of their platform and the partition of their id', async () => {
    const { post, log } = await start();
    await post(JSON.stringify([event('a'), event('b', { platform: 'mobile' })]));
    const [web] = log.records(TOPICS.web);
    const [app] = log.records(TOPICS.app);
    expect(web?.key?.toString()).toBe(eventKey('shop', 'a'));
    expect(web?.partition).toBe(partitionOf('shop', 'a', log.partitionCount));
    expect(app?.partition).toBe(partitionOf('shop', 'b', log.partitionCount));
  });

  test('carry the clock of the server and the connection they came by', async () => {
    const { post, events } = await start();
    await post(JSON.stringify(event('a', { received_at: '2020-01-01T00:00:00Z' })), {
      'user-agent': 'Mozilla/5.0 (Agent 1)',
      'x-forwarded-for': '198.51.100.7',
    });
    expect(events()[0]).toMatchObject({
      projectId: 'shop',
      receivedAt: NOW,
      ip: '127.0.0.1',
      userAgent: 'Mozilla/5.0 (Agent 1)',
      isTrusted: false,
    });
  });

  test('carry the address that a trusted proxy names', async () => {
    const { post, events } = await start({ trustProxy: true });
    await post(JSON.stringify(event('a')), { 'x-forwarded-for': '198.51.100.7, 10.0.0.1' });
    expect(events()[0]?.ip).toBe('198.51.100.7');
  });

  test('of an importer bring their own moments and nothing of the connection', async () => {
    const { post, events } = await start();
    const more = { received_at: '2020-01-01T00:00:00Z', queryable_at: '2020-01-02T00:00:00Z' };
    await post(JSON.stringify(event('a', more)), { authorization: `Bearer ${KEYS.importer}` });
    expect(events()[0]).toMatchObject({
      receivedAt: Date.UTC(2020, 0, 1),
      queryableAt: Date.UTC(2020, 0, 2),
      ip: '',
      userAgent: '',
      isTrusted: true,
    });
  });

  test('may span thirty years in one batch and lie in 2100', async () => {
    const { post, events } = await start();
    const years = [...Array.from({ length: 30 }, (_, n) => 1995 + n), 2100];
    const batch = years.map((year) => event(`y${year}`, { timestamp: `${year}-01-01T00:00:00Z` }));
    expect(await answer(await post(JSON.stringify(batch)))).toMatchObject({ accepted: 31 });
    expect(events().map(({ occurredAt }) => new Date(occurredAt).getUTCFullYear())).toEqual(years);
  });

  test('are answered only when the log has them', async () => {
    const { post, log } = await start();
    let open: () => void = () => undefined;
    log.holdUntil(
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    let isAnswered = false;
    const response = post(JSON.stringify(event('a'))).then((result) => {
      isAnswered = true;
      return result;
    });
    // Another whole request passes through the server in the meantime.
    expect((await fetch(collector.url, { method: 'OPTIONS' })).status).toBe(204);
    expect(isAnswered).toBe(false);
    open();
    expect((await response).status).toBe(200);
  });

  test('are written under the id of the schema registry, and wait for it', async () => {
    const registry = await startTestRegistry();
    const codec = createEventCodec({ registry: createSchemaRegistry({ url: registry.url }) });
    const { post, events, log } = await start({ codec });
    registry.failWith(500);
    expect((await post(JSON.stringify(event('a')))).status).toBe(503);
    registry.failWith(null);
    expect((await post(JSON.stringify(event('a')))).status).toBe(200);
    await registry.stop();
    expect(log.records(TOPICS.web)[0]?.value[0]).toBe(0);
    expect(events()[0]?.eventId).toBe('a');
  });
});

describe('events that are refused', () => {
  test('leave their neighbours alone and are kept byte for byte', async () => {
    const { post, events, deadLetters, telemetry } = await start();
    const bad = '{ "event_id" : "b",  "event_name":"x", "anonymous_id":"d",\n"timestamp":"soon" }';
    const body = `[${JSON.stringify(event('a'))}, ${bad} ,5,${JSON.stringify(event('c'))}]`;
    expect(await answer(await post(body, { 'user-agent': 'Agent/1' }))).toMatchObject({
      status: 200,
      accepted: 2,
      rejected: [
        { index: 1, event_id: 'b', code: 'INVALID_TIMESTAMP', message: expect.any(String) },
        { index: 2, event_id: null, code: 'NOT_AN_OBJECT', message: expect.any(String) },
      ],
    });
    expect(events().map(({ eventId }) => eventId)).toEqual(['a', 'c']);
    expect(deadLetters()[0]).toMatchObject({
      projectId: 'shop',
      reason: 'INVALID_TIMESTAMP',
      source: 'http',
      sourcePartition: -1,
      sourceOffset: -1n,
      receivedAt: NOW,
      value: Buffer.from(bad),
      headers: { index: Buffer.from('1'), user_agent: Buffer.from('Agent/1') },
    });
    expect(deadLetters()[1]?.value.toString()).toBe('5');
    expect(deadLetters()[0]?.deadLetterId).not.toBe(deadLetters()[1]?.deadLetterId);
    const metrics = await telemetry.registry.metrics();
    expect(metrics).toContain('sluice_collector_events_accepted_total 2');
    expect(metrics).toContain('code="INVALID_TIMESTAMP",step="contract"} 1');
  });

  test('are too large, too deep, too early or hold impossible numbers', async () => {
    const { post, events, deadLetters } = await start();
    const large = JSON.stringify(event('large', { properties: { text: 'x'.repeat(262_144) } }));
    const deep = `{"event_id":"deep","x":${'['.repeat(200)}${']'.repeat(200)}}`;
    const huge = JSON.stringify(event('huge', { properties: { n: 0 } })).replace(':0', ':1e400');
    const early = JSON.stringify(event('early', { timestamp: '1969-12-31T23:59:59Z' }));
    const abyss = '['.repeat(100_000) + ']'.repeat(100_000);
    const parts = [large, deep.replace('{', `${JSON.stringify(event('deep')).slice(0, -1)},`)];
    const body = `[${[...parts, huge, early, abyss, JSON.stringify(event('good'))].join(',')}]`;
    const { rejected } = (await answer(await post(body))) as unknown as {
      rejected: { code: string }[];
    };
    const codes = [
      'EVENT_TOO_LARGE',
      'NESTING_TOO_DEEP',
      'NUMBER_OUT_OF_RANGE',
      'TIME_OUT_OF_RANGE',
      'NESTING_TOO_DEEP',
    ];
    expect(rejected.map(({ code }) => code)).toEqual(codes);
    expect(deadLetters().map(({ reason }) => reason)).toEqual(codes);
    expect(deadLetters()[0]?.value.toString()).toBe(large);
    expect(events().map(({ eventId }) => eventId)).toEqual(['good']);
  });

  test('as lines of NDJSON take only their line with them', async () => {
    const { post, events, deadLetters } = await start();
    const body = Buffer.concat([
      Buffer.from(`${JSON.stringify(event('a'))}\n{"event_id":\n{"event_id":"`),
      Buffer.from([0xc3, 0x28]),
      Buffer.from(`"}\n\n${JSON.stringify(event('b'))}`),
    ]);
    const response = await post(body, { 'content-type': 'application/x-ndjson' });
    expect(await answer(response)).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, code: 'MALFORMED_JSON' },
        { index: 2, code: 'INVALID_STRING' },
      ],
    });
    expect(events()).toHaveLength(2);
    expect(deadLetters()[1]?.value).toEqual(
      Buffer.concat([Buffer.from('{"event_id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
    );
  });

  test('and larger than a dead letter can be are cut, which is written down', async () => {
    const { post, deadLetters } = await start();
    const size = 1_000_000;
    await post(JSON.stringify([event('x', { properties: { text: 'y'.repeat(size) } })]));
    const [letter] = deadLetters();
    expect(letter?.value.length).toBe(786_432);
    expect(Number(letter?.headers.full_size?.toString())).toBeGreaterThan(size);
  });
});

describe('bodies that cannot be read', () => {
  test('are answered with the place and kept as dead letters', async () => {
    const { post, deadLetters } = await start();
    const body = '[{"event_id":"a"},\n  oops]';
    const result = await answer(await post(body));
    expect(result).toMatchObject({
      status: 400,
      error: { code: 'MALFORMED_BODY', details: { line: 2, column: 3, offset: 21 } },
    });
    expect(deadLetters()).toMatchObject([{ reason: 'MALFORMED_BODY', value: Buffer.from(body) }]);
  });

  test('as text name the byte that is not UTF-8', async () => {
    const { post, deadLetters } = await start();
    const body = Buffer.from('7b22c328223a317d', 'hex');
    expect(await answer(await post(body))).toMatchObject({
      status: 400,
      error: { code: 'MALFORMED_BODY', details: { offset: 2 } },
    });
    expect(deadLetters()[0]?.value).toEqual(body);
  });

  test('are empty', async () => {
    const { post, deadLetters } = await start();
    for (const body of ['', ' \n']) {
      expect(await refusalOf(await post(body))).toEqual([400, 'MALFORMED_BODY']);
    }
    expect(await refusalOf(await post(null))).toEqual([400, 'MALFORMED_BODY']);
    expect(await refusalOf(await post('', { 'content-encoding': 'gzip' }))).toEqual([
      400,
      'MALFORMED_BODY',
    ]);
    expect(deadLetters().length).toBeLessThanOrEqual(1);
  });

  test('are cut off or damaged gzip', async () => {
    const { post, deadLetters } = await start();
    const whole = gzipSync(JSON.stringify(event('a')));
    for (const body of [whole.subarray(0, whole.length - 12), Buffer.from('no gzip at all')]) {
      const response = await post(body, { 'content-encoding': 'gzip' });
      expect(await refusalOf(response)).toEqual([400, 'MALFORMED_BODY']);
    }
    expect(deadLetters()[0]?.value).toEqual(whole.subarray(0, whole.length - 12));
    expect(deadLetters()[0]?.headers['content-encoding']?.toString()).toBe('gzip');
  });

  test('are bombs, which are not inflated beyond the limit', async () => {
    const { post, events } = await start();
    const zeros = Buffer.alloc(100 * 1024 * 1024, 0x20);
    const bombs: [string, Buffer][] = [
      ['gzip', gzipSync(zeros)],
      ['deflate', deflateSync(zeros)],
      ['br', brotliCompressSync(zeros)],
    ];
    const before = process.memoryUsage().rss;
    for (const [encoding, bomb] of bombs) {
      const responses = await Promise.all(
        Array.from({ length: 20 }, () => post(bomb, { 'content-encoding': encoding })),
      );
      for (const response of responses) {
        expect(await refusalOf(response)).toEqual([413, 'PAYLOAD_TOO_LARGE']);
      }
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
    expect((await post(JSON.stringify(event('next')))).status).toBe(200);
    expect(events()).toHaveLength(1);
  });

  test('are too large, with and without saying so', async () => {
    const { post, url } = await start({ config: { maxBodyBytes: 10_000 } });
    expect(await refusalOf(await post('x'.repeat(10_001)))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(await refusalOf(await post('x'.repeat(100_000)))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1000).fill(0x20));
        if (++chunks === 20) controller.close();
      },
    });
    let chunks = 0;
    const response = await fetch(url, {
      method: 'POST',
      body: stream,
      headers: { 'content-type': 'application/json', 'x-sluice-key': KEYS.write },
      ...{ duplex: 'half' },
    });
    expect(await refusalOf(response)).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect((await post(JSON.stringify(event('a')))).status).toBe(200);
  });

  test('hold a million empty objects', async () => {
    const { post, deadLetters } = await start();
    const response = await post(`[${'{},'.repeat(1_000_000)}{}]`);
    expect(await refusalOf(response)).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(deadLetters()).toHaveLength(0);
    expect((await post(JSON.stringify(event('a')))).status).toBe(200);
  });

  test('are nested millions of levels deep', async () => {
    const { post, events } = await start();
    const half = 2_500_000;
    const response = await post('['.repeat(half) + ']'.repeat(half));
    expect(await answer(response)).toMatchObject({ status: 200, accepted: 0 });
    expect((await post('['.repeat(5_000_000))).status).toBe(400);
    expect((await post(JSON.stringify(event('a')))).status).toBe(200);
    expect(events()).toHaveLength(1);
  });

  test('are of another type or encoding', async () => {
    const { post } = await start();
    for (const headers of [
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'application/json; charset=utf-16' },
      { 'content-type': 'nonsense' },
      { 'content-encoding': 'compress' },
      { 'content-encoding': 'gzip, gzip' },
    ] as Record<string, string>[]) {
      const response = await post(JSON.stringify(event('a')), headers);
      expect(await refusalOf(response)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    }
  });

  test('end before they said they would, and nobody else notices', async () => {
    const { port, post, events, deadLetters } = await start();
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `POST /v1/events?key=${KEYS.write} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n[{"event_id"`,
          () => socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
    });
    expect((await post(JSON.stringify(event('a')))).status).toBe(200);
    expect([events().length, deadLetters().length]).toEqual([1, 0]);
  });
});

describe('who may send', () => {
  test('is decided by the key, however it comes', async () => {
    const { post, url } = await start();
    const body = JSON.stringify(event('a'));
    expect((await post(body, { authorization: `Bearer ${KEYS.write}` })).status).toBe(200);
    expect((await post(body, { 'x-sluice-key': KEYS.write })).status).toBe(200);
    expect((await fetch(`${url}?key=${KEYS.write}`, { method: 'POST', body })).status).toBe(200);
    expect((await fetch(`${url}?key=${KEYS.write}&key=x`, { method: 'POST', body })).status).toBe(
      401,
    );
  });

  test('is nobody without a key, with a wrong one, or with one that only reads', async () => {
    const { post, url, log } = await start();
    const body = JSON.stringify(event('a'));
    const none = await fetch(url, { method: 'POST', body });
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refusalOf(none)).toEqual([401, 'UNAUTHENTICATED']);
    expect(await refusalOf(await post(body, { 'x-sluice-key': 'wrong' }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    expect(await refusalOf(await post(body, { 'x-sluice-key': KEYS.read }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    expect(await refusalOf(await post('[oops', { 'x-sluice-key': 'wrong' }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    expect(log.records(TOPICS.deadLetters)).toHaveLength(0);
  });

  test('is any page unless the project lists its origins', async () => {
    const { post } = await start();
    const body = JSON.stringify(event('a'));
    const anywhere = await post(body, { origin: 'https://any.example' });
    expect(anywhere.headers.get('access-control-allow-origin')).toBe('https://any.example');
    expect(anywhere.headers.get('access-control-allow-credentials')).toBeNull();
    expect(anywhere.headers.get('vary')).toBe('Origin');

    const guarded = { 'x-sluice-key': KEYS.guarded };
    expect((await post(body, { ...guarded, origin: 'https://SHOP.example' })).status).toBe(200);
    expect((await post(body, guarded)).status).toBe(200);
    const evil = await post(body, { ...guarded, origin: 'https://shop.example.evil' });
    expect(evil.headers.get('access-control-allow-origin')).toBeNull();
    expect(await refusalOf(evil)).toEqual([403, 'FORBIDDEN']);
  });

  test('is told to a browser that asks beforehand', async () => {
    const { url } = await start();
    const headers = { origin: 'https://any.example', 'access-control-request-method': 'POST' };
    const response = await fetch(url, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('POST');
    expect(response.headers.get('access-control-allow-headers')).toContain('x-sluice-key');
    const guarded = `${url}?key=${KEYS.guarded}`;
    expect((await fetch(guarded, { method: 'OPTIONS', headers })).status).toBe(403);
  });

  test('must use POST', async () => {
    const { url } = await start();
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      const response = await fetch(url, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    }
  });
});

describe('a log or a limit in the way', () => {
  test('is a 503 that names no address; the same events may be sent again', async () => {
    const { post, log, events } = await start();
    log.setAway(true);
    for (const body of [JSON.stringify(event('a')), '[oops']) {
      const response = await post(body);
      expect(response.headers.get('retry-after')).toBe('2');
      const text = await response.text();
      expect([response.status, text.includes('secret-address')]).toEqual([503, false]);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'EVENT_LOG_UNAVAILABLE' } });
    }
    log.setAway(false);
    expect((await post(JSON.stringify(event('a')))).status).toBe(200);
    expect(events()).toHaveLength(1);
  });

  test('is a 429 that says when to come back', async () => {
    let now = NOW;
    const { post, events } = await start({ clock: () => now, config: { eventsPerSecond: 10 } });
    const batch = (name: string) =>
      JSON.stringify(Array.from({ length: 8 }, (_, n) => event(`${name}${n}`)));
    expect((await post(batch('a'))).status).toBe(200);
    const refused = await post(batch('b'));
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refusalOf(refused)).toEqual([429, 'RATE_LIMITED']);
    expect((await post(batch('c'), { 'x-sluice-key': KEYS.importer })).status).toBe(200);
    now += 1000;
    expect((await post(batch('b'))).status).toBe(200);
    expect(events()).toHaveLength(24);
  });
});
