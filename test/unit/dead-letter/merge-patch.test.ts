import { describe, expect, test } from '@jest/globals';
import { checkPatchDepth, mergePatch } from '../../../src/dead-letter/merge-patch.js';

describe('a merge patch', () => {
  // The table of RFC 7386, appendix A.
  test.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('of %s by %s gives %s', (target, patch, result) => {
    expect(mergePatch(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });

  test('of input that cannot be read gives the patch without its removals', () => {
    expect(mergePatch(undefined, { a: 1, b: null })).toEqual({ a: 1 });
  });

  test('keeps a member called __proto__ a member', () => {
    const merged = mergePatch(
      JSON.parse('{"__proto__":{"a":1}}'),
      JSON.parse('{"__proto__":{"b":2},"c":3}'),
    );
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1,"b":2},"c":3}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });

  test('keeps a number that no double can hold what it was read as', () => {
    const target = JSON.parse('{"properties":{"n":1e400}}');
    expect(mergePatch(target, { a: 1 })).toEqual({ properties: { n: Infinity }, a: 1 });
  });

  test('changes neither argument', () => {
    const target = { a: { b: 1 } };
    const patch = { a: { c: 2 } };
    expect(mergePatch(target, patch)).toEqual({ a: { b: 1, c: 2 } });
    expect([target, patch]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });

  test('is refused when it is nested too deep to be applied', () => {
    const nested = (levels: number) => {
      let value: unknown = 1;
      for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
      return value;
    };
    expect(() => checkPatchDepth(nested(100))).not.toThrow();
    expect(() => checkPatchDepth(nested(101))).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', details: { field: 'patch' } }),
    );
  });
});
