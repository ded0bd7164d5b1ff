import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startClickHouseStandIn } from './clickhouse-stand-in.js';

export interface ClickHouseServer {
  /** `http://user:password@host:port`. */
  readonly url: string;
  /** What it is: a server, or the stand-in. */
  readonly kind: 'given' | 'container' | 'stand-in';
  stop(): Promise<void>;
}

const IMAGE = 'clickhouse/clickhouse-server:26.7';

/**
 * ClickHouse over HTTP. In this order: the server that `TEST_WAREHOUSE_URL` names, a container when
 * `docker info` answers, the stand-in.
 */
export async function startClickHouseServer(): Promise<ClickHouseServer> {
  const given = process.env.TEST_WAREHOUSE_URL ?? '';
  if (given !== '') return { url: given, kind: 'given', stop: async () => undefined };
  if (await hasDocker()) return startContainer();
  const standIn = await startClickHouseStandIn();
  return { url: standIn.url, kind: 'stand-in', stop: standIn.stop };
}

async function startContainer(): Promise<ClickHouseServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(8123)
    .withEnvironment({ CLICKHOUSE_USER: 'sluice', CLICKHOUSE_PASSWORD: 'sluice' })
    .withWaitStrategy(Wait.forHttp('/ping', 8123))
    .start();
  return {
    url: `http://sluice:sluice@${container.getHost()}:${container.getMappedPort(8123)}`,
    kind: 'container',
    stop: async () => {
      await container.stop({ timeout: 0 });
    },
  };
}

/** Whether a Docker daemon answers; the `docker` command alone says nothing. */
async function hasDocker(): Promise<boolean> {
  try {
    await promisify(execFile)('docker', ['info'], { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}
