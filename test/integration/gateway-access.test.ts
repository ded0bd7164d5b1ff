import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GatewayServer, startGatewayServer } from '../testkit/gateway-server.js';
import { createGraphqlClient } from '../testkit/graphql-client.js';

const RANGE = 'range: { from: "2026-01-01", to: "2026-01-31" }';
const VOLUME = `{ eventVolume(${RANGE}) { total } }`;

let server: GatewayServer;
beforeAll(async () => {
  server = await startGatewayServer();
});
afterAll(() => server.stop());

function projectAsked(): unknown {
  return (server.asked.at(-1)?.question as { projectId?: string } | undefined)?.projectId;
}

describe('keys', () => {
  test.each([
    ['authorization', 'Bearer reader'],
    ['authorization', 'bearer reader'],
    ['x-sluice-key', 'reader'],
  ])('%s: %s asks in the project of the key', async (name, value) => {
    const client = createGraphqlClient({ url: `${server.url}/graphql` });
    const response = await client.send({
      method: 'POST',
      headers: { 'content-type': 'application/json', [name]: value },
      body: JSON.stringify({ query: VOLUME }),
    });
    response.expectNoErrors();
    expect(projectAsked()).toBe('default');
  });

  test('without a key nothing but introspection is answered', async () => {
    expect((await server.client().query(VOLUME)).codes).toEqual(['UNAUTHENTICATED']);
    const schema = await server.client().query('{ __schema { queryType { name } } }');
    expect(schema.expectNoErrors()).toEqual({ __schema: { queryType: { name: 'Query' } } });
  });

  test('a key that is not in force is refused with 401', async () => {
    const response = await server.client('nobody').query(VOLUME);
    expect(response.status).toBe(401);
    expect(response.codes).toEqual(['UNAUTHENTICATED']);
  });

  test('a key without scope read is refused, naming what it lacks', async () => {
    const { errors } = await server.client('writer').query(VOLUME);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'read' } }]);
  });
});

describe('projects of a question', () => {
  const inProject = (id: string) => `{ eventVolume(project: "${id}", ${RANGE}) { total } }`;

  test('a key may name its own project', async () => {
    (await server.client('stranger').query(inProject('other'))).expectNoErrors();
    expect(projectAsked()).toBe('other');
  });

  test('a key may not name another, whether it exists or not', async () => {
    for (const id of ['other', 'nowhere']) {
      expect((await server.client('reader').query(inProject(id))).codes).toEqual(['FORBIDDEN']);
    }
  });

  test('an admin key may name any project there is', async () => {
    (await server.client('admin').query(inProject('other'))).expectNoErrors();
    expect(projectAsked()).toBe('other');
    expect((await server.client('admin').query(inProject('nowhere'))).codes).toEqual(['NOT_FOUND']);
  });

  test('the zone is that of the project unless the question names one', async () => {
    await server.client('reader').query(VOLUME);
    expect(server.asked.at(-1)?.question).toMatchObject({ timeZone: 'Europe/Berlin' });
    await server
      .client('reader')
      .query(`{ eventVolume(timeZone: "Asia/Tokyo", ${RANGE}) { total } }`);
    expect(server.asked.at(-1)?.question).toMatchObject({ timeZone: 'Asia/Tokyo' });
  });
});

describe('managing projects and keys', () => {
  test('only an admin key may', async () => {
    const operations = [
      '{ projects { id } }',
      '{ keys { id } }',
      'mutation { createProject(input: { projectId: "x" }) { project { id } } }',
      'mutation { updateProject(input: { projectId: "x" }) { project { id } } }',
      'mutation { createKey(input: { name: "x", scopes: [READ] }) { secret } }',
      'mutation { revokeKey(input: { keyId: "x" }) { key { id } } }',
    ];
    for (const operation of operations) {
      expect((await server.client('reader').query(operation)).codes).toEqual(['FORBIDDEN']);
    }
  });

  test('a project is made, changed and read', async () => {
    const admin = server.client('admin');
    const made = await admin.query(
      `mutation { createProject(input: { projectId: "shop", timeZone: "Asia/Tokyo" }) {
        project { id projectId timeZone version } userErrors { code } } }`,
    );
    expect(made.expectNoErrors()).toMatchObject({
      createProject: { project: { projectId: 'shop', timeZone: 'Asia/Tokyo' }, userErrors: [] },
    });
    const changed = await admin.query(
      `mutation { updateProject(input: { projectId: "shop", linkedDomains: ["shop.example"] }) {
        project { linkedDomains timeZone } } }`,
    );
    expect(changed.expectNoErrors()).toEqual({
      updateProject: { project: { linkedDomains: ['shop.example'], timeZone: 'Asia/Tokyo' } },
    });
    const read = await admin.query('{ project(id: "shop") { timeZone } projects { projectId } }');
    expect(read.expectNoErrors()).toMatchObject({
      project: { timeZone: 'Asia/Tokyo' },
      projects: expect.arrayContaining([{ projectId: 'shop' }]),
    });
  });

  test('what the caller can mend is a user error with its place', async () => {
    const taken = await server.client('admin').query(
      `mutation { createProject(input: { projectId: "default" }) {
        project { id } userErrors { code path } } }`,
    );
    expect(taken.expectNoErrors()).toEqual({
      createProject: { project: null, userErrors: [{ code: 'CONFLICT', path: ['input', 'id'] }] },
    });
    const missing = await server
      .client('admin')
      .query('mutation { revokeKey(input: { keyId: "none" }) { key { id } userErrors { code } } }');
    expect(missing.expectNoErrors()).toEqual({
      revokeKey: { key: null, userErrors: [{ code: 'NOT_FOUND' }] },
    });
  });

  test('a key is made, shown once, used, listed and revoked', async () => {
    const admin = server.client('admin');
    const made = await admin.query(
      'mutation { createKey(input: { name: "tiles", scopes: [READ] }) { secret key { keyId scopes } } }',
    );
    const { createKey } = made.expectNoErrors<{
      createKey: { secret: string; key: { keyId: string } };
    }>();
    (await server.client(createKey.secret).query(VOLUME)).expectNoErrors();
    const { keys } = (await admin.query('{ keys { id keyId name } }')).expectNoErrors<{
      keys: { id: string; name: string }[];
    }>();
    const listed = keys.find(({ name }) => name === 'reader');
    const node = await admin.query(`{ node(id: "${listed?.id}") { id ... on ApiKey { name } } }`);
    expect(node.expectNoErrors()).toEqual({ node: { id: listed?.id, name: 'reader' } });
    await admin.query(
      `mutation { revokeKey(input: { keyId: "${createKey.key.keyId}" }) { key { revokedAt } } }`,
    );
    expect((await server.client(createKey.secret).query(VOLUME)).codes).toEqual([
      'UNAUTHENTICATED',
    ]);
  });
});

describe('nodes', () => {
  test('users, devices and projects are fetched again by their ids', async () => {
    const reader = server.client('reader');
    const first = await reader.query(
      '{ user(id: "u.1") { id userId } device(id: "d1") { id anonymousId } project { id } }',
    );
    const data = first.expectNoErrors<Record<'user' | 'device' | 'project', { id: string }>>();
    for (const { id } of Object.values(data)) {
      const again = await reader.query('query($id: ID!) { node(id: $id) { id __typename } }', {
        id,
      });
      expect(again.expectNoErrors()).toMatchObject({ node: { id } });
    }
  });

  test('a node of another project and a made-up id are refused', async () => {
    const reader = server.client('reader');
    const stranger = await server.client('stranger').query('{ user(id: "u1") { id } }');
    const { user } = stranger.expectNoErrors<{ user: { id: string } }>();
    for (const [id, code] of [
      [user.id, 'FORBIDDEN'],
      ['other', 'FORBIDDEN'],
      ['user.made-up', 'BAD_USER_INPUT'],
    ]) {
      const { codes } = await reader.query('query($id: ID!) { node(id: $id) { id } }', { id });
      expect(codes).toEqual([code]);
    }
  });
});

describe('timelines', () => {
  const PAGE = `query($first: Int! = 2, $after: String, $user: ID! = "u1") { user(id: $user) {
    timeline(first: $first, after: $after) {
      edges { cursor node { eventId properties } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
  interface Page {
    readonly user: {
      readonly timeline: {
        readonly edges: readonly { readonly cursor: string; readonly node: { eventId: string } }[];
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    };
  }

  test('pages follow one another to the end, each event once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const response = await server.client('reader').query(PAGE, { after });
      const page: Page = response.expectNoErrors<Page>();
      const { edges, pageInfo } = page.user.timeline;
      seen.push(...edges.map(({ node }) => node.eventId));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(['e5', 'e4', 'e3', 'e2', 'e1']);
  });

  test('a cursor of another timeline, or of nothing, is refused', async () => {
    const page = (await server.client('reader').query(PAGE)).expectNoErrors<Page>();
    const after = page.user.timeline.pageInfo.endCursor;
    const other = await server.client('reader').query(PAGE, { after, user: 'u2' });
    expect(other.codes).toEqual(['INVALID_CURSOR']);
    const forged = await server.client('reader').query(PAGE, { after: 'forged' });
    expect(forged.codes).toEqual(['INVALID_CURSOR']);
  });
});
