import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_PARTITIONS_PER_BLOCK, splitBlock } from '../../../ingest/ingester/split-block.js';

const DAY_MS = 86_400_000;
const APPENDED = Date.UTC(2024, 0, 15);

test('rows of few months and days stay one block, in their order', () => {
  const rows = [3, 1, 2].map((n) => ({ occurredAt: Date.UTC(2020, n), appendedAt: APPENDED }));
  expect(splitBlock(rows)).toEqual([rows]);
  expect(splitBlock([])).toEqual([]);
});

test('every part touches at most the allowed days and months, loses nothing and keeps the order', () => {
  const row = fc.record({
    occurredAt: fc.integer({ min: 0, max: Date.UTC(2106, 0, 1) - 1 }),
    appendedAt: fc.integer({ min: APPENDED, max: APPENDED + 200 * DAY_MS }),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 600, size: 'max' }), (rows) => {
      const parts = splitBlock(rows);
      expect(parts.flat().length).toBe(rows.length);
      expect(new Set(parts.flat())).toEqual(new Set(rows));
      for (const part of parts) {
        const months = part.map(({ occurredAt }) => new Date(occurredAt).toISOString().slice(0, 7));
        const days = part.map(({ appendedAt }) => Math.floor(appendedAt / DAY_MS));
        expect(new Set(months).size).toBeLessThanOrEqual(MAX_PARTITIONS_PER_BLOCK);
        expect(new Set(days).size).toBeLessThanOrEqual(MAX_PARTITIONS_PER_BLOCK);
        const places = part.map((one) => rows.indexOf(one));
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }
      expect(splitBlock(rows)).toEqual(parts);
    }),
    { seed: 21, numRuns: 40 },
  );
});
