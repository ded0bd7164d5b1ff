/** `npm run check`: every static check, one line each; exit 1 when one fails. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrationDirectory } from '../clickhouse/migrate.js';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';
import { environmentProblems, leftoverProblems, migrationProblems } from './check-conventions.js';
import { schemaProblems } from './check-schema.js';
import { emitEnvTemplate } from './env-template.js';

const root = repositoryRoot();

interface Check {
  readonly name: string;
  /** What is wrong; empty when all is well. */
  run(): string;
  /** The command that mends it. */
  readonly fix: string;
}

function tool(command: string, ...args: readonly string[]): () => string {
  return () => {
    const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', command), args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    return status === 0 ? '' : `${stdout}${stderr}` || `${command} failed`;
  };
}

const CHECKS: readonly Check[] = [
  {
    name: 'format and lint',
    run: tool('biome', 'ci', '--colors=off', '--diagnostic-level=warn', '--error-on-warnings'),
    fix: 'npm run fix',
  },
  { name: 'types', run: tool('tsc', '-p', '.', '--noEmit'), fix: 'npx tsc -p . --noEmit' },
  {
    name: 'types of the playground',
    run: tool('tsc', '-p', 'src/gateway/playground'),
    fix: 'npx tsc -p src/gateway/playground',
  },
  {
    name: 'types of the sample page',
    run: tool('tsc', '-p', 'test/fixtures/live-page'),
    fix: 'npx tsc -p test/fixtures/live-page',
  },
  {
    name: 'import directions and cycles',
    run: tool('depcruise', '--config', '.dependency-cruiser.cjs', 'src', 'ingest', 'clickhouse'),
    fix: 'npx depcruise --config .dependency-cruiser.cjs src ingest clickhouse',
  },
  { name: 'unused files, exports and dependencies', run: tool('knip'), fix: 'npx knip' },
  {
    name: 'migrations',
    run: () => migrationProblems(migrationDirectory()).join('\n'),
    fix: 'see CONTRIBUTING.md',
  },
  {
    name: 'environment is read in one place',
    run: () => environmentProblems(root).join('\n'),
    fix: 'pass the setting down from main.ts',
  },
  {
    name: 'nothing left over',
    run: () => leftoverProblems(root).join('\n'),
    fix: 'take it out, or link the issue that will',
  },
  {
    name: 'no undeclared breaking change of the API',
    run: () => schemaProblems(root).join('\n'),
    fix: 'keep what clients ask for and deprecate it, or declare it in schema/breaking-changes.txt',
  },
  {
    name: 'environment template',
    run: () => (emitEnvTemplate(root, 'check') ? '' : '.env.example is not as generated'),
    fix: 'npm run generate',
  },
  {
    name: 'generated files',
    run: () => {
      const script = join(root, 'dist/scripts/generate.js');
      if (!existsSync(script)) return 'the project is not built';
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--check'], {
        cwd: root,
        encoding: 'utf8',
      });
      return status === 0 ? '' : `${stdout}${stderr}`;
    },
    fix: 'npm run generate',
  },
];

let failures = 0;
for (const { name, run, fix } of CHECKS) {
  const startedAt = performance.now();
  const problem = run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${problem === '' ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
  if (problem === '') continue;
  failures += 1;
  process.stdout.write(`${problem.trimEnd()}\n  mend with: ${fix}\n`);
}
process.stdout.write(
  failures === 0
    ? `all ${CHECKS.length} checks hold\n`
    : `${failures} of ${CHECKS.length} checks fail\n`,
);
process.exit(failures === 0 ? 0 : 1);
