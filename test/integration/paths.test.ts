import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isAppError } from '../../src/errors.js';
import type { MetricContext } from '../../src/metric/metric.js';
import { computePathSessions } from '../../src/path/compute-path-sessions.js';
import { computePaths } from '../../src/path/compute-paths.js';
import type { PathsQuestion } from '../../src/path/path-query.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const DAY = Date.UTC(2024, 2, 4);
const BOT_AGENT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

let kit: TestWarehouse;
let context: MetricContext;
let projects = 0;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => DAY + 1,
  };
});

afterAll(() => kit.stop());

/**
 * Events of one session: `/a` and `#Home` are views of a page and a screen, `click` an event, each a
 * second after the one before, or with `@` at that second.
 */
function session(id: string, text: string, fields: Partial<EventJson> = {}): EventJson[] {
  return text.split(' ').map((word, index) => {
    const [name = '', second = String(index)] = word.split('@');
    const isPage = name.startsWith('/');
    const isScreen = name.startsWith('#');
    return {
      event_id: `${id}-${String(index).padStart(2, '0')}`,
      event_name: isPage ? 'page_view' : isScreen ? 'screen_view' : name,
      timestamp: new Date(DAY + Number(second) * 1000).toISOString(),
      platform: isScreen ? 'mobile' : 'web',
      anonymous_id: id,
      session_id: id,
      ...(isPage ? { url: `https://shop.example${name}` } : {}),
      properties: isScreen ? { screen: name.slice(1) } : {},
      ...fields,
    };
  });
}

/** A project of its own with these events, and the question about them. */
async function asked(
  events: readonly EventJson[],
  changes: Partial<PathsQuestion> = {},
): Promise<PathsQuestion> {
  projects += 1;
  const projectId = `paths-${projects}`;
  const { warehouse, database } = kit;
  expect(await seedEvents({ warehouse, database, projectId, events, batch: projectId })).toBe(0);
  return {
    projectId,
    range: { kind: 'dates', from: '2024-03-04', to: '2024-03-04' },
    timeZone: 'UTC',
    filter: [],
    includeBots: false,
    node: 'page',
    maxSteps: 5,
    limit: 100,
    ...changes,
  };
}

/** Edges as `1 /a > /b`, whole paths as `/a > /b`, nodes as `1 /a`: with sessions, and drop-offs. */
async function paths(events: readonly EventJson[], changes: Partial<PathsQuestion> = {}) {
  const answer = await computePaths(context, await asked(events, changes));
  const { edges, sequences, nodes } = answer;
  return {
    sessions: answer.sessions,
    edges: Object.fromEntries(
      edges.steps.map((step, at) => [
        `${step} ${edges.from[at]} > ${edges.to[at]}`,
        edges.sessions[at],
      ]),
    ),
    sequences: Object.fromEntries(
      sequences.paths.map((path, at) => [path.join(' > '), sequences.sessions[at]]),
    ),
    nodes: Object.fromEntries(
      nodes.steps.map((step, at) => [
        `${step} ${nodes.nodes[at]}`,
        [nodes.sessions[at], nodes.dropOffs[at]],
      ]),
    ),
  };
}

describe('paths', () => {
  test('go by page views and screens, equal neighbours once', async () => {
    expect(
      await paths([
        ...session('a', '/x /x click /y app_start /x'),
        ...session('b', '/z'),
        ...session('c', '#Home scroll #Home #Cart'),
        ...session('d', 'click login'),
      ]),
    ).toEqual({
      sessions: 3,
      edges: { '1 /x > /y': 1, '2 /y > /x': 1, '1 Home > Cart': 1 },
      sequences: { '/x > /y > /x': 1, '/z': 1, 'Home > Cart': 1 },
      nodes: {
        '1 /x': [1, 0],
        '1 /z': [1, 1],
        '1 Home': [1, 0],
        '2 /y': [1, 0],
        '2 Cart': [1, 1],
        '3 /x': [1, 1],
      },
    });
  });

  test('of events leave views out', async () => {
    const events = session('a', '/x click click /y login #Home click');
    expect(await paths(events, { node: 'event' })).toMatchObject({
      sequences: { 'click > login > click': 1 },
    });
  });

  test('follow time, then the bytes of the event id', async () => {
    const [b, a, c] = session('a', '/b@5 /a@5 /c@1');
    const events = [
      { ...b, event_id: 'z' },
      { ...a, event_id: 'é' },
      { ...c, event_id: 'zz' },
    ] as EventJson[];
    expect(await paths(events)).toMatchObject({ sequences: { '/c > /b > /a': 1 } });
  });

  test('are cut behind the last step, which is no drop-off', async () => {
    const events = [...session('a', '/1 /2 /3 /4'), ...session('b', '/1 /2 /3')];
    expect(await paths(events, { maxSteps: 3 })).toEqual({
      sessions: 2,
      edges: { '1 /1 > /2': 2, '2 /2 > /3': 2 },
      sequences: { '/1 > /2 > /3': 2 },
      nodes: { '1 /1': [2, 0], '2 /2': [2, 0], '3 /3': [2, 1] },
    });
  });

  test('begin at the first occurrence of the start, and only sessions with it count', async () => {
    const events = [...session('a', '/x /s /y /s /z'), ...session('b', '/x /y')];
    expect(await paths(events, { start: '/s' })).toMatchObject({
      sessions: 1,
      sequences: { '/s > /y > /s > /z': 1 },
    });
  });

  test('to an end are read backwards from its last occurrence', async () => {
    const events = [
      ...session('a', '/1 /2 /e /3 /4 /e /5'),
      ...session('b', '/4 /e'),
      ...session('c', '/1 /2'),
    ];
    expect(await paths(events, { end: '/e', maxSteps: 3 })).toEqual({
      sessions: 2,
      edges: { '1 /3 > /4': 1, '2 /4 > /e': 2 },
      sequences: { '/3 > /4 > /e': 1, '/4 > /e': 1 },
      nodes: { '1 /3': [1, 0], '2 /4': [2, 0], '3 /e': [2, 1] },
    });
  });

  test('from a start to an end lead to the last end behind the first start', async () => {
    const events = [...session('a', '/e /s /1 /e /2'), ...session('b', '/e /s /1')];
    expect(await paths(events, { start: '/s', end: '/e' })).toMatchObject({
      sessions: 1,
      sequences: { '/s > /1 > /e': 1 },
      edges: { '3 /s > /1': 1, '4 /1 > /e': 1 },
    });
  });

  test('through an edge tell what comes before and after it', async () => {
    const events = [
      ...session('a', '/1 /2 /3'),
      ...session('b', '/0 /2 /3 /4'),
      ...session('c', '/1 /2 /4'),
      ...session('d', '/2 /3'),
    ];
    const through = { step: 2, from: '/2', to: '/3' };
    expect(await paths(events, { through })).toMatchObject({
      sessions: 2,
      edges: { '1 /1 > /2': 1, '1 /0 > /2': 1, '2 /2 > /3': 2, '3 /3 > /4': 1 },
    });
    expect(await paths(events, { through, end: '/3', maxSteps: 3 })).toMatchObject({ sessions: 3 });
  });

  test('are those of sessions that start in the range, with all their events', async () => {
    const before = -3600;
    const after = 86_400;
    const events = [
      ...session('a', `/1@${after - 1} /2@${after + 1}`),
      ...session('b', `/1@${before} /2@0`),
      ...session('c', `/1@${after} /3@${after + 1}`),
    ];
    expect(await paths(events)).toMatchObject({ sessions: 1, sequences: { '/1 > /2': 1 } });
  });

  test('of bots count only when asked', async () => {
    const events = session('bot', '/1 /2', { user_agent: BOT_AGENT });
    expect(await paths(events)).toMatchObject({ sessions: 0, edges: {} });
    expect(await paths(events, { includeBots: true })).toMatchObject({ sessions: 1 });
  });

  test('say what the limit left out', async () => {
    const events = [
      ...session('a', '/1 /2'),
      ...session('b', '/1 /2'),
      ...session('c', '/1 /3'),
      ...session('d', '/4'),
    ];
    const answer = await computePaths(context, await asked(events, { limit: 1 }));
    expect(answer).toMatchObject({
      sessions: 4,
      edges: { to: ['/2'], sessions: [2], otherEdges: 1, otherSessions: 1 },
      sequences: { sessions: [2], otherSequences: 2, otherSessions: 2 },
      nodes: { nodes: ['/1'], sessions: [3], otherNodes: 3 },
    });
  });

  test.each([
    ['maxSteps', { maxSteps: 1_000 }, { minimum: 2, maximum: 50 }],
    ['maxSteps', { maxSteps: 1 }, { minimum: 2, maximum: 50 }],
    ['maxSteps', { maxSteps: 2.5 }, { minimum: 2, maximum: 50 }],
    ['maxSteps', { maxSteps: Number.NaN }, { minimum: 2, maximum: 50 }],
    ['through.step', { through: { step: 5, from: '/', to: '/' } }, { minimum: 1, maximum: 4 }],
    ['through.step', { through: { step: 0, from: '/', to: '/' } }, { minimum: 1, maximum: 4 }],
    ['limit', { limit: 0 }, { maximum: 10_000 }],
  ] as const)('refuse %s out of bounds: %j', async (field, changes, bounds) => {
    const question = await asked([], changes);
    const refused = await computePaths(context, question).catch((error: unknown) => error);
    expect(isAppError(refused) && [refused.code, refused.details]).toEqual([
      'BAD_USER_INPUT',
      { field, ...bounds },
    ]);
  });
});

describe('the sessions behind a path', () => {
  test('come with their people, newest first, a page at a time', async () => {
    const events = [
      ...session('a', '/1 /2 /3'),
      ...session('b', '/1@60 /2@61', { anonymous_id: 'a' }),
      ...session('c', '/1@120 login@121 /2@122', { user_id: 'u' }),
      ...session('d', '/2 /1'),
      ...session('e', '/1@120 /2@121'),
    ];
    const through = { step: 1, from: '/1', to: '/2' };
    const question = { ...(await asked(events, { through })), first: 3 };
    const page = await computePathSessions(context, question);
    expect(page).toMatchObject({ totalSessions: 4, totalPeople: 3, hasMore: true });
    const last = page.sessions[2];
    const after = { startedMs: DAY + 60_000, key: last?.key ?? '' };
    expect(last).toEqual({
      key: after.key,
      startedAt: '2024-03-04T00:01:00.000Z',
      endedAt: '2024-03-04T00:01:01.000Z',
      userId: '',
      anonymousId: 'a',
      path: ['/1', '/2'],
    });
    const people = page.sessions
      .slice(0, 2)
      .map(({ userId, anonymousId }) => [userId, anonymousId]);
    expect(people.sort()).toEqual([
      ['', 'e'],
      ['u', ''],
    ]);
    const rest = await computePathSessions(context, { ...question, after });
    expect(rest).toMatchObject({
      totalSessions: 4,
      hasMore: false,
      sessions: [{ anonymousId: 'a', path: ['/1', '/2', '/3'] }],
    });
    // A session that begins after the first page was asked for changes nothing behind it.
    const { warehouse, database } = kit;
    const { projectId } = question;
    const late = session('f', '/1@900 /2@901');
    await seedEvents({ warehouse, database, projectId, events: late, batch: `${projectId} late` });
    const again = await computePathSessions(context, {
      ...question,
      after,
      untilMs: DAY + 120_000,
    });
    expect(again).toMatchObject({ ...rest, meta: again.meta });
  });

  test.each([0, 1_001, 1.5])('refuse a page of %d', async (first) => {
    const refused = await computePathSessions(context, { ...(await asked([])), first }).catch(
      (error: unknown) => error,
    );
    expect(isAppError(refused) && refused.details).toEqual({ field: 'first', maximum: 1_000 });
  });
});
