import { describe, expect, test } from '@jest/globals';
import { cutBatch } from '../../../src/event-log/batch-cut.js';
import type { LogRecord } from '../../../src/event-log/event-log.js';

const run = (...sizes: readonly number[]): LogRecord[] =>
  sizes.map((size, index) => ({
    topic: 't',
    partition: 0,
    offset: BigInt(index),
    appendedAt: 0,
    key: null,
    value: Buffer.alloc(size),
    headers: {},
  }));

describe('cutting a batch', () => {
  test.each([
    ['nothing waits', run(), { count: 0, bytes: 0, isFull: false }],
    ['neither bound is met', run(10, 10), { count: 2, bytes: 20, isFull: false }],
    ['the number of records is met', run(1, 1, 1, 1), { count: 3, bytes: 3, isFull: true }],
    ['the bytes are met exactly', run(60, 40, 5), { count: 2, bytes: 100, isFull: true }],
    ['the next record would exceed the bytes', run(60, 41), { count: 1, bytes: 60, isFull: true }],
    ['a record alone exceeds the bytes', run(500, 1), { count: 1, bytes: 500, isFull: true }],
  ])('when %s', (_case, records, expected) => {
    expect(cutBatch(records, { maxRecords: 3, maxBytes: 100 })).toEqual(expected);
  });
});
