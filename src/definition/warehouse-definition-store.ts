import { randomUUID } from 'node:crypto';
import { createSnapshot, type Snapshot } from '../control/snapshot.js';
import { AppError } from '../errors.js';
import { warehouseInstant } from '../project/project-statement.js';
import type { WarehouseReader, WarehouseWriter } from '../warehouse/warehouse.js';
import { type Definition, usersOf } from './definition.js';
import { checkDefinitionInput } from './definition-input.js';
import {
  type DefinitionRow,
  insertDefinition,
  selectDefinitions,
  toDefinition,
} from './definition-statement.js';
import type { DefinitionStore } from './definition-store.js';

/** Projects whose definitions a process remembers at once. */
const REMEMBERED_PROJECTS = 1_000;

export interface WarehouseDefinitionStoreOptions {
  readonly warehouse: Pick<WarehouseReader & WarehouseWriter, 'query' | 'insert'>;
  readonly database: string;
  /** Time in ms since 1970. */
  readonly clock: () => number;
}

/** The definitions of one project at one moment. */
interface Definitions {
  /** Deleted ones too, for their versions. */
  readonly rows: ReadonlyMap<string, DefinitionRow>;
  readonly inForce: readonly Definition[];
  readonly byId: ReadonlyMap<string, Definition>;
}

/**
 * Definitions in `control_definitions`. Versions are counted by the table: of two processes that
 * change one definition at the same moment one is refused, whichever they are.
 */
export function createWarehouseDefinitionStore({
  warehouse,
  database,
  clock,
}: WarehouseDefinitionStoreOptions): DefinitionStore {
  const snapshots = new Map<string, Snapshot<Definitions>>();

  async function read(projectId: string): Promise<Definitions> {
    const { rows } = await warehouse.query(selectDefinitions(database, projectId));
    const inForce = rows
      .filter(({ isDeleted }) => !isDeleted)
      .map((row) => toDefinition(projectId, row));
    return {
      rows: new Map(rows.map((row) => [row.id, row])),
      inForce,
      byId: new Map(inForce.map((each) => [each.id, each])),
    };
  }

  function of(projectId: string): Snapshot<Definitions> {
    const known = snapshots.get(projectId) ?? createSnapshot(() => read(projectId), clock);
    // Last used last.
    snapshots.delete(projectId);
    snapshots.set(projectId, known);
    const oldest = snapshots.keys().next();
    if (snapshots.size > REMEMBERED_PROJECTS && oldest.done !== true) {
      snapshots.delete(oldest.value);
    }
    return known;
  }

  /** Writes a version, and looks whether it is the one that was kept. */
  async function write(
    projectId: string,
    row: Omit<DefinitionRow, 'changeId'>,
  ): Promise<Definition> {
    const changeId = randomUUID();
    await warehouse.insert(insertDefinition(database, projectId, { ...row, changeId }));
    const snapshot = of(projectId);
    snapshot.forget();
    const kept = (await snapshot.remembered(0)).rows.get(row.id);
    if (kept?.changeId !== changeId) throw overtaken(row.version - 1, kept?.version ?? row.version);
    return toDefinition(projectId, kept);
  }

  async function inForce(projectId: string, id: string, expectedVersion: number | undefined) {
    const known = await of(projectId).remembered(0);
    const row = known.rows.get(id);
    if (row === undefined || row.isDeleted) throw noDefinition(projectId, id);
    if (expectedVersion !== undefined && expectedVersion !== row.version) {
      throw overtaken(expectedVersion, row.version);
    }
    return { known, row };
  }

  return {
    async definitions(projectId) {
      return (await of(projectId).remembered(0)).inForce;
    },

    definition: (projectId, id) => of(projectId).find(({ byId }) => byId.get(id)),

    async create(projectId, made) {
      checkDefinitionInput(made);
      const { id = randomUUID(), kind, name, description = '', content, usedIds } = made;
      const known = await of(projectId).remembered(0);
      if (known.byId.has(id)) {
        throw new AppError('CONFLICT', `definitionId: the definition '${id}' exists already`, {
          details: { field: 'definitionId' },
        });
      }
      checkUsed(projectId, known, usedIds);
      const now = warehouseInstant(clock());
      return write(projectId, {
        ...{ id, kind, name, description, usedIds },
        content: JSON.stringify(content),
        version: (known.rows.get(id)?.version ?? 0) + 1,
        createdAt: now,
        updatedAt: now,
        isDeleted: false,
      });
    },

    async update(projectId, id, changes, expectedVersion) {
      checkDefinitionInput(changes);
      const { known, row } = await inForce(projectId, id, expectedVersion);
      const { name = row.name, description = row.description, content } = changes;
      const { usedIds = row.usedIds } = changes;
      checkUsed(projectId, known, usedIds);
      const users = usersOf(known.inForce, id);
      if (usedIds.some((used) => used === id || users.some((user) => user.id === used))) {
        throw new AppError('BAD_USER_INPUT', `content: the definition '${id}' would use itself`, {
          details: { field: 'content' },
        });
      }
      return write(projectId, {
        ...row,
        ...{ name, description, usedIds },
        content: content === undefined ? row.content : JSON.stringify(content),
        version: row.version + 1,
        updatedAt: warehouseInstant(clock()),
      });
    },

    async delete(projectId, id, expectedVersion) {
      const { known, row } = await inForce(projectId, id, expectedVersion);
      const users = known.inForce.filter(({ usedIds }) => usedIds.includes(id));
      if (users.length > 0) throw inUse(id, users);
      const updatedAt = warehouseInstant(clock());
      return write(projectId, { ...row, version: row.version + 1, updatedAt, isDeleted: true });
    },
  };
}

function checkUsed(projectId: string, { byId }: Definitions, usedIds: readonly string[]): void {
  const missing = usedIds.find((used) => !byId.has(used));
  if (missing !== undefined) throw noDefinition(projectId, missing);
}

function overtaken(expected: number, version: number): AppError {
  return new AppError(
    'CONFLICT',
    `expectedVersion: expected ${expected}, version ${version} is in force`,
    { details: { field: 'expectedVersion', version } },
  );
}

function inUse(id: string, users: readonly Definition[]): AppError {
  const names = users.map((user) => `${user.kind} ${user.id} (${user.name})`).join(', ');
  return new AppError('CONFLICT', `id: the definition '${id}' is used by ${names}`, {
    details: { field: 'id', usedBy: users.map((user) => user.id) },
  });
}

function noDefinition(projectId: string, id: string): AppError {
  return new AppError(
    'NOT_FOUND',
    `id: there is no definition '${id.slice(0, 80)}' in project '${projectId}'`,
    { details: { field: 'id' } },
  );
}
