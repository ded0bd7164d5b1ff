import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { BRONZE_COLUMNS } from '../../ingest/ingester/bronze-row.js';
import { partitionOf } from '../../src/event/partition-of.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import { countCopies } from '../../src/integrity/copies.js';
import { startTestCollector } from '../testkit/collector.js';
import { eventually } from '../testkit/deadline.js';
import { type IngesterWorldOptions, openIngesterWorld } from '../testkit/ingester-world.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';
import { trackedEvent } from '../unit/ingester/tracked-event.js';

let kit: TestWarehouse;
const open: (() => Promise<void>)[] = [];
beforeAll(async () => {
  kit = await startTestWarehouse();
}, 60_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => kit.stop());

async function world(options: Omit<IngesterWorldOptions, 'kit'> = {}) {
  const w = await openIngesterWorld({ kit, ...options });
  open.push(w.close);
  const event = (eventId: string, fields: Partial<TrackedEvent> = {}) =>
    trackedEvent({ projectId: w.projectId, eventId, ...fields });
  return {
    w,
    event,
    /** Appends one after the other, each in a later millisecond of the log's clock. */
    async inTurn(...appends: readonly (() => Promise<void>)[]) {
      for (const append of appends) {
        await append();
        const at = Date.now();
        await eventually('a later millisecond', () => Date.now() > at);
      }
    },
    /** Name of the copy that counts, how often it counts, copies and conflicting ones. */
    async counted(eventId: string, projectId = w.projectId) {
      const names = await w.column(
        `SELECT event_name AS value FROM {{db}}.silver_events WHERE project_id = '${projectId}' AND event_id = '${eventId}'`,
      );
      const gold = await w.column(
        `SELECT sum(event_count) AS value FROM {{db}}.gold_event_counts_per_day WHERE project_id = '${projectId}' AND event_name IN ('first', 'again')`,
      );
      const counts = await countCopies(kit, { projectId, fromMs: 0, toMs: Date.now() + 60_000 });
      const sum = (of: (count: (typeof counts)[number]) => number): number =>
        counts.reduce((total, count) => total + of(count), 0);
      return {
        names,
        inGold: gold.map(Number),
        copies: sum((count) => count.copies),
        conflicting: sum((count) => count.conflictingCopies),
      };
    },
  };
}

const ONCE = { names: ['first'], inGold: [1] };

describe('an event that comes again counts once, as the copy the log took first:', () => {
  test('in the same batch', async () => {
    const { w, event, counted } = await world({ partitionCount: 1 });
    const first = event('x', { eventName: 'first' });
    await w.append([first, first, event('x', { eventName: 'again' })]);
    await w.start();
    await w.drained();
    expect(await counted('x')).toEqual({ ...ONCE, copies: 2, conflicting: 1 });
  });

  test('in another batch', async () => {
    const { w, event, counted } = await world();
    const first = event('x', { eventName: 'first' });
    await w.start();
    for (const copy of [first, event('x', { eventName: 'again' }), first]) {
      await w.append([copy]);
      await w.drained();
    }
    expect(await counted('x')).toEqual({ ...ONCE, copies: 2, conflicting: 1 });
  });

  test.each(['web', 'app'] as const)(
    'in the other topic, though its batch began earlier; first in %s',
    async (firstIn) => {
      const { w, event, inTurn, counted } = await world({ partitionCount: 1 });
      const other = firstIn === 'web' ? 'app' : 'web';
      await inTurn(
        () => w.append([event('before', { eventName: 'click' })], w.topics[other]),
        () => w.append([event('x', { eventName: 'first' })], w.topics[firstIn]),
        () => w.append([event('x', { eventName: 'again' })], w.topics[other]),
        () => w.append([event('after', { eventName: 'click' })], w.topics[firstIn]),
      );
      await w.start();
      await w.drained();
      expect(await counted('x')).toEqual({ ...ONCE, copies: 1, conflicting: 1 });
      expect(await w.silverCount()).toBe(3);
    },
  );

  test('in another partition, where another producer has put it', async () => {
    const { w, event, counted } = await world({ partitionCount: 3 });
    const owner = partitionOf(w.projectId, 'x', 3);
    await w.append([event('x', { eventName: 'first' })]);
    await w.start();
    await w.drained();
    for (const partition of [0, 1, 2]) {
      await w.append([event('x', { eventName: 'again' })], w.topics.web, partition);
    }
    await w.drained();
    await eventually('the forwarded copies', async () => (await w.bronzeCount()) === 4);
    expect(await w.metric('forwarded_total')).toBe(2);
    expect(await counted('x')).toEqual({ ...ONCE, copies: 3, conflicting: 3 });
    expect(
      await w.column(
        'SELECT DISTINCT log_partition AS value FROM {{db}}.bronze_events WHERE {{world}}',
      ),
    ).toEqual([owner]);
  });

  test('under the key of another producer, in the partition that owns it', async () => {
    const { w, event, counted } = await world({ partitionCount: 1 });
    const value = w.codec.encode(event('x', { eventName: 'again' }));
    await w.append([event('x', { eventName: 'first' })]);
    await w.start();
    await w.drained();
    await w.appendValues(w.topics.web, [value, value]);
    await w.drained();
    await eventually('the copies', async () => (await w.bronzeCount()) === 3);
    expect(await w.metric('forwarded_total')).toBe(2);
    expect(await counted('x')).toEqual({ ...ONCE, copies: 2, conflicting: 2 });
  });

  test('in a topic of another producer', async () => {
    const { w, event, counted } = await world({ partitionCount: 2 });
    await w.append([event('x', { eventName: 'first' })]);
    await w.start();
    await w.drained();
    await w.append([event('x', { eventName: 'again' })], w.topics.foreign[0], 1);
    await w.append([event('x', { eventName: 'first' })], w.topics.foreign[0], 0);
    await w.drained();
    await eventually('the copies', async () => (await w.bronzeCount()) === 3);
    expect(await counted('x')).toEqual({ ...ONCE, copies: 2, conflicting: 1 });
  });

  test('over HTTP, and from the log', async () => {
    const { w, counted } = await world();
    const into = { log: w.log, topics: w.topics };
    const collector = await startTestCollector({ codec: w.codec, into });
    open.push(() => collector.stop());
    const eventId = `http-${w.projectId}`;
    const body = {
      event_id: eventId,
      event_name: 'first',
      timestamp: new Date().toISOString(),
      anonymous_id: 'a',
    };
    await w.start();
    for (const event_name of ['first', 'first', 'again']) {
      const answer = await collector.post(JSON.stringify({ ...body, event_name }));
      expect(answer.status).toBe(200);
    }
    await w.drained();
    await w.append([trackedEvent({ projectId: 'shop', eventId, eventName: 'again' })]);
    await w.drained();
    expect(await counted(eventId, 'shop')).toEqual({ ...ONCE, copies: 3, conflicting: 2 });
  });

  test('at another time, months and years away', async () => {
    const { w, event, counted } = await world();
    await w.append([event('x', { eventName: 'first' })]);
    await w.start();
    await w.drained();
    for (const year of [1971, 1999, 2023]) {
      await w.append([event('x', { eventName: 'first', occurredAt: Date.UTC(year, 5, 1) })]);
      await w.drained();
    }
    expect(await counted('x')).toEqual({ ...ONCE, copies: 3, conflicting: 3 });
  });

  test('with other content, people and properties', async () => {
    const { w, event, counted } = await world();
    await w.append([event('x', { eventName: 'first', userId: 'u1' })]);
    await w.start();
    await w.drained();
    await w.append([
      event('x', { eventName: 'first', userId: 'u2' }),
      event('x', { eventName: 'first', userId: 'u1', properties: { plan: '"pro"' } }),
      event('x', { eventName: 'first', userId: 'u1', ip: '192.0.2.1', receivedAt: 5 }),
    ]);
    await w.drained();
    // Where and when it was received is no part of what an event says.
    expect(await counted('x')).toEqual({ ...ONCE, copies: 3, conflicting: 2 });
    expect(
      await w.column(
        'SELECT user_id AS value FROM {{db}}.silver_events WHERE project_id = {project:String}',
      ),
    ).toEqual(['u1']);
  });

  test('in another project it is another event', async () => {
    const { w, event, counted } = await world();
    await w.append([event('x', { eventName: 'first' })]);
    await w.append([{ ...event('x', { eventName: 'first' }), projectId: `${w.projectId}-b` }]);
    await w.start();
    await w.drained();
    expect(await counted('x')).toEqual({ ...ONCE, copies: 0, conflicting: 0 });
    expect(await counted('x', `${w.projectId}-b`)).toEqual({ ...ONCE, copies: 0, conflicting: 0 });
  });

  test('at two ingesters at once, which never insert one id at the same moment', async () => {
    const idAt = BRONZE_COLUMNS.indexOf('event_id');
    const running = new Set<ReadonlySet<unknown>>();
    const overlaps: unknown[] = [];
    const blocksOf: number[] = [];
    let mostAtOnce = 0;
    const { w, event } = await world({
      partitionCount: 4,
      lingerMs: 1,
      wrapWarehouse: (warehouse) => {
        const own = blocksOf.push(0) - 1;
        return {
          async insert(block) {
            if (!block.table.endsWith('bronze_events')) return warehouse.insert(block);
            const ids = new Set(block.rows.map((row) => row[idAt]));
            for (const other of running) {
              overlaps.push(...[...ids].filter((id) => other.has(id)));
            }
            running.add(ids);
            mostAtOnce = Math.max(mostAtOnce, running.size);
            // Others may begin in between, as they would on a slower warehouse.
            for (let turn = 0; turn < 50; turn += 1) await setImmediate();
            await warehouse.insert(block);
            running.delete(ids);
            blocksOf[own] = (blocksOf[own] ?? 0) + 1;
          },
        };
      },
    });
    await w.start();
    await w.start();
    const all = Array.from({ length: 200 }, (_, n) => event(`e${n}`));
    for (let round = 0; round < 4; round += 1) {
      await Promise.all([
        w.append(all),
        w.append(all.map((one) => ({ ...one, platform: 'mobile' as const }))),
        w.append(all.slice(0, 50), w.topics.web, round),
        w.append(all.slice(50, 90), w.topics.foreign[0], round),
      ]);
      await w.drained();
    }
    await eventually('all copies', async () => (await w.bronzeCount()) === 4 * 490);
    expect(overlaps).toEqual([]);
    expect(mostAtOnce).toBeGreaterThan(1);
    expect(blocksOf.every((blocks) => blocks > 0)).toBe(true);
    expect(await w.silverCount()).toBe(200);
    expect(await w.goldCount()).toBe(200);
  });
});
