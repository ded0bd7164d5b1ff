import { randomUUID } from 'node:crypto';
import { createSnapshot, LOOK_AGAIN_MS } from '../control/snapshot.js';
import { AppError } from '../errors.js';
import type { WarehouseReader, WarehouseWriter } from '../warehouse/warehouse.js';
import { hashSecret, mintSecret } from './api-key.js';
import type { Principal, Project } from './project.js';
import { checkGrace, checkKeyInput, checkProjectInput } from './project-input.js';
import {
  insertKey,
  insertKeyUse,
  insertProject,
  type KeyRow,
  selectKeys,
  selectKeyUses,
  selectProjects,
  toApiKey,
  warehouseInstant,
} from './project-statement.js';
import type { IssuedKey, NewKey, ProjectStore } from './project-store.js';

/** Between two notes of the use of one key, ms. */
const NOTE_USE_MS = 60_000;

export interface WarehouseProjectStoreOptions {
  readonly warehouse: Pick<WarehouseReader & WarehouseWriter, 'query' | 'insert'>;
  readonly database: string;
  /** Time in ms since 1970. */
  readonly clock: () => number;
}

/** A project store that can also make a key with a secret chosen by the operator. */
export interface WarehouseProjectStore extends ProjectStore {
  createKeyWithSecret(input: NewKey, secret: string): Promise<IssuedKey>;
}

/** Projects and keys as they were at one moment. */
interface Access {
  readonly projects: ReadonlyMap<string, Project>;
  readonly keys: readonly KeyRow[];
  readonly keyByHash: ReadonlyMap<string, KeyRow>;
}

/**
 * Projects and keys in `control_projects` and `control_keys`. A process keeps one snapshot of both
 * and reads it anew after two seconds; while the warehouse is away the last snapshot goes on
 * answering, so that collectors keep admitting events.
 */
export function createWarehouseProjectStore({
  warehouse,
  database,
  clock,
}: WarehouseProjectStoreOptions): WarehouseProjectStore {
  const noted = new Map<string, number>();

  async function read(): Promise<Access> {
    const [projects, keys] = await Promise.all([
      warehouse.query(selectProjects(database)),
      warehouse.query(selectKeys(database)),
    ]);
    return {
      projects: new Map(projects.rows.map((row) => [row.id, row])),
      keys: keys.rows,
      keyByHash: new Map(keys.rows.map((row) => [row.keyHash, row])),
    };
  }

  const { remembered, find, forget } = createSnapshot(read, clock);

  function isInForce(key: KeyRow): boolean {
    const expiry = toApiKey(key).expiresAt;
    return key.revokedAt === null && (expiry === null || Date.parse(expiry) > clock());
  }

  async function writeProject(project: Project): Promise<Project> {
    const updatedAt = warehouseInstant(clock());
    await warehouse.insert(insertProject(database, project, updatedAt, `project/${randomUUID()}`));
    forget();
    return project;
  }

  async function writeKey(row: KeyRow): Promise<KeyRow> {
    await warehouse.insert(insertKey(database, row, `key/${randomUUID()}`));
    forget();
    return row;
  }

  /** Writes that a key is used, at most once a minute; a failure is made up for by the next use. */
  function noteUse(keyId: string): void {
    const now = clock();
    if (now - (noted.get(keyId) ?? Number.NEGATIVE_INFINITY) < NOTE_USE_MS) return;
    noted.set(keyId, now);
    warehouse
      .insert(insertKeyUse(database, keyId, warehouseInstant(now), `key-use/${randomUUID()}`))
      .catch(() => noted.delete(keyId));
  }

  async function keyInForce(projectId: string, keyId: string): Promise<KeyRow> {
    const { keys } = await remembered(0);
    const key = keys.find((row) => row.id === keyId && row.projectId === projectId);
    if (key !== undefined) return key;
    throw new AppError('NOT_FOUND', `key: there is no key '${keyId}' in project '${projectId}'`, {
      details: { field: 'id' },
    });
  }

  async function createKeyWithSecret(input: NewKey, secret: string): Promise<IssuedKey> {
    checkKeyInput(input, clock());
    const current = await remembered(0);
    if (!current.projects.has(input.projectId)) throw noProject(input.projectId);
    const expiresAt = input.expiresAt ?? null;
    const row = await writeKey({
      keyHash: hashSecret(secret),
      version: 1,
      id: randomUUID(),
      projectId: input.projectId,
      name: input.name,
      scopes: input.scopes,
      hint: secret.slice(-4),
      createdAt: warehouseInstant(clock()),
      expiresAt: expiresAt === null ? null : warehouseInstant(Date.parse(expiresAt)),
      revokedAt: null,
      allowedOrigins: input.allowedOrigins ?? [],
      budgetRows: input.budgetRows ?? null,
    });
    return { key: toApiKey(row), secret };
  }

  return {
    async authenticate(secret): Promise<Principal | null> {
      const hash = hashSecret(secret);
      const key = await find((known) => known.keyByHash.get(hash));
      if (key === null || !isInForce(key)) return null;
      noteUse(key.id);
      const { id: keyId, projectId, scopes, allowedOrigins, budgetRows } = key;
      const budget = budgetRows === null ? {} : { budgetRows };
      return { keyId, projectId, scopes, allowedOrigins, ...budget };
    },

    project: (projectId) => find((known) => known.projects.get(projectId)),

    async projects() {
      return [...(await remembered()).projects.values()];
    },

    async createProject(input) {
      checkProjectInput(input);
      if ((await remembered(0)).projects.has(input.id)) {
        throw new AppError('CONFLICT', `id: the project '${input.id}' exists already`, {
          details: { field: 'id' },
        });
      }
      return writeProject({
        id: input.id,
        name: input.name ?? input.id,
        timeZone: input.timeZone ?? 'UTC',
        sessionTimeoutSeconds: input.sessionTimeoutSeconds ?? 1800,
        linkedDomains: input.linkedDomains ?? [],
        channelRules: input.channelRules ?? {},
        allowedOrigins: input.allowedOrigins ?? [],
        version: 1,
      });
    },

    async updateProject(projectId, changes, expectedVersion) {
      checkProjectInput(changes);
      const current = (await remembered(0)).projects.get(projectId);
      if (current === undefined) throw noProject(projectId);
      if (expectedVersion !== undefined && expectedVersion !== current.version) {
        throw new AppError(
          'CONFLICT',
          `version: expected ${expectedVersion}, version ${current.version} is in force`,
          { details: { field: 'version', version: current.version } },
        );
      }
      return writeProject({ ...current, ...changes, version: current.version + 1 });
    },

    async keys(projectId) {
      const [{ keys }, uses] = await Promise.all([
        remembered(LOOK_AGAIN_MS),
        warehouse.query(selectKeyUses(database)),
      ]);
      const lastUse = new Map(uses.rows.map(({ id, lastUsedAt }) => [id, lastUsedAt]));
      return keys
        .filter((key) => key.projectId === projectId)
        .map((key) => toApiKey(key, lastUse.get(key.id)));
    },

    createKey: (input) => createKeyWithSecret(input, mintSecret()),
    createKeyWithSecret,

    async rotateKey(projectId, keyId, graceSeconds) {
      checkGrace(graceSeconds);
      const key = await keyInForce(projectId, keyId);
      if (!isInForce(key)) {
        throw new AppError('BAD_USER_INPUT', `keyId: the key '${keyId}' is revoked or expired`, {
          details: { field: 'keyId' },
        });
      }
      const { name, scopes, allowedOrigins, budgetRows } = key;
      const { expiresAt } = toApiKey(key);
      const rules = { name, scopes, allowedOrigins, budgetRows, expiresAt };
      const issued = await createKeyWithSecret({ projectId, ...rules }, mintSecret());
      const endsAt = warehouseInstant(clock() + graceSeconds * 1000);
      const end = graceSeconds === 0 ? { revokedAt: endsAt } : { expiresAt: earlier(endsAt, key) };
      await writeKey({ ...key, version: key.version + 1, ...end });
      return issued;
    },

    async revokeKey(projectId, keyId) {
      const key = await keyInForce(projectId, keyId);
      if (key.revokedAt !== null) return toApiKey(key);
      const revokedAt = warehouseInstant(clock());
      return toApiKey(await writeKey({ ...key, version: key.version + 1, revokedAt }));
    },
  };
}

/** A rotation never lengthens a key's life. Instants of this form sort as text. */
function earlier(endsAt: string, { expiresAt }: KeyRow): string {
  return expiresAt !== null && expiresAt < endsAt ? expiresAt : endsAt;
}

function noProject(projectId: string): AppError {
  return new AppError('NOT_FOUND', `project: there is no project '${projectId.slice(0, 80)}'`, {
    details: { field: 'project' },
  });
}
