import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantText } from '../../../ingest/ingester/instant-text.js';

test('an instant is written as its ISO text with a space and without zone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (instant) => {
      const iso = new Date(instant).toISOString();
      expect(instantText(instant)).toBe(iso.replace('T', ' ').replace('Z', ''));
    }),
    { seed: 20240229, numRuns: 5000 },
  );
});

test.each([
  [0, '1970-01-01 00:00:00.000'],
  [Date.UTC(2024, 1, 29, 23, 59, 59, 999), '2024-02-29 23:59:59.999'],
  [Date.UTC(2100, 1, 28, 24), '2100-03-01 00:00:00.000'],
  [Date.UTC(2000, 1, 29), '2000-02-29 00:00:00.000'],
])('%d is %s', (instant, text) => {
  expect(instantText(instant)).toBe(text);
});
