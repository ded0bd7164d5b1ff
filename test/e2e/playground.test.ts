import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../testkit/browser.js';
import { repositoryRoot } from '../testkit/clickhouse-stand-in.js';
import { createTestProject, postEvents, type Stack, startStack } from '../testkit/stack.js';

let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  stack = await startStack('embedded');
  browser = await launchBrowser();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

test('a subscription in the playground moves when an event is posted, and the page asks nobody else', async () => {
  const { importerKey, readKey } = await createTestProject(stack, 'shown');
  const url = stack.gatewayUrls[0] ?? '';
  const page = await browser.newPage({ viewport: { width: 1400, height: 860 } });
  const foreign: string[] = [];
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(url) && !target.startsWith('data:') && !target.startsWith('blob:'))
      foreign.push(target);
  });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${url}/#key=${readKey}`);
  const editor = page.locator('.graphiql-query-editor .monaco-editor').first();
  await editor.waitFor({ timeout: 30_000 });
  // The starter tab with the live rate: what a newcomer sees and runs.
  await page.getByRole('tab', { name: 'EventRate' }).click();
  await page.waitForFunction(
    "document.querySelector('.graphiql-query-editor')?.textContent?.includes('EventRate')",
    undefined,
    { timeout: 20_000 },
  );
  const response = page.locator('.graphiql-response');
  const total = response.getByText('"total"').first();
  // Until the editor's schema has arrived, a click on the button may find nothing to run.
  for (let attempt = 0; attempt < 6 && !(await total.isVisible()); attempt++) {
    await page.locator('.graphiql-execute-button').click();
    await total.waitFor({ timeout: 4_000 }).catch(() => undefined);
  }
  await total.waitFor({ timeout: 1_000 });
  const now = new Date().toISOString();
  await postEvents(
    stack,
    importerKey,
    ['one', 'two', 'three'].map((id) => ({
      event_id: id,
      event_name: 'page_view',
      timestamp: now,
      received_at: now,
      platform: 'web',
      anonymous_id: id,
      url: 'https://shop.example/',
    })),
  );
  await page.waitForFunction(
    String.raw`/"total":\s*3\b/.test(document.querySelector('.graphiql-response')?.textContent ?? '')`,
    undefined,
    { timeout: 20_000 },
  );
  const picture = process.env.PLAYGROUND_PICTURE;
  if (picture !== undefined) {
    mkdirSync(join(repositoryRoot(), 'docs/images'), { recursive: true });
    await page.screenshot({ path: picture });
  }
  expect(problems).toEqual([]);
  expect(foreign).toEqual([]);
}, 90_000);
