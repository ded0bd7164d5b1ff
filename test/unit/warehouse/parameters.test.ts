import { describe, expect, test } from '@jest/globals';
import {
  parameterPreamble,
  parameterText,
  requireParameters,
} from '../../../src/warehouse/clickhouse/parameters.js';
import { statement } from '../../../src/warehouse/statement.js';

describe('parameters', () => {
  test.each([
    ['plain', 'plain'],
    ["it's", "it\\'s"],
    ['a\tb\nc\rd', 'a\\tb\\nc\\rd'],
    ['back\\slash', 'back\\\\slash'],
    ['nul\u0000', 'nul\\0'],
    [null, '\\N'],
    [true, '1'],
    [1.5, '1.5'],
    [Number.POSITIVE_INFINITY, '+inf'],
    [['a', "b'", null, 2, true], "['a','b\\'',NULL,2,true]"],
    [{ "k'": ['v'] }, "{'k\\'':['v']}"],
    [[], '[]'],
    [{}, '{}'],
  ])('%j is written as ClickHouse reads it', (value, expected) => {
    expect(parameterText(value)).toBe(expected);
  });

  test('the preamble sets every parameter and escapes once more for the literal', () => {
    expect(parameterPreamble({ a: "x'", b: 2 })).toBe("SET param_a = 'x\\\\\\'', param_b = '2'; ");
    expect(parameterPreamble({})).toBe('');
  });

  test('a parameter name that is no identifier is refused', () => {
    expect(() => parameterPreamble({ 'a = 1; DROP': 'x' })).toThrow(/name of a parameter/);
  });

  test('a placeholder without a value is refused, naming the statement', () => {
    const lacking = statement('metric.x', 'SELECT {a:String}, { b : UInt8 }', { a: 'x' });
    expect(() => requireParameters(lacking)).toThrow(/'metric\.x' lacks a value for \{b\}/);
    expect(() => requireParameters(statement('s', "SELECT {'a': 1}", {}))).not.toThrow();
  });
});
