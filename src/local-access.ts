import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mintSecret } from './project/api-key.js';
import { DEFAULT_PROJECT } from './project/first-start.js';
import type { ProjectStore } from './project/project-store.js';

/** How commands on the same machine reach a running server: its address and a key of this run. */
export interface LocalAccess {
  readonly pid: number;
  readonly url: string;
  /** Admin secret that is valid while the server runs; readable by the owner of the folder only. */
  readonly key: string;
}

const FILE = 'server.json';

/** Writes the address and the key of this run into the data directory. */
export function announceLocalAccess(dataDir: string, access: LocalAccess): void {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, FILE), `${JSON.stringify(access)}\n`, { mode: 0o600 });
}

/** Removes what {@link announceLocalAccess} wrote. */
export function withdrawLocalAccess(dataDir: string): void {
  rmSync(join(dataDir, FILE), { force: true });
}

/** The server running on this data directory, or null when there is none. */
export function findLocalAccess(dataDir: string): LocalAccess | null {
  let access: LocalAccess;
  try {
    access = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as LocalAccess;
    // Signal 0 only asks whether the process exists: a file left by a crash names a dead one.
    process.kill(access.pid, 0);
  } catch {
    return null;
  }
  return access;
}

/** The store, which also knows the key of this run. */
export function withLocalAccess<Store extends ProjectStore>(
  store: Store,
  key: string = mintSecret(),
): { readonly store: Store; readonly key: string } {
  return {
    key,
    store: {
      ...store,
      authenticate: async (secret) =>
        secret === key
          ? { keyId: 'local', projectId: DEFAULT_PROJECT, scopes: ['admin'] }
          : store.authenticate(secret),
    },
  };
}
