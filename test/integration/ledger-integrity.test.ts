import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/errors.js';
import type { PartitionFigures } from '../../src/ledger/integrity-query.js';
import { createLedgerWorld, type LedgerWorld } from '../testkit/ledger-world.js';

let world: LedgerWorld;
afterEach(() => world.close());

const signal = AbortSignal.timeout(600_000);

/** Sum of one figure over the partitions of a topic. */
function sumOf(
  partitions: readonly PartitionFigures[],
  topic: string,
  figure: 'recordCount' | 'acceptedCount' | 'refusedCount' | 'silverCount' | 'unreadCount',
): number {
  return partitions.filter((one) => one.topic === topic).reduce((sum, one) => sum + one[figure], 0);
}

describe('the ledger balances', () => {
  test('after copies of every kind, other producers, refusals and replays', async () => {
    let isBroken = true;
    world = await createLedgerWorld({
      wrapLog: (log) => ({
        ...log,
        consume: (options) =>
          log.consume({
            ...options,
            async handle(batch, aborted) {
              await options.handle(batch, aborted);
              if (isBroken) throw new Error('the process ends here');
            },
          }),
      }),
    });
    const { w, ledger, events, event } = world;
    await w.append([...events(30), ...events(5), event('e1', { eventName: 'other' })]);
    await w.append([event('far', { occurredAt: 0 }), event('far', { occurredAt: 86_400_000 })]);
    await w.appendValues(w.topics.web, [Buffer.from('garbage'), Buffer.alloc(0)]);
    await w.start();
    await world.silverHas(31);
    await w.restart();
    isBroken = false;
    await w.start();
    await w.drained();
    // Known from another batch, on the other topic, misplaced, and from another producer.
    await w.append([...events(10), event('e2', { url: 'https://elsewhere.example/' })]);
    await w.append(events(4).map((one) => ({ ...one, platform: 'mobile' as const })));
    await w.append(events(6, 'm'), w.topics.web, 1);
    await w.append(events(3, 'f'), w.topics.foreign[0], 0);
    await w.appendValues(w.topics.foreign[0] ?? '', [Buffer.from('theirs')]);
    await w.drained();

    const { partitions, findings, isBalanced, tables } = await ledger.integrity({}, signal);
    expect(findings).toEqual([]);
    expect(isBalanced).toBe(true);
    const { web, app, deadLetters, foreign } = w.topics;
    expect(sumOf(partitions, foreign[0] ?? '', 'recordCount')).toBe(4);
    expect(sumOf(partitions, foreign[0] ?? '', 'refusedCount')).toBe(1);
    expect(sumOf(partitions, web, 'refusedCount')).toBe(2);
    expect(sumOf(partitions, deadLetters, 'acceptedCount')).toBe(3);
    expect(sumOf(partitions, web, 'silverCount') + sumOf(partitions, app, 'silverCount')).toBe(40);
    const events_ = partitions.filter(({ topic }) => topic === web || topic === app);
    const total = (figure: 'repeatCount' | 'knownCount' | 'conflictingCount') =>
      events_.reduce((sum, one) => sum + one[figure], 0);
    expect(total('repeatCount') + total('knownCount')).toBe(22);
    // The same id under another name, at another time, at another address, on the other platform.
    expect(total('conflictingCount')).toBe(7);
    expect(partitions.every(({ unreadCount }) => unreadCount === 0)).toBe(true);
    expect(tables.map(({ table }) => table)).toContain('gold_event_counts_per_hour');
    const job = await world.done(await ledger.startVerify({}));
    expect(job.verified.flatMap(({ differences }) => differences)).toEqual([]);
    expect(job.verified.map(({ table }) => table)).toEqual(
      expect.arrayContaining([
        'silver_event_ids',
        'silver_identity_links',
        'gold_active_users_per_day',
      ]),
    );
  });

  test('at every look while events, copies and refusals keep arriving', async () => {
    world = await createLedgerWorld({ lingerMs: 5 });
    const { w, ledger, events } = world;
    await w.start();
    let isOver = false;
    let round = 0;
    const traffic = (async () => {
      for (; !isOver; round += 1) {
        const now = Date.now();
        await w.append([
          ...events(40, `r${round}-`, { occurredAt: now, userId: `u${round % 7}` }),
          ...events(3, `r${Math.max(round - 1, 0)}-`, { occurredAt: now }),
        ]);
        await w.appendValues(w.topics.web, [Buffer.from('garbage')], round % 2);
      }
    })();
    await world.silverHas(200);
    for (let look = 0; look < 4; look += 1) {
      const report = await ledger.integrity({}, signal);
      expect(report.findings).toEqual([]);
      const job = await world.done(await ledger.startVerify({}));
      expect(job.verified.flatMap(({ differences }) => differences)).toEqual([]);
    }
    isOver = true;
    await traffic;
    await w.drained();
    expect((await ledger.integrity({}, signal)).findings).toEqual([]);
    expect(await w.silverCount()).toBe(round * 40);
  }, 120_000);

  test('whatever the warehouse refuses alone', async () => {
    world = await createLedgerWorld({
      wrapWarehouse: (warehouse) => ({
        async insert(block) {
          const at = block.columns.indexOf('event_id');
          if (block.table.endsWith('bronze_events') && block.rows.some((row) => row[at] === 'e3')) {
            throw new AppError('WAREHOUSE_REFUSED', 'no', {
              details: { engineCode: 27, engineType: 'CANNOT_PARSE' },
            });
          }
          await warehouse.insert(block);
        },
      }),
    });
    const { w, ledger, events } = world;
    await w.append(events(9));
    await w.start();
    await w.drained();
    const { findings, partitions } = await ledger.integrity({}, signal);
    expect(findings).toEqual([]);
    expect(sumOf(partitions, w.topics.web, 'acceptedCount')).toBe(8);
    expect(sumOf(partitions, w.topics.web, 'refusedCount')).toBe(1);
  });
});

describe('a damage is found', () => {
  beforeEach(async () => {
    world = await createLedgerWorld({ partitionCount: 1 });
    const { w, events } = world;
    await w.start();
    for (const prefix of ['a', 'b', 'c']) {
      await w.append(events(10, prefix, { userId: 'u', occurredAt: Date.now() - 3_600_000 }));
      await w.appendValues(w.topics.web, [Buffer.from('garbage')]);
      await w.drained();
    }
    expect((await world.ledger.integrity({}, signal)).findings).toEqual([]);
  }, 60_000);

  const lightly = 'SETTINGS mutations_sync = 2';
  test.each([
    [
      'a row of bronze that is gone',
      `ALTER TABLE db.bronze_events DELETE WHERE event_id = 'b3' ${lightly}`,
      ['BRONZE', 'SILVER'],
    ],
    [
      'a row of silver that is gone',
      `ALTER TABLE db.silver_events DELETE WHERE event_id = 'b3' ${lightly}`,
      ['SILVER', 'GOLD'],
    ],
    [
      'a row of silver too many',
      `INSERT INTO db.silver_events SELECT * FROM db.silver_events WHERE event_id = 'b3'`,
      ['SILVER'],
    ],
    [
      'an id that is not remembered',
      `ALTER TABLE db.silver_event_ids DELETE WHERE event_id = 'b3' ${lightly}`,
      ['KNOWN_IDS'],
    ],
    [
      'a row of gold that is gone',
      `ALTER TABLE db.gold_page_views_per_hour DELETE WHERE 1 ${lightly}`,
      ['GOLD'],
    ],
    [
      'a row of gold too many',
      `INSERT INTO db.gold_event_counts_per_minute SELECT * FROM db.gold_event_counts_per_minute`,
      ['GOLD'],
    ],
    [
      'an entry of the ledger that is gone',
      `ALTER TABLE db.bronze_batches DELETE WHERE topic LIKE 'web%' AND first_offset > 0 AND last_offset < 22 ${lightly}`,
      ['OFFSETS_MISSING', 'BRONZE', 'DEAD_LETTERS'],
    ],
    [
      'the last entry of the ledger that is gone',
      `ALTER TABLE db.bronze_batches DELETE WHERE topic LIKE 'web%' AND last_offset = 32 ${lightly}`,
      ['OFFSETS_MISSING', 'BRONZE'],
    ],
    [
      'an entry that overlaps another',
      `INSERT INTO db.bronze_batches SELECT * REPLACE (first_offset + 1 AS first_offset) FROM db.bronze_batches WHERE topic LIKE 'web%' AND record_count > 1 LIMIT 1`,
      ['OFFSETS_TWICE', 'BRONZE'],
    ],
    [
      'an outcome that is not told',
      `ALTER TABLE db.bronze_batches UPDATE accepted_count = accepted_count + 1 WHERE topic LIKE 'web%' AND record_count > 1 ${lightly}`,
      ['OUTCOMES', 'BRONZE'],
    ],
    [
      'a dead letter that is gone',
      `ALTER TABLE db.bronze_dead_letters DELETE WHERE source_offset = (SELECT min(source_offset) FROM db.bronze_dead_letters) ${lightly}`,
      ['DEAD_LETTERS'],
    ],
  ])('%s', async (_, sql, kinds) => {
    await world.damage(sql);
    const { findings, isBalanced } = await world.ledger.integrity({}, signal);
    expect(isBalanced).toBe(false);
    expect([...new Set(findings.map(({ kind }) => kind))]).toEqual(expect.arrayContaining(kinds));
    for (const { message, expected, found } of findings) {
      expect(message.length).toBeGreaterThan(20);
      expect(expected).not.toBe(found);
    }
  });

  test.each([
    [
      'gold_event_counts_per_day',
      `INSERT INTO db.gold_event_counts_per_day SELECT * FROM db.gold_event_counts_per_day LIMIT 1`,
    ],
    [
      'gold_event_counts_per_second',
      `ALTER TABLE db.gold_event_counts_per_second DELETE WHERE 1 ${lightly}`,
    ],
    [
      'gold_active_users_per_day',
      `INSERT INTO db.gold_active_users_per_day SELECT project_id, day, is_bot, anonymous_id, user_id, 1 FROM db.gold_active_users_per_day LIMIT 1`,
    ],
    ['silver_identity_links', `ALTER TABLE db.silver_identity_links DELETE WHERE 1 ${lightly}`],
    [
      'silver_event_ids',
      `INSERT INTO db.silver_event_ids SELECT * FROM db.silver_event_ids WHERE event_id = 'c1'`,
    ],
  ])('by a verification, in %s alone, and told with its key', async (table, sql) => {
    // Midnight UTC may lie between the events and now: both are days that are kept.
    await world.damage(sql);
    const job = await world.done(await world.ledger.startVerify({}));
    const differing = job.verified.filter(({ differenceCount }) => differenceCount > 0);
    expect(differing.map((one) => one.table)).toEqual([table]);
    expect(differing[0]?.differences[0]?.key).toContain(world.w.projectId);
  });
});

test('a range that is not kept any more is refused, as are days that do not exist', async () => {
  world = await createLedgerWorld();
  const code = (range: { from?: string; to?: string }) =>
    world.ledger.integrity(range, signal).then(
      () => 'none',
      (error: AppError) => error.code,
    );
  expect(await code({ from: '2020-01-01', to: '2020-01-02' })).toBe('INVALID_RANGE');
  expect(await code({ from: '2026-02-30' })).toBe('INVALID_RANGE');
  expect(await code({ from: '2026-03-02', to: '2026-03-01' })).toBe('INVALID_RANGE');
  await expect(world.ledger.startVerify({ table: 'nothing' })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    details: { field: 'table' },
  });
});
