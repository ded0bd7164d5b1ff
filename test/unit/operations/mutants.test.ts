import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { MUTANT_LISTS } from '../../mutants/mutant-lists.js';
import { MUTANTS } from '../../mutants/mutants.js';

const DECISION = 'docs/decisions/0008-what-proves-each-mechanism.md';

describe('the mechanisms broken on purpose', () => {
  test.each(
    Object.values(MUTANT_LISTS)
      .flat()
      .map((mutant) => [mutant.change, mutant] as const),
  )(
    'there is one place for it, and a test of that name: %s',
    (_, { file, from, to, test: noticing }) => {
      expect(readFileSync(file, 'utf8').split(from)).toHaveLength(2);
      expect(to).not.toBe(from);
      expect(readFileSync(noticing.file, 'utf8')).toContain(noticing.name);
    },
  );

  test('each is a row of the decision that shows them, and no row is of another', () => {
    const rows = readFileSync(DECISION, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| ') && line.includes('`test/'));
    const wanted = MUTANTS.map(
      ({ mechanism, change, test: { file, name } }) =>
        `| ${mechanism} | ${change} | \`${file}\` “${name}” |`,
    );
    expect(rows).toEqual(wanted);
  });
});
