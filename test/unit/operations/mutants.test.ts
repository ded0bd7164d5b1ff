import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { METRIC_MUTANT_LISTS, MUTANT_LISTS } from '../../mutants/mutant-lists.js';
import { MUTANTS } from '../../mutants/mutants.js';
import { ORACLE_RULES } from '../../testkit/oracle/oracle-rules.js';

const DECISION = 'docs/decisions/0008-what-proves-each-mechanism.md';

/** Text of a test file, and of the checks that it makes tests of. */
function titlesIn(file: string): string {
  const text = readFileSync(file, 'utf8');
  const checks = [...text.matchAll(/testkit\/oracle\/(check-\w+)\.js/g)];
  return checks.reduce(
    (all, [, name]) => all + readFileSync(`test/testkit/oracle/${name}.ts`, 'utf8'),
    text,
  );
}

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
      expect(titlesIn(noticing.file)).toContain(noticing.name);
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

  test('every rule that decides worlds of metrics has a mutant', () => {
    const broken = new Set(
      Object.values(METRIC_MUTANT_LISTS).flatMap((list) => list.map(({ mechanism }) => mechanism)),
    );
    expect(ORACLE_RULES.filter((rule) => !broken.has(rule))).toEqual([]);
  });
});
