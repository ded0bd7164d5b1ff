import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { Statement } from '../../src/warehouse/statement.js';
import { EVENT_CHECKS } from '../testkit/oracle/check-events.js';
import { PEOPLE_CHECKS } from '../testkit/oracle/check-people.js';
import { RATE_CHECKS } from '../testkit/oracle/check-rates.js';
import { RETENTION_CHECKS } from '../testkit/oracle/check-retention.js';
import { checkWorlds, type WorldCase, worldCase } from '../testkit/oracle/worlds.js';
import { type IngestedOrders, ingestOrders, projectOf } from '../testkit/order/ingest-orders.js';
import { type OrderWorld, orderWorld } from '../testkit/order/order-world.js';
import { decidedRules, ORDER_RULES } from '../testkit/order/rules.js';
import { mergeParts, type TableContents, tableContents } from '../testkit/order/table-contents.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

/** `npm run prove` asks for more worlds, and for other seeds. */
const WORLDS = Number(process.env.ORDER_WORLDS ?? 50);
const SEED = Number(process.env.ORDER_SEED ?? 20_261_123);
const SHUFFLES = 2;
/**
 * Worlds that a question is asked of, and the next question of the next ones, so that each world is
 * asked something. All worlds are held to equal tables, which answers follow from.
 */
const ASKED = Math.max(10, Math.ceil(WORLDS / 20));
/** Longest time of all worlds on their way, and of a question. */
const TIMEOUT_MS = 1_800_000;
/** No rule may be one that hardly any world speaks of. */
const LEAST_SHARE = 0.02;

jest.setTimeout(TIMEOUT_MS);

let kit: TestWarehouse;
let worlds: readonly OrderWorld[];
let ingested: IngestedOrders;
let contents: ReadonlyMap<string, TableContents>;

beforeAll(async () => {
  kit = await startTestWarehouse();
  worlds = fc.sample(orderWorld, { numRuns: WORLDS, seed: SEED });
  ingested = await ingestOrders({ kit, worlds, seed: SEED, shuffles: SHUFFLES });
  contents = await tableContents(kit);
  await mergeParts(kit);
}, TIMEOUT_MS);

afterAll(() => kit.stop());

/** A world as a project, whose statements and their rows are written down. */
function recorded(world: number, order: number): { it: WorldCase; rows: (() => string)[] } {
  const found = worlds[world];
  if (found === undefined) throw new Error(`there is no world ${world}`);
  const it = worldCase({ world: found, name: projectOf(world, order), kit });
  const { warehouse } = it.context;
  const rows: (() => string)[] = [];
  const query = async <Row>(each: Statement<Row>, options?: { signal?: AbortSignal }) => {
    let answer: readonly unknown[] = [];
    // It asks how many rows and parts will be read, which is not what they hold.
    if (each.name === 'funnel.rows') return warehouse.query(each, options);
    // Some statements leave the order of their rows open.
    rows.push(
      () =>
        `${each.name} ${answer
          .map((row) => JSON.stringify(row))
          .sort()
          .join()}`,
    );
    const result = await warehouse.query(each, options);
    answer = result.rows;
    return result;
  };
  return { it: { ...it, context: { ...it.context, warehouse: { ...warehouse, query } } }, rows };
}

const CHECKS = [...EVENT_CHECKS, ...PEOPLE_CHECKS, ...RATE_CHECKS, ...RETENTION_CHECKS];
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

describe(`any order and any cut of ${WORLDS} worlds gives the same answers (seed ${SEED})`, () => {
  test.each(CHECKS.map(({ name, check }, index) => [name, check, index] as const))(
    '%s, shuffled, as the oracle says and as in canonical order',
    async (_, check, index) => {
      const asked = numbers(ASKED).map((n) => (index * ASKED + n) % WORLDS);
      const cases = asked.map((world) => ({ ...recorded(world, 1).it, world }));
      await checkWorlds(cases, SEED, async ({ world }) => {
        const shuffled = recorded(world, 1);
        const answer = await check(shuffled.it);
        const canonical = recorded(world, 0);
        expect(answer).toEqual(await check(canonical.it));
        expect(shuffled.rows.map((row) => row())).toEqual(canonical.rows.map((row) => row()));
      });
    },
  );

  test('every table below bronze holds the same, whatever the order', () => {
    expect([...contents.keys()]).toEqual(
      expect.arrayContaining([
        'gold_active_users_per_day',
        'gold_event_counts_per_day',
        'gold_event_counts_per_hour',
        'gold_event_counts_per_minute',
        'gold_page_views_per_hour',
        'silver_event_ids',
        'silver_events',
        'silver_identity_links',
      ]),
    );
    for (const [table, byProject] of contents) {
      for (const world of numbers(WORLDS)) {
        for (const order of numbers(SHUFFLES + 1)) {
          expect([table, SEED, world, order, byProject.get(projectOf(world, order))]).toEqual([
            ...[table, SEED, world, order],
            byProject.get(projectOf(world, 0)),
          ]);
        }
      }
    }
    expect(contents.get('silver_events')?.size).toBe(WORLDS * (SHUFFLES + 1));
  });

  test('the orders were cut, replayed, copied and misplaced', () => {
    process.stdout.write(`order: seed ${SEED}, ${JSON.stringify(ingested)}\n`);
    expect(ingested.usedPartitions).toBe(6);
    expect(ingested.batches).toBeGreaterThan(100);
    expect(ingested.replays).toBeGreaterThan(5);
    expect(ingested.forwarded).toBeGreaterThan(WORLDS);
  });

  test('every rule decided a share of the worlds', () => {
    const decided = worlds.map(decidedRules);
    for (const rule of ORDER_RULES) {
      const share = decided.filter((rules) => rules.has(rule)).length / WORLDS;
      process.stdout.write(`order: ${rule} decided ${(share * 100).toFixed(1)} % of worlds\n`);
      expect([rule, share >= LEAST_SHARE]).toEqual([rule, true]);
    }
  });
});
