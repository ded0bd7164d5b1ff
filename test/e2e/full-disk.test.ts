import { afterEach, expect, test } from '@jest/globals';
import { mountSmall } from '../testkit/small-mount.js';
import {
  askGraphql,
  createTestProject,
  type Stack,
  startStack,
  untilIngested,
} from '../testkit/stack.js';

const MEGABYTE = 1_048_576;
/** Requests until the disk must have been full, and events of each. */
const MOST_REQUESTS = 200;
const EVENTS = 200;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** One request of events with rising ids, about 100 kB. */
function bodyOf(request: number): string {
  return Array.from({ length: EVENTS }, (_, at) =>
    JSON.stringify({
      event_id: `event-${request * EVENTS + at}`,
      event_name: 'page_view',
      timestamp: '2026-01-01T12:00:00Z',
      anonymous_id: `device-${at}`,
      url: 'https://shop.example/',
      properties: { note: `${request}-${at}-`.repeat(40) },
    }),
  ).join('\n');
}

async function post(stack: Stack, key: string, body: string): Promise<number> {
  const response = await fetch(`${stack.collectorUrl}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${key}` },
    body,
  });
  await response.text();
  return response.status;
}

test('on a full disk the collector answers 503, nothing acknowledged is lost, and room lets it go on', async () => {
  const disk = await mountSmall(256);
  closers.push(() => disk.stop());
  const stack = await startStack('embedded', { DATA_DIR: disk.directory, LOG_LEVEL: 'silent' });
  closers.push(() => stack.stop());
  const { importerKey, readKey } = await createTestProject(stack, 'shop');
  expect(await post(stack, importerKey, bodyOf(0))).toBe(200);

  await disk.fill(2 * MEGABYTE);
  const statuses: number[] = [];
  for (let request = 1; request <= MOST_REQUESTS && !statuses.includes(503); request += 1) {
    statuses.push(await post(stack, importerKey, bodyOf(request)));
  }
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  expect((await fetch(`${stack.collectorUrl}/healthz`)).status).toBe(200);

  await disk.empty();
  // The refused request comes again, as a client sends it, and more after it.
  const refused = statuses.length;
  expect(await post(stack, importerKey, bodyOf(refused))).toBe(200);
  expect(await post(stack, importerKey, bodyOf(refused + 1))).toBe(200);
  await untilIngested(stack);
  const { eventVolume } = await askGraphql<{ eventVolume: { total: number } }>(
    stack.gatewayUrls[0] ?? '',
    readKey,
    '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-01" }) { total } }',
  );
  expect(eventVolume.total).toBe((refused + 2) * EVENTS);
  const { integrity } = await askGraphql<{ integrity: { isBalanced: boolean } }>(
    stack.gatewayUrls[0] ?? '',
    stack.adminKey,
    '{ integrity { isBalanced } }',
  );
  expect(integrity.isBalanced).toBe(true);
}, 180_000);
