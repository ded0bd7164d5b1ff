import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lockDirectory } from '../../../src/event-log/embedded/directory-lock.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('the lock of a data directory', () => {
  test('is taken once, and can be taken again after its release', async () => {
    const held = await lockDirectory({ directory });
    await expect(lockDirectory({ directory })).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      details: { directory, pid: process.pid },
    });
    await held.release();
    await held.release();
    const again = await lockDirectory({ directory });
    await again.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('names the other process that holds it', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    try {
      await writeFile(join(directory, 'lock'), JSON.stringify({ pid: other.pid, token: 'x' }));
      await expect(lockDirectory({ directory })).rejects.toMatchObject({
        code: 'DATA_DIR_LOCKED',
        message: expect.stringContaining(`pid ${other.pid}`),
      });
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    const taken = await lockDirectory({ directory });
    await taken.release();
  });

  test('is taken over when its pid belongs to a process that started later', async () => {
    await writeFile(
      join(directory, 'lock'),
      JSON.stringify({ pid: process.pid, startedAt: 'another boot/1', token: 'x' }),
    );
    const taken = await lockDirectory({ directory });
    expect(JSON.parse(await readFile(join(directory, 'lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await taken.release();
  });

  test('is taken over when a power loss emptied it', async () => {
    await writeFile(join(directory, 'lock'), '');
    await (await lockDirectory({ directory })).release();
  });

  test('goes to one of many that find it stale at once', async () => {
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, token: 'x' }));
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, () => lockDirectory({ directory })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'fulfilled') await result.value.release();
      else expect(result.reason).toMatchObject({ code: 'DATA_DIR_LOCKED' });
    }
  });

  test('survives a crash in the middle of a take-over', async () => {
    await writeFile(join(directory, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, token: 'x' }));
    const guard = join(directory, 'lock.takeover');
    await mkdir(guard);
    await utimes(guard, new Date(0), new Date(0));
    await (await lockDirectory({ directory })).release();
  });

  test('released late does not take the lock of the next holder away', async () => {
    const held = await lockDirectory({ directory });
    await rm(join(directory, 'lock'));
    const next = await lockDirectory({ directory });
    await held.release();
    await expect(lockDirectory({ directory })).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    await next.release();
  });
});
