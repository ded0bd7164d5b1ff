import { describe, expect, test } from '@jest/globals';
import { clientAddress } from '../../../ingest/collector/client-address.js';
import { createRateLimit } from '../../../ingest/collector/rate-limit.js';

describe('the rate limit', () => {
  test('lets a second’s worth pass and says when the rest may', () => {
    let now = 1000;
    const limit = createRateLimit({ eventsPerSecond: 10, clock: () => now });
    expect(limit.take('k', 10)).toBe(0);
    expect(limit.take('k', 1)).toBe(1);
    expect(limit.take('other', 10)).toBe(0);
    now += 500;
    expect(limit.take('k', 5)).toBe(0);
    expect(limit.take('k', 1)).toBe(1);
  });

  test('lets a batch larger than the bucket pass when it is full, at the price of a debt', () => {
    let now = 0;
    const limit = createRateLimit({ eventsPerSecond: 10, clock: () => now });
    expect(limit.take('k', 50)).toBe(0);
    expect(limit.take('k', 1)).toBe(5);
    now += 4900;
    expect(limit.take('k', 10)).toBe(1);
    now += 100;
    expect(limit.take('k', 10)).toBe(0);
  });

  test('is none at 0, and a clock that goes back takes nothing away', () => {
    const none = createRateLimit({ eventsPerSecond: 0, clock: () => 0 });
    expect(none.take('k', 1e9)).toBe(0);
    let now = 10_000;
    const limit = createRateLimit({ eventsPerSecond: 10, clock: () => now });
    expect(limit.take('k', 5)).toBe(0);
    now = 0;
    expect(limit.take('k', 5)).toBe(0);
    expect(limit.take('k', 5)).toBeGreaterThan(0);
  });
});

describe('the address of a client', () => {
  test.each([
    ['192.0.2.1', undefined, true, '192.0.2.1'],
    ['::ffff:192.0.2.1', undefined, false, '192.0.2.1'],
    ['10.0.0.1', '198.51.100.7, 10.0.0.2', true, '198.51.100.7'],
    ['10.0.0.1', '198.51.100.7', false, '10.0.0.1'],
    ['10.0.0.1', 'unknown, [2001:db8::1]:4711', true, '2001:db8::1'],
    ['10.0.0.1', '198.51.100.7:80', true, '198.51.100.7'],
    ['10.0.0.1', 'nonsense', true, '10.0.0.1'],
    [undefined, undefined, true, ''],
  ])('with socket %s, header %s and trust %s is %s', (socket, header, trust, address) => {
    expect(clientAddress(socket, header, trust)).toBe(address);
  });
});
