import { fileURLToPath } from 'node:url';
import { AppError } from '../../errors.js';
import type { ClientPools, PoolSizes } from './client-pool.js';
import { createEmbeddedPools } from './embedded-connection.js';
import { createServerPools } from './server-connection.js';
import type { UndoneParts } from './undo-unsettled-parts.js';

/**
 * The connections to what an address names: the engine in this process, or a server.
 *
 * @throws AppError `CONFIG_INVALID` for an address of another kind.
 */
export async function openPools({
  url,
  requestTimeoutMs,
  isDurable,
  onUndone,
  ...sizes
}: PoolSizes & {
  readonly url: string;
  readonly requestTimeoutMs: number;
  readonly isDurable: boolean;
  readonly onUndone: (parts: UndoneParts) => void;
}): Promise<ClientPools> {
  if (url.startsWith('chdb:///')) {
    const path = fileURLToPath(url.replace(/^chdb:/, 'file:'));
    return createEmbeddedPools({ ...sizes, path, isDurable, onUndone });
  }
  if (/^https?:\/\//.test(url)) return createServerPools({ ...sizes, url, requestTimeoutMs });
  throw new AppError(
    'CONFIG_INVALID',
    `WAREHOUSE_URL: expected chdb:///absolute/path or http(s)://host:port, got ${redactUrl(url)}`,
  );
}

/** An address without the password in it. */
export function redactUrl(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
