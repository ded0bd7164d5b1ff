import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Session } from 'chdb';
import { migrate } from '../../clickhouse/migrate.js';
import { PROJECT_SETTING, rowPolicyStatements } from '../../clickhouse/row-policy.js';
import type { Cache } from '../../src/cache/cache.js';
import { createMemoryCache } from '../../src/cache/memory/memory-cache.js';
import { createGraphqlSchema } from '../../src/gateway/graphql-schema.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import { type AnsweringGateway, startAnsweringGateway } from '../testkit/answering-gateway.js';
import { eventStream } from '../testkit/live/event-stream.js';
import { twinQuestions } from '../testkit/live/twin-questions.js';
import { oneThreaded } from '../testkit/oracle/worlds.js';
import { randomNumbers } from '../testkit/random-numbers.js';
import { seedEvents } from '../testkit/seed-events.js';

/*
 * Row policies in force, in the one way in which the embedded engine has them: as conditions of its
 * user in a file of users. It takes no `CREATE ROW POLICY`, having nowhere to keep one, and no
 * setting of a name of our own; so the conditions are those of the statements, about another setting.
 */
jest.setTimeout(120_000);

const SETTING = 'log_comment';
const DATABASE = 'sluice';
const QUESTIONS = 40;
const SEED = 20_261_129;

const directory = mkdtempSync(join(tmpdir(), 'sluice-row-policy-'));
const path = join(directory, 'warehouse');
let warehouse: Warehouse;
let policies: readonly string[];
/** Keeps the engine open with its users. */
let engine: Session;
let queries: readonly string[];
/** What was answered before the policies were in force. */
let unlocked: readonly unknown[];

const open = (): Promise<Warehouse> =>
  createClickHouseWarehouse({ url: `chdb://${path}`, connections: 2 });

beforeAll(async () => {
  warehouse = await open();
  await migrate({ warehouse, topology: { database: DATABASE, cluster: null } });
  const random = randomNumbers(SEED);
  queries = twinQuestions(await createGraphqlSchema(), random, QUESTIONS).map(({ query }) => query);
  for (const projectId of ['default', 'other']) {
    const events = eventStream(random, projectId, 60)
      .next()
      .value.map((event) => ({
        event_id: event.eventId,
        event_name: event.eventName,
        timestamp: new Date(event.occurredAt).toISOString(),
        received_at: new Date(event.receivedAt).toISOString(),
        platform: event.platform,
        anonymous_id: event.anonymousId,
        user_id: event.userId,
        url: event.url,
      }));
    await seedEvents({ warehouse, database: DATABASE, projectId, batch: projectId, events });
  }
  unlocked = await withGateway(answers);
  const { rows } = await warehouse.query(
    statement<{ readonly name: string }>(
      'test.tables',
      `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'`,
      { database: DATABASE },
    ),
  );
  policies = rowPolicyStatements(
    { database: DATABASE, cluster: null },
    'default',
    rows.map(({ name }) => name),
  ).filter((sql) => sql.includes(PROJECT_SETTING));
  await warehouse.stop();
  engine = openLocked();
  warehouse = await open();
});

afterAll(async () => {
  await warehouse.stop();
  engine.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Opens the engine with a user of whom the policies are. */
function openLocked(): Session {
  const filters = policies.map((sql) => {
    const [, table = '', condition = ''] =
      / ON sluice\.(\w+) FOR SELECT USING (.*) TO /.exec(sql) ?? [];
    return `<${table}><filter>${condition.replace(PROJECT_SETTING, SETTING)}</filter></${table}>`;
  });
  const users = join(directory, 'users.xml');
  const config = join(directory, 'config.xml');
  writeFileSync(
    users,
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default>
<password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
<access_management>1</access_management><databases><sluice>${filters.join('')}</sluice></databases>
</default></users></clickhouse>`,
  );
  writeFileSync(config, `<clickhouse><users_config>${users}</users_config></clickhouse>`);
  mkdirSync(path, { recursive: true });
  return new Session(path, { connectionArgs: [`--config-file=${config}`] });
}

async function withGateway<T>(
  use: (gateway: AnsweringGateway) => Promise<T>,
  options: { readonly answers?: Cache } = {},
): Promise<T> {
  const gateway = await startAnsweringGateway({
    warehouse: oneThreaded(warehouse),
    database: DATABASE,
    projectSetting: SETTING,
    ...options,
  });
  try {
    return await use(gateway);
  } finally {
    await gateway.stop();
  }
}

const VARIES: ReadonlySet<string> = new Set(['meta', 'cursor', 'startCursor', 'endCursor']);

/** What two projects are told, without what is about the run. */
async function answers(gateway: AnsweringGateway): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  for (const key of ['reader', 'stranger']) {
    for (const query of queries) {
      const data = (await gateway.client(key).query(query)).expectNoErrors();
      const text = JSON.stringify(data, (name, value: unknown) =>
        VARIES.has(name) ? undefined : value,
      );
      told.push(JSON.parse(text));
    }
  }
  return told;
}

async function count(table: string, project?: string): Promise<number> {
  const asked = statement<{ readonly n: number }>(
    'test.count',
    `SELECT count() AS n FROM ${DATABASE}.${table}`,
  );
  const settings = project === undefined ? {} : { [SETTING]: project };
  const { rows } = await warehouse.query({ ...asked, settings });
  return rows[0]?.n ?? 0;
}

test('every question answers behind the policies as it did without them', async () => {
  expect(policies.length).toBeGreaterThan(8);
  expect(await withGateway(answers)).toEqual(unlocked);
  expect(new Set(unlocked.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(20);
});

test('a statement sees the rows of the project that it names, and of none without one', async () => {
  for (const table of ['silver_events', 'gold_event_counts_per_day', 'gold_session_parts']) {
    const [own, other] = [await count(table, 'default'), await count(table, 'other')];
    expect(own).toBeGreaterThan(0);
    expect(other).toBeGreaterThan(0);
    expect(await count(table)).toBe(0);
    const bound = statement<{ readonly n: number }>(
      'test.bound',
      `SELECT count() AS n FROM ${DATABASE}.${table} WHERE project_id = {p0:String}`,
      { p0: 'other' },
    );
    const { rows } = await warehouse.query({ ...bound, settings: { [SETTING]: 'default' } });
    expect(rows).toEqual([{ n: 0 }]);
  }
});

test('rows that a look may not see make kept answers old', async () => {
  const cache = createMemoryCache({ maxEntries: 10, clock: Date.now });
  await withGateway(
    async (gateway) => {
      const total = async (): Promise<unknown> => {
        const query =
          '{ eventVolume(range: { from: "2026-05-02", to: "2026-05-02" }, timeZone: "UTC", filter: [{ field: "plan", operator: IS_NOT_SET }]) { total } }';
        return (await gateway.client('reader').query(query)).expectNoErrors();
      };
      for (let n = 0; n < 3; n += 1) {
        expect(await total()).toEqual({ eventVolume: { total: n } });
        await seedEvents({
          warehouse,
          database: DATABASE,
          projectId: 'default',
          batch: `unseen ${n}`,
          events: [
            {
              event_id: `unseen ${n}`,
              event_name: 'page_view',
              timestamp: '2026-05-02T12:00:00Z',
              anonymous_id: 'd',
              platform: 'web',
              url: 'https://shop.example/a',
            },
          ],
        });
      }
    },
    { answers: cache },
  );
  await cache.stop();
  // Views read as who inserts: a user who sees nothing fills no rollup, so none of them may ingest.
  const { rows } = await warehouse.query(
    statement<{ readonly table: string }>(
      'test.parts',
      `SELECT DISTINCT table FROM system.parts WHERE database = {database:String} AND active AND partition_id = '202605'`,
      { database: DATABASE },
    ),
  );
  expect(rows).toEqual([{ table: 'silver_events' }]);
});

test('the statements are understood, but for a place to keep a policy', () => {
  for (const sql of policies) {
    expect(() => engine.query(sql)).toThrow('no writeable access storage');
  }
});
