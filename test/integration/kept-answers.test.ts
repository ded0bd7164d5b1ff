import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Cache } from '../../src/cache/cache.js';
import { createRedisCache } from '../../src/cache/redis/redis-cache.js';
import { createWarehouseDefinitionStore } from '../../src/definition/warehouse-definition-store.js';
import { replacePartition } from '../../src/ledger/shadow.js';
import type { ProjectChanges } from '../../src/project/project-store.js';
import { createTelemetry } from '../../src/telemetry.js';
import { statement } from '../../src/warehouse/statement.js';
import { type AnsweringGateway, startAnsweringGateway } from '../testkit/answering-gateway.js';
import { type RunningRedis, startRedis } from '../testkit/redis.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

/*
 * What an answer is made of, changed one by one: two gateways that keep answers in one Redis, and a
 * third that asks everything anew, must say the same before and after.
 */
jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;

let kit: TestWarehouse;
let redis: RunningRedis;
let nowMs = Date.now();
let caches: Cache[] = [];
let keeping: AnsweringGateway[] = [];
let plain: AnsweringGateway;
let batches = 0;

beforeAll(async () => {
  kit = await startTestWarehouse();
  redis = await startRedis();
  const { warehouse, database } = kit;
  const clock = (): number => nowMs;
  const { log } = createTelemetry({ level: 'silent' });
  const definitions = createWarehouseDefinitionStore({ warehouse, database, clock });
  const start = (answers?: Cache): Promise<AnsweringGateway> =>
    startAnsweringGateway({
      warehouse,
      database,
      definitions,
      clock,
      ...(answers === undefined ? {} : { answers }),
    });
  caches = [1, 2].map(() => createRedisCache({ url: redis.url, log }));
  keeping = [await start(caches[0]), await start(caches[1])];
  plain = await start();
  // Each has looked once, so that it can vouch for what the other has kept since.
  for (const gateway of keeping) await ask(gateway, users('2020-01-01'));
});

afterAll(async () => {
  for (const gateway of [...keeping, plain]) await gateway.stop();
  for (const cache of caches) await cache.stop();
  await redis.stop();
  await kit.stop();
});

function seed(events: readonly Partial<EventJson>[], projectId = 'default'): Promise<number> {
  batches += 1;
  return seedEvents({
    ...kit,
    projectId,
    batch: `kept ${batches}`,
    events: events.map((event, index) => ({
      event_id: `${batches}.${index}`,
      event_name: 'page_view',
      timestamp: '2026-03-02T12:00:00Z',
      platform: 'web' as const,
      anonymous_id: `device ${batches}.${index}`,
      url: 'https://shop.example/a',
      ...event,
    })),
  });
}

interface Told {
  readonly meta: { readonly rowsRead: number };
}

async function ask(gateway: AnsweringGateway, question: string, key = 'reader'): Promise<Told> {
  const response = await gateway.client(key).query(`{ answer: ${question} }`);
  return response.expectNoErrors<{ answer: Told }>().answer;
}

/** What all gateways say, which must be one thing; the second is given what the first has kept. */
async function told(question: string): Promise<unknown> {
  const { meta: _, ...wanted } = await ask(plain, question);
  const [first, second] = [
    await ask(keeping[0] as AnsweringGateway, question),
    await ask(keeping[1] as AnsweringGateway, question),
  ];
  for (const { meta: _meta, ...answer } of [first, second]) expect(answer).toEqual(wanted);
  expect(second.meta.rowsRead).toBe(0);
  return wanted;
}

/** Asks before and after a change, which must tell. */
async function tells(question: string, change: () => Promise<unknown>): Promise<void> {
  const before = await told(question);
  expect(await told(question)).toEqual(before);
  await change();
  expect(await told(question)).not.toEqual(before);
}

async function update(changes: ProjectChanges): Promise<void> {
  for (const { projects } of [...keeping, plain]) await projects.updateProject('default', changes);
}

async function mutate(mutation: string): Promise<void> {
  const response = await plain
    .client('admin')
    .query(`mutation { ${mutation} { userErrors { message } } }`);
  expect(Object.values(response.expectNoErrors<object>())).toEqual([{ userErrors: [] }]);
}

const on = (day: string): string => `range: { from: "${day}", to: "${day}" }`;
const users = (day: string): string => `uniqueUsers(${on(day)}) { total meta { rowsRead } }`;
const channels = (day: string): string =>
  `sessions(${on(day)}, breakdown: "channel") { breakdown { values counts } meta { rowsRead } }`;

test('an argument that is another asks another question', async () => {
  await seed([
    {},
    { url: 'https://shop.example/b' },
    { event_name: 'click' },
    // In Berlin this is the next day, so the zone and the range tell.
    { timestamp: '2026-03-02T23:30:00Z' },
    { timestamp: '2026-03-03T12:00:00Z' },
    { user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' },
  ]);
  const page = (value: string) => `filter: [{ field: "page", values: ["${value}"] }]`;
  const series = `${on('2026-03-02')}, grain: HOUR`;
  const questions = [
    on('2026-03-02'),
    on('2026-03-03'),
    `${on('2026-03-02')}, timeZone: "UTC"`,
    `${on('2026-03-02')}, includeBots: true`,
    `${on('2026-03-02')}, event: { event: "page_view" }`,
    `${on('2026-03-02')}, event: { event: "click" }`,
    `${on('2026-03-02')}, ${page('/a')}`,
    `${on('2026-03-02')}, ${page('/b')}`,
    series,
    `${on('2026-03-02')}, grain: DAY`,
    `${series}, window: { cumulative: true }`,
    `${series}, window: { moving: 2 }`,
    `${on('2026-03-02')}, breakdown: "page"`,
    `${on('2026-03-02')}, breakdown: "event_name"`,
    `${on('2026-03-02')}, breakdown: "page", limit: 1`,
  ];
  const shown =
    '{ total series { values } breakdown { values counts otherValues } meta { rowsRead } }';
  const answers = new Set<string>();
  for (const each of questions) {
    answers.add(JSON.stringify(await told(`eventVolume(${each}) ${shown}`)));
  }
  expect(answers.size).toBeGreaterThan(10);
});

test('a kept cohort and a kept goal that were changed ask another question', async () => {
  const day = '2026-03-05';
  const at = `${day}T12:00:00Z`;
  await seed([
    { timestamp: at, anonymous_id: 'one' },
    { timestamp: at, anonymous_id: 'two' },
    { timestamp: at, anonymous_id: 'two', event_name: 'buy' },
    { timestamp: at, anonymous_id: 'two', event_name: 'ask' },
    { timestamp: at, anonymous_id: 'one', event_name: 'ask' },
  ]);
  const did = (event: string): string => `{ did: { event: { event: "${event}" } } }`;
  await mutate(
    `createDefinition(input: { definitionId: "people", name: "People", cohort: ${did('buy')} })`,
  );
  await mutate(
    'createDefinition(input: { definitionId: "aim", name: "Aim", goal: { event: "buy" } })',
  );
  const ofCohort = `uniqueUsers(${on(day)}, cohort: { id: "people" }) { total meta { rowsRead } }`;
  await tells(ofCohort, () =>
    mutate(`updateDefinition(input: { id: "people", cohort: ${did('ask')} })`),
  );
  const ofGoal = `conversionRate(${on(day)}, goal: { goal: "aim" }) { totalConversions meta { rowsRead } }`;
  await tells(ofGoal, () =>
    mutate('updateDefinition(input: { id: "aim", goal: { event: "ask" } })'),
  );
});

test('a changed timeout of sessions, linked domain or channel rule counts at once', async () => {
  const day = '2026-03-07';
  await seed([
    { timestamp: `${day}T12:00:00Z`, anonymous_id: 'pausing' },
    { timestamp: `${day}T12:20:00Z`, anonymous_id: 'pausing' },
    { timestamp: `${day}T13:00:00Z`, referrer: 'https://partner.example/' },
    { timestamp: `${day}T14:00:00Z`, referrer: 'https://places.example/' },
  ]);
  await tells(`sessions(${on(day)}) { total meta { rowsRead } }`, () =>
    update({ sessionTimeoutSeconds: 600 }),
  );
  await tells(channels(day), () => update({ linkedDomains: ['partner.example'] }));
  await tells(channels(day), () => update({ channelRules: { search: ['places.example'] } }));
  await update({ sessionTimeoutSeconds: 1800, linkedDomains: [], channelRules: {} });
});

test('days that pass make people leave a cohort of the last days', async () => {
  const day = new Date(nowMs - HOUR_MS * 24).toISOString().slice(0, 10);
  await seed([{ timestamp: `${day}T12:00:00Z`, anonymous_id: 'lately' }]);
  const lately = '{ did: { event: { event: "page_view" }, lastDays: 3 } }';
  await tells(
    `uniqueUsers(${on(day)}, cohort: ${lately}) { total meta { rowsRead } }`,
    async () => {
      nowMs += 5 * 24 * HOUR_MS;
    },
  );
});

test('an account that becomes known later joins the devices of an earlier day', async () => {
  const day = '2026-03-09';
  const at = `${day}T12:00:00Z`;
  await seed([
    { timestamp: at, anonymous_id: 'phone' },
    { timestamp: at, anonymous_id: 'laptop' },
  ]);
  const later = { timestamp: '2026-03-20T12:00:00Z', event_name: 'identify', user_id: 'ann' };
  await tells(users(day), () =>
    seed([
      { ...later, anonymous_id: 'phone' },
      { ...later, anonymous_id: 'laptop' },
    ]),
  );
});

test('a late event of the day before joins the session that an answer counted', async () => {
  const day = '2026-03-11';
  await seed([{ timestamp: `${day}T00:05:00Z`, anonymous_id: 'night' }]);
  await tells(`sessions(${on(day)}, timeZone: "UTC") { total meta { rowsRead } }`, () =>
    seed([{ timestamp: '2026-03-10T23:50:00Z', anonymous_id: 'night' }]),
  );
});

test('each of several late events of one day counts', async () => {
  await seed([{ timestamp: '2026-03-25T12:00:00Z' }]);
  const volume = `eventVolume(${on('2026-03-25')}) { total meta { rowsRead } }`;
  for (let n = 0; n < 2; n += 1) {
    await tells(volume, () => seed([{ timestamp: '2026-03-25T12:00:00Z' }]));
  }
  expect(await told(volume)).toEqual({ total: 3 });
});

test('an event whose part was merged before anybody looked counts', async () => {
  const day = '2025-06-02';
  const at = `${day}T12:00:00Z`;
  await seed([{ timestamp: at }]);
  await tells(`eventVolume(${on(day)}, timeZone: "UTC") { total meta { rowsRead } }`, async () => {
    await seed([{ timestamp: at }]);
    for (const grain of ['minute', 'hour', 'day']) {
      const table = `${kit.database}.gold_event_counts_per_${grain}`;
      const sql = `OPTIMIZE TABLE ${table} PARTITION ID '202506' FINAL`;
      await kit.warehouse.execute(statement<never>('test.merge', sql));
    }
    // A part that is new beyond doubt, of somebody else.
    await seed([{ timestamp: at }], 'other');
  });
});

test('late events of the first and of the last hour of a range count, and copies do not', async () => {
  const question = (zone: string): string =>
    `eventVolume(${on('2026-03-13')}, timeZone: "${zone}") { total meta { rowsRead } }`;
  const early = { event_id: 'early', timestamp: '2026-03-12T23:10:00Z' };
  const late = { event_id: 'late', timestamp: '2026-03-14T06:50:00Z' };
  await tells(question('Europe/Berlin'), () => seed([early]));
  await tells(question('America/Los_Angeles'), () => seed([late]));
  for (const zone of ['Europe/Berlin', 'America/Los_Angeles']) {
    const before = await told(question(zone));
    await seed([early, late]);
    expect(await told(question(zone))).toEqual(before);
  }
});

test('what an earlier time holds belongs to a series of a moving window', async () => {
  const question = `uniqueUsers(${on('2026-03-16')}, grain: DAY, window: { moving: 3 }) { series { values } meta { rowsRead } }`;
  await seed([{ timestamp: '2026-03-16T12:00:00Z' }]);
  await tells(question, () => seed([{ timestamp: '2026-03-14T12:00:00Z' }]));
});

test('a rollup that was rebuilt answers as it is now', async () => {
  const day = '2025-04-02';
  await seed([{ timestamp: `${day}T12:00:00Z` }, { timestamp: `${day}T13:00:00Z` }]);
  await seed([{ timestamp: `${day}T12:00:00Z` }], 'other');
  const question = `eventVolume(${on(day)}, timeZone: "UTC") { total meta { rowsRead } }`;
  const run = (sql: string) => kit.warehouse.execute(statement<never>('test.shadow', sql));
  await tells(question, async () => {
    for (const grain of ['minute', 'hour', 'day']) {
      const table = `gold_event_counts_per_${grain}`;
      const shadow = `${kit.database}.shadow_${grain}`;
      await run(`CREATE TABLE ${shadow} AS ${kit.database}.${table}`);
      // As if the events had never been: the rows of the other project are left.
      await run(
        `INSERT INTO ${shadow} SELECT * FROM ${kit.database}.${table} WHERE toYYYYMM(bucket_start) = 202504 AND project_id = 'other'`,
      );
      const ports = { warehouse: kit.warehouse, database: kit.database };
      await replacePartition(ports as Parameters<typeof replacePartition>[0], {
        table,
        shadow,
        partition: '202504',
      });
    }
  });
});

test('a key that was revoked, may only write or is of another project gets no kept answer', async () => {
  const day = '2026-03-18';
  await seed([{ timestamp: `${day}T12:00:00Z` }]);
  expect(await told(users(day))).toEqual({ total: 1 });
  const [gateway] = keeping as [AnsweringGateway, AnsweringGateway];
  const codeFor = async (key: string): Promise<unknown> => {
    const { errors } = await gateway.client(key).query(`{ answer: ${users(day)} }`);
    return errors[0]?.extensions?.code;
  };
  expect(await codeFor('writer')).toBe('FORBIDDEN');
  expect((await ask(gateway, users(day), 'stranger')) as unknown).toMatchObject({ total: 0 });
  const { key, secret } = await gateway.projects.createKey({
    projectId: 'default',
    name: 'for a while',
    scopes: ['read'],
  });
  expect((await ask(gateway, users(day), secret)).meta.rowsRead).toBe(0);
  await gateway.projects.revokeKey('default', key.id);
  expect(await codeFor(secret)).toBe('UNAUTHENTICATED');
});
