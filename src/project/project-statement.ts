import type { ChannelRules } from '../channel/source-category.js';
import { type Statement, statement } from '../warehouse/statement.js';
import type { InsertBlock } from '../warehouse/warehouse.js';
import type { ApiKey, Project, Scope } from './project.js';

/** A row of `control_projects` in force. */
export interface ProjectRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly timeZone: string;
  readonly sessionTimeoutSeconds: number;
  readonly linkedDomains: readonly string[];
  readonly channelRules: ChannelRules;
  readonly allowedOrigins: readonly string[];
}

/** A row of `control_keys` in force. Instants are `YYYY-MM-DD hh:mm:ss.SSS`, UTC. */
export interface KeyRow {
  readonly keyHash: string;
  readonly version: number;
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly hint: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly allowedOrigins: readonly string[];
  readonly budgetRows: number | null;
}

export function selectProjects(database: string): Statement<ProjectRow> {
  return statement(
    'project.projects',
    `SELECT project_id AS id, version, name, time_zone AS timeZone,
       session_timeout_seconds AS sessionTimeoutSeconds, linked_domains AS linkedDomains,
       channel_rules AS channelRules, allowed_origins AS allowedOrigins
     FROM ${database}.control_projects FINAL
     WHERE NOT is_deleted
     ORDER BY id`,
  );
}

export function selectKeys(database: string): Statement<KeyRow> {
  return statement(
    'project.keys',
    `SELECT key_hash AS keyHash, version, key_id AS id, project_id AS projectId, name, scopes, hint,
       created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt,
       allowed_origins AS allowedOrigins, budget_rows AS budgetRows
     FROM ${database}.control_keys FINAL
     ORDER BY createdAt, id`,
  );
}

/** When each key was used last, as far as processes have noted it. */
export function selectKeyUses(
  database: string,
): Statement<{ readonly id: string; readonly lastUsedAt: string }> {
  return statement(
    'project.key_uses',
    `SELECT key_id AS id, max(last_used_at) AS lastUsedAt
     FROM ${database}.control_key_uses
     GROUP BY id`,
  );
}

/** A use of a key. `token` is unique to the write. */
export function insertKeyUse(
  database: string,
  keyId: string,
  usedAt: string,
  token: string,
): InsertBlock {
  return {
    table: `${database}.control_key_uses`,
    columns: ['key_id', 'last_used_at'],
    rows: [[keyId, usedAt]],
    token,
  };
}

/** One version of a project's settings. `token` is unique to the write. */
export function insertProject(
  database: string,
  project: Project,
  updatedAt: string,
  token: string,
): InsertBlock {
  return {
    table: `${database}.control_projects`,
    columns: [
      'project_id',
      'version',
      'name',
      'time_zone',
      'session_timeout_seconds',
      'linked_domains',
      'channel_rules',
      'allowed_origins',
      'updated_at',
    ],
    rows: [
      [
        project.id,
        project.version,
        project.name,
        project.timeZone,
        project.sessionTimeoutSeconds,
        project.linkedDomains,
        project.channelRules,
        project.allowedOrigins,
        updatedAt,
      ],
    ],
    token,
  };
}

/** One version of a key. `token` is unique to the write. */
export function insertKey(database: string, row: KeyRow, token: string): InsertBlock {
  return {
    table: `${database}.control_keys`,
    columns: [
      'key_hash',
      'version',
      'key_id',
      'project_id',
      'name',
      'scopes',
      'hint',
      'created_at',
      'expires_at',
      'revoked_at',
      'allowed_origins',
      'budget_rows',
    ],
    rows: [
      [
        row.keyHash,
        row.version,
        row.id,
        row.projectId,
        row.name,
        row.scopes,
        row.hint,
        row.createdAt,
        row.expiresAt,
        row.revokedAt,
        row.allowedOrigins,
        row.budgetRows,
      ],
    ],
    token,
  };
}

/** A key as others may see it. */
export function toApiKey(row: KeyRow, lastUsedAt: string | null = null): ApiKey {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    scopes: row.scopes,
    hint: row.hint,
    createdAt: isoOf(row.createdAt),
    expiresAt: row.expiresAt === null ? null : isoOf(row.expiresAt),
    revokedAt: row.revokedAt === null ? null : isoOf(row.revokedAt),
    allowedOrigins: row.allowedOrigins,
    budgetRows: row.budgetRows,
    lastUsedAt: lastUsedAt === null ? null : isoOf(lastUsedAt),
  };
}

/** `YYYY-MM-DD hh:mm:ss.SSS` of an instant in ms since 1970. */
export function warehouseInstant(instant: number): string {
  return new Date(instant).toISOString().replace('T', ' ').replace('Z', '');
}

function isoOf(instant: string): string {
  return `${instant.replace(' ', 'T')}Z`;
}
