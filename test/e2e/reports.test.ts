import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { migrate } from '../../clickhouse/migrate.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import { statement } from '../../src/warehouse/statement.js';
import { eventually } from '../testkit/deadline.js';
import { mountSmall } from '../testkit/small-mount.js';
import { startSluice } from '../testkit/stack.js';

const ADMIN_KEY = 'test-admin-key-of-a-temporary-stack';
const EVENTS = 400_000;
const FIRST_MS = Date.UTC(2026, 0, 1);

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Puts events into a data directory, a second apart, that no process has open. */
async function fill(directory: string): Promise<void> {
  const warehouse = await createClickHouseWarehouse({
    url: `chdb://${directory}/warehouse`,
    connections: 1,
  });
  const database = 'sluice';
  await migrate({ warehouse, topology: { database, cluster: null } });
  await warehouse.execute(
    statement(
      'test.fill',
      `INSERT INTO ${database}.silver_events (project_id, event_id, event_name, occurred_at, received_at, queryable_at, platform, anonymous_id, url, properties)
SELECT 'default', concat('event-', toString(number)), 'page_view', at, at, at, 'web', concat('device-', toString(number % 1000)),
  concat('https://shop.example/', toString(cityHash64(number))), map('n', toString(number))
FROM (SELECT number, fromUnixTimestamp64Milli(toInt64(${FIRST_MS} + number * 1000), 'UTC') AS at FROM numbers(${EVENTS}))`,
    ),
  );
  await warehouse.stop();
}

async function rest(url: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${url}/api/v1/reports${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const WHOLE = {
  format: 'NDJSON',
  events: { range: { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' } },
};

interface Told {
  readonly id: string;
  readonly state: string;
  readonly progress: number;
  readonly error: { readonly code: string } | null;
}

async function told(url: string, id: string): Promise<Told> {
  return (await (await rest(url, 'GET', `/${id}`)).json()) as Told;
}

const ended = (url: string, id: string): Promise<Told> =>
  eventually(
    'the end of a report',
    async () => {
      const report = await told(url, id);
      return ['DONE', 'FAILED'].includes(report.state) ? report : null;
    },
    60_000,
  );

test('a report whose process is killed half-way is made again by the next one, whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-reports-'));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  await fill(directory);
  const first = await startSluice({ DATA_DIR: directory });
  closers.push(() => first.started.stop());
  const asked = await rest(first.url, 'POST', '/generate', WHOLE);
  expect(asked.status).toBe(202);
  const { id } = (await asked.json()) as Told;
  const part = join(directory, 'reports', `${id}.part`);
  await eventually('a part of the file', () => statSync(part, { throwIfNoEntry: false })?.size);
  await first.started.kill('SIGKILL');
  // Half a file was there, and none that could be served.
  const left = readdirSync(join(directory, 'reports'));
  expect(left).toEqual(expect.arrayContaining([`${id}.json`, `${id}.part`]));
  expect(left.filter((name) => name.endsWith('.data'))).toEqual([]);

  const second = await startSluice({ DATA_DIR: directory });
  closers.push(() => second.started.stop());
  expect(await ended(second.url, id)).toMatchObject({ state: 'DONE', progress: 1, error: null });
  const file = await (await rest(second.url, 'GET', `/${id}/file`)).text();
  const rows = file
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event_id: string; properties: string });
  expect(rows.length).toBe(EVENTS);
  expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(EVENTS);
  for (const { event_id, properties } of rows) {
    if (properties !== `{"n":${event_id.slice('event-'.length)}}`) throw new Error(properties);
  }
}, 180_000);

test('a report that fills the disk fails with that reason, and leaves the room it took', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-reports-'));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const disk = await mountSmall(16);
  closers.push(() => disk.stop());
  await fill(directory);
  const { url, started } = await startSluice({
    DATA_DIR: disk.directory,
    WAREHOUSE_URL: `chdb://${directory}/warehouse`,
    EVENT_LOG_URL: `file://${directory}/log`,
  });
  closers.push(() => started.stop());
  const { id } = (await (await rest(url, 'POST', '/generate', WHOLE)).json()) as Told;
  expect(await ended(url, id)).toMatchObject({ state: 'FAILED', error: { code: 'DISK_FULL' } });
  expect(readdirSync(join(disk.directory, 'reports'))).toEqual([`${id}.json`]);
  const small = { ...WHOLE, events: { ...WHOLE.events, event: { event: 'no such event' } } };
  const next = (await (await rest(url, 'POST', '/generate', small)).json()) as Told;
  expect(await ended(url, next.id)).toMatchObject({ state: 'DONE' });
}, 180_000);
