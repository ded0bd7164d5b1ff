import type { Definition, DefinitionContent, DefinitionKind } from './definition.js';

/** A definition to keep. Its content makes sense already: whoever takes it has checked it. */
export interface NewDefinition {
  /** Left out: a new id is made. */
  readonly id?: string;
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly description?: string;
  readonly content: DefinitionContent;
  readonly usedIds: readonly string[];
}

/** What of a definition changes; what is left out stays. */
export interface DefinitionChanges {
  readonly name?: string;
  readonly description?: string;
  /** Takes the place of the whole content. */
  readonly content?: DefinitionContent;
  readonly usedIds?: readonly string[];
}

/**
 * The definitions of each project, kept in the warehouse and remembered for a few seconds by each
 * process. One that another process has made is found at once; a change is seen within two seconds,
 * by the process that makes it at once.
 */
export interface DefinitionStore {
  /** Of a project, as they are now, in the order they were made (then by id). */
  definitions(projectId: string): Promise<readonly Definition[]>;
  /** Null when there is none with this id, or it was deleted. */
  definition(projectId: string, id: string): Promise<Definition | null>;
  /**
   * @throws AppError `CONFLICT` when the id is taken, `NOT_FOUND` for a used definition that is not
   *   there, `BAD_USER_INPUT` naming a wrong field.
   */
  create(projectId: string, made: NewDefinition): Promise<Definition>;
  /**
   * @throws AppError `NOT_FOUND`; `BAD_USER_INPUT` naming a wrong field, also for a definition that
   *   would use itself; `CONFLICT` with the version in force when `expectedVersion` is not it, or
   *   when somebody else changed it at the same moment.
   */
  update(
    projectId: string,
    id: string,
    changes: DefinitionChanges,
    expectedVersion?: number,
  ): Promise<Definition>;
  /**
   * @returns What was deleted. @throws AppError `NOT_FOUND`; `CONFLICT` as `update`, and with
   *   `usedBy` while other definitions use it.
   */
  delete(projectId: string, id: string, expectedVersion?: number): Promise<Definition>;
}
