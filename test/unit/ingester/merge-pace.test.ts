import { expect, test } from '@jest/globals';
import { createMergePace, mergeWaitMs } from '../../../ingest/ingester/merge-pace.js';

test('a batch waits longer the more parts a partition has, and never longer than three seconds', () => {
  expect([0, 300, 450, 600, 900, 5_000].map(mergeWaitMs)).toEqual([0, 0, 750, 1_500, 3_000, 3_000]);
});

test('parts are counted at most every two seconds, once for all lanes, and told', async () => {
  let now = 0;
  let questions = 0;
  const told: number[] = [];
  const awaitMerges = createMergePace({
    warehouse: {
      async query() {
        questions += 1;
        return { rows: [{ total: 7, most: 3 }] as never[], rowsRead: 0, elapsedMs: 0 };
      },
    },
    database: 'db',
    onCount: ({ total }) => told.push(total),
    clock: () => now,
  });
  const { signal } = new AbortController();
  await Promise.all([awaitMerges(signal), awaitMerges(signal)]);
  await awaitMerges(signal);
  expect(questions).toBe(1);
  now = 2_000;
  await awaitMerges(signal);
  expect([questions, told]).toEqual([2, [7, 7]]);
});

test('a lane that ends while its batch waits gets a retryable error', async () => {
  const awaitMerges = createMergePace({
    warehouse: {
      query: async () => ({
        rows: [{ total: 2_000, most: 2_000 }] as never[],
        rowsRead: 0,
        elapsedMs: 0,
      }),
    },
    database: 'db',
    onCount: () => undefined,
    clock: () => 0,
  });
  const lane = new AbortController();
  const waiting = awaitMerges(lane.signal);
  lane.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE', isRetryable: true });
});
