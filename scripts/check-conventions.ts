import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readMigrations } from '../clickhouse/migrate.js';
import { messageOf } from '../src/errors.js';

const MIGRATION_FILE = /^\d{4}_(create|add|drop|rebuild|backfill)_[a-z0-9_]+\.sql$/;
const HEADER = ['-- layer: ', '-- one row means: ', '-- fed by: ', '-- read by: ', '-- kept for: '];

/** Files that may read the environment: where processes and tests begin. */
const MAY_READ_ENVIRONMENT =
  /^(src\/main\.ts|src\/cli\/sluice\.ts|test\/|scripts\/|bench\/|\.dependency-cruiser)/;

/** Numbers without gap, known verbs, and the header lines that tell a reader what a table is. */
export function migrationProblems(directory: string): readonly string[] {
  try {
    return readMigrations(directory).flatMap(({ name, sql }) => [
      ...(MIGRATION_FILE.test(basename(name))
        ? []
        : [`${name}: expected NNNN_verb_object.sql with create, add, drop, rebuild or backfill`]),
      ...(/\bMODIFY\s+QUERY\b/i.test(sql.replace(/--.*/g, ''))
        ? [
            `${name}: expected a view made anew instead of MODIFY QUERY, which changes the tokens of its blocks until the engine starts again`,
          ]
        : []),
      ...HEADER.filter((line) => !sql.includes(line)).map(
        (line) => `${name}: expected a header line "${line.trim()}"`,
      ),
    ]);
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Tracked files, and those about to be; without what is deleted but not yet committed so. */
function projectFiles(root: string, ...patterns: readonly string[]): readonly string[] {
  const { stdout, status, stderr } = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns],
    { cwd: root, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return stdout.split('\n').filter((file) => file !== '' && existsSync(join(root, file)));
}

/** Source files that read `process.env` though settings are handed to them. */
export function environmentProblems(root: string): readonly string[] {
  return projectFiles(root, '*.ts', '*.tsx')
    .filter((file) => !MAY_READ_ENVIRONMENT.test(file))
    .filter((file) => /\bprocess\.env\b/.test(readFileSync(`${root}/${file}`, 'utf8')))
    .map((file) => `${file}: process.env is read by main.ts and the command entry alone`);
}

/** Text that must not stay in a committed file, with the reason. Written so as not to find itself. */
const LEFTOVERS: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /(?:^|[\s'"`(=:])\/(?:home|Users|work)\/[A-Za-z0-9._-]+/,
    reason: 'a folder of one machine',
  },
  { pattern: /^(?:<{7} |={7}$|>{7} )/, reason: 'an unresolved merge' },
  {
    pattern: /\b(?:FIX[M]E|XX[X]|HAC[K])\b/,
    reason: 'a note to oneself: mend it or link an issue',
  },
  { pattern: /\bTO[D]O\b(?!.*https:\/\/)/, reason: 'work left open without the link of an issue' },
  { pattern: /"resolved": "https?:/, reason: 'a download address of one package registry' },
];

const BINARY = /\.(?:png|gz|mmdb|ico|woff2?|ttf)$/;

/** Lines of text files that hold what belongs to a machine or to unfinished work. */
export function leftoverProblems(root: string): readonly string[] {
  return projectFiles(root, '.', ':!test/fixtures')
    .filter((file) => !BINARY.test(file))
    .flatMap((file) =>
      readFileSync(`${root}/${file}`, 'utf8')
        .split('\n')
        .flatMap((line, index) =>
          LEFTOVERS.filter(({ pattern }) => pattern.test(line)).map(
            ({ reason }) => `${file}:${index + 1}: ${reason}`,
          ),
        ),
    );
}
