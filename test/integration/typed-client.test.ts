import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { schemaProblems } from '../../scripts/check-schema.js';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';

jest.setTimeout(240_000);

const SCHEMA = 'schema/api.graphql';
const OPERATION = 'schema/operations/live-event-volume.graphql';

/** A copy of what a frontend is made from: schema, operations, typed client and the sample page. */
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'sluice-typed-client-'));
  const root = repositoryRoot();
  for (const path of [
    'schema',
    'src/client',
    'codegen.ts',
    'package.json',
    'tsconfig.json',
    'test/fixtures/live-page',
  ]) {
    cpSync(join(root, path), join(scratch, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  for (const args of [
    ['init', '-q'],
    ['add', 'schema'],
    ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'a'],
  ]) {
    execFileSync('git', ['-C', scratch, ...args]);
  }
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function change(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(join(scratch, path), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(join(scratch, path), after);
}

/** What a tool of the project says in the copy; null: it succeeds. */
function complaintOf(tool: string, ...args: readonly string[]): string | null {
  const command = join(scratch, 'node_modules/.bin', tool);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: scratch, encoding: 'utf8' });
  return status === 0 ? null : `${stdout}${stderr}`;
}

const generate = (): string | null => complaintOf('graphql-codegen', '--config', 'codegen.ts');
const compile = (): string | null => complaintOf('tsc', '-p', 'test/fixtures/live-page');

test('a renamed field is named with its operation, and the sample page compiles no more', () => {
  expect(schemaProblems(scratch)).toEqual([]);
  expect(generate()).toBeNull();
  expect(compile()).toBeNull();

  change(SCHEMA, /(type EventVolume \{[^}]*\n {2})total:/, '$1sum:');
  const problems = schemaProblems(scratch);
  expect(problems).toContain('schema/api.graphql: EventVolume.total was removed.');
  expect(problems).toContainEqual(
    expect.stringMatching(/^schema\/operations\/live-event-volume\.graphql breaks: .*total/),
  );
  // No client is made of operations that do not fit.
  expect(generate()).not.toBeNull();

  // Whoever mends the operation of the page is told where the page used the field.
  change(OPERATION, /\btotal\b/, 'sum');
  for (const file of brokenFiles(problems)) if (file !== OPERATION) rmSync(join(scratch, file));
  expect(generate()).toBeNull();
  expect(compile()).toMatch(/live-page\.ts.*Property 'total' does not exist/);
});

/** Operations that a change breaks. */
function brokenFiles(problems: readonly string[]): readonly string[] {
  return problems.flatMap((problem) => /^(\S+) breaks: /.exec(problem)?.slice(1) ?? []);
}
