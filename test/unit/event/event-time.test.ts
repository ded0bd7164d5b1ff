import { expect, test } from '@jest/globals';
import { CLOCK_TOLERANCE_MS, normalize } from '../../../src/event/event-time.js';

const RECEIVED = Date.UTC(2024, 0, 15, 12);

test.each([
  ['an hour early', RECEIVED - 3_600_000, RECEIVED - 3_600_000],
  ['ten years early', Date.UTC(2014, 0, 1), Date.UTC(2014, 0, 1)],
  ['exactly 23 hours ahead', RECEIVED + CLOCK_TOLERANCE_MS, RECEIVED + CLOCK_TOLERANCE_MS],
  ['23 hours and 1 ms ahead', RECEIVED + CLOCK_TOLERANCE_MS + 1, RECEIVED],
  ['in 2100', Date.UTC(2100, 0, 1), RECEIVED],
])('a client time %s is kept or replaced by the receipt', (_, occurredAt, expected) => {
  expect(normalize(occurredAt, RECEIVED)).toBe(expected);
});
