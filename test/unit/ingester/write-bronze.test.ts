import { describe, expect, test } from '@jest/globals';
import { createWriteBronze } from '../../../ingest/ingester/write-bronze.js';
import { AppError } from '../../../src/errors.js';
import { createTelemetry } from '../../../src/telemetry.js';
import type { InsertBlock } from '../../../src/warehouse/warehouse.js';

const AWAY = new AppError('WAREHOUSE_UNAVAILABLE', 'away', { isRetryable: true });
const refusal = (engineCode: number) =>
  new AppError('WAREHOUSE_REFUSED', 'no', { details: { engineCode, engineType: 'SOME_TYPE' } });

/** A warehouse that answers each insert by `answer`, and what it was asked. */
function fake(answer: (block: InsertBlock, call: number) => Error | null) {
  const blocks: InsertBlock[] = [];
  const retried: string[] = [];
  const halved: number[] = [];
  const write = createWriteBronze({
    warehouse: {
      async insert(block) {
        blocks.push(block);
        const error = answer(block, blocks.length);
        if (error !== null) throw error;
      },
    },
    log: createTelemetry({ level: 'silent' }).log,
    observer: {
      onRetry: (token) => retried.push(token),
      onHalved: (rows) => halved.push(rows),
    },
    backOff: { firstMs: 1, maxMs: 2 },
    random: () => 0.5,
  });
  return { write, blocks, retried, halved };
}

const block = (count: number): InsertBlock => ({
  table: 't',
  columns: ['n'],
  rows: Array.from({ length: count }, (_, n) => [n]),
  token: 'T',
});
const signal = () => AbortSignal.timeout(10_000);

test('a block is written once, whole, under its token', async () => {
  const { write, blocks } = fake(() => null);
  expect(await write(block(5), signal())).toEqual([]);
  expect(blocks).toEqual([block(5)]);
});

test('an empty block is not written', async () => {
  const { write, blocks } = fake(() => null);
  expect(await write(block(0), signal())).toEqual([]);
  expect(blocks).toEqual([]);
});

describe('what passes is tried again under the same token', () => {
  test.each([
    ['a retryable error', AWAY],
    ['an unknown error', new TypeError('defect')],
    ['a refusal that is no fault of a row', refusal(60)],
  ])('%s', async (_, error) => {
    const { write, blocks, retried, halved } = fake((_block, call) => (call <= 3 ? error : null));
    expect(await write(block(5), signal())).toEqual([]);
    expect(blocks).toEqual([block(5), block(5), block(5), block(5)]);
    expect(retried).toEqual(['T', 'T', 'T']);
    expect(halved).toEqual([]);
  });

  test('until the signal aborts, then the error of the write is thrown', async () => {
    const abort = new AbortController();
    const { write } = fake((_block, call) => {
      if (call === 3) abort.abort();
      return AWAY;
    });
    await expect(write(block(5), abort.signal)).rejects.toBe(AWAY);
    const waiting = new AbortController();
    const slow = createWriteBronze({
      warehouse: {
        async insert() {
          throw AWAY;
        },
      },
      log: createTelemetry({ level: 'silent' }).log,
      observer: { onRetry: () => queueMicrotask(() => waiting.abort()), onHalved: () => undefined },
      backOff: { firstMs: 1e9, maxMs: 1e9 },
    });
    await expect(slow(block(1), waiting.signal)).rejects.toBe(AWAY);
  });
});

describe('a block refused for a row', () => {
  const bad = new Set([3, 4, 9]);
  const answer = (asked: InsertBlock) =>
    asked.rows.some(([n]) => bad.has(Number(n))) ? refusal(27) : null;

  test('is halved until the bad rows are alone; all others are written once', async () => {
    const { write, blocks } = fake(answer);
    const refused = await write(block(10), signal());
    expect(refused).toEqual(
      [3, 4, 9].map((index) => ({
        index,
        message: 'The warehouse refuses the row: SOME_TYPE (code 27).',
      })),
    );
    const stored = blocks.filter((asked) => answer(asked) === null).flatMap(({ rows }) => rows);
    expect(stored).toEqual([0, 1, 2, 5, 6, 7, 8].map((n) => [n]));
  });

  test('is cut in the same places under the same tokens at every replay', async () => {
    const first = fake(answer);
    const second = fake((asked, call) => (call % 3 === 0 ? AWAY : answer(asked)));
    await first.write(block(10), signal());
    await second.write(block(10), signal());
    const distinct = (blocks: readonly InsertBlock[]) =>
      new Map(blocks.map((asked) => [asked.token, asked.rows]));
    expect(distinct(second.blocks)).toEqual(distinct(first.blocks));
    expect(new Set(first.blocks.map(({ token }) => token)).size).toBe(first.blocks.length);
  });

  test('of one row is given back at once', async () => {
    const { write, blocks } = fake(() => refusal(6));
    expect(await write(block(1), signal())).toHaveLength(1);
    expect(blocks).toHaveLength(1);
  });
});
