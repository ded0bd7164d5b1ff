import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkShape } from '../../../src/gateway/parse-bodies.js';

/** Levels of a value by walking through what it was parsed to. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const isRefused = (text: string): boolean => {
  try {
    checkShape(text);
    return false;
  } catch (error) {
    expect(error).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      details: { limit: 'variableDepth', maximum: 120 },
    });
    return true;
  }
};

describe('the shape of a body', () => {
  test('is that of what it parses to, whatever its texts hold', () => {
    const brackets = fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', 'a', ' ') });
    const inner = fc.jsonValue({ maxDepth: 4 });
    const levels = fc.integer({ min: 100, max: 130 });
    let refused = 0;
    fc.assert(
      fc.property(levels, brackets, inner, fc.boolean(), (depth, noise, value, isObject) => {
        let nested: unknown = [noise, value];
        for (let n = 0; n < depth; n += 1)
          nested = isObject ? { [noise]: nested } : [nested, noise];
        const text = JSON.stringify(nested);
        const expected = depthOf(JSON.parse(text)) > 122;
        if (expected) refused += 1;
        expect(isRefused(text)).toBe(expected);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(10);
  });

  test('has a bound of its values, which texts do not count for', () => {
    const list = (length: number, value: unknown = 1) =>
      JSON.stringify({ query: '{a}', variables: { list: Array.from({ length }, () => value) } });
    expect(() => checkShape(list(20_000))).not.toThrow();
    expect(() => checkShape(list(20_000, ',,'))).not.toThrow();
    expect(() => checkShape(list(20_200))).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  test('is refused while it is read, closed or not', () => {
    expect(isRefused('['.repeat(500_000))).toBe(true);
    expect(isRefused('{"a":'.repeat(123))).toBe(true);
    expect(isRefused('{"a":'.repeat(122))).toBe(false);
    expect(isRefused(`["${'['.repeat(500)}"]`)).toBe(false);
  });
});
