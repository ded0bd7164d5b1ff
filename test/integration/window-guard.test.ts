import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/errors.js';
import { partitionOf } from '../../src/event/partition-of.js';
import { statement } from '../../src/warehouse/statement.js';
import { eventually } from '../testkit/deadline.js';
import { openIngesterWorld } from '../testkit/ingester-world.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';
import { trackedEvent } from '../unit/ingester/tracked-event.js';

const WINDOW = 40;
const BATCHES = 120;

let kit: TestWarehouse;
const open: (() => Promise<void>)[] = [];

/** Tables that remember so few tokens that a test can fill their window. */
beforeAll(async () => {
  kit = await startTestWarehouse();
  const { rows } = await kit.warehouse.query(
    statement<{ name: string }>(
      'test.tables',
      `SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'`,
      { database: kit.database },
    ),
  );
  for (const { name } of rows) {
    await kit.warehouse.execute(
      statement(
        'test.window',
        `ALTER TABLE ${kit.database}.${name} MODIFY SETTING non_replicated_deduplication_window = ${WINDOW}`,
      ),
    );
  }
}, 60_000);
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => kit.stop());

/**
 * Two partitions. The first block of partition 0 is stored, but its owner does not hear of it and
 * repeats it until `release`; meanwhile partition 1 has far more batches than the window has places.
 */
async function openUnansweredBlock(deduplicationWindow: number) {
  let isReleased = false;
  let tries = 0;
  let others = 0;
  /** Blocks of partition 1 that were stored, at each look of the guard. */
  const looks: number[] = [];
  const w = await openIngesterWorld({
    kit,
    partitionCount: 2,
    lingerMs: 0,
    deduplicationWindow,
    wrapLog: (log) => ({
      ...log,
      positions: (group, topics) => {
        looks.push(others);
        return log.positions(group, topics);
      },
    }),
    // An intent counts as old at once.
    clock: () => Date.now() + 30_000,
    wrapWarehouse: (warehouse) => ({
      async insert(block) {
        const isHeld =
          block.token.startsWith(`${w.topics.web}/0/`) && !block.token.includes('ledger');
        if (isHeld && tries > 0 && !isReleased) {
          tries += 1;
          throw new AppError('WAREHOUSE_UNAVAILABLE', 'away', { isRetryable: true });
        }
        await warehouse.insert(block);
        if (block.table.endsWith('bronze_events') && !isHeld) others += 1;
        if (!isHeld || isReleased) return;
        tries += 1;
        throw new AppError('WAREHOUSE_UNAVAILABLE', 'no answer', { isRetryable: true });
      },
    }),
  });
  open.push(w.close);
  const idsOf = (partition: number, count: number): string[] => {
    const ids: string[] = [];
    for (let n = 0; ids.length < count; n += 1) {
      if (partitionOf(w.projectId, `e${n}`, 2) === partition) ids.push(`e${n}`);
    }
    return ids;
  };
  const events = (ids: readonly string[]) =>
    ids.map((eventId) => trackedEvent({ projectId: w.projectId, eventId }));
  await w.append(events(idsOf(0, 10)));
  await w.start();
  await eventually('the block of partition 0 is stored and not answered', () => tries > 0);
  // Each is a batch of its own: the next is appended once the ingester has taken the one before.
  const feeding = (async () => {
    for (const id of idsOf(1, BATCHES)) {
      await w.append(events([id]));
      await eventually(
        'the batch is taken',
        async () => {
          const positions = await w.log.positions('g', [w.topics.web]);
          return (
            isReleased || positions.some((one) => one.partition === 1 && one.committed === one.end)
          );
        },
        60_000,
      );
    }
  })();
  return {
    ...w,
    feeding,
    othersStored: () => others,
    /** The guard looks again and again while nothing is stored. */
    isWaiting: () => others > 0 && looks.length > 3 && looks.slice(-4).every((n) => n === others),
    release: () => {
      isReleased = true;
    },
  };
}

describe('an unfinished batch and the deduplication window', () => {
  test('other partitions wait before its token is forgotten, and its repetition counts once', async () => {
    const w = await openUnansweredBlock(WINDOW);
    await eventually('partition 1 waits', w.isWaiting);
    expect(await w.metric('window_places')).toBeGreaterThanOrEqual(WINDOW / 2);
    expect(w.othersStored()).toBeGreaterThan(2);
    expect(w.othersStored()).toBeLessThan(WINDOW);
    w.release();
    await w.feeding;
    await w.drained();
    expect([await w.bronzeCount(), await w.silverCount(), await w.goldCount()]).toEqual([
      BATCHES + 10,
      BATCHES + 10,
      BATCHES + 10,
    ]);
  }, 90_000);

  test('an ingester that believes in a larger window would store it twice', async () => {
    const w = await openUnansweredBlock(1_000_000);
    await w.feeding;
    expect(w.othersStored()).toBe(BATCHES);
    w.release();
    await w.drained();
    // The defect that the guard exists for; shown here so that the test above proves something.
    expect(await w.bronzeCount()).toBe(BATCHES + 20);
  }, 90_000);
});
