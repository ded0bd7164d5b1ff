import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { schemaProblems } from '../../../scripts/check-schema.js';

const SCHEMA = `type Query { visits(range: String): Visits! }
type Visits { total: Int! unique: Int! }
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-schema-'));
  git('init', '-q');
  write('schema/api.graphql', SCHEMA);
  write('schema/operations/visits.graphql', 'query Visits { visits { total } }');
  write('schema/operations/unique.graphql', 'query Unique { visits { unique } }');
  git('add', '.');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'a');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function git(...args: readonly string[]): void {
  execFileSync('git', ['-C', root, ...args]);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('the guard of the schema', () => {
  test('what clients do not notice passes', () => {
    expect(schemaProblems(root)).toEqual([]);
    write('schema/api.graphql', SCHEMA.replace('total: Int!', 'total: Int! bounced: Int'));
    expect(schemaProblems(root)).toEqual([]);
  });

  test('a field that goes is named with the operations it breaks', () => {
    write('schema/api.graphql', SCHEMA.replace('total:', 'sum:'));
    expect(schemaProblems(root)).toEqual([
      'schema/api.graphql: Visits.total was removed.',
      expect.stringMatching(/^schema\/operations\/visits\.graphql breaks: .*total/),
    ]);
  });

  test('a required argument that comes is named', () => {
    write('schema/api.graphql', SCHEMA.replace('range: String)', 'range: String, zone: String!)'));
    expect(schemaProblems(root)[0]).toContain('zone');
    expect(schemaProblems(root)).toHaveLength(3);
  });

  test('a declared change passes, and only while it is one', () => {
    write('schema/api.graphql', SCHEMA.replace('total:', 'sum:'));
    write('schema/breaking-changes.txt', '# meant\nVisits.total was removed.\n');
    expect(schemaProblems(root)).toEqual([]);
    write('schema/api.graphql', SCHEMA);
    expect(schemaProblems(root)).toEqual([expect.stringContaining('declared, but no breaking')]);
  });

  test('a release is the baseline, once there is one', () => {
    git('tag', 'v1');
    write('schema/api.graphql', SCHEMA.replace('total:', 'sum:'));
    git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qam', 'b');
    expect(schemaProblems(root)[0]).toBe('schema/api.graphql: Visits.total was removed.');
  });
});
