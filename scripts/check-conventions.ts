import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
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
      ...HEADER.filter((line) => !sql.includes(line)).map(
        (line) => `${name}: expected a header line "${line.trim()}"`,
      ),
    ]);
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Source files that read `process.env` though settings are handed to them. */
export function environmentProblems(root: string): readonly string[] {
  const { stdout } = spawnSync('git', ['ls-files', '*.ts', '*.tsx'], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter((file) => file !== '' && !MAY_READ_ENVIRONMENT.test(file))
    .filter((file) => /\bprocess\.env\b/.test(readFileSync(`${root}/${file}`, 'utf8')))
    .map((file) => `${file}: process.env is read by main.ts and the command entry alone`);
}
