import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  creditedText,
  settleProducts,
  shareAmount,
  storedText,
  storedUnits,
  WEIGHT_PARTS,
} from '../../../src/attribution/exact-shares.js';

const SEED = 20_261_128;
const stored = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);

describe('money shared by weights', () => {
  test('is all there, and each part is less than a unit of the tenth place off', () => {
    fc.assert(
      fc.property(
        stored,
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 }),
        (amount, weights) => {
          const parts = shareAmount(amount, weights);
          const total = sum(weights);
          expect(sum(parts)).toBe(total === 0n ? 0n : amount * 1_000_000n);
          for (const [at, part] of parts.entries()) {
            const off = part * total - amount * 1_000_000n * (weights[at] ?? 0n);
            expect(off > -total && off < total).toBe(total > 0n);
            if (total === 0n) expect(part).toBe(0n);
          }
        },
      ),
      { seed: SEED },
    );
  });

  test('that the engine has multiplied is all there too', () => {
    fc.assert(
      fc.property(
        stored,
        fc.array(fc.integer({ min: 0, max: WEIGHT_PARTS / 8 }), { maxLength: 7 }),
        (amount, older) => {
          const weights = [...older, WEIGHT_PARTS - older.reduce((total, each) => total + each, 0)];
          const parts = settleProducts(weights.map((weight) => amount * BigInt(weight)));
          expect(sum(parts)).toBe(amount * 1_000_000n);
        },
      ),
      { seed: SEED },
    );
  });

  test('goes to the first parts where it cannot be cut', () => {
    expect(shareAmount(1_000_001n, [1n, 1n, 1n])).toEqual([
      333_333_666_667n,
      333_333_666_667n,
      333_333_666_666n,
    ]);
    expect(shareAmount(-1n, [1n, 1n, 1n])).toEqual([-333_334n, -333_333n, -333_333n]);
  });
});

describe('decimal text', () => {
  test.each([
    ['0', 0n],
    ['100', 1_000_000n],
    ['-20.5', -205_000n],
    ['-0.0001', -1n],
    ['99999999999999.9999', 999_999_999_999_999_999n],
  ])('%s is read and written exactly', (text, units) => {
    expect(storedUnits(text)).toBe(units);
    expect(storedText(units)).toBe(text);
  });

  test('shows what lies behind the fourth place', () => {
    expect(creditedText(-333_333n)).toBe('-0.0000333333');
    expect(creditedText(10_000_000_001n)).toBe('1.0000000001');
  });
});
