import { AppError } from '../src/errors.js';
import type { Topology } from './topology.js';

/** Custom setting by which a statement tells a server the project it is about. */
export const PROJECT_SETTING = 'SQL_sluice_project';

/** Tables of questions; the ids that ingestion knows are asked by no question. */
const IS_PROJECT_TABLE = /^(?!silver_event_ids$)(silver|gold)_[a-z0-9_]+$/;

const USER = /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/;

/**
 * The second lock of a ClickHouse server: its user of the gateways sees of every table the rows of
 * the project that the statement names, and of a statement that names none nothing. Every other user
 * sees what it saw. To be run by whoever may manage access on the server; again after an update, for
 * tables that are new. The embedded engine has no access management.
 *
 * @param tables Names of the tables in the database; others than those of questions are left alone.
 * @throws AppError `BAD_USER_INPUT` for what is no name of a user.
 */
export function rowPolicyStatements(
  { database, cluster }: Topology,
  user: string,
  tables: readonly string[],
): readonly string[] {
  if (!USER.test(user)) {
    throw new AppError('BAD_USER_INPUT', `user: expected the name of a user, got '${user}'`, {
      details: { field: 'user' },
    });
  }
  const onCluster = cluster === null ? '' : ` ON CLUSTER ${cluster}`;
  return tables
    .filter((table) => IS_PROJECT_TABLE.test(table))
    .flatMap((table) => [
      `CREATE ROW POLICY OR REPLACE sluice_project${onCluster} ON ${database}.${table} FOR SELECT USING project_id = getSetting('${PROJECT_SETTING}') TO \`${user}\``,
      `CREATE ROW POLICY OR REPLACE sluice_others${onCluster} ON ${database}.${table} FOR SELECT USING 1 TO ALL EXCEPT \`${user}\``,
    ]);
}

/** Names of the tables that a migration makes. */
export function tablesOf(migration: string): readonly string[] {
  const made = migration.matchAll(/CREATE TABLE IF NOT EXISTS \{\{database\}\}\.(\w+)/g);
  return [...made].map(([, table = '']) => table);
}
