import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../src/errors.js';
import { statement } from '../src/warehouse/statement.js';
import type { Warehouse } from '../src/warehouse/warehouse.js';
import { renderStatement, type Topology } from './topology.js';

/** One numbered file below `clickhouse/<layer>/`. */
export interface Migration {
  readonly number: number;
  /** `<layer>/<file name>`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
}

export interface MigrateOptions {
  readonly warehouse: Warehouse;
  readonly topology: Topology;
  /** Folder that holds the layers; the package's own by default. */
  readonly directory?: string;
  /** Told of each migration as it is applied. */
  readonly onApplied?: (migration: Migration) => void;
}

/**
 * Brings the warehouse up to date: applies each file once, in the order of its number, and records
 * it. Every statement is written so that running it twice is harmless, therefore two processes may
 * migrate at once and a migration that a crash interrupted is simply run again.
 *
 * @returns The migrations applied now; empty when nothing was to do.
 * @throws AppError `MIGRATION_CHANGED` when a file differs from what was applied under its number.
 */
export async function migrate({
  warehouse,
  topology,
  directory = migrationDirectory(),
  onApplied,
}: MigrateOptions): Promise<readonly Migration[]> {
  const migrations = readMigrations(directory);
  for (const sql of bootstrapStatements()) {
    await warehouse.execute(statement('migrate.bootstrap', renderStatement(sql, topology)));
  }
  const { rows } = await warehouse.query(
    statement<{ number: number; name: string; checksum: string }>(
      'migrate.applied',
      `SELECT number, any(name) AS name, any(checksum) AS checksum
       FROM ${topology.database}.migrations GROUP BY number ORDER BY number`,
    ),
  );
  const known = new Map(rows.map((row) => [row.number, row]));
  const applied: Migration[] = [];
  for (const migration of migrations) {
    const before = known.get(migration.number);
    if (before !== undefined) {
      refuseChanged(before, migration);
      continue;
    }
    for (const sql of splitStatements(migration.sql)) {
      const rendered = renderStatement(sql, topology);
      await warehouse.execute(statement(`migrate.${migration.name}`, rendered));
    }
    await warehouse.insert({
      table: `${topology.database}.migrations`,
      columns: ['number', 'name', 'checksum'],
      rows: [[migration.number, migration.name, migration.checksum]],
      token: `migration/${migration.number}`,
    });
    applied.push(migration);
    onApplied?.(migration);
  }
  return applied;
}

function refuseChanged(
  before: { readonly name: string; readonly checksum: string },
  migration: Migration,
): void {
  if (before.checksum === migration.checksum) return;
  throw new AppError(
    'MIGRATION_CHANGED',
    `migration ${migration.name} was changed after it had been applied as ${before.name}: expected checksum ${before.checksum.slice(0, 12)}, got ${migration.checksum.slice(0, 12)}. Restore the file and write a new migration`,
    { details: { migration: migration.name } },
  );
}

/** Databases and the record of migrations; every statement may be run again. */
export function bootstrapStatements(): readonly string[] {
  return [
    'CREATE DATABASE IF NOT EXISTS {{database}} {{on_cluster}} ENGINE = Atomic',
    'CREATE DATABASE IF NOT EXISTS {{product_database}} {{on_cluster}} ENGINE = Atomic',
    `CREATE TABLE IF NOT EXISTS {{database}}.migrations {{on_cluster}} (
       number UInt32, name String, checksum String, applied_at DateTime('UTC') DEFAULT now()
     ) ENGINE = {{engine MergeTree}} ORDER BY number SETTINGS {{dedup_window}}`,
  ];
}

/**
 * All migrations below a folder, in order.
 *
 * @throws AppError `INTERNAL` when numbers repeat or leave a gap.
 */
export function readMigrations(directory: string): readonly Migration[] {
  const migrations = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((layer) =>
      readdirSync(join(directory, layer.name))
        .filter((file) => file.endsWith('.sql'))
        .map((file) => {
          const sql = readFileSync(join(directory, layer.name, file), 'utf8');
          return {
            number: Number.parseInt(file, 10),
            name: `${layer.name}/${file}`,
            sql,
            checksum: createHash('sha256').update(sql).digest('hex'),
          };
        }),
    )
    .sort((a, b) => a.number - b.number);
  for (const [index, migration] of migrations.entries()) {
    if (migration.number !== index + 1) {
      throw new AppError(
        'INTERNAL',
        `migrations are numbered without gap or repeat: expected ${index + 1}, got ${migration.name}`,
      );
    }
  }
  return migrations;
}

/** The package's own `clickhouse` folder, from source, from `dist` and from an installed package. */
export function migrationDirectory(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new AppError('INTERNAL', 'the folder of the migrations is missing');
    folder = parent;
  }
  return join(folder, 'clickhouse');
}

/** Cuts a file at semicolons outside strings and comments; drops what holds no statement. */
export function splitStatements(sql: string): readonly string[] {
  const tokens = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.|'')*'|`[^`]*`|"[^"]*"|;/g;
  const statements: string[] = [];
  let start = 0;
  for (const token of sql.matchAll(tokens)) {
    if (token[0] !== ';') continue;
    statements.push(sql.slice(start, token.index));
    start = token.index + 1;
  }
  statements.push(sql.slice(start));
  return statements
    .map((text) => text.replace(/^\s*(--[^\n]*\n\s*)+/, '').trim())
    .filter((text) => text !== '');
}
