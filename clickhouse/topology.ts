import { AppError } from '../src/errors.js';

/** One node, or a named cluster whose tables are replicated. */
export interface Topology {
  readonly database: string;
  /** Null for one node, embedded or a server. */
  readonly cluster: string | null;
}

/**
 * Blocks whose tokens every table remembers. A replay is dropped only while its token is among
 * them, so the number is far above what any outage allows (docs/decisions/0004).
 */
export const DEDUPLICATION_WINDOW = 10_000;

/**
 * Fills in the placeholders of a migration, so that one DDL serves one node and a cluster:
 * `{{database}}`, `{{product_database}}`, `{{on_cluster}}`, `{{engine X(args)}}`, `{{dedup_window}}`.
 *
 * @param table Name for the path of a replicated table, unique in the database.
 * @throws AppError `INTERNAL` for a placeholder it does not know.
 */
export function renderStatement(sql: string, { database, cluster }: Topology): string {
  const table = /CREATE TABLE IF NOT EXISTS \{\{database\}\}\.(\w+)/.exec(sql)?.[1] ?? '';
  return sql.replace(/\{\{(\w+)(?: ([^}]+))?\}\}/g, (placeholder, name: string, rest?: string) => {
    switch (name) {
      case 'database':
        return database;
      case 'product_database':
        return `${database}_product`;
      case 'on_cluster':
        return cluster === null ? '' : `ON CLUSTER ${cluster}`;
      case 'dedup_window':
        return cluster === null
          ? `non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW}`
          : `replicated_deduplication_window = ${DEDUPLICATION_WINDOW}, replicated_deduplication_window_seconds = 2592000`;
      case 'engine':
        return engine(rest ?? 'MergeTree', table, { database, cluster });
      default:
        throw new AppError('INTERNAL', `a migration has the unknown placeholder ${placeholder}`);
    }
  });
}

function engine(text: string, table: string, { database, cluster }: Topology): string {
  if (cluster === null) return text;
  const [, family = 'MergeTree', args = ''] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const path = `'/clickhouse/tables/{shard}/${database}/${table}', '{replica}'`;
  return `Replicated${family}(${path}${args === '' ? '' : `, ${args}`})`;
}
