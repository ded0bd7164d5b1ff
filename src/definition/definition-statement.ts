import { createBoundParameters } from '../metric/bound-parameters.js';
import { inProject } from '../metric/project-condition.js';
import { type Statement, statement } from '../warehouse/statement.js';
import type { InsertBlock } from '../warehouse/warehouse.js';
import type { Definition, DefinitionContent, DefinitionKind } from './definition.js';

/** A row of `control_definitions` in force. Instants are `YYYY-MM-DD hh:mm:ss.SSS`, UTC. */
export interface DefinitionRow extends Omit<Definition, 'projectId' | 'content'> {
  readonly changeId: string;
  /** JSON text. */
  readonly content: string;
  readonly kind: DefinitionKind;
  readonly isDeleted: boolean;
}

/** Every definition of a project at its version in force, deleted ones too. */
export function selectDefinitions(database: string, projectId: string): Statement<DefinitionRow> {
  const parameters = createBoundParameters();
  return statement(
    'definition.definitions',
    `SELECT definition_id AS id, version, change_id AS changeId, kind, name, description, content,
       used_ids AS usedIds, created_at AS createdAt, updated_at AS updatedAt, is_deleted AS isDeleted
     FROM ${database}.control_definitions FINAL
     WHERE ${inProject(parameters, projectId)}
     ORDER BY createdAt, id`,
    parameters.values(),
  );
}

/**
 * One version of a definition. Its token is that of the version: whoever writes the same version
 * second writes nothing.
 */
export function insertDefinition(
  database: string,
  projectId: string,
  row: DefinitionRow,
): InsertBlock {
  return {
    table: `${database}.control_definitions`,
    columns: [
      'project_id',
      'definition_id',
      'version',
      'change_id',
      'kind',
      'name',
      'description',
      'content',
      'used_ids',
      'created_at',
      'updated_at',
      'is_deleted',
    ],
    rows: [
      [
        projectId,
        row.id,
        row.version,
        row.changeId,
        row.kind,
        row.name,
        row.description,
        row.content,
        row.usedIds,
        row.createdAt,
        row.updatedAt,
        row.isDeleted,
      ],
    ],
    token: `definition/${projectId}/${row.id}/${row.version}`,
  };
}

/** A definition as others see it. */
export function toDefinition(projectId: string, row: DefinitionRow): Definition {
  const { changeId: _changeId, isDeleted: _isDeleted, ...rest } = row;
  return {
    ...rest,
    projectId,
    content: JSON.parse(row.content) as DefinitionContent,
    createdAt: isoOf(row.createdAt),
    updatedAt: isoOf(row.updatedAt),
  };
}

function isoOf(instant: string): string {
  return `${instant.replace(' ', 'T')}Z`;
}
