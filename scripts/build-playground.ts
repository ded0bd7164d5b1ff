/** Bundles the playground into `dist/playground`, once per change of its inputs. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';

/** Operations shown as starter tabs, in this order; a missing one fails the build. */
const STARTERS = ['metric-series', 'top-lists', 'funnel-conversion', 'event-rate'];

const root = repositoryRoot();
const source = join(root, 'src/gateway/playground');
const target = join(root, 'dist/playground');
const operations = STARTERS.map((name) =>
  readFileSync(join(root, 'schema/operations', `${name}.graphql`), 'utf8'),
);

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Sluice</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/playground.css" />
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="/playground.js"></script>
  </body>
</html>
`;

function fingerprint(): string {
  const hash = createHash('sha256').update(PAGE).update(JSON.stringify(operations));
  for (const file of readdirSync(source).sort()) hash.update(readFileSync(join(source, file)));
  for (const name of ['graphiql', 'monaco-editor', 'monaco-graphql', 'react', 'esbuild']) {
    hash.update(readFileSync(join(root, 'node_modules', name, 'package.json')));
  }
  hash.update(readFileSync(new URL(import.meta.url)));
  return hash.digest('hex');
}

// Beside the folder, whose files are all served.
const stamp = `${target}.inputs.sha256`;
const wanted = fingerprint();
const isBuilt = existsSync(join(target, 'index.html')) && existsSync(stamp);
if (!isBuilt || readFileSync(stamp, 'utf8') !== wanted) {
  const { build } = await import('esbuild');
  // Nothing of an older build stays, and nothing half built passes for whole.
  rmSync(stamp, { force: true });
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: {
      playground: join(source, 'playground.tsx'),
      'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
      'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
      'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
    },
    outdir: target,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    loader: { '.ttf': 'file', '.woff2': 'file' },
    define: {
      'process.env.NODE_ENV': '"production"',
      __STARTER_OPERATIONS__: JSON.stringify(operations),
    },
    logLevel: 'warning',
  });
  writeFileSync(join(target, 'index.html'), PAGE);
  writeFileSync(stamp, wanted);
}
