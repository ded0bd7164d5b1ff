import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from './child-process.js';

export interface ClickHouseStandIn {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly pid: number;
  readonly directory: string;
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** The repository's root, from source and from `dist`. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/**
 * Starts the stand-in for a ClickHouse server (see `clickhouse-stand-in-server.ts`) from the
 * compiled sources.
 *
 * @param directory Data directory; a temporary one, removed at the stop, by default.
 */
export async function startClickHouseStandIn({
  directory,
  port = 0,
}: {
  readonly directory?: string;
  readonly port?: number;
} = {}): Promise<ClickHouseStandIn> {
  const folder = directory ?? mkdtempSync(join(tmpdir(), 'sluice-stand-in-'));
  const entry = join(repositoryRoot(), 'dist/test/testkit/clickhouse-stand-in-server.js');
  const started = await startProcess({
    command: process.execPath,
    args: [entry, join(folder, 'warehouse'), String(port)],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', NODE_OPTIONS: '' },
    readyLine: /^listening (\d+)$/,
  });
  return {
    url: `http://127.0.0.1:${started.match[1]}`,
    pid: started.pid,
    directory: folder,
    kill: started.kill,
    async stop() {
      await started.stop();
      if (directory === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
