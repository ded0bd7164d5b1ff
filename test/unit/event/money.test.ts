import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimalText } from '../../../src/event/money.js';

test.each([
  ['100', '100'],
  ['50.5', '50.5'],
  ['-20.50', '-20.5'],
  ['+1', '1'],
  ['.5', '0.5'],
  ['5.', '5'],
  [' 7 ', '7'],
  ['0', '0'],
  ['-0', '0'],
  ['-0.00001', '0'],
  ['0.30000000000000004', '0.3'],
  ['1.00005', '1.0001'],
  ['-1.00005', '-1.0001'],
  ['1.00004999', '1'],
  ['0.00005', '0.0001'],
  ['0.000049', '0'],
  ['0.000005', '0'],
  ['9.99995', '10'],
  ['1e3', '1000'],
  ['1.5e-3', '0.0015'],
  ['5e-5', '0.0001'],
  ['1E+2', '100'],
  ['1e-400', '0'],
  ['99999999999999.9999', '99999999999999.9999'],
  ['99999999999999.99995', null],
  ['100000000000000', null],
  ['1e400', null],
  ['1e99999', null],
  ['', null],
  ['.', null],
  ['-', null],
  ['1,5', null],
  ['0x10', null],
  ['NaN', null],
  ['Infinity', null],
  ['12 EUR', null],
  ['9'.repeat(100_000), null],
])('%.40s is %s', (text, expected) => {
  expect(decimalText(text)).toBe(expected);
});

test('any amount of at most four places survives exactly', () => {
  const units = fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n });
  fc.assert(
    fc.property(units, fc.integer({ min: -10, max: 10 }), (amount, exponent) => {
      const digits = (amount < 0n ? -amount : amount).toString().padStart(5, '0');
      const plain = `${amount < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
      const expected = amount === 0n ? '0' : plain.replace(/\.?0+$/, '');
      expect(decimalText(plain)).toBe(expected);
      expect(decimalText(`${amount}e-4`)).toBe(expected);
      expect(decimalText(`${amount}${'0'.repeat(10 + exponent)}e${-14 - exponent}`)).toBe(expected);
    }),
    { seed: 13 },
  );
});
