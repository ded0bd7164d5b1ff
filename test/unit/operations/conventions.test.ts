import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { migrationDirectory } from '../../../clickhouse/migrate.js';
import {
  environmentProblems,
  leftoverProblems,
  migrationProblems,
} from '../../../scripts/check-conventions.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-conventions-'));
  execFileSync('git', ['init', '-q', root]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const MIGRATION = `-- layer: bronze
-- one row means: one thing
-- fed by: a test
-- read by: a test
-- kept for: ever
CREATE TABLE IF NOT EXISTS {{database}}.bronze_things (id String) ENGINE = {{engine MergeTree}} ORDER BY id;
`;

describe('the checks of conventions', () => {
  test('the project itself holds them', () => {
    expect(environmentProblems(process.cwd())).toEqual([]);
    expect(migrationProblems(migrationDirectory())).toEqual([]);
  });

  test('reading the environment is found outside of entries, tests and scripts', () => {
    write('src/main.ts', 'start(process.env);\n');
    write('test/a.test.ts', 'process.env.X;\n');
    write('src/metric/a.ts', 'export const a = process.env.X;\n');
    write('src/metric/b.ts', 'export const b = 1;\n');
    expect(environmentProblems(root)).toEqual([expect.stringMatching(/^src\/metric\/a\.ts: /)]);
  });

  test('a file that is tracked but deleted is no problem', () => {
    write('src/a.ts', 'process.env.X;\n');
    execFileSync('git', ['-C', root, 'add', '.']);
    rmSync(join(root, 'src/a.ts'));
    expect(environmentProblems(root)).toEqual([]);
  });

  test.each([
    ['a path of a machine', `const file = '/${'home'}/someone/x';`],
    ['an unresolved merge', `${'<'.repeat(7)} ours`],
    ['an open note', `// ${'FIX'}${'ME'} later`],
    ['work without an issue', `// ${'TO'}${'DO'} later`],
    ['the address of a registry', `"${'resolved'}": "https://packages.example/x.tgz"`],
  ])('%s is found with its line', (_, line) => {
    write('src/a.ts', `one\n${line}\n`);
    expect(leftoverProblems(root)).toEqual([expect.stringMatching(/^src\/a\.ts:2: /)]);
  });

  test('work that names its issue, and a path below an address, may stay', () => {
    write(
      'a.ts',
      `// ${'TO'}${'DO'} https://example.org/issues/1\n// https://example.org/home/page\n`,
    );
    expect(leftoverProblems(root)).toEqual([]);
  });

  test('a migration with a known verb, a header and its turn is fine', () => {
    write('bronze/0001_create_things.sql', MIGRATION);
    expect(migrationProblems(root)).toEqual([]);
  });

  test('a migration with another verb, or without a header line, is found', () => {
    write('bronze/0001_make_things.sql', MIGRATION.replace('-- kept for: ever\n', ''));
    const problems = migrationProblems(root).join('\n');
    expect(problems).toContain('0001_make_things');
    expect(problems).toMatch(/kept for|verb/);
  });

  test('numbers that repeat or leave a gap are found', () => {
    write('bronze/0001_create_things.sql', MIGRATION);
    write('silver/0001_create_others.sql', MIGRATION);
    expect(migrationProblems(root)).not.toEqual([]);
    rmSync(join(root, 'silver'), { recursive: true });
    write('silver/0003_create_others.sql', MIGRATION);
    expect(migrationProblems(root)).not.toEqual([]);
  });
});
