import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import type { Cache } from '../../src/cache/cache.js';
import { createMemoryCache } from '../../src/cache/memory/memory-cache.js';
import { createRedisCache } from '../../src/cache/redis/redis-cache.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import { createGraphqlSchema } from '../../src/gateway/graphql-schema.js';
import { createTelemetry } from '../../src/telemetry.js';
import { statement } from '../../src/warehouse/statement.js';
import { type AnsweringGateway, startAnsweringGateway } from '../testkit/answering-gateway.js';
import { eventStream } from '../testkit/live/event-stream.js';
import { twinQuestions } from '../testkit/live/twin-questions.js';
import { oneThreaded } from '../testkit/oracle/worlds.js';
import { randomNumbers } from '../testkit/random-numbers.js';
import { type RunningRedis, startRedis } from '../testkit/redis.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

/** `SHARED_STEPS=50` takes more of them, for a run of its own. */
const STEPS = Number(process.env.SHARED_STEPS ?? 7);
const QUESTIONS = Number(process.env.SHARED_QUESTIONS ?? 40);
const SEED = Number(process.env.SHARED_SEED ?? 20_261_128);

const { log } = createTelemetry({ level: 'silent' });

let kit: TestWarehouse;
let schema: GraphQLSchema;
let redis: RunningRedis;
let batches = 0;
const open: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  kit = await startTestWarehouse();
  schema = await createGraphqlSchema();
  redis = await startRedis();
}, 120_000);
afterEach(async () => {
  for (const each of open.splice(0)) await each.stop();
});
afterAll(async () => {
  await redis.stop();
  await kit.stop();
});

const caches: Readonly<Record<string, () => Cache>> = {
  memory: () => createMemoryCache({ maxEntries: 1000, clock: Date.now }),
  redis: () => createRedisCache({ url: redis.url, log }),
};

async function gateway(
  answers: Cache | undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<AnsweringGateway> {
  if (answers !== undefined) open.push(answers);
  const started = await startAnsweringGateway({
    warehouse: oneThreaded(kit.warehouse),
    database: kit.database,
    env,
    ...(answers === undefined ? {} : { answers }),
  });
  open.unshift(started);
  return started;
}

function json(event: TrackedEvent): EventJson {
  return {
    event_id: event.eventId,
    event_name: event.eventName,
    timestamp: new Date(event.occurredAt).toISOString(),
    received_at: new Date(event.receivedAt).toISOString(),
    platform: event.platform,
    anonymous_id: event.anonymousId,
    user_id: event.userId,
    session_id: event.sessionId,
    url: event.url,
    referrer: event.referrer,
    user_agent: event.userAgent,
    properties: Object.fromEntries(
      Object.entries(event.properties).map(([name, text]) => [name, JSON.parse(text)]),
    ),
  };
}

function seed(events: readonly EventJson[], projectId = 'default'): Promise<number> {
  batches += 1;
  return seedEvents({ ...kit, projectId, batch: `shared ${batches}`, events });
}

const view = (id: string, day: string, more: Partial<EventJson> = {}): EventJson => ({
  event_id: id,
  event_name: 'page_view',
  timestamp: `${day}T12:00:00Z`,
  platform: 'web',
  anonymous_id: `device of ${id}`,
  url: 'https://shop.example/a',
  ...more,
});

const VARIES: ReadonlySet<string> = new Set(['meta', 'cursor', 'startCursor', 'endCursor']);

function said(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(data, (key, value: unknown) => (VARIES.has(key) ? undefined : value)),
  );
}

/** How often answers came in each way, by the metrics of a gateway. */
async function outcomes(server: AnsweringGateway): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  const text = await server.metrics();
  for (const [, outcome = '', count] of text.matchAll(
    /sluice_gateway_answers_total\{.*outcome="(\w+)".*\} (\d+)/g,
  )) {
    found[outcome] = (found[outcome] ?? 0) + Number(count);
  }
  return found;
}

const volume = (from: string, to: string): string =>
  `{ eventVolume(range: { from: "${from}", to: "${to}" }, timeZone: "UTC") { total meta { rowsRead asOf source } } }`;
const users = (from: string, to: string): string =>
  `{ uniqueUsers(range: { from: "${from}", to: "${to}" }, timeZone: "UTC") { total meta { rowsRead } } }`;

interface Asked {
  readonly total: number;
  readonly meta: { readonly rowsRead: number; readonly asOf: string };
}
async function ask(server: AnsweringGateway, query: string, key = 'reader'): Promise<Asked> {
  const response = await server.client(key).query(query);
  return Object.values(response.expectNoErrors<Record<string, Asked>>())[0] as Asked;
}

describe.each(Object.keys(caches))('answers shared by way of %s', (name) => {
  const create = (): Cache => (caches[name] as () => Cache)();

  test('are those of questions asked anew, while events, accounts and settings change', async () => {
    const random = randomNumbers(SEED);
    const [first, second, plain] = [
      await gateway(create()),
      await gateway(create()),
      await gateway(undefined),
    ];
    const questions = twinQuestions(schema, random, QUESTIONS).map(({ query }) => query);
    const stream = eventStream(random, 'default', 30);
    const sent: TrackedEvent[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const batch = stream.next().value;
      // Whole days, one day alone, only copies, settings, nothing: each leaves other answers right.
      const kind = ['all', 'day', 'copies', 'settings', 'all', 'other', 'nothing'][step % 7];
      if (kind === 'all') await seed(batch.map(json));
      if (kind === 'day') {
        const day = batch.filter(({ occurredAt }) => occurredAt < Date.UTC(2026, 2, 3));
        await seed(day.map(json));
      }
      if (kind === 'copies') await seed(sent.slice(-20).map(json));
      if (kind === 'other') await seed(batch.map(json), 'other');
      if (kind === 'settings') {
        const changes = { sessionTimeoutSeconds: 600 + step, linkedDomains: ['google.com'] };
        for (const { projects } of [first, second, plain]) {
          await projects.updateProject('default', changes);
        }
      }
      sent.push(...batch);
      for (const [index, query] of questions.entries()) {
        const before = Date.now();
        const [wanted, ...got] = await Promise.all(
          [plain, first, second, first].map((server) => server.client('reader').query(query)),
        );
        const expected = said(wanted?.expectNoErrors());
        for (const each of got) {
          const data = each.expectNoErrors<Record<string, Asked>>();
          try {
            expect(said(data)).toEqual(expected);
          } catch (cause) {
            throw new Error(`seed ${SEED}, step ${step}, question ${index}: ${query}`, { cause });
          }
          for (const { meta } of Object.values(data)) {
            expect(Date.parse(meta.asOf)).toBeGreaterThanOrEqual(before);
          }
        }
      }
    }
    const counts = await outcomes(first);
    expect(counts.hit).toBeGreaterThan(0);
    expect(counts.alone ?? 0).toBe(0);
  }, 300_000);

  test('hold all that was queryable at their moment while events arrive', async () => {
    const servers = [await gateway(create()), await gateway(create())];
    const inserted: { readonly atMs: number; readonly total: number }[] = [];
    let isWriting = true;
    const before = (await ask(servers[0] as AnsweringGateway, volume('2026-05-01', '2026-05-03')))
      .total;
    const writing = (async () => {
      for (let n = 0; n < 25; n += 1) {
        await seed([view(`${name} arriving ${n}`, '2026-05-02')]);
        inserted.push({ atMs: Date.now(), total: before + n + 1 });
      }
      isWriting = false;
    })();
    const reading = servers.flatMap((server) =>
      Array.from({ length: 4 }, async () => {
        const answers: Asked[] = [];
        while (isWriting) answers.push(await ask(server, volume('2026-05-01', '2026-05-03')));
        return answers;
      }),
    );
    await writing;
    for (const { total, meta } of (await Promise.all(reading)).flat()) {
      const asOf = Date.parse(meta.asOf);
      const least = inserted.filter(({ atMs }) => atMs < asOf).at(-1)?.total ?? before;
      expect(total).toBeGreaterThanOrEqual(least);
    }
    const counts = await outcomes(servers[0] as AnsweringGateway);
    expect((counts.hit ?? 0) + (counts.joined ?? 0)).toBeGreaterThan(0);
  }, 120_000);
});

describe('a kept answer', () => {
  test('is given again after events of other days and other projects, and says so', async () => {
    const server = await gateway(caches.memory?.());
    await seed([view('june 1', '2026-06-01'), view('june 5', '2026-06-05')]);
    const asked = await ask(server, volume('2026-06-01', '2026-06-02'));
    expect(asked).toMatchObject({ total: 1 });
    expect(asked.meta.rowsRead).toBeGreaterThan(0);
    await seed([view('june 5 again', '2026-06-05'), view('june 1', '2026-06-01')]);
    await seed([view('june 1', '2026-06-01')], 'other');
    expect(await ask(server, volume('2026-06-01', '2026-06-02'))).toMatchObject({
      total: 1,
      meta: { rowsRead: 0 },
    });
    expect((await ask(server, volume('2026-06-05', '2026-06-05'))).total).toBe(2);
  });

  test('is not given after a late event of one of its days', async () => {
    const server = await gateway(caches.memory?.());
    await seed([view('july 1', '2026-07-01')]);
    expect((await ask(server, volume('2026-07-01', '2026-07-02'))).total).toBe(1);
    await seed([view('july 2', '2026-07-02')]);
    expect((await ask(server, volume('2026-07-01', '2026-07-02'))).total).toBe(2);
  });

  test('of people is not given after an account has become known on another day', async () => {
    const server = await gateway(caches.memory?.());
    await seed([
      view('august a', '2026-08-01', { anonymous_id: 'august a' }),
      view('august b', '2026-08-01', { anonymous_id: 'august b' }),
    ]);
    expect((await ask(server, users('2026-08-01', '2026-08-01'))).total).toBe(2);
    await seed([
      view('august login a', '2026-08-20', { anonymous_id: 'august a', user_id: 'august' }),
      view('august login b', '2026-08-20', { anonymous_id: 'august b', user_id: 'august' }),
    ]);
    expect((await ask(server, users('2026-08-01', '2026-08-01'))).total).toBe(1);
  });

  test('belongs to its project', async () => {
    const server = await gateway(caches.memory?.());
    await seed([view('own', '2026-09-01')]);
    await seed([view('a', '2026-09-01'), view('b', '2026-09-01')], 'other');
    const query = volume('2026-09-01', '2026-09-01');
    for (let n = 0; n < 2; n += 1) {
      expect((await ask(server, query)).total).toBe(1);
      expect((await ask(server, query, 'stranger')).total).toBe(2);
    }
  });

  test('is not given after its partition was taken away or replaced', async () => {
    const server = await gateway(caches.memory?.());
    await seed([view('october', '2026-10-01')]);
    const query = volume('2026-10-01', '2026-10-01');
    expect((await ask(server, query)).total).toBe(1);
    for (const table of ['minute', 'hour', 'day']) {
      await kit.warehouse.execute(
        statement<never>(
          'test.drop',
          `ALTER TABLE ${kit.database}.gold_event_counts_per_${table} DROP PARTITION ID '202610'`,
        ),
      );
    }
    expect((await ask(server, query)).total).toBe(0);
  });

  test('is given after parts were merged', async () => {
    const server = await gateway(caches.memory?.());
    await seed([view('november 1', '2026-11-01')]);
    await seed([view('november 2', '2026-11-01')]);
    const query = volume('2026-11-01', '2026-11-01');
    expect((await ask(server, query)).total).toBe(2);
    await kit.warehouse.execute(
      statement<never>(
        'test.merge',
        `OPTIMIZE TABLE ${kit.database}.gold_event_counts_per_day FINAL`,
      ),
    );
    expect(await ask(server, query)).toMatchObject({ total: 2, meta: { rowsRead: 0 } });
  });

  test('of another gateway is given, and that from before this one looked is not', async () => {
    const [first, second] = [await gateway(caches.redis?.()), await gateway(caches.redis?.())];
    await seed([view('december 1', '2026-12-01')]);
    const query = volume('2026-12-01', '2026-12-01');
    // Both have looked once, so each can tell what has come since.
    await ask(second, volume('2026-12-02', '2026-12-02'));
    expect((await ask(first, query)).total).toBe(1);
    expect(await ask(second, query)).toMatchObject({ total: 1, meta: { rowsRead: 0 } });
    await seed([view('december 3', '2026-12-03')]);
    const third = await gateway(caches.redis?.());
    // Whether that was about the first of the month, the third has not seen.
    expect((await ask(third, query)).meta.rowsRead).toBeGreaterThan(0);
    expect((await ask(first, query)).meta.rowsRead).toBe(0);
  });

  test('costs nothing, and an estimate sees the statements nevertheless', async () => {
    const server = await gateway(caches.memory?.(), { GATEWAY_BUDGET_ROWS: '1000000' });
    await seed([view('costly', '2027-01-01')]);
    const query = volume('2027-01-01', '2027-01-01');
    const cost = 'query ($of: String!) { cost(query: $of) { rows usedRows } }';
    await ask(server, query);
    const used = async (): Promise<unknown> =>
      (await server.client('reader').query(cost, { of: query })).data;
    const before = await used();
    await ask(server, query);
    expect(await used()).toEqual(before);
    expect(JSON.stringify(before)).not.toContain('"rows":0');
  });
});
