import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GenericContainer } from 'testcontainers';
import { freePort } from './free-port.js';

/** A real Redis for one suite. */
export interface RunningRedis {
  /** `redis://127.0.0.1:port` without a database. */
  readonly url: string;
  /** Process id of a native server; null where the server is in a container or elsewhere. */
  readonly pid: number | null;
  /** Ends it and removes its files. Leaves a server named by `TEST_REDIS_URL` alone. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would; its memory is lost. */
  kill(): Promise<void>;
}

export interface StartRedisOptions {
  /** Port to listen on, so that a killed server can come back where it was; left out: a free one. */
  readonly port?: number;
  /** Never a server named by `TEST_REDIS_URL`: the suite is going to kill it. */
  readonly isOwn?: boolean;
  /** Folder of its append-only file, which outlives it; left out: what it knows dies with it. */
  readonly directory?: string;
  /** Password clients must give. */
  readonly password?: string;
}

const READY_WITHIN_MS = 10_000;

/**
 * Starts Redis. In this order: the address in `TEST_REDIS_URL`, a container when `docker info`
 * answers, the `redis-server` of this machine with its files in a folder of its own.
 */
export async function startRedis(options: StartRedisOptions = {}): Promise<RunningRedis> {
  const given = process.env.TEST_REDIS_URL ?? '';
  if (given !== '' && options.isOwn !== true) {
    return {
      url: given,
      pid: null,
      stop: async () => undefined,
      kill: async () => {
        throw new Error('TEST_REDIS_URL names a server that this suite may not kill');
      },
    };
  }
  return (await hasDocker()) ? startContainer(options) : startNative(options);
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

async function startContainer(options: StartRedisOptions): Promise<RunningRedis> {
  const { port, directory } = options;
  const container = await new GenericContainer('redis:7.4-alpine')
    .withBindMounts(directory === undefined ? [] : [{ source: directory, target: '/data' }])
    .withExposedPorts(port === undefined ? 6379 : { container: 6379, host: port })
    .withCommand(serverArguments(options))
    .start();
  const url = `redis://${container.getHost()}:${container.getMappedPort(6379)}`;
  const remove = async (): Promise<void> => {
    await container.stop({ timeout: 0 });
  };
  return { url, pid: null, stop: remove, kill: remove };
}

async function startNative(options: StartRedisOptions): Promise<RunningRedis> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'sluice-redis-')));
  const port = options.port ?? (await freePort());
  const child = spawn(
    'redis-server',
    ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory].concat(
      serverArguments(options),
    ),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      // A stopped process takes SIGTERM only once it goes on.
      child.kill('SIGCONT');
      await exited;
    }
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  };
  try {
    await untilReady(child);
  } catch (error) {
    if (child.pid !== undefined) await end('SIGKILL');
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid ?? null,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

function serverArguments({ password, directory }: StartRedisOptions): string[] {
  const persistence = ['--save', '', '--appendonly', directory === undefined ? 'no' : 'yes'];
  return password === undefined ? persistence : [...persistence, '--requirepass', password];
}

/** Resolves when the server says so; rejects with what it printed when it ends or keeps silent. */
function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      child.stdout?.off('data', read);
      child.stderr?.off('data', read);
      child.stdout?.resume();
      child.stderr?.resume();
      child.off('error', fail);
      child.off('exit', exit);
      if (error === undefined) resolve();
      else reject(error);
    };
    const fail = (error: Error): void =>
      settle(new Error(`redis-server: ${error.message}; npm run setup installs it`));
    const exit = (): void => settle(new Error(`redis-server ended at once:\n${output}`));
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) settle();
    };
    const timer = setTimeout(
      () => settle(new Error(`redis-server not ready within ${READY_WITHIN_MS} ms:\n${output}`)),
      READY_WITHIN_MS,
    );
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('error', fail);
    child.on('exit', exit);
  });
}
