import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';
import {
  askGraphql,
  type Stack,
  startSluice,
  startStack,
  untilIngested,
} from '../testkit/stack.js';

const MAIN = join(repositoryRoot(), 'dist/src/main.js');

function startAndFail(env: Record<string, string>): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...env },
  });
  return { status, stderr };
}

const post = (url: string, key: string, id: string): Promise<Response> =>
  fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      event_id: id,
      event_name: 'page_view',
      timestamp: '2026-01-01T12:00:00Z',
      anonymous_id: 'device',
      url: 'https://shop.example/',
    }),
  });

const volume = async (url: string, key: string): Promise<number> => {
  const { eventVolume } = await askGraphql<{ eventVolume: { total: number } }>(
    url,
    key,
    '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-01" }) { total } }',
  );
  return eventVolume.total;
};

describe('starting and stopping', () => {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  const temporary = (): string => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-start-'));
    closers.push(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  };

  test('a taken port is named, with what to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = startAndFail({ DATA_DIR: temporary(), PORT: String(port) });
    expect(status).toBe(1);
    expect(stderr).toContain('PORT_TAKEN');
    expect(stderr).toContain(String(port));
  }, 60_000);

  test('a data directory in use is refused, naming its holder', async () => {
    const directory = temporary();
    const { started } = await startSluice({ DATA_DIR: directory });
    closers.push(() => started.stop());
    const { status, stderr } = startAndFail({ DATA_DIR: directory, PORT: '0' });
    expect(status).toBe(1);
    expect(stderr).toContain('DATA_DIR_LOCKED');
    expect(stderr).toContain(String(started.pid));
  }, 60_000);

  test('a wrong configuration lists every problem and exits', () => {
    const { status, stderr } = startAndFail({ PORT: 'x', ROLES: 'painter' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/CONFIG_INVALID[\s\S]*PORT[\s\S]*ROLES/);
  });

  test('what was accepted before a kill is counted once after the next start', async () => {
    const directory = temporary();
    const first = await startSluice({ DATA_DIR: directory });
    const key = 'test-admin-key-of-a-temporary-stack';
    for (let i = 0; i < 50; i++)
      expect((await post(first.url, key, `before-${i}`)).status).toBe(200);
    await first.started.kill('SIGKILL');
    const second = await startSluice({ DATA_DIR: directory });
    closers.push(() => second.started.stop());
    for (let i = 40; i < 60; i++)
      expect((await post(second.url, key, `before-${i}`)).status).toBe(200);
    await untilIngested({ urls: [second.url], processes: [second.started] } as unknown as Stack);
    expect(await volume(second.url, key)).toBe(60);
  }, 90_000);

  test('commands work beside a running server and without one', async () => {
    const directory = temporary();
    const cli = (...args: string[]): string => {
      const run = spawnSync(
        process.execPath,
        [join(repositoryRoot(), 'dist/src/cli/sluice.js'), ...args],
        {
          encoding: 'utf8',
          env: { PATH: process.env.PATH, DATA_DIR: directory },
        },
      );
      return `${run.status}\n${run.stdout}${run.stderr}`;
    };
    expect(cli('project', 'create', 'alone', '--time-zone', 'Europe/Berlin')).toMatch(
      /^0\n[\s\S]*alone\talone\tEurope\/Berlin/,
    );
    const { url, started } = await startSluice({ DATA_DIR: directory });
    closers.push(() => started.stop());
    expect(cli('project', 'list')).toMatch(/^0\n[\s\S]*alone[\s\S]*default/);
    const made = cli('keys', 'create', 'reader', '--scopes', 'read', '--project', 'alone');
    const [, id, secret] = /^0\n(\S+)\t(sl_\w+)/.exec(made) ?? [];
    expect(await volume(url, secret ?? '')).toBe(0);
    expect(cli('keys', 'revoke', id ?? '', '--project', 'alone')).toMatch(/^0\n/);
    await expect(volume(url, secret ?? '')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(cli('project', 'create', 'alone')).toMatch(/^1\n[\s\S]*CONFLICT/);
    expect(cli('paint')).toMatch(/^2\n/);
  }, 90_000);
});

describe('the playground', () => {
  let stack: Stack | null = null;
  afterEach(() => stack?.stop());

  test('is served from the package', async () => {
    stack = await startStack('embedded');
    const page = await fetch(`${stack.collectorUrl}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
  }, 60_000);
});
