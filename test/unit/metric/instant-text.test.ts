import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantTexts } from '../../../src/metric/instant-text.js';

test('instants are told as the runtime tells them, one by one', () => {
  const minute = fc.integer({ min: -30_000_000, max: 200_000_000 }).map((n) => n * 60_000);
  const any = fc.integer({ min: -2_000_000_000_000, max: 200_000_000_000_000 });
  fc.assert(
    fc.property(fc.array(fc.oneof(minute, any)), (instants) => {
      expect(instantTexts(instants)).toEqual(instants.map((ms) => new Date(ms).toISOString()));
    }),
    { numRuns: 500 },
  );
});
