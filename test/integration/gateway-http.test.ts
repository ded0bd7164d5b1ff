import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';

const RANGE = '{ from: "2026-01-01", to: "2026-01-31" }';
const VOLUME = `{ eventVolume(range: ${RANGE}) { total } }`;

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
});
afterAll(() => server.stop());

describe('questions over HTTP', () => {
  test('a POST is answered with the fields that were asked', async () => {
    const response = await server.client('reader').query(
      `query Q($range: TimeRangeInput!) {
        eventVolume(range: $range, grain: MINUTE, breakdown: "device_type") {
          total series { bucketStarts values } breakdown { values counts sharePercents otherCount }
          meta { source rowsRead exact asOf elapsedMs }
        }
      }`,
      { range: { from: '2026-01-31T10:00:00Z', to: '2026-01-31T10:02:00Z' } },
    );
    expect(response.expectNoErrors()).toEqual({
      eventVolume: {
        total: 3,
        series: {
          bucketStarts: ['2026-01-31T10:00:00.000Z', '2026-01-31T10:01:00.000Z'],
          values: [3, 0],
        },
        breakdown: {
          values: ['desktop', 'mobile'],
          counts: [2, 1],
          sharePercents: [50, null],
          otherCount: null,
        },
        meta: {
          source: ['silver_events'],
          rowsRead: 42,
          exact: true,
          asOf: '2026-01-31T10:00:00.000Z',
          elapsedMs: 1.5,
        },
      },
    });
  });

  test('a GET with a preflight header is answered', async () => {
    const response = await server
      .client('reader')
      .send(
        { headers: { 'apollo-require-preflight': 'true' } },
        `?query=${encodeURIComponent(VOLUME)}`,
      );
    expect(response.expectNoErrors()).toEqual({ eventVolume: { total: 3 } });
  });

  test('a GET that any web page could send is refused', async () => {
    const response = await server.client('reader').send({}, `?query=${encodeURIComponent(VOLUME)}`);
    expect(response.status).toBe(400);
  });

  test('a persisted query is registered once and then asked by its hash', async () => {
    const client = server.client('reader');
    const sha256Hash = createHash('sha256').update(VOLUME).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const post = (body: object) =>
      client.send({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await post({ extensions })).codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    (await post({ query: VOLUME, extensions })).expectNoErrors();
    expect((await post({ extensions })).expectNoErrors()).toEqual({ eventVolume: { total: 3 } });
  });
});
