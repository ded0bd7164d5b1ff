import { describe, expect, test } from '@jest/globals';
import { computeConsumerLag, consumerLagOf, lagOf } from '../../../src/metric/consumer-lag.js';

const at = (partition: number, end: bigint, committed: bigint | null, begin = 0n) => ({
  topic: 'events',
  partition,
  begin,
  end,
  committed,
});

describe('lag', () => {
  test('of a partition is what was not committed', () => {
    expect(lagOf(at(0, 10n, 7n))).toBe(3);
    expect(lagOf(at(0, 10n, 10n))).toBe(0);
  });

  test('of a partition without a commit is all that it has', () => {
    expect(lagOf(at(0, 10n, null, 4n))).toBe(6);
  });

  test('of a partition that lost what was committed is nothing', () => {
    expect(lagOf(at(0, 10n, 12n))).toBe(0);
  });

  test('of a group is summed, and the largest is told', () => {
    const answer = consumerLagOf([at(0, 10n, 7n), at(1, 10n, null, 5n), at(2, 10n, 12n)]);
    expect(answer).toMatchObject({ total: 8, max: 5, partitions: [0, 1, 2], lags: [3, 5, 0] });
  });

  test('of a group without partitions is nothing, and none is the largest', () => {
    expect(consumerLagOf([])).toMatchObject({ total: 0, max: null });
  });

  test('is as old as the oldest record that nobody has read', async () => {
    const positions = [
      { ...at(0, 10n, 7n), openIntent: null, oldestUnreadAt: 5_000 },
      { ...at(1, 10n, 9n), openIntent: null, oldestUnreadAt: 3_000 },
      { ...at(2, 10n, 10n), openIntent: null, oldestUnreadAt: null },
    ];
    const ports = {
      eventLog: { positions: () => Promise.resolve(positions) },
      group: 'ingesters',
      topics: ['events'],
      clock: () => 10_500,
    };
    expect(await computeConsumerLag(ports)).toMatchObject({ total: 4, oldestUnreadSeconds: 7.5 });
  });
});
