import type { IssuedKey } from './project-store.js';
import type { WarehouseProjectStore } from './warehouse-project-store.js';

/** The project that exists from the first start on. */
export const DEFAULT_PROJECT = 'default';

/**
 * Creates the default project with one key per use when there is no project yet.
 *
 * @param adminKey Secret to give the admin key, or null for a random one.
 * @returns The keys just made, to be shown this once; empty at any later start.
 */
export async function prepareFirstStart(
  projects: WarehouseProjectStore,
  adminKey: string | null,
): Promise<readonly IssuedKey[]> {
  if ((await projects.projects()).length > 0) return [];
  await projects.createProject({ id: DEFAULT_PROJECT, name: 'Default' });
  const admin = { projectId: DEFAULT_PROJECT, name: 'admin', scopes: ['admin'] } as const;
  return [
    await projects.createKey({ projectId: DEFAULT_PROJECT, name: 'write', scopes: ['write'] }),
    await projects.createKey({ projectId: DEFAULT_PROJECT, name: 'read', scopes: ['read'] }),
    adminKey === null
      ? await projects.createKey(admin)
      : await projects.createKeyWithSecret(admin, adminKey),
  ];
}
