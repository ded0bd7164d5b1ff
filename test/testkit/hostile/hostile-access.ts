import {
  type HostileCase,
  type HostileClass,
  type HostileWorld,
  operation,
  RANGE,
  refused,
  VOLUME,
} from './hostile-case.js';

const UNAUTHENTICATED: HostileCase['refusal'] = { status: 401, code: 'UNAUTHENTICATED' };

const QUESTIONS = [
  `eventVolume(PROJECT, ${RANGE}) { total }`,
  `uniqueUsers(PROJECT, ${RANGE}) { total }`,
  `sessions(PROJECT, ${RANGE}) { total }`,
  `topPages(PROJECT, ${RANGE}) { values }`,
  `revenue(PROJECT, ${RANGE}) { meta { asOf } }`,
  `funnel(PROJECT, ${RANGE}, windowSeconds: 60, steps: [{ event: "a" }, { event: "b" }]) { result { counts } }`,
  'user(PROJECT, id: "u-0") { id timeline { edges { cursor } } }',
  'device(PROJECT, id: "d-0") { id timeline { edges { cursor } } }',
];

function timeline(after: string, rest = 'user(id: "u-0")'): string {
  return `{ ${rest} { timeline(first: 2, after: ${JSON.stringify(after)}) { edges { cursor } } } }`;
}

/** What the node of a definition of a project would be called. */
function definitionNode(projectId: string): string {
  const key = JSON.stringify([projectId, 'checkout']);
  return `definition.${Buffer.from(key).toString('base64url')}`;
}

function withKey(key: string, name: string, extra: Partial<HostileCase> = {}): HostileCase {
  return {
    name,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: VOLUME }),
    refusal: UNAUTHENTICATED,
    ...extra,
  };
}

/** Callers that ask for what is not theirs. */
export const ACCESS: readonly HostileClass[] = [
  {
    name: 'another project',
    cases: (world: HostileWorld) => [
      ...QUESTIONS.map((question) =>
        operation(
          world,
          question.slice(0, question.indexOf('(')),
          `{ ${question.replace('PROJECT', `project: "${world.other.projectId}"`)} }`,
          refused('FORBIDDEN'),
        ),
      ),
      operation(
        world,
        'its settings',
        `{ project(id: "${world.other.projectId}") { name } }`,
        refused('FORBIDDEN'),
      ),
      operation(
        world,
        'a project that is not there',
        '{ project(id: "nowhere") { name } }',
        refused('FORBIDDEN'),
      ),
      operation(
        world,
        'a statement for a project',
        `{ eventVolume(project: "x' OR 1=1 --", ${RANGE}) { total } }`,
        refused('FORBIDDEN'),
      ),
      ...(['projectId', 'userNode', 'deviceNode', 'keyNode'] as const).map((id) =>
        operation(
          world,
          `its ${id} by node`,
          `query($id: ID!) { node(id: $id) { id } }`,
          refused('FORBIDDEN'),
          {
            id: world.other[id],
          },
        ),
      ),
      ...[
        `uniqueUsers(${RANGE}, cohort: { id: "ID" }) { total }`,
        `funnel(${RANGE}, id: "ID") { result { counts } }`,
        `experiment(${RANGE}, id: "ID") { multiVariantUsers }`,
        `eventVolume(${RANGE}, event: { goal: "ID" }) { total }`,
        'definition(id: "ID") { name }',
      ].map((question) =>
        operation(
          world,
          `its definition in ${question.slice(0, question.indexOf('('))}`,
          `{ ${question.replace('ID', definitionNode(world.other.projectId))} }`,
          refused('NOT_FOUND'),
        ),
      ),
      operation(
        world,
        'a definition in it',
        `{ definitions(project: "${world.other.projectId}") { totalCount } }`,
        refused('FORBIDDEN'),
      ),
      operation(
        world,
        'its keys',
        `{ keys(project: "${world.other.projectId}") { id } }`,
        refused('FORBIDDEN'),
      ),
      operation(
        world,
        'revoking its key',
        `mutation { revokeKey(input: { projectId: "${world.other.projectId}", keyId: "${world.other.keyId}" }) { key { id } } }`,
        refused('FORBIDDEN'),
      ),
      operation(
        world,
        'a key of its own',
        `mutation { createKey(input: { projectId: "${world.other.projectId}", name: "x", scopes: [ADMIN] }) { secret } }`,
        refused('FORBIDDEN'),
      ),
    ],
  },
  {
    name: 'cursors',
    cases: (world) => {
      const { user, device, stranger } = world.cursors;
      const parts = JSON.parse(Buffer.from(user, 'base64url').toString()) as string[];
      const made = (...content: unknown[]) =>
        Buffer.from(JSON.stringify(content)).toString('base64url');
      const forged = [
        ['nothing', ''],
        ['a word', 'forged'],
        ['no JSON', Buffer.from('{').toString('base64url')],
        ['an object', Buffer.from('{"a":1}').toString('base64url')],
        ['numbers', made(1, 2, 3)],
        ['another fingerprint', made('AAAAAAAAAAA', ...parts.slice(1))],
        ['too few parts', made(parts[0])],
        ['too many parts', made(...parts, 'x')],
        ['cut short', user.slice(0, -8)],
        ['a kilobyte', 'A'.repeat(1000)],
      ] as const;
      return [
        ...forged.map(([name, cursor]) =>
          operation(world, name, timeline(cursor), refused('INVALID_CURSOR')),
        ),
        operation(world, 'of a device', timeline(device), refused('INVALID_CURSOR')),
        operation(
          world,
          'of a user, for a device',
          timeline(user, 'device(id: "d-0")'),
          refused('INVALID_CURSOR'),
        ),
        operation(world, 'of another project', timeline(stranger), refused('INVALID_CURSOR')),
        operation(
          world,
          'of another user',
          timeline(user, 'user(id: "u-1")'),
          refused('INVALID_CURSOR'),
        ),
      ];
    },
  },
  {
    name: 'keys',
    cases: ({ keys }) => [
      withKey(keys.revoked, 'revoked'),
      withKey(keys.revoked, 'revoked, by the other header', {
        headers: { 'content-type': 'application/json', 'x-sluice-key': keys.revoked },
      }),
      withKey(keys.revoked, 'revoked, for server-sent events', { path: '/graphql/stream' }),
      withKey(keys.expired, 'expired'),
      withKey(keys.expired, 'expired, by the other header', {
        headers: { 'content-type': 'application/json', 'x-sluice-key': keys.expired },
      }),
      withKey(keys.expired, 'expired, for server-sent events', { path: '/graphql/stream' }),
      withKey(keys.reader.slice(0, -1), 'without its last letter'),
      withKey(`${keys.reader}x`, 'with one letter more'),
      withKey(keys.reader.toLowerCase(), 'in small letters'),
      withKey(keys.reader.slice(-4), 'its hint'),
      withKey('sl_', 'its prefix'),
      withKey(keys.writer, 'one that only sends events', { refusal: refused('FORBIDDEN') }),
      withKey(keys.reader, 'one that only asks, for projects', {
        body: JSON.stringify({ query: '{ projects { id } }' }),
        refusal: refused('FORBIDDEN'),
      }),
      withKey(keys.reader, 'one that only asks, for a mutation', {
        body: JSON.stringify({
          query: 'mutation { createKey(input: { name: "x", scopes: [ADMIN] }) { secret } }',
        }),
        refusal: refused('FORBIDDEN'),
      }),
      withKey(keys.reader, 'one that only asks, for the ledger', {
        body: JSON.stringify({ query: '{ integrity { isBalanced } }' }),
        refusal: refused('FORBIDDEN'),
      }),
    ],
  },
  {
    name: 'tokens',
    cases: ({ tokens }) => [
      ...Object.entries(tokens.unbelievable).map(([name, token]) => withKey(token, name)),
      ...Object.entries(tokens.powerless).map(([name, token]) =>
        withKey(token, name, { refusal: refused('FORBIDDEN') }),
      ),
    ],
  },
];
