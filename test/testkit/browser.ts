import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

function installedBrowser(): string {
  for (const name of ['chromium', 'google-chrome', 'chromium-browser']) {
    const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  throw new Error('no Chromium is installed; run npm run setup');
}

/** Starts the Chromium of this machine, which asks nobody for anything by itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: installedBrowser(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
