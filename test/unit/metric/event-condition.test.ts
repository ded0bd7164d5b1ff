import { describe, expect, test } from '@jest/globals';
import { isAppError } from '../../../src/errors.js';
import { createBoundParameters } from '../../../src/metric/bound-parameters.js';
import { DIMENSIONS } from '../../../src/metric/dimension.js';
import { conditionSql, fieldSql, selectorSql } from '../../../src/metric/event-condition.js';
import type { Condition } from '../../../src/metric/metric-query.js';

const HOSTILE = [
  `'; DROP TABLE silver_events; --`,
  `x') OR 1=1 --`,
  '{p0:String}',
  '\\',
  '`a`',
  '"a"',
  `a\n'b`,
  '\u2019; SELECT 1',
];

function scope() {
  return { parameters: createBoundParameters(), linkedDomains: HOSTILE };
}

describe('nothing of the input stands in the text of a statement', () => {
  test.each(HOSTILE)('%j', (text) => {
    const where = scope();
    const sql = [
      selectorSql({ event: text, where: { page: text, user_id: text, [text]: text } }, where),
      fieldSql(text, where).label,
      conditionSql({ field: text, operator: 'equals', values: [text] }, where),
      conditionSql({ field: 'channel', operator: 'in', values: [text, 5] }, where),
      conditionSql({ field: 'browser', operator: 'contains', values: [text] }, where),
      conditionSql({ field: text, operator: 'at_least', values: [text] }, where),
    ].join('\n');
    const placeholders = /\{p\d+:[A-Za-z0-9()]+\}/g;
    expect(sql.replace(placeholders, '')).not.toContain(text === '\\' ? '\\' : text);
    expect(Object.values(where.parameters.values()).flat()).toContain(text);
  });
});

describe('names', () => {
  test.each(['', 'a\u0000b', 'x'.repeat(1_001), 'é'.repeat(501)])(
    'an impossible one (%#) is refused and the dimensions are named',
    (name) => {
      try {
        fieldSql(name, scope());
      } catch (error) {
        expect(isAppError(error, 'INVALID_DIMENSION')).toBe(true);
        expect(String(error)).toContain('device_type');
        return;
      }
      throw new Error('expected a refusal');
    },
  );

  test('every dimension has its label of a missing value', () => {
    const unknown = DIMENSIONS.filter((each) => each.missing === '(unknown)').map(
      (each) => each.name,
    );
    expect(unknown).toEqual([
      'device_type',
      'browser',
      'browser_version',
      'os',
      'os_version',
      'country',
      'region',
      'city',
      'language',
      'app_version',
    ]);
  });

  test('equal values share a placeholder, different types do not', () => {
    const parameters = createBoundParameters();
    expect(parameters.bind('String', '1')).toBe(parameters.bind('String', '1'));
    expect(parameters.bind('String', '1')).not.toBe(parameters.bind('Int64', 1));
  });
});

describe('conditions take as many values as their operator', () => {
  test.each<Condition>([
    { field: 'os', operator: 'equals', values: [] },
    { field: 'os', operator: 'equals', values: ['a', 'b'] },
    { field: 'os', operator: 'in', values: [] },
    { field: 'os', operator: 'is_set', values: ['a'] },
  ])('%j is refused', (condition) => {
    expect(() => conditionSql(condition, scope())).toThrow(/takes/);
  });
});
