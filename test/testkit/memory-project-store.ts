import { AppError } from '../../src/errors.js';
import type { ApiKey, Principal, Project, Scope } from '../../src/project/project.js';
import type { ProjectStore } from '../../src/project/project-store.js';

/** Moment at which the keys of {@link createMemoryProjectStore} were made. */
const CREATED_AT = '2026-01-01T00:00:00.000Z';

/**
 * A project store in memory with the project `default` (Europe/Berlin), and `other` (UTC). The
 * secret of a key is its id: `reader`, `writer` and `admin` of `default`, `stranger` of `other`.
 */
export function createMemoryProjectStore(): ProjectStore {
  const projects = new Map<string, Project>();
  const keys = new Map<string, ApiKey>();

  function addProject(id: string, timeZone: string): void {
    projects.set(id, {
      id,
      name: id,
      timeZone,
      sessionTimeoutSeconds: 1800,
      linkedDomains: [],
      channelRules: {},
      allowedOrigins: [],
      version: 1,
    });
  }
  function addKey(projectId: string, id: string, scopes: readonly Scope[]): ApiKey {
    const key: ApiKey = {
      id,
      projectId,
      name: id,
      scopes,
      hint: id.slice(-4),
      createdAt: CREATED_AT,
      expiresAt: null,
      revokedAt: null,
      allowedOrigins: [],
      budgetRows: null,
      lastUsedAt: null,
    };
    keys.set(id, key);
    return key;
  }
  addProject('default', 'Europe/Berlin');
  addProject('other', 'UTC');
  addKey('default', 'reader', ['read']);
  addKey('default', 'writer', ['write']);
  addKey('default', 'admin', ['admin']);
  addKey('other', 'stranger', ['read']);

  return {
    async authenticate(secret): Promise<Principal | null> {
      const key = keys.get(secret);
      if (key === undefined || key.revokedAt !== null) return null;
      const { id: keyId, projectId, scopes, allowedOrigins } = key;
      return { keyId, projectId, scopes, allowedOrigins };
    },
    project: async (projectId) => projects.get(projectId) ?? null,
    projects: async () => [...projects.values()],
    async createProject({ id, ...settings }) {
      if (projects.has(id)) {
        throw new AppError('CONFLICT', `id: the project ${id} exists`, {
          details: { field: 'id' },
        });
      }
      addProject(id, settings.timeZone ?? 'UTC');
      return this.updateProject(id, settings);
    },
    async updateProject(projectId, changes, expectedVersion) {
      const project = projects.get(projectId);
      if (project === undefined) throw new AppError('NOT_FOUND', 'no such project');
      if (expectedVersion !== undefined && expectedVersion !== project.version) {
        throw new AppError('CONFLICT', `expectedVersion: ${project.version} is in force`, {
          details: { field: 'expectedVersion' },
        });
      }
      const changed = { ...project, ...changes, version: project.version + 1 };
      projects.set(projectId, changed);
      return changed;
    },
    keys: async (projectId) => [...keys.values()].filter((key) => key.projectId === projectId),
    async createKey({ projectId, name, scopes, allowedOrigins = [] }) {
      const secret = `secret-${keys.size}`;
      const key = { ...addKey(projectId, secret, scopes), name, allowedOrigins };
      keys.set(secret, key);
      return { key, secret };
    },
    async rotateKey(projectId, keyId) {
      const key = keys.get(keyId);
      if (key?.projectId !== projectId) throw new AppError('NOT_FOUND', 'keyId: no such key');
      await this.revokeKey(projectId, keyId);
      return this.createKey(key);
    },
    async revokeKey(projectId, keyId) {
      const key = keys.get(keyId);
      if (key?.projectId !== projectId) throw new AppError('NOT_FOUND', 'keyId: no such key');
      const revoked = { ...key, revokedAt: CREATED_AT };
      keys.set(keyId, revoked);
      return revoked;
    },
  };
}
