import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { batchId, blockToken } from '../../ingest/ingester/batch-token.js';
import { AppError } from '../../src/errors.js';
import { createLedger } from '../../src/ledger/ledger.js';
import { openBatchIds } from '../../src/ledger/log-cut.js';
import { whileWritesAreHeld } from '../../src/ledger/write-hold.js';
import { statement } from '../../src/warehouse/statement.js';
import { startClickHouseStandIn } from '../testkit/clickhouse-stand-in.js';
import { eventually } from '../testkit/deadline.js';
import { createLedgerWorld, type LedgerWorld } from '../testkit/ledger-world.js';
import { startTestWarehouse } from '../testkit/warehouse.js';

let world: LedgerWorld;
afterEach(() => world.close());

const signal = AbortSignal.timeout(600_000);
const MONTHS = [Date.UTC(2026, 8, 3), Date.UTC(2026, 9, 4), Date.UTC(2026, 10, 5)];
const TABLES = [
  'silver_events',
  'silver_event_ids',
  'silver_identity_links',
  'gold_active_users_per_day',
  'gold_event_counts_per_day',
  'gold_event_counts_per_hour',
  'gold_event_counts_per_minute',
  'gold_event_counts_per_second',
  'gold_page_views_per_hour',
];

/** Events over three months, with copies of unlike content. */
async function fill({ w, events }: LedgerWorld): Promise<void> {
  const all = MONTHS.flatMap((occurredAt, n) =>
    events(20, `m${n}-`, { occurredAt, userId: 'u', eventName: 'page_view' }),
  );
  await w.append(all);
  await w.start();
  await w.drained();
  await w.append(all.slice(0, 15).map((one) => ({ ...one, eventName: 'a later copy' })));
  await w.append(all.slice(0, 5).map((one) => ({ ...one, occurredAt: MONTHS[2] ?? 0 })));
  await w.drained();
}

/** Everything that questions may read, as text that does not depend on the order of rows. */
function picture({ w }: LedgerWorld): Promise<readonly unknown[]> {
  return w.column(
    `SELECT row AS value FROM (
         SELECT concat('event ', event_id, ' ', event_name, ' ', toString(occurred_at), ' ', toString(batch)) AS row FROM {{db}}.silver_events
         UNION ALL SELECT concat('id ', event_id, ' ', toString(batch), ' ', toString(content_hash)) FROM {{db}}.silver_event_ids
         UNION ALL SELECT concat('link ', anonymous_id, ' ', toString(min(first_link))) FROM {{db}}.silver_identity_links GROUP BY anonymous_id
         UNION ALL SELECT concat('hour ', toString(bucket_start), ' ', event_name, ' ', toString(sum(event_count))) FROM {{db}}.gold_event_counts_per_hour GROUP BY bucket_start, event_name
         UNION ALL SELECT concat('minute ', toString(bucket_start), ' ', event_name, ' ', toString(sum(event_count))) FROM {{db}}.gold_event_counts_per_minute GROUP BY bucket_start, event_name
         UNION ALL SELECT concat('day ', toString(bucket_start), ' ', event_name, ' ', toString(sum(event_count))) FROM {{db}}.gold_event_counts_per_day GROUP BY bucket_start, event_name
         UNION ALL SELECT concat('page ', toString(bucket_start), ' ', page, ' ', toString(sum(view_count))) FROM {{db}}.gold_page_views_per_hour GROUP BY bucket_start, page
         UNION ALL SELECT concat('user ', toString(day), ' ', anonymous_id, ' ', user_id, ' ', toString(groupBitOr(quarter_hours))) FROM {{db}}.gold_active_users_per_day GROUP BY day, anonymous_id, user_id
     ) ORDER BY row`,
  );
}

describe('a rebuild', () => {
  test('of any table that is right changes nothing', async () => {
    world = await createLedgerWorld();
    await fill(world);
    const before = await picture(world);
    for (const table of TABLES) {
      await world.done(await world.ledger.startRebuild({ table }));
      expect([table, await picture(world)]).toEqual([table, before]);
    }
    const shadows = await world.w.column(
      `SELECT name AS value FROM system.tables WHERE database = '{{db}}_rebuild'`,
    );
    expect(shadows).toEqual([]);
  }, 60_000);

  test.each([
    [
      'gold_event_counts_per_hour',
      [`ALTER TABLE db.gold_event_counts_per_hour DROP PARTITION 202610`],
    ],
    [
      'gold_event_counts_per_minute',
      [`INSERT INTO db.gold_event_counts_per_minute SELECT * FROM db.gold_event_counts_per_minute`],
    ],
    ['gold_page_views_per_hour', [`TRUNCATE TABLE db.gold_page_views_per_hour`]],
    [
      'gold_active_users_per_day',
      [
        `ALTER TABLE db.gold_active_users_per_day DELETE WHERE anonymous_id = 'a1' SETTINGS mutations_sync = 2`,
      ],
    ],
    ['silver_identity_links', [`TRUNCATE TABLE db.silver_identity_links`]],
    [
      'silver_event_ids',
      [
        `INSERT INTO db.silver_event_ids SELECT * FROM db.silver_event_ids WHERE event_id LIKE 'm1%'`,
      ],
    ],
    [
      'silver_events',
      [`ALTER TABLE db.silver_events DELETE WHERE event_id = 'm0-3' SETTINGS mutations_sync = 2`],
    ],
    ['silver_events', [`ALTER TABLE db.silver_events DROP PARTITION 202609`]],
    [
      'silver_events',
      [
        `CREATE TABLE db.kept AS db.silver_events`,
        `INSERT INTO db.kept SELECT * FROM db.silver_events WHERE event_id LIKE 'm1%'`,
        `ALTER TABLE db.silver_events ATTACH PARTITION 202610 FROM db.kept`,
        `DROP TABLE db.kept SYNC`,
      ],
    ],
  ])(
    'repairs %s',
    async (table, damages) => {
      world = await createLedgerWorld();
      await fill(world);
      const before = await picture(world);
      for (const sql of damages) await world.damage(sql);
      expect(await picture(world)).not.toEqual(before);
      const { rebuilt } = await world.done(await world.ledger.startRebuild({ table }));
      expect(await picture(world)).toEqual(before);
      expect(rebuilt?.partitions.length).toBeGreaterThan(0);
      // What comes afterwards still counts once, and what is new is not taken for known.
      await world.w.append([
        world.event('m1-4'),
        world.event('new', { occurredAt: MONTHS[1] ?? 0 }),
      ]);
      await world.w.drained();
      expect(await world.w.silverCount()).toBe(61);
      expect((await world.ledger.integrity({}, signal)).findings).toEqual([]);
    },
    60_000,
  );

  test('keeps what bronze has forgotten, once', async () => {
    world = await createLedgerWorld();
    await fill(world);
    const before = await picture(world);
    await world.damage(`TRUNCATE TABLE db.bronze_events`);
    await world.damage(`CREATE TABLE db.kept AS db.silver_events`);
    await world.damage(
      `INSERT INTO db.kept SELECT * FROM db.silver_events WHERE event_id = 'm1-3'`,
    );
    await world.damage(`ALTER TABLE db.silver_events ATTACH PARTITION 202610 FROM db.kept`);
    await world.damage(`DROP TABLE db.kept SYNC`);
    await world.done(await world.ledger.startRebuild({ table: 'silver_events' }));
    expect(await picture(world)).toEqual(before);
  });

  test('touches the months of the range alone', async () => {
    world = await createLedgerWorld();
    await fill(world);
    await world.damage(`TRUNCATE TABLE db.gold_event_counts_per_day`);
    const job = await world.ledger.startRebuild({
      table: 'gold_event_counts_per_day',
      from: '2026-10-31',
      to: '2026-11-01',
    });
    const { rebuilt } = await world.done(job);
    expect(rebuilt?.partitions).toEqual(['202610', '202611']);
    expect(
      await world.w.count(`SELECT sum(event_count) AS value FROM {{db}}.gold_event_counts_per_day`),
    ).toBe(40);
  });

  test('is refused on a cluster and for a table nobody knows', async () => {
    world = await createLedgerWorld();
    await expect(world.ledger.startRebuild({ table: 'bronze_events' })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    const cluster = createLedger({ ...world.ports, cluster: 'main' });
    const { id } = await cluster.startRebuild({ table: 'silver_events' });
    const job = await eventually('it ends', () => {
      const found = cluster.job(id);
      return found?.state === 'running' ? null : found;
    });
    expect(job.error).toMatch(/^CONFIG_INVALID: .*cluster main/);
  });
});

test('queries never differ from the truth all through rebuilds, and nothing written meanwhile is lost', async () => {
  world = await createLedgerWorld({ lingerMs: 5, partitionCount: 3 });
  const { w, ledger, events } = world;
  await fill(world);
  const positions = () => w.log.positions('g', [w.topics.web]);
  const confirmed = async (): Promise<number> =>
    (await positions()).reduce((sum, { committed }) => sum + Number(committed ?? 0n), 0);
  const recordsBefore = await confirmed();
  const quiet = 60;
  let appended = 0;
  let isOver = false;

  const traffic = (async () => {
    for (let round = 0; !isOver; round += 1) {
      const some = MONTHS.flatMap((occurredAt, n) =>
        events(5, `live${round}-${n}-`, { occurredAt: occurredAt + round, eventName: 'live' }),
      );
      appended += some.length;
      await w.append(some);
      // A pause lets the engine merge, which would refuse more parts otherwise.
      await sleep(20);
    }
  })();

  let answers = 0;
  const wrong: string[] = [];
  const asking = (async () => {
    while (!isOver) {
      for (const table of [
        'silver_events',
        'silver_event_ids',
        'gold_event_counts_per_minute',
        'gold_event_counts_per_hour',
        'gold_event_counts_per_day',
      ]) {
        const atLeast = (await confirmed()) - recordsBefore;
        const { rows } = await world.ports.warehouse.query(
          statement<{ quiet: number; live: number }>(
            'test.ask',
            table.startsWith('gold')
              ? `SELECT sumIf(event_count, event_name != 'live') AS quiet, sumIf(event_count, event_name = 'live') AS live FROM sluice.${table}`
              : `SELECT countIf(event_id LIKE 'm%') AS quiet, countIf(event_id LIKE 'live%') AS live FROM sluice.${table}`,
          ),
        );
        const atMost = appended;
        const [row] = rows;
        answers += 1;
        if (row === undefined || row.quiet !== quiet || row.live < atLeast || row.live > atMost) {
          wrong.push(
            `${table}: ${JSON.stringify(row)}, expected ${quiet} and ${atLeast} to ${atMost}`,
          );
        }
      }
    }
  })();

  const holds: number[] = [];
  for (const table of TABLES) {
    const { rebuilt } = await world.done(await ledger.startRebuild({ table }));
    holds.push(rebuilt?.longestHoldMs ?? 0);
  }
  isOver = true;
  await Promise.all([traffic, asking]);
  await w.drained();
  expect(wrong).toEqual([]);
  expect(answers).toBeGreaterThan(50);
  expect(await w.silverCount()).toBe(quiet + appended);
  expect((await ledger.integrity({}, signal)).findings).toEqual([]);
  const job = await world.done(await ledger.startVerify({}));
  expect(job.verified.flatMap(({ differences }) => differences)).toEqual([]);
}, 240_000);

test('a rebuild that dies at any of its steps leaves right answers, can be run again and stops nobody for good', async () => {
  world = await createLedgerWorld();
  await fill(world);
  const before = await picture(world);
  let deaths = 0;
  for (const table of ['gold_event_counts_per_hour', 'silver_events']) {
    for (let step = 1; ; step += 1) {
      let executed = 0;
      let isDead = false;
      const mortal = createLedger({
        ...world.ports,
        warehouse: {
          query: world.ports.warehouse.query,
          async execute(asked) {
            executed += 1;
            isDead ||= executed === step;
            if (isDead) throw new AppError('WAREHOUSE_UNAVAILABLE', 'the process has died');
            await world.ports.warehouse.execute(asked);
          },
        },
      });
      const { id } = await mortal.startRebuild({ table, from: '2026-10-01', to: '2026-10-01' });
      await eventually('it ends', () => mortal.job(id)?.state !== 'running', 60_000);
      expect([table, step, await picture(world)]).toEqual([table, step, before]);
      if (mortal.job(id)?.state === 'done') break;
      deaths += 1;
    }
    await world.done(await world.ledger.startRebuild({ table }));
    expect(await picture(world)).toEqual(before);
  }
  expect(deaths).toBeGreaterThan(15);
  // Holds of the dead are still in force; they end by themselves.
  await world.w.append(world.events(5, 'after'));
  await world.w.drained();
  expect(await world.w.silverCount()).toBe(65);
}, 240_000);

test('verifies and rebuilds through HTTP as in the process, while events arrive', async () => {
  const server = await startClickHouseStandIn();
  const kit = await startTestWarehouse({ url: server.url });
  world = await createLedgerWorld({ kit, lingerMs: 5 });
  const { w, ledger, events } = world;
  const { close } = world;
  world = {
    ...world,
    async close() {
      await close();
      await kit.stop();
      await server.stop();
    },
  };
  await fill(world);
  await world.damage(`TRUNCATE TABLE db.gold_event_counts_per_hour`);
  let isOver = false;
  let rounds = 0;
  const traffic = (async () => {
    for (; !isOver; rounds += 1) {
      await w.append(events(10, `live${rounds}-`, { occurredAt: MONTHS[2] ?? 0 }));
      await sleep(20);
    }
  })();
  for (const table of ['gold_event_counts_per_hour', 'silver_events', 'silver_event_ids']) {
    const { rebuilt } = await world.done(await ledger.startRebuild({ table }));
    expect(rebuilt?.partitions.length).toBeGreaterThan(0);
  }
  const job = await world.done(await ledger.startVerify({}));
  isOver = true;
  await traffic;
  await w.drained();
  expect(job.verified.flatMap(({ differences }) => differences)).toEqual([]);
  expect([await w.silverCount(), await w.goldCount()]).toEqual([
    60 + rounds * 10,
    60 + rounds * 10,
  ]);
  expect((await ledger.integrity({}, signal)).findings).toEqual([]);
}, 120_000);

test('while writes are held no event passes, and all pass afterwards', async () => {
  world = await createLedgerWorld();
  const { w, ports, events } = world;
  await w.start();
  await w.append(events(3, 'before'));
  await w.drained();
  await whileWritesAreHeld({ ports, signal, reason: 'test' }, async ({ assertInForce }) => {
    await w.append(events(3, 'after'));
    await eventually('blocks are refused', async () => (await w.metric('retries_total')) > 1);
    expect([await w.silverCount(), await w.goldCount()]).toEqual([3, 3]);
    await assertInForce();
  });
  await w.drained();
  expect([await w.silverCount(), await w.goldCount()]).toEqual([6, 6]);
});

test('a rebuild waits for a batch that a failure left half done, and counts it once', async () => {
  world = await createLedgerWorld({ partitionCount: 1 });
  const { w, ledger } = world;
  await w.start();
  await world.damage('CREATE TABLE db.gold_failing (n UInt64) ENGINE = MergeTree ORDER BY n');
  // It hangs on the rollup, which has written all months but the last when it fails.
  await world.damage(
    `CREATE MATERIALIZED VIEW db.gold_failing_mv TO db.gold_failing AS
     SELECT throwIf(event_count > 0) AS n FROM db.gold_event_counts_per_hour`,
  );
  await w.append(
    Array.from({ length: 12 }, (_, n) => world.event(`e${n}`, { occurredAt: Date.UTC(2025, n) })),
  );
  await world.silverHas(1);
  await eventually('gold has a part of the batch', async () => (await w.goldCount()) > 0);
  expect(await w.log.positions('g', [w.topics.web])).toMatchObject([
    { committed: 0n, openIntent: { firstOffset: 0n } },
  ]);
  const [month = ''] = await w.column(
    `SELECT toString(toStartOfMonth(min(bucket_start))) AS value FROM {{db}}.gold_event_counts_per_hour`,
  );
  const job = await ledger.startRebuild({
    table: 'gold_event_counts_per_hour',
    from: String(month),
    to: String(month),
  });
  await eventually(
    'the rebuild has tried more than once',
    async () =>
      (await w.count('SELECT uniqExact(hold_id) AS value FROM {{db}}.control_write_holds')) > 2,
  );
  expect(ledger.job(job.id)?.state).toBe('running');
  await world.damage('DROP VIEW db.gold_failing_mv SYNC');
  await world.done(job);
  await w.drained();
  expect([await w.silverCount(), await w.goldCount()]).toEqual([12, 12]);
  expect((await ledger.integrity({}, signal)).findings).toEqual([]);
}, 120_000);

test('the engine computes the ids of open batches as the ingester does', async () => {
  world = await createLedgerWorld();
  const { ports } = world;
  const openIntent = { topic: 'web', partition: 3, firstOffset: 10n, lastOffset: 12n, openedAt: 0 };
  const position = { topic: 'web', partition: 3, begin: 0n, end: 20n, committed: 10n };
  const open = openBatchIds(
    { positions: [{ ...position, oldestUnreadAt: null, openIntent }] },
    ports.batchTokenOf,
  );
  const { rows } = await ports.warehouse.query(
    statement<{ id: string }>(
      'test.ids',
      `SELECT toString(batch) AS id FROM (${open.sql}) LIMIT 3`,
      open.params,
    ),
  );
  expect(rows.map(({ id }) => id)).toEqual([
    batchId('web/3/10-12'),
    batchId(blockToken('web/3/10-12', 0, 2)),
    batchId(blockToken('web/3/10-12', 1, 2)),
  ]);
});
