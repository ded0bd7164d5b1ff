/** `npm run demo`: starts embedded, imports a real access log, keeps a small live trickle running. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

process.env.UV_THREADPOOL_SIZE ??= '24';

/** Events of the trickle per second, and how long it lasts before it stops by itself. */
const EVENTS_PER_SECOND = 5;
const TRICKLE_MINUTES = 60;

const PAGES = ['/', '/pricing', '/docs', '/docs/start', '/blog', '/signup'];

const { compose } = await import('../src/compose.js');
const { loadConfig } = await import('../src/config.js');
const { importAccessLog } = await import('../ingest/access-log/import-access-log.js');
const { findLocalAccess } = await import('../src/local-access.js');
const { createTelemetry } = await import('../src/telemetry.js');
const { repositoryRoot } = await import('../test/testkit/clickhouse-stand-in.js');

const config = loadConfig({ DATA_DIR: './data/demo', LOG_LEVEL: 'warn', ...process.env });
const telemetry = createTelemetry({ level: config.logLevel });
const sluice = await compose({ config, telemetry, clock: Date.now });
const keys = await sluice.started;
for (const { name, secret } of keys) process.stdout.write(`key ${name}: ${secret}\n`);
const key = findLocalAccess(config.dataDir)?.key ?? '';

const log = join(repositoryRoot(), 'test/fixtures/apache-access.log.gz');
if (existsSync(log)) {
  const rejects: string[] = [];
  const result = await importAccessLog(log, {
    url: sluice.url,
    key,
    site: 'http://semicomplete.com',
    rejects: { write: (line: unknown) => rejects.push(String(line)) > 0 },
  });
  process.stdout.write(
    `access log: ${result.lines} lines, ${result.accepted} events accepted, ${result.rejected} refused\n`,
  );
  for (const line of rejects) process.stdout.write(line);
}

process.stdout.write(`
  playground        ${sluice.url}/#key=${key}

  hits per day      { eventVolume(range: { from: "2015-05-17", to: "2015-05-20" }, grain: DAY, includeBots: true) { total series { bucketStarts values } } }
  visitors by page  { topPages(range: { from: "2015-05-17", to: "2015-05-20" }, limit: 10) { values users pageViews } }
  live              subscription { eventRate(windowSeconds: 60) { total perSecond series { values } } }

  A trickle of ${EVENTS_PER_SECOND} events a second runs for ${TRICKLE_MINUTES} minutes. Ctrl-C stops.
`);

let sent = 0;
const trickle = setInterval(() => {
  if (sent++ >= EVENTS_PER_SECOND * 60 * TRICKLE_MINUTES) {
    clearInterval(trickle);
    return;
  }
  const visitor = Math.floor(Math.random() ** 2 * 40);
  fetch(`${sluice.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({
      event_id: randomUUID(),
      event_name: Math.random() < 0.7 ? 'page_view' : 'click',
      timestamp: new Date().toISOString(),
      platform: 'web',
      anonymous_id: `demo-${visitor}`,
      url: `https://shop.example${PAGES[Math.floor(Math.random() * PAGES.length)]}`,
    }),
  }).then(
    (response) => {
      if (!response.ok)
        process.stderr.write(`trickle: the collector answered ${response.status}\n`);
    },
    (error: unknown) => process.stderr.write(`trickle: ${String(error)}\n`),
  );
}, 1000 / EVENTS_PER_SECOND);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(trickle);
    void sluice.stop().then(() => process.exit(0));
  });
}
