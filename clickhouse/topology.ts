import { AppError } from '../src/errors.js';

/** One node, or a named cluster whose tables are replicated. */
export interface Topology {
  readonly database: string;
  /** Null for one node, embedded or a server. */
  readonly cluster: string | null;
}

/**
 * Blocks whose tokens a table remembers; a block takes one place per partition it touches. A replay
 * is dropped only while its token is among them, so the numbers are far above what an outage allows
 * (docs/decisions/0004). A cluster keeps its tokens in the keeper, which bears fewer.
 */
export const DEDUPLICATION_WINDOW = { node: 50_000, cluster: 10_000 } as const;

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
          ? `non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW.node}`
          : `replicated_deduplication_window = ${DEDUPLICATION_WINDOW.cluster}, replicated_deduplication_window_seconds = 2592000`;
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
