import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProjectStore } from '../../src/project/project-store.js';
import { createWarehouseProjectStore } from '../../src/project/warehouse-project-store.js';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import { startTokenIssuer, type TokenIssuer } from '../testkit/token-issuer.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const VOLUME = '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-31" }) { total } }';
const SHOP = 'https://shop.example';

let kit: TestWarehouse;
let now = Date.UTC(2026, 0, 31);
let stores: readonly [ProjectStore, ProjectStore];
let gateways: readonly [GatewayServer, GatewayServer];
let issuer: TokenIssuer;
beforeAll(async () => {
  kit = await startTestWarehouse();
  const { warehouse, database } = kit;
  const make = () => createWarehouseProjectStore({ warehouse, database, clock: () => now });
  stores = [make(), make()];
  await stores[0].createProject({ id: 'shop' });
  issuer = await startTokenIssuer();
  const start = (projects: ProjectStore) => startGatewayServer({ projects, env: issuer.env });
  gateways = [await start(stores[0]), await start(stores[1])];
}, 60_000);
afterAll(async () => {
  for (const gateway of gateways) await gateway.stop();
  await issuer.stop();
  await kit.stop();
});

/** Codes that the two gateways answer a key with. */
async function codesOf(secret: string): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    gateways.map(async (gateway) => (await gateway.client(secret).query(VOLUME)).codes),
  );
}

const OK: readonly string[] = [];
const REFUSED: readonly string[] = ['UNAUTHENTICATED'];

describe('keys on two gateways', () => {
  test('a revoked key is refused by both within five seconds', async () => {
    const { key, secret } = await stores[0].createKey({
      projectId: 'shop',
      name: 'k',
      scopes: ['read'],
    });
    expect(await codesOf(secret)).toEqual([OK, OK]);
    await stores[0].revokeKey('shop', key.id);
    expect((await codesOf(secret))[0]).toEqual(REFUSED);
    now += 5_000;
    expect(await codesOf(secret)).toEqual([REFUSED, REFUSED]);
  });

  test('a rotated key goes on for its grace, then only the new one', async () => {
    const rules = { allowedOrigins: [], budgetRows: 5_000_000 };
    const { key, secret } = await stores[0].createKey({
      projectId: 'shop',
      name: 'dashboard',
      scopes: ['read'],
      ...rules,
    });
    const rotated = await stores[0].rotateKey('shop', key.id, 60);
    expect(rotated.key).toMatchObject({
      name: 'dashboard',
      scopes: ['read'],
      ...rules,
      expiresAt: null,
    });
    now += 5_000;
    expect(await codesOf(secret)).toEqual([OK, OK]);
    expect(await codesOf(rotated.secret)).toEqual([OK, OK]);
    now += 60_000;
    expect(await codesOf(secret)).toEqual([REFUSED, REFUSED]);
    expect(await codesOf(rotated.secret)).toEqual([OK, OK]);
  });

  test('without grace the old key ends at once, and cannot be rotated again', async () => {
    const { key, secret } = await stores[0].createKey({
      projectId: 'shop',
      name: 'k',
      scopes: ['read'],
    });
    await stores[0].rotateKey('shop', key.id, 0);
    expect((await codesOf(secret))[0]).toEqual(REFUSED);
    await expect(stores[0].rotateKey('shop', key.id, 0)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    await expect(stores[0].rotateKey('shop', 'none', 0)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(stores[0].rotateKey('shop', key.id, -1)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  test('a key ends with its time', async () => {
    now += 1_000;
    const expiresAt = new Date(now + 10_000).toISOString();
    const { secret } = await stores[0].createKey({
      projectId: 'shop',
      name: 'k',
      scopes: ['read'],
      expiresAt,
    });
    expect(await codesOf(secret)).toEqual([OK, OK]);
    now += 10_000;
    expect(await codesOf(secret)).toEqual([REFUSED, REFUSED]);
  });

  test('the last use is told, whichever gateway saw it', async () => {
    const { key, secret } = await stores[0].createKey({
      projectId: 'shop',
      name: 'k',
      scopes: ['read'],
    });
    const lastUse = async () =>
      (await stores[0].keys('shop')).find(({ id }) => id === key.id)?.lastUsedAt;
    expect(await lastUse()).toBeNull();
    now += 60_000;
    await gateways[1].client(secret).query(VOLUME);
    // The note is written beside the answer.
    const deadline = Date.now() + 10_000;
    while ((await lastUse()) === null && Date.now() < deadline) await new Promise(setImmediate);
    expect(await lastUse()).toBe(new Date(now).toISOString());
  });
});

describe('keys of browsers', () => {
  let secret: string;
  beforeAll(async () => {
    const input = { projectId: 'shop', name: 'page', scopes: ['read'] as const };
    ({ secret } = await stores[0].createKey({ ...input, allowedOrigins: [SHOP] }));
  });
  const ask = (path: string, headers: Record<string, string>) =>
    fetch(`${gateways[0].url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-sluice-key': secret, ...headers },
      body: JSON.stringify({ query: VOLUME }),
    });

  test.each(['/graphql', '/graphql/stream'])(
    '%s is answered for pages of its origins alone',
    async (path) => {
      const own = await ask(path, { origin: SHOP });
      expect(own.status).toBe(200);
      expect(own.headers.get('access-control-allow-origin')).toBe(SHOP);
      await own.text();
      for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, {}]) {
        const other = await ask(path, headers);
        expect(other.status).toBe(403);
        expect(await other.text()).toContain('FORBIDDEN');
      }
    },
  );

  test('a browser that asks beforehand is told what it may send', async () => {
    for (const path of ['/graphql', '/graphql/stream']) {
      const response = await fetch(`${gateways[0].url}${path}`, {
        method: 'OPTIONS',
        headers: { origin: SHOP, 'access-control-request-method': 'POST' },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });
});

describe('tokens of an issuer', () => {
  test('ask in the project they name, with their scopes', async () => {
    const token = await issuer.sign({ project: 'shop', scope: 'openid read' });
    (await gateways[0].client(token).query(VOLUME)).expectNoErrors();
    expect(gateways[0].asked.at(-1)?.asking.project.id).toBe('shop');
    const listed = await issuer.sign({ project: 'shop', scope: ['admin'] });
    (await gateways[0].client(listed).query('{ projects { id } }')).expectNoErrors();
    expect((await gateways[0].client(token).query('{ projects { id } }')).codes).toEqual([
      'FORBIDDEN',
    ]);
  });

  test('of a project that is not there are refused when they ask', async () => {
    const token = await issuer.sign({ project: 'nowhere' });
    expect((await gateways[0].client(token).query(VOLUME)).codes).toEqual(['NOT_FOUND']);
  });

  test('are no keys where tokens are not believed', async () => {
    const gateway = await startGatewayServer();
    const token = await issuer.sign({ project: 'default' });
    expect((await gateway.client(token).query(VOLUME)).codes).toEqual(['UNAUTHENTICATED']);
    await gateway.stop();
  });
});
