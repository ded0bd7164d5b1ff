import { randomUUID } from 'node:crypto';
import { statement } from '../warehouse/statement.js';
import { type LedgerPorts, LONG_STATEMENT } from './ledger-ports.js';

/** Tables beside the real ones, in which a rebuild prepares what will take their place. */
export interface Shadow {
  /** Empty table of the same structure as a real one; its name with database. */
  like(table: string): Promise<string>;
  /** The rows that a table has at this instant in one partition, by hard links. */
  snapshot(table: string, partition: string): Promise<string>;
  /** Drops everything that was made. */
  drop(): Promise<void>;
}

/** Age at which tables of rebuilds that were killed are dropped, seconds. */
const ABANDONED_SECONDS = 86_400;

type Ports = Pick<LedgerPorts, 'warehouse' | 'database'>;

/** Prepares the database of shadow tables, and drops in it what rebuilds left behind that died. */
export async function openShadow(ports: Ports): Promise<Shadow> {
  const database = `${ports.database}_rebuild`;
  const made: string[] = [];
  await run(ports, 'shadow_database', `CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`);
  await dropAbandoned(ports, database);

  async function like(table: string): Promise<string> {
    const name = `${database}.${table}_${randomUUID().replaceAll('-', '')}`;
    made.push(name);
    await run(ports, 'shadow_table', `CREATE TABLE ${name} AS ${ports.database}.${table}`);
    // Two equal blocks are two blocks here: partial sums of one key may well be alike.
    await run(
      ports,
      'shadow_setting',
      `ALTER TABLE ${name} MODIFY SETTING non_replicated_deduplication_window = 0`,
    );
    return name;
  }

  return {
    like,
    async snapshot(table, partition) {
      const name = await like(table);
      await run(ports, 'shadow_merges', `SYSTEM STOP MERGES ${name}`);
      if (await hasPartition(ports, table, partition)) {
        await run(
          ports,
          'snapshot',
          `ALTER TABLE ${name} ATTACH PARTITION ID '${partition}' FROM ${ports.database}.${table}`,
        );
      }
      return name;
    },
    async drop() {
      for (const name of made.splice(0)) {
        await run(ports, 'drop_shadow', `DROP TABLE IF EXISTS ${name} SYNC`);
      }
    },
  };
}

/** Partitions of tables that hold rows, by their ids (`202601`, or `all`), sorted. */
export async function partitionsOf(
  { warehouse, database }: Ports,
  tables: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await warehouse.query(
    statement<{ id: string }>(
      'ledger.partitions',
      `SELECT DISTINCT partition_id AS id FROM system.parts
       WHERE database = {database:String} AND table IN {tables:Array(String)} AND active AND rows > 0
       ORDER BY id`,
      { database, tables },
    ),
  );
  return rows.map(({ id }) => id);
}

/** Puts a partition of a shadow table in the place of the real one, in one instant. */
export async function replacePartition(
  ports: Ports,
  { table, shadow, partition }: { table: string; shadow: string; partition: string },
): Promise<void> {
  const { rows } = await ports.warehouse.query(
    statement<{ rows: number }>('ledger.shadow_rows', `SELECT count() AS rows FROM ${shadow}`),
  );
  // The engine refuses an empty partition as the source of a replacement.
  const change =
    rows[0]?.rows === 0
      ? `DROP PARTITION ID '${partition}'`
      : `REPLACE PARTITION ID '${partition}' FROM ${shadow}`;
  await run(ports, 'replace', `ALTER TABLE ${ports.database}.${table} ${change}`);
}

/** Runs one statement of a rebuild. */
export async function run(
  { warehouse }: Pick<LedgerPorts, 'warehouse'>,
  name: string,
  sql: string,
  params: Parameters<typeof statement>[2] = {},
): Promise<void> {
  const isSelecting = sql.includes('SELECT');
  await warehouse.execute(
    statement(`ledger.${name}`, sql, params, isSelecting ? LONG_STATEMENT : undefined),
  );
}

async function hasPartition(ports: Ports, table: string, partition: string): Promise<boolean> {
  return (await partitionsOf(ports, [table])).includes(partition);
}

async function dropAbandoned(ports: Ports, database: string): Promise<void> {
  const { rows } = await ports.warehouse.query(
    statement<{ name: string }>(
      'ledger.abandoned',
      `SELECT name FROM system.tables WHERE database = {database:String}
         AND metadata_modification_time < now() - ${ABANDONED_SECONDS}`,
      { database },
    ),
  );
  for (const { name } of rows) {
    await run(ports, 'drop_abandoned', `DROP TABLE IF EXISTS ${database}.${name} SYNC`);
  }
}
