import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonRows } from '../../../src/warehouse/clickhouse/json-rows.js';

test('each row is one line, whatever its cells hold', () => {
  const text = jsonRows([
    ['a\nb', 1, null, { k: ['v'] }],
    ['\u2028', true, 'x', {}],
  ]);
  expect(text.split('\n').map((line) => JSON.parse(line))).toEqual([
    ['a\nb', 1, null, { k: ['v'] }],
    ['\u2028', true, 'x', {}],
  ]);
});

test('half of a surrogate pair becomes U+FFFD, as in UTF-8, and nothing else changes', () => {
  const unit = fc.constantFrom('\\', 'u', 'd', '8', '0', '"', '\ud800', '\udc00', 'x', '\n');
  const texts = fc.array(unit, { maxLength: 12 }).map((units) => units.join(''));
  fc.assert(
    fc.property(texts, texts, (key, value) => {
      const throughUtf8 = (text: string): string => Buffer.from(text).toString();
      expect(JSON.parse(jsonRows([[value, { [key]: value }]]))).toEqual([
        throughUtf8(value),
        { [throughUtf8(key)]: throughUtf8(value) },
      ]);
    }),
    { seed: 20_261_123, numRuns: 2_000 },
  );
});
