import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startProcess } from '../testkit/child-process.js';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';
import { askGraphql } from '../testkit/stack.js';

const ADMIN_KEY = 'test-admin-key-of-a-packed-server';

/** The commands of the Dockerfile that make the package, install it and start it. */
function dockerLines(): { pack: string; install: string; start: readonly string[] } {
  const text = readFileSync(join(repositoryRoot(), 'Dockerfile'), 'utf8');
  const pack = /^RUN npm install && (npm pack .*)$/m.exec(text)?.[1];
  const install = /^RUN (npm install \/tmp\/.*)$/m.exec(text)?.[1];
  const command = /^CMD (\[.*\])$/m.exec(text)?.[1];
  if (pack === undefined || install === undefined || command === undefined) {
    throw new Error(`the Dockerfile has other lines than expected:\n${text}`);
  }
  return { pack, install, start: JSON.parse(command) as string[] };
}

describe('the package, by the lines of the Dockerfile', () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-package-'));
  const lines = dockerLines();
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  function run(line: string, cwd: string): void {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line.replaceAll('/tmp', home)], {
      cwd,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${line} ended with ${status}:\n${stdout}${stderr}`);
  }

  beforeAll(() => {
    run(lines.pack, repositoryRoot());
    mkdirSync(join(home, 'app'));
    run(lines.install, join(home, 'app'));
  }, 240_000);

  test('starts in an empty folder, serves the playground and counts an event', async () => {
    const [program = '', ...args] = lines.start;
    const server = await startProcess({
      command: join(home, 'app', program),
      args,
      cwd: join(home, 'app'),
      env: { PATH: process.env.PATH, DATA_DIR: join(home, 'data'), PORT: '0', ADMIN_KEY },
      readyLine: /Sluice is ready at (\S+)/,
    });
    try {
      const url = server.match[1] ?? '';
      const deadline = Date.now() + 30_000;
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const page = await fetch(`${url}/`);
      expect([page.status, page.headers.get('content-type')]).toEqual([
        200,
        expect.stringContaining('text/html'),
      ]);
      const accepted = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          event_id: 'packed',
          event_name: 'page_view',
          timestamp: '2026-01-01T12:00:00Z',
          anonymous_id: 'device',
          url: 'https://shop.example/',
        }),
      });
      expect(await accepted.json()).toEqual({ accepted: 1, rejected: [] });
      const question = '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-01" }) { total } }';
      for (let total = 0; total !== 1; ) {
        if (Date.now() > deadline) throw new Error(`not counted:\n${server.tail()}`);
        const answer = await askGraphql<{ eventVolume: { total: number } }>(
          url,
          ADMIN_KEY,
          question,
        );
        total = answer.eventVolume.total;
      }
    } finally {
      await server.stop();
    }
  }, 120_000);
});
