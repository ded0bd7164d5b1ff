import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import {
  bootstrapStatements,
  migrationDirectory,
  readMigrations,
  splitStatements,
} from '../../clickhouse/migrate.js';
import { renderStatement } from '../../clickhouse/topology.js';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';

interface Outcome {
  readonly errors: readonly (string | null)[];
  readonly tables: readonly (readonly [name: string, engine: string])[];
}

async function runInCluster(statements: readonly string[]): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-cluster-'));
  const entry = join(repositoryRoot(), 'dist/test/testkit/cluster-engine.js');
  const child = spawn(process.execPath, [entry, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  child.stdin.end(JSON.stringify(statements));
  const output = await text(child.stdout);
  rmSync(directory, { recursive: true, force: true });
  return JSON.parse(output) as Outcome;
}

/** All DDL of an empty cluster, rendered. */
function clusterStatements(): readonly string[] {
  const topology = { database: 'sluice', cluster: 'main' };
  const migrations = readMigrations(migrationDirectory()).flatMap(({ sql }) =>
    splitStatements(sql),
  );
  return [...bootstrapStatements(), ...migrations].map((sql) => renderStatement(sql, topology));
}

describe('the migrations of a cluster', () => {
  test('every statement is created by an engine with a keeper, every table replicated', async () => {
    const statements = clusterStatements();
    const { errors, tables } = await runInCluster(statements);
    const refused = errors.flatMap((error, i) =>
      error === null ? [] : [[(statements[i] ?? '').slice(0, 100), error.slice(0, 200)]],
    );
    expect(refused).toEqual([]);
    expect(tables.length).toBeGreaterThan(15);
    for (const [name, engine] of tables) {
      expect([name, engine]).toEqual([
        name,
        expect.stringMatching(name.endsWith('_mv') ? /^MaterializedView$/ : /^Replicated.*Tree$/),
      ]);
    }
  }, 60_000);

  test('a mistake in a rendered engine would show', async () => {
    const { errors } = await runInCluster([
      'CREATE DATABASE sluice ON CLUSTER main ENGINE = Atomic',
      "CREATE TABLE sluice.t ON CLUSTER main (n UInt8) ENGINE = ReplicatedMergeTree('/p/{shard}/t', '{replica}', nothing) ORDER BY n",
      'CREATE TABLE sluice.u ON CLUSTER (n UInt8) ENGINE = MergeTree ORDER BY n',
    ]);
    expect(errors.map((error) => error === null)).toEqual([true, false, false]);
  }, 60_000);
});
