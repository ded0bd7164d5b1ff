/**
 * `npm run prove [-- order|mutants] [--worlds=N]`: what takes too long for `npm test`. Ends with the
 * line `N passed, N failed`.
 *
 * - `order`: the permutation property over 1,000 worlds, in runs with seeds of their own.
 * - `mutants`: every mechanism of exactness broken on purpose, each in a copy of the source, where a
 *   named test has to fail that passes on the source as it is.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTANTS, type Mutant } from '../test/mutants/mutants.js';
import { LIVE_MUTANTS } from '../test/mutants/rule-mutants-live.js';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';

interface Tally {
  passed: number;
  failed: number;
}

/** One test as jest reports it. */
interface TestReport {
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'pending' | 'todo';
  readonly failureMessages: readonly string[];
}

interface JestReport {
  readonly testResults: readonly { readonly assertionResults: readonly TestReport[] }[];
}

const ROOT = repositoryRoot();
const WORLDS_PER_RUN = 125;
const FIRST_SEED = 20_261_123;
/** Longest time of the tests of one mutant, ms. */
const MUTANT_TIMEOUT_MS = 300_000;
/** Longest time of one run of worlds, ms. */
const ORDER_TIMEOUT_MS = 3_600_000;
/** Failures of these kinds say that the mutant is no program, not that a test noticed it. */
const NO_PROGRAM = /SyntaxError|ReferenceError|Cannot find module/;
/** What a copy of the source needs to run tests, and what it may share. */
const COPIED = ['src', 'ingest', 'clickhouse', 'schema', 'config', 'test', 'scripts', 'bench'];
const COPIED_FILES = ['package.json', 'jest.config.js', 'tsconfig.json'];
const SHARED = ['node_modules', '.cache', 'dist'];

interface JestOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Longest time of the run. */
  readonly timeoutMs: number;
}

/** Runs jest in a folder and gives back what became of each test that was not skipped. */
function runJest(
  directory: string,
  args: readonly string[],
  { env = {}, timeoutMs }: JestOptions,
): { readonly tests: readonly TestReport[]; readonly output: string } {
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-prove-'));
  const outputFile = join(scratch, 'report.json');
  const { stdout } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      '--runInBand',
      '--json',
      `--outputFile=${outputFile}`,
      ...args,
    ],
    {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 256 * 1024 * 1024,
      timeout: timeoutMs,
      env: { ...process.env, UV_THREADPOOL_SIZE: '24', ...env },
    },
  );
  const report = existsSync(outputFile)
    ? (JSON.parse(readFileSync(outputFile, 'utf8')) as JestReport)
    : { testResults: [] };
  rmSync(scratch, { recursive: true, force: true });
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return { tests: tests.filter(({ status }) => status !== 'pending'), output: stdout };
}

function proveOrder(worlds: number, tally: Tally): void {
  for (let done = 0; done < worlds; done += WORLDS_PER_RUN) {
    const count = Math.min(WORLDS_PER_RUN, worlds - done);
    const seed = FIRST_SEED + done;
    const startedAt = Date.now();
    process.stdout.write(`\n== order: ${count} worlds, seed ${seed}\n`);
    const { tests, output } = runJest(ROOT, ['test/integration/order-permutation.test.ts'], {
      env: { ORDER_WORLDS: String(count), ORDER_SEED: String(seed) },
      timeoutMs: ORDER_TIMEOUT_MS,
    });
    for (const line of output.split('\n')) {
      if (line.startsWith('order: ')) process.stdout.write(`${line}\n`);
    }
    const failures = tests.filter(({ status }) => status !== 'passed');
    for (const { title, failureMessages } of failures) {
      process.stdout.write(`FAIL ${title}\n${failureMessages.join('\n')}\n`);
    }
    tally.passed += tests.length - failures.length;
    tally.failed += tests.length === 0 ? 1 : failures.length;
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`== order: ${seconds} s, ${tests.length - failures.length} passed\n`);
  }
}

/** What became of the test that is to notice a mutant. */
function outcome(directory: string, { test }: Pick<Mutant, 'test'>): string {
  const pattern = test.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const { tests } = runJest(directory, [test.file, '-t', pattern], {
    timeoutMs: MUTANT_TIMEOUT_MS,
  });
  const own = tests.filter(({ title }) => title.startsWith(test.name));
  if (own.length === 0) return 'did not run';
  const failed = own.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return 'passed';
  const isNoProgram = failed.some(({ failureMessages }) =>
    failureMessages.some((message) => NO_PROGRAM.test(message)),
  );
  return isNoProgram ? 'broke' : 'failed';
}

function proveMutants(mutants: readonly Mutant[], tally: Tally): void {
  const copy = mkdtempSync(join(tmpdir(), 'sluice-mutants-'));
  try {
    for (const name of [...COPIED, ...COPIED_FILES]) {
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    }
    for (const name of SHARED) symlinkSync(join(ROOT, name), join(copy, name));
    process.stdout.write(
      '\n== mutants\n| mechanism | broken how | test that fails | |\n|---|---|---|---|\n',
    );
    const whole = new Map<string, string>();
    for (const mutant of mutants) {
      const { test } = mutant;
      const key = `${test.file} ${test.name}`;
      const before = whole.get(key) ?? outcome(copy, mutant);
      whole.set(key, before);
      const path = join(copy, mutant.file);
      const source = readFileSync(path, 'utf8');
      writeFileSync(
        path,
        source.replace(mutant.from, () => mutant.to),
      );
      const after = outcome(copy, mutant);
      writeFileSync(path, source);
      const isNoticed = before === 'passed' && after === 'failed';
      if (isNoticed) tally.passed += 1;
      else tally.failed += 1;
      const told = isNoticed ? 'noticed' : `NOT NOTICED: ${before} before, ${after} after`;
      process.stdout.write(
        `| ${mutant.mechanism} | ${mutant.change} | \`${test.file}\` “${test.name}” | ${told} |\n`,
      );
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
const options = new Map(
  args
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => arg.slice(2).split('='))
    .map(([name = '', value = '']) => [name, value]),
);
const chosen = args.filter((arg) => !arg.startsWith('--'));
const unknown = [
  ...chosen.filter((name) => !['order', 'mutants'].includes(name)),
  ...[...options.keys()].filter((name) => !['worlds', 'mechanism'].includes(name)),
];
if (unknown.length > 0) {
  process.stdout.write(
    `unknown ${unknown.join(', ')}; expected order, mutants, --worlds=N, --mechanism=NAME\n`,
  );
  process.exit(2);
}
const isChosen = (name: string): boolean => chosen.length === 0 || chosen.includes(name);
const tally: Tally = { passed: 0, failed: 0 };
if (isChosen('mutants')) {
  const mechanism = options.get('mechanism');
  proveMutants(
    [...MUTANTS, ...LIVE_MUTANTS].filter(
      (mutant) => mechanism === undefined || mutant.mechanism === mechanism,
    ),
    tally,
  );
}
if (isChosen('order')) proveOrder(Number(options.get('worlds') ?? 1_000), tally);
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
