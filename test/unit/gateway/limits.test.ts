import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { isAppError } from '../../../src/errors.js';
import {
  checkDocumentLimits,
  checkVariableLimits,
  MAX_SELECTIONS,
  MAX_VARIABLE_DEPTH,
  MAX_VARIABLE_VALUES,
} from '../../../src/gateway/limits.js';

const LIMITS = { maxDepth: 4, maxAliases: 3 };

/** The details of the refusal; null when the document passes. */
function refusal(text: string): Readonly<Record<string, unknown>> | null {
  try {
    checkDocumentLimits(parse(text), LIMITS);
  } catch (error) {
    if (isAppError(error, 'LIMIT_EXCEEDED')) return error.details;
    throw error;
  }
  return null;
}

describe('limits of a document', () => {
  test('the deepest allowed operation passes and one level more does not', () => {
    expect(refusal('{ a { b { c { d } } } }')).toBeNull();
    expect(refusal('{ a { b { c { d { e } } } } }')).toEqual({
      limit: 'depth',
      maximum: 4,
      value: 5,
    });
  });

  test('inline and named fragments add no level, but what they hold counts', () => {
    expect(refusal('{ a { ... on A { b { ...F } } } } fragment F on B { c { d } }')).toBeNull();
    expect(refusal('{ a { b { ...F } } } fragment F on B { c { d { e } } }')).toMatchObject({
      limit: 'depth',
      value: 5,
    });
  });

  test('introspection has limits of its own and is not counted', () => {
    expect(
      refusal('{ __schema { types { fields { type { ofType { ofType { name } } } } } } }'),
    ).toBeNull();
  });

  test('aliases count once for every place a fragment is used in', () => {
    expect(refusal('{ x: a y: a z: a }')).toBeNull();
    expect(refusal('{ a { ...F } b { ...F } } fragment F on A { x: c y: c }')).toEqual({
      limit: 'aliases',
      maximum: 3,
      value: 4,
    });
  });

  test('an operation that unfolds to a thousand million fields is measured and refused', () => {
    const levels = Array.from({ length: 30 }, (_, n) => n);
    const fragments = levels
      .map((n) => `fragment F${n} on A { ...F${n + 1} ...F${n + 1} }`)
      .join('\n');
    const document = `{ ...F0 } ${fragments} fragment F30 on A { a }`;
    expect(refusal(document)).toEqual({
      limit: 'selections',
      maximum: MAX_SELECTIONS,
      value: 2 ** 30,
    });
  });

  test('fragments that contain each other are measured without end and left to validation', () => {
    expect(refusal('{ ...F } fragment F on A { a ...G } fragment G on A { b ...F }')).toBeNull();
  });

  test('every operation of a document is measured', () => {
    expect(refusal('query A { a } query B { a { b { c { d { e } } } } }')).toMatchObject({
      limit: 'depth',
    });
  });
});

describe('limits of variables', () => {
  function variableRefusal(variables: unknown): Readonly<Record<string, unknown>> | null {
    try {
      checkVariableLimits(variables);
    } catch (error) {
      if (isAppError(error, 'LIMIT_EXCEEDED')) return error.details;
      throw error;
    }
    return null;
  }
  const nested = (depth: number): unknown =>
    Array.from({ length: depth - 1 }).reduce<unknown>((value) => [value], []);

  test('as many values as allowed pass, and one more does not', () => {
    const values = (count: number) => ({ v: Array.from({ length: count - 1 }, (_, n) => n) });
    expect(variableRefusal(values(MAX_VARIABLE_VALUES))).toBeNull();
    expect(variableRefusal(values(MAX_VARIABLE_VALUES + 1))).toMatchObject({
      limit: 'variableValues',
    });
  });

  test('as deep as allowed passes, and one level more does not', () => {
    expect(variableRefusal({ v: nested(MAX_VARIABLE_DEPTH - 1) })).toBeNull();
    expect(variableRefusal({ v: nested(MAX_VARIABLE_DEPTH + 1) })).toMatchObject({
      limit: 'variableDepth',
    });
  });

  test('none pass', () => {
    expect(variableRefusal(null)).toBeNull();
    expect(variableRefusal(undefined)).toBeNull();
  });
});
