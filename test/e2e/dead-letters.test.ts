import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';
import { eventually } from '../testkit/deadline.js';
import {
  askGraphql,
  createTestProject,
  postEvents,
  type Stack,
  startSluice,
  startStack,
  untilIngested,
} from '../testkit/stack.js';

const KEY = 'test-admin-key-of-a-temporary-stack';
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Run {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-letters-'));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** `npx sluice dead-letters …`, with these words before it. */
function cliOf(directory: string, ...before: string[]): (...args: string[]) => Run {
  const program = join(repositoryRoot(), 'dist/src/cli/sluice.js');
  return (...args) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [program, ...before, 'dead-letters', ...args],
      { encoding: 'utf8', timeout: 60_000, env: { PATH: process.env.PATH, DATA_DIR: directory } },
    );
    return { status, out: stdout, err: stderr };
  };
}

/** Letters as `list --json` prints them, once there are this many. */
function listed(cli: ReturnType<typeof cliOf>, count: number, ...flags: string[]) {
  return eventually(
    `${count} letters are listed`,
    () => {
      const { status, out, err } = cli('list', '--json', ...flags);
      if (status !== 0) throw new Error(err);
      const letters = out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      return letters.length === count ? letters : null;
    },
    30_000,
  );
}

const post = (url: string, events: readonly object[]): Promise<Response> =>
  fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify(events),
  });

const BAD = { event_name: 'click', timestamp: '2026-01-01T12:00:00Z' };
const VOLUME = '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-01" }) { total } }';
const volume = async (url: string, key = KEY): Promise<number> =>
  (await askGraphql<{ eventVolume: { total: number } }>(url, key, VOLUME)).eventVolume.total;

describe('dead letters on the command line', () => {
  test('are listed, shown, replayed and dropped beside a server and without one', async () => {
    const directory = temporary();
    const cli = cliOf(directory);
    const { url, started } = await startSluice({ DATA_DIR: directory });
    closers.push(() => started.stop());
    const bad = ['e1', 'e2', 'e3'].map((id) => ({ ...BAD, event_id: id }));
    await post(url, [...bad, { ...BAD, anonymous_id: 'a' }]);
    const letters = await listed(cli, 4);
    const nobody = letters.filter(({ reason }) => reason === 'MISSING_ACTOR');
    const idOf = (at: number): string => String(nobody[at]?.deadLetterId);
    expect(nobody).toHaveLength(3);

    const shown = cli('show', idOf(0));
    expect(shown.status).toBe(0);
    expect(shown.out).toMatch(/reason +MISSING_ACTOR[\s\S]*header +is_trusted: true[\s\S]*"e\d"/);
    expect(JSON.parse(cli('show', idOf(0), '--json').out)).toMatchObject({
      deadLetterId: idOf(0),
      content: { value: { text: expect.stringContaining('"click"') } },
    });

    const patch = join(directory, 'patch.json');
    writeFileSync(patch, '{"anonymous_id": "mended"}');
    const dry = cli('replay', '--reason', 'MISSING_ACTOR', '--patch', `@${patch}`, '--dry-run');
    expect(dry.status).toBe(0);
    expect(dry.out).toMatch(/accepted\tdefault e\d[\s\S]*3 accepted\n$/);
    expect(await volume(url)).toBe(0);
    // Without the patch the rules refuse them again, which a script can tell by the exit code.
    const refused = cli('replay', idOf(0));
    expect([refused.status, refused.out]).toEqual([
      1,
      expect.stringMatching(/refused\tMISSING_ACTOR/),
    ]);
    expect(refused.err).toContain('1 letter refused again');

    expect(cli('replay', idOf(0), '--patch', `@${patch}`).status).toBe(0);
    expect(cli('replay', idOf(0), '--patch', `@${patch}`).out).toMatch(
      /already_replayed\tby local/,
    );
    expect(cli('drop', idOf(1)).out).toMatch(/\tdropped\t/);
    await untilIngested({ urls: [url], processes: [started] } as unknown as Stack);
    expect(await volume(url)).toBe(1);
    await started.stop();

    // Now each command has the data directory to itself.
    expect(await listed(cli, 1, '--state', 'dropped')).toMatchObject([{ deadLetterId: idOf(1) }]);
    const rest = cli('replay', '--all', '--patch', '{"anonymous_id": "mended"}');
    expect([rest.status, rest.out]).toEqual([0, expect.stringMatching(/2 accepted\n$/)]);
    expect(cli('list').out).toBe('0 letters\n');
    expect(cli('list', '--state', 'any').out).toMatch(/\n4 letters\n$/);
    const again = await startSluice({ DATA_DIR: directory });
    closers.push(() => again.started.stop());
    await untilIngested({ urls: [again.url], processes: [again.started] } as unknown as Stack);
    expect(await volume(again.url)).toBe(3);
  }, 180_000);

  test('are never picked by accident', async () => {
    const directory = temporary();
    const cli = cliOf(directory);
    const { url, started } = await startSluice({ DATA_DIR: directory });
    closers.push(() => started.stop());
    await post(url, [{ ...BAD, event_id: 'e1' }]);
    const [letter] = await listed(cli, 1);
    const id = String(letter?.deadLetterId);
    for (const args of [
      ['drop'],
      ['replay'],
      ['replay', id, '--reason', 'MISSING_ACTOR'],
      ['replay', id, '--patch', '{no json'],
      ['replay', id, '--project', 'nowhere'],
      ['drop', 'another'],
      ['show', 'another'],
      ['list', '--reason', 'MISSPELT'],
      ['list', '--limit', 'many'],
    ]) {
      const { status, err } = cli(...args);
      expect([args, status, err]).toEqual([args, 1, expect.stringMatching(/BAD_USER|NOT_FOUND/)]);
    }
    expect(cli('list', '--from', '2020-01-01', '--to', '2020-01-31').out).toBe('0 letters\n');
    expect(cli('list', '--from', '2020-01-01T00:00:00Z').out).toMatch(/\n1 letter\n$/);
    expect(await listed(cli, 1)).toEqual([letter]);
  }, 120_000);
});

describe('dead letters in scaled mode', () => {
  test('come from Kafka and go back to it, and count once', async () => {
    const stack = await startStack('scaled');
    closers.push(() => stack.stop());
    const { importerKey, readKey } = await createTestProject(stack, 'letters');
    const [gateway = '', other = ''] = stack.gatewayUrls;
    await postEvents(stack, importerKey, [
      { ...BAD, event_id: 'e1', anonymous_id: 'good' },
      { ...BAD, event_id: 'e2' },
    ]);
    await untilIngested(stack);
    const flags = ['--project', 'letters'];
    const cli = cliOf(temporary(), '--url', gateway, '--key', stack.adminKey);
    const there = cliOf(temporary(), '--url', other, '--key', stack.adminKey);
    const [letter] = await listed(cli, 1, ...flags);
    const replay = ['replay', String(letter?.deadLetterId), ...flags, '--patch', '{"user_id":"u"}'];
    expect(cli(...replay)).toMatchObject({ status: 0, out: expect.stringContaining('1 accepted') });
    expect(there(...replay).out).toContain('1 already_replayed');
    await untilIngested(stack);
    expect(await volume(gateway, readKey)).toBe(2);
    expect(await listed(there, 1, ...flags, '--state', 'replayed')).toMatchObject([
      { eventIds: ['e2'], attempts: 2 },
    ]);
  }, 180_000);
});
