import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../testkit/browser.js';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';
import { createTestProject, postEvents, type Stack, startStack } from '../testkit/stack.js';

const PAGE = join(repositoryRoot(), 'test/fixtures/live-page');

let stack: Stack;
let browser: Browser;
let site: Server;
beforeAll(async () => {
  stack = await startStack('embedded');
  browser = await launchBrowser();
  const { outputFiles } = await build({
    entryPoints: [join(PAGE, 'live-page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  const script = outputFiles[0]?.text ?? '';
  const html = readFileSync(join(PAGE, 'index.html'), 'utf8');
  site = createServer(({ url }, response) => {
    const isScript = url === '/live-page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  site?.close();
  await stack?.stop();
});

test('a posted event moves the number of the live page', async () => {
  const { importerKey, readKey } = await createTestProject(stack, 'page');
  const { port } = site.address() as AddressInfo;
  const day = new Date().toISOString().slice(0, 10);
  const settings = new URLSearchParams({
    url: stack.gatewayUrls[0] ?? '',
    key: readKey,
    from: day,
    to: day,
  });
  const page = await browser.newPage({ viewport: { width: 860, height: 520 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`http://127.0.0.1:${port}/#${settings}`);
  const shows = (total: string) =>
    page.waitForFunction(
      `document.getElementById('total')?.textContent === ${JSON.stringify(total)}`,
      undefined,
      { timeout: 30_000 },
    );
  const post = (from: number, to: number, hour: number) =>
    postEvents(
      stack,
      importerKey,
      Array.from({ length: to - from }, (_, index) => {
        const at = `${day}T${String(hour).padStart(2, '0')}:00:00Z`;
        return {
          event_id: `e${from + index}`,
          event_name: 'page_view',
          timestamp: at,
          received_at: at,
          platform: 'web',
          anonymous_id: `d${index}`,
          url: 'https://shop.example/',
        };
      }),
    );
  await shows('0');
  await post(0, 1, 0);
  await shows('1');
  await post(0, 40, 1);
  await shows('40');
  const picture = process.env.LIVE_PAGE_PICTURE;
  if (picture !== undefined) {
    const hours = new Date().getUTCHours();
    for (let hour = 0; hour <= hours; hour += 1) {
      await post(100 * hour + 100, 100 * hour + 130 + ((hour * 37) % 61), hour);
    }
    await page.waitForFunction(
      `document.querySelectorAll('#bars i:not([title="0"])').length > ${hours}`,
      undefined,
      { timeout: 30_000 },
    );
    await page.screenshot({ path: picture });
  }
  expect(problems).toEqual([]);
  await page.close();
}, 120_000);
