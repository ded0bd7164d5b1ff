import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import cliProgress from 'cli-progress';
import {
  type AccessLogImport,
  importAccessLog,
} from '../../ingest/access-log/import-access-log.js';
import { issueKey, withdrawKey } from './keys.js';
import type { ServerSession } from './server-session.js';

/** Imports files one after the other with a key made for the purpose, and prints what came of it. */
export async function importAccessLogs(
  session: ServerSession,
  files: readonly string[],
  options: { readonly project: string; readonly site: string; readonly rejects: string },
): Promise<void> {
  const { keyId, secret } = await issueKey(session, {
    project: options.project,
    name: 'access-log import',
    scopes: ['importer'],
  });
  const rejects = createWriteStream(options.rejects);
  const bar = new cliProgress.SingleBar(
    { format: '{file} {bar} {value} lines', noTTYOutput: false, hideCursor: true },
    cliProgress.Presets.shades_classic,
  );
  let rejected = 0;
  try {
    for (const file of files) {
      // The number of lines is unknown before they are read: bytes give a fair estimate.
      const estimate =
        file === '-' ? 0 : Math.ceil(statSync(file).size / (file.endsWith('.gz') ? 20 : 200));
      if (process.stderr.isTTY) bar.start(estimate, 0, { file });
      const result: AccessLogImport = await importAccessLog(file, {
        url: session.url,
        key: secret,
        site: options.site.replace(/\/$/, ''),
        rejects,
        onProgress: (lines) => {
          if (process.stderr.isTTY) bar.update(lines);
        },
      });
      bar.stop();
      rejected += result.rejected;
      process.stdout.write(
        `${file}: ${result.lines} lines, ${result.accepted} events accepted, ${result.rejected} refused\n`,
      );
    }
  } finally {
    bar.stop();
    rejects.end();
    await once(rejects, 'close');
    await withdrawKey(session, options.project, keyId);
  }
  if (rejected > 0) process.stdout.write(`refused lines with their reasons: ${options.rejects}\n`);
}
