import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openDeadLetterWorld } from '../testkit/dead-letter-world.js';
import { eventually } from '../testkit/deadline.js';
import { startGatewayServer } from '../testkit/gateway-server.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
const open: (() => Promise<void>)[] = [];
beforeAll(async () => {
  kit = await startTestWarehouse();
}, 60_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => kit.stop());

/** A gateway with the letters of one world: `bad` events that lack somebody who did them. */
async function start(bad = 0) {
  const w = await openDeadLetterWorld({ kit });
  open.push(w.world.close);
  await w.world.start();
  const { office: deadLetters, projects } = w;
  const server = await startGatewayServer({ deadLetters, projects });
  open.push(server.stop);
  for (let n = 0; n < bad; n++) {
    await w.post(
      JSON.stringify({ event_id: `e${n}`, event_name: 'x', timestamp: TIMESTAMPS[n % 2] }),
    );
    // Two of each moment, so that ties are decided by id.
    if (n % 2 === 1) w.pass(1000);
  }
  await eventually('all letters are stored', async () => (await w.letters()).length === bad);
  return { w, server, admin: server.client('admin'), project: w.scope.projectId };
}

const TIMESTAMPS = ['2024-01-15T12:00:00Z', 'soon'];

const PAGE = `query($project: ID, $filter: DeadLetterFilterInput, $first: Int, $after: String) {
  deadLetters(project: $project, filter: $filter, first: $first, after: $after) {
    totalCount edges { cursor node { id deadLetterId reason state receivedAt content { value { text } } } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;
interface Page {
  readonly deadLetters: {
    readonly totalCount: number;
    readonly edges: readonly {
      readonly node: {
        readonly id: string;
        readonly deadLetterId: string;
        readonly reason: string;
        readonly receivedAt: string;
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}
const REPLAY = `mutation($input: ReplayDeadLettersInput!) {
  replayDeadLetters(input: $input) {
    results { outcome letter { deadLetterId state reason eventIds attempts } }
    pageInfo { hasNextPage endCursor } userErrors { code path }
  }
}`;
interface Replayed {
  readonly replayDeadLetters: {
    readonly results: readonly {
      readonly outcome: string;
      readonly letter: { readonly deadLetterId: string; readonly eventIds: readonly string[] };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

describe('who may see dead letters', () => {
  test('only an admin key may, and each project has its own', async () => {
    const { server, admin, project } = await start(1);
    const { deadLetters } = (await admin.query(PAGE, { project })).expectNoErrors<Page>();
    const id = deadLetters.edges[0]?.node.deadLetterId;
    const node = deadLetters.edges[0]?.node.id;
    const operations = [
      '{ deadLetters { totalCount } }',
      '{ deadLetters(isUnowned: true) { totalCount } }',
      `{ deadLetter(id: "${id}") { id } }`,
      `mutation { replayDeadLetters(input: { ids: ["${id}"] }) { userErrors { code } } }`,
      `mutation { dropDeadLetters(input: { ids: ["${id}"] }) { userErrors { code } } }`,
      `{ node(id: "${node}") { id } }`,
    ];
    for (const operation of operations) {
      for (const key of ['reader', 'writer', 'stranger']) {
        expect((await server.client(key).query(operation)).codes).toEqual(['FORBIDDEN']);
      }
      expect((await server.client().query(operation)).codes).toEqual(['UNAUTHENTICATED']);
    }
    // The key acts in the project default, which has no such letter.
    const elsewhere = await admin.query(`{
      deadLetters { totalCount edges { node { id } } } deadLetter(id: "${id}") { id }
      unowned: deadLetter(id: "${id}", isUnowned: true) { id }
    }`);
    expect(elsewhere.expectNoErrors()).toEqual({
      deadLetters: { totalCount: 0, edges: [] },
      deadLetter: null,
      unowned: null,
    });
    for (const act of ['replay', 'drop']) {
      const refused = await admin.query(
        `mutation { act: ${act}DeadLetters(input: { ids: ["${id}"] }) { results { outcome } userErrors { code path } } }`,
      );
      expect(refused.expectNoErrors()).toEqual({
        act: { results: null, userErrors: [{ code: 'NOT_FOUND', path: ['input', 'ids'] }] },
      });
    }
  });
});

describe('the list', () => {
  test('goes on behind a cursor, each letter once, while others come and change', async () => {
    const { w, admin, project } = await start(7);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const answer = await admin.query(PAGE, { project, first: 2, after });
      const { deadLetters }: Page = answer.expectNoErrors<Page>();
      seen.push(...deadLetters.edges.map(({ node }) => node.deadLetterId));
      after = deadLetters.pageInfo.hasNextPage ? deadLetters.pageInfo.endCursor : null;
      await w.replay([seen.at(-1) ?? ''], { patch: { anonymous_id: 'a' } });
      w.pass(1000);
      await w.post('{"event_id": "later"}');
      await w.world.drained();
    } while (after !== null);
    const letters = (await w.letters()).filter(({ eventIds }) => eventIds.length > 0);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    expect(letters.length).toBeGreaterThan(0);
    const other = await admin.query(PAGE, { project, filter: { state: 'OPEN' }, after: 'x' });
    expect(other.codes).toEqual(['INVALID_CURSOR']);
  });

  test('is filtered by reason, source, state and time', async () => {
    const { w, admin, project } = await start(4);
    const count = async (filter: object) =>
      (await admin.query(PAGE, { project, filter })).expectNoErrors<Page>().deadLetters.totalCount;
    expect(await count({ reason: 'MISSING_ACTOR' })).toBe(4);
    expect(await count({ reason: ['MISSING_EVENT_ID', 'NOT_AVRO'] })).toBe(0);
    expect(await count({ source: 'http' })).toBe(4);
    expect(await count({ source: ['web_events'] })).toBe(0);
    const [newest] = await w.letters();
    const at = (ms: number) => new Date((newest?.receivedAt ?? 0) + ms).toISOString();
    expect(await count({ receivedAt: { from: at(0), to: at(1) } })).toBe(2);
    expect(await count({ receivedAt: { from: at(-1000), to: at(0) } })).toBe(2);
    await w.office.drop(w.scope, {
      selection: { ids: [newest?.deadLetterId ?? ''] },
      by: 'admin',
    });
    expect(await count({ state: ['DROPPED'] })).toBe(1);
    expect(await count({ state: ['OPEN', 'REPLAYED'] })).toBe(3);
    expect(await count({})).toBe(4);
    const misspelt = await admin.query(PAGE, { project, filter: { reason: 'MISSING_ID' } });
    expect(misspelt.errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', field: 'filter.reason' } },
    ]);
  });
});

describe('one letter', () => {
  test('shows headers and bytes, as text or as base64, and is a node', async () => {
    const { w, admin, project } = await start();
    const bytes = Buffer.from([0x7b, 0xff, 0x00]);
    await w.world.log.append([
      {
        topic: w.world.topics.web,
        partition: 0,
        key: Buffer.from('the key'),
        value: bytes,
        headers: { trace: bytes, b: Buffer.from('text') },
      },
    ]);
    await w.world.drained();
    const id = `${w.world.topics.web}/0/0`;
    const response = await admin.query(
      `query($id: ID!) { deadLetter(id: $id, isUnowned: true) {
        id projectId source sourcePartition sourceOffset changedBy
        content { key { text } value { text base64 size } headers { name value { text base64 } } }
      } }`,
      { id },
    );
    const { deadLetter } = response.expectNoErrors<{ deadLetter: { id: string } }>();
    expect(deadLetter).toMatchObject({
      projectId: null,
      source: w.world.topics.web,
      sourcePartition: 0,
      sourceOffset: 0,
      changedBy: null,
      content: {
        key: { text: 'the key' },
        value: { text: null, base64: bytes.toString('base64'), size: 3 },
        headers: [
          { name: 'b', value: { text: 'text' } },
          { name: 'trace', value: { text: null, base64: bytes.toString('base64') } },
        ],
      },
    });
    const node = await admin.query('query($id: ID!) { node(id: $id) { id __typename } }', {
      id: deadLetter.id,
    });
    expect(node.expectNoErrors()).toEqual({
      node: { id: deadLetter.id, __typename: 'DeadLetter' },
    });
    const away = await admin.query(`{ deadLetter(id: "no/such/1", project: "${project}") { id } }`);
    expect(away.expectNoErrors()).toEqual({ deadLetter: null });
  });
});

describe('the mutations', () => {
  test('replay what fits a filter page by page, the oldest first, and count once', async () => {
    const { w, admin, project } = await start(5);
    const outcomes: string[] = [];
    let after: string | null = null;
    do {
      const answer = await admin.query(REPLAY, {
        input: {
          projectId: project,
          filter: { reason: 'MISSING_ACTOR' },
          patch: { anonymous_id: 'a', timestamp: '2024-01-15T12:00:00Z' },
          first: 2,
          after,
        },
      });
      const { replayDeadLetters }: Replayed = answer.expectNoErrors<Replayed>();
      outcomes.push(
        ...replayDeadLetters.results.map(({ outcome, letter }) =>
          [outcome, letter.eventIds.join()].join(' '),
        ),
      );
      after = replayDeadLetters.pageInfo.hasNextPage ? replayDeadLetters.pageInfo.endCursor : null;
    } while (after !== null);
    expect(outcomes.sort()).toEqual([0, 1, 2, 3, 4].map((n) => `ACCEPTED e${n}`));
    expect(await w.counted('event_id')).toEqual(['e0', 'e1', 'e2', 'e3', 'e4']);
    const again = await admin.query(REPLAY, { input: { projectId: project, filter: {} } });
    expect(again.expectNoErrors<Replayed>().replayDeadLetters.results).toEqual([]);
  });

  test('tell in a dry run what would come, and change nothing', async () => {
    const { w, admin, project } = await start(2);
    const before = await w.letters();
    const answer = await admin.query(REPLAY, {
      input: { projectId: project, filter: {}, patch: { anonymous_id: 'a' }, isDryRun: true },
    });
    const { results } = answer.expectNoErrors<Replayed>().replayDeadLetters;
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['ACCEPTED', 'REFUSED']);
    expect(await w.letters()).toEqual(before);
    expect(await w.counted('event_id')).toEqual([]);
  });

  test('drop what fits, and record the key', async () => {
    const { w, admin, project } = await start(2);
    const answer = await admin.query(
      `mutation($input: DropDeadLettersInput!) { dropDeadLetters(input: $input) {
        results { outcome letter { state changedBy } } userErrors { code } } }`,
      { input: { projectId: project, filter: { source: 'http' } } },
    );
    const dropped = { outcome: 'DROPPED', letter: { state: 'DROPPED', changedBy: 'admin' } };
    expect(answer.expectNoErrors()).toEqual({
      dropDeadLetters: { results: [dropped, dropped], userErrors: [] },
    });
    expect((await w.letters()).map(({ state }) => state)).toEqual(['dropped', 'dropped']);
  });

  test.each([
    [{}, 'ids'],
    [{ ids: ['a'], filter: {} }, 'ids'],
    [{ ids: ['a'], patch: JSON.parse(`${'{"a":'.repeat(110)}1${'}'.repeat(110)}`) }, 'patch'],
    [{ filter: {}, patch: { event_id: 'x' } }, 'patch'],
    [{ filter: {}, assignProjectId: 'default' }, 'assignProjectId'],
    [{ filter: {}, first: 0 }, 'first'],
  ])('refuse %j, naming the field', async (input, field) => {
    const { admin, project } = await start();
    const answer = await admin.query(REPLAY, { input: { projectId: project, ...input } });
    expect(answer.expectNoErrors()).toEqual({
      replayDeadLetters: {
        results: null,
        pageInfo: null,
        userErrors: [{ code: 'BAD_USER_INPUT', path: ['input', field] }],
      },
    });
  });
});
