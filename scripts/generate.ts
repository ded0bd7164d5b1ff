import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import codegen from '../codegen.js';
import { printApiSchema } from '../src/gateway/graphql-schema.js';
import { envTemplate } from './env-template.js';
import { metricsDoc } from './metrics-doc.js';

const SCHEMA_FILE = 'schema/api.graphql';

interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** Everything that is generated, as it should be: the API's schema, then the client made from it. */
async function generateAll(): Promise<readonly GeneratedFile[]> {
  const schema = await printApiSchema();
  const client: readonly { readonly filename: string; readonly content: string }[] = await generate(
    { ...codegen, schema, silent: true, errorsOnly: true },
    false,
  );
  return [
    { path: SCHEMA_FILE, content: schema },
    { path: 'docs/METRICS.md', content: metricsDoc() },
    { path: '.env.example', content: envTemplate() },
    ...client.map(({ filename, content }) => ({ path: filename, content })),
  ];
}

async function currentContent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Writes the schema, the client, the documentation of metrics and the template of the
 * environment, or, with `--check`, says which of them
 * differ from what would be written and exits with 1.
 */
async function main(args: readonly string[]): Promise<void> {
  const stale: string[] = [];
  for (const { path, content } of await generateAll()) {
    const file = resolve(path);
    if ((await currentContent(file)) === content) continue;
    stale.push(path);
    if (args.includes('--check')) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  if (args.includes('--check') && stale.length > 0) {
    process.stderr.write(`stale: ${stale.join(', ')}\nrun: npm run generate\n`);
    process.exitCode = 1;
    return;
  }
  const done = args.includes('--check')
    ? 'generated files are fresh'
    : `wrote ${stale.length} files`;
  process.stdout.write(`${done}\n`);
}

await main(process.argv.slice(2));
