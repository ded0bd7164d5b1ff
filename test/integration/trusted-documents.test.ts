import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import type { GraphqlResponse } from '../testkit/graphql-client.js';

const MANIFEST = 'src/client/generated/persisted-documents.json';
const OTHER = '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-31" }) { total } }';

let open: GatewayServer;
let closed: GatewayServer;
let hash: string;
let text: string;
beforeAll(async () => {
  const { readFileSync } = await import('node:fs');
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as Record<string, string>;
  const [id = '', known = ''] =
    Object.entries(manifest).find(([, each]) => each.startsWith('query TopPages')) ?? [];
  hash = id.replace('sha256:', '');
  text = known;
  const env = { GATEWAY_TRUSTED_DOCUMENTS: MANIFEST, GATEWAY_GET_MAX_AGE_SECONDS: '30' };
  open = await startGatewayServer({ env });
  closed = await startGatewayServer({ env: { ...env, GATEWAY_ONLY_TRUSTED: 'true' } });
});
afterAll(async () => {
  await open.stop();
  await closed.stop();
});

const RANGE = { range: { from: '2026-01-01', to: '2026-01-31' } };

function byHash(server: GatewayServer, sha256Hash: string): Promise<GraphqlResponse> {
  const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } });
  const search = new URLSearchParams({ extensions, variables: JSON.stringify(RANGE) });
  return server
    .client('reader')
    .send({ method: 'GET', headers: { 'apollo-require-preflight': '1' } }, `?${search}`);
}

describe('documents of the manifest', () => {
  test('are answered by their hash alone, which nobody has registered', async () => {
    for (const server of [open, closed]) (await byHash(server, hash)).expectNoErrors();
    expect((await byHash(open, '0'.repeat(64))).codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
  });

  test('may be cached by the caller, who alone may see the answer', async () => {
    const { headers } = await byHash(open, hash);
    expect(headers.get('cache-control')).toBe('private, max-age=30');
    expect(headers.get('vary')).toMatch(/authorization, x-sluice-key/);
    const failed = await byHash(open, '0'.repeat(64));
    expect(failed.headers.get('cache-control')).not.toContain('max-age=30');
    const posted = await open.client('reader').query(text, RANGE);
    expect(posted.headers.get('cache-control') ?? '').not.toContain('max-age=30');
  });

  test('are all that is answered where others are not taken, by every transport', async () => {
    (await closed.client('reader').query(text, RANGE)).expectNoErrors();
    (await open.client('reader').query(OTHER)).expectNoErrors();
    const refused = await closed.client('reader').query(OTHER);
    expect([refused.status, ...refused.codes]).toEqual([403, 'FORBIDDEN']);
    const stream = await fetch(`${closed.url}/graphql/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-sluice-key': 'reader' },
      body: JSON.stringify({ query: OTHER }),
    });
    expect(await stream.text()).toContain('FORBIDDEN');
  });
});
