import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';
import { type Stack, startSluice, untilIngested } from '../testkit/stack.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Runs a command of the product on a data directory. @returns Its exit code, then what it said. */
function cli(directory: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(repositoryRoot(), 'dist/src/cli/sluice.js'), ...args],
      { env: { PATH: process.env.PATH, DATA_DIR: directory } },
    );
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => resolve(`${code}\n${text}`));
  });
}

test('the ledger is proved and repaired by commands, beside a running server and without one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-ledger-'));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const { url, started } = await startSluice({ DATA_DIR: directory });
  closers.push(() => started.stop());
  for (const id of ['a', 'b', 'a']) {
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer test-admin-key-of-a-temporary-stack',
      },
      body: JSON.stringify({
        event_id: id,
        event_name: 'page_view',
        timestamp: '2026-01-01T12:00:00Z',
        anonymous_id: 'device',
        url: 'https://shop.example/',
      }),
    });
    expect(answer.status).toBe(200);
  }
  await untilIngested({ urls: [url], processes: [started] } as unknown as Stack);
  expect(await cli(directory, 'integrity')).toMatch(/^0\n[\s\S]*the ledger balances/);
  const report = await cli(directory, 'integrity', '--json');
  expect(JSON.parse(report.slice(report.indexOf('{')))).toMatchObject({ isBalanced: true });
  expect(await cli(directory, 'verify')).toMatch(/^0\n[\s\S]*silver_event_ids\tequals its source/);
  expect(await cli(directory, 'integrity', '--from', '2020-01-01')).toMatch(/^1\n.*INVALID_RANGE/);
  expect(await cli(directory, 'rebuild', '--table', 'nothing')).toMatch(/^1\n.*BAD_USER_INPUT/);
  expect(await cli(directory, 'rebuild')).toMatch(/^2\n/);
  await started.stop();

  const warehouse = await createClickHouseWarehouse({
    url: `chdb://${directory}/warehouse`,
    connections: 1,
  });
  await warehouse.execute(
    statement('test.damage', 'TRUNCATE TABLE sluice.gold_event_counts_per_hour'),
  );
  await warehouse.stop();
  const table = 'gold_event_counts_per_hour';
  expect(await cli(directory, 'integrity')).toMatch(/^1\n[\s\S]*GOLD\t[\s\S]*does not balance/);
  expect(await cli(directory, 'verify', '--table', table)).toMatch(/^1\n[\s\S]*1 keys differ/);
  expect(await cli(directory, 'rebuild', '--table', table, '--from', '2026-01-01')).toMatch(
    /^0\n[\s\S]*rebuilt 202601/,
  );
  expect(await cli(directory, 'verify')).toMatch(/^0\n/);
  expect(await cli(directory, 'integrity')).toMatch(/^0\n/);
}, 180_000);
