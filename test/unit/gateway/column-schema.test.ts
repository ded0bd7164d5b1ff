import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, type ExecutionResult, execute, parse } from 'graphql';
import { columnSchema, hasFailedColumn } from '../../../src/gateway/column-schema.js';

const SCHEMA = buildSchema(`
  interface Named { names: [String!] }
  enum Color { RED GREEN }
  type Leaf implements Named { names: [String!] numbers: [Float]! grid: [[Float]] whole: [[Int!]!]! colors: [Color!] }
  type Other { flags: [Boolean] inner: Leaf list: [Leaf] }
  union Either = Leaf | Other
  type Query { leaf: Leaf other: Other either: [Either] named: Named }
`);
const COLUMNS = columnSchema(SCHEMA);
const LEAF = '__typename names numbers grid whole colors';
const DOCUMENT = parse(`{
  leaf { ${LEAF} }
  other { __typename flags inner { n: numbers ...G } list { ${LEAF} } }
  either { ... on Leaf { ${LEAF} } ... on Other { flags } }
  named { names }
} fragment G on Leaf { grid grid2: grid }`);

const number = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(0.5, null, 'x', Number.NaN),
);
const list = <T>(of: fc.Arbitrary<T>) =>
  fc.oneof(fc.array(of, { maxLength: 4 }), fc.constant(null));
const leaf = fc.record({
  __typename: fc.constant('Leaf'),
  names: list(fc.oneof(fc.string({ maxLength: 3 }), fc.constant(null))),
  numbers: list(number),
  grid: list(list(number)),
  whole: list(list(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(1.5, null)))),
  colors: list(fc.constantFrom('RED', 'GREEN', 'BLUE')),
});
const other = fc.record({
  __typename: fc.constant('Other'),
  flags: list(fc.oneof(fc.boolean(), fc.constantFrom(null, 'x'))),
  inner: fc.option(leaf),
  list: list(leaf),
});
const root = fc.record({
  leaf: fc.option(leaf),
  other: fc.option(other),
  either: list(fc.oneof(leaf, other)),
  named: leaf,
});

const run = (schema: typeof SCHEMA, rootValue: unknown): ExecutionResult =>
  execute({ schema, document: DOCUMENT, rootValue }) as ExecutionResult;

describe('a schema whose columns are leaves', () => {
  test('gives what the schema itself gives, or tells that a column failed', () => {
    let plain = 0;
    let failed = 0;
    fc.assert(
      fc.property(root, (value) => {
        const expected = run(SCHEMA, value);
        const found = run(COLUMNS, value);
        if (hasFailedColumn(found)) {
          failed += 1;
          expect(expected.errors?.length ?? 0).toBeGreaterThan(0);
          return;
        }
        plain += 1;
        expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 500 },
    );
    expect(plain).toBeGreaterThan(20);
    expect(failed).toBeGreaterThan(20);
  });

  test('notices an item that may not be null, and one of another type', () => {
    for (const wrong of [{ names: ['a', null] }, { numbers: [1, 'x'] }, { grid: [1] }]) {
      const value = { leaf: { numbers: [], whole: [], ...wrong } };
      expect(hasFailedColumn(run(COLUMNS, value))).toBe(true);
      expect(run(SCHEMA, value).errors).toHaveLength(1);
    }
  });
});
