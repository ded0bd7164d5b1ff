import { askGraphql, createTestProject, postEvents, type Stack, untilIngested } from '../stack.js';
import type { TokenIssuer } from '../token-issuer.js';
import type { HostileWorld } from './hostile-case.js';
import { createHostileTokens } from './hostile-tokens.js';

const OWN = 'hostile-own';
const OTHER = 'hostile-other';

/** Two projects with a few events each, and everything that the suite aims at. */
export async function createHostileWorld(stack: Stack, issuer: TokenIssuer): Promise<HostileWorld> {
  const url = stack.gatewayUrls[0] ?? '';
  const own = await createTestProject(stack, OWN);
  const other = await createTestProject(stack, OTHER);
  for (const { importerKey } of [own, other]) {
    const { rejected } = await postEvents(
      stack,
      importerKey,
      Array.from({ length: 4 }, (_, n) => ({
        event_id: `e-${n}`,
        event_name: 'page_view',
        user_id: 'u-0',
        anonymous_id: 'd-0',
        timestamp: `2026-01-0${n + 1}T10:00:00.000Z`,
        url: 'https://site.example/',
      })),
    );
    if (rejected.length > 0) throw new Error(`rejected: ${JSON.stringify(rejected)}`);
  }
  await untilIngested(stack);

  const admin = <T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T> =>
    askGraphql<T>(url, stack.adminKey, query, variables);
  const issue = async (input: Readonly<Record<string, unknown>>) => {
    const { createKey } = await admin<{
      createKey: { secret: string; key: { keyId: string } };
    }>('mutation($input: CreateKeyInput!) { createKey(input: $input) { secret key { keyId } } }', {
      input: { projectId: OWN, name: 'hostile', scopes: ['READ'], ...input },
    });
    return { secret: createKey.secret, keyId: createKey.key.keyId };
  };
  const writer = await issue({ scopes: ['WRITE'] });
  const revoked = await issue({});
  await admin('mutation($input: RevokeKeyInput!) { revokeKey(input: $input) { key { id } } }', {
    input: { projectId: OWN, keyId: revoked.keyId },
  });
  const lifetimeMs = 2_500;
  const endsAt = Date.now() + lifetimeMs;
  const expired = await issue({ expiresAt: new Date(endsAt).toISOString() });

  const cursorOf = async (key: string, of: 'user(id: "u-0")' | 'device(id: "d-0")') => {
    const answer = await askGraphql<
      Record<string, { id: string; timeline: { pageInfo: { endCursor: string } } }>
    >(url, key, `{ of: ${of} { id timeline(first: 2) { pageInfo { endCursor } } } }`);
    return { id: answer.of?.id ?? '', cursor: answer.of?.timeline.pageInfo.endCursor ?? '' };
  };
  const stranger = await cursorOf(other.readKey, 'user(id: "u-0")');
  const { keys } = await admin<{ keys: readonly { id: string; keyId: string }[] }>(
    'query($project: ID) { keys(project: $project) { id keyId } }',
    { project: OTHER },
  );
  const world: HostileWorld = {
    url,
    keys: {
      reader: own.readKey,
      writer: writer.secret,
      revoked: revoked.secret,
      expired: expired.secret,
      admin: stack.adminKey,
    },
    tokens: await createHostileTokens(issuer, OWN),
    other: {
      projectId: OTHER,
      userNode: stranger.id,
      deviceNode: (await cursorOf(other.readKey, 'device(id: "d-0")')).id,
      keyNode: keys[0]?.id ?? '',
      keyId: keys[0]?.keyId ?? '',
    },
    cursors: {
      user: (await cursorOf(own.readKey, 'user(id: "u-0")')).cursor,
      device: (await cursorOf(own.readKey, 'device(id: "d-0")')).cursor,
      stranger: stranger.cursor,
    },
  };
  while (Date.now() <= endsAt) {
    await new Promise((resolve) => setTimeout(resolve, endsAt - Date.now() + 1));
  }
  return world;
}
