/**
 * `npm run prove [-- GROUP…] [--worlds=N] [--from=N] [--list=NAME] [--mechanism=NAME]`: what takes too
 * long for `npm test`. Ends with the line `N passed, N failed`.
 *
 * - `mutants`: every mechanism of exactness and every rule broken on purpose, each in a copy of the
 *   source, where a named test has to fail that passes on the source as it is. `--list` and
 *   `--mechanism` choose some.
 * - The groups of {@link WORLD_GROUPS}: properties over many random worlds, in runs with seeds of
 *   their own. `--worlds` asks for another number, `--from` leaves out the first runs, so that two
 *   processes can share a group: `--worlds=1000` and `--from=1000` are the 2,000 worlds of one.
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
import { MUTANT_LISTS } from '../test/mutants/mutant-lists.js';
import type { Mutant } from '../test/mutants/mutants.js';
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

/** A property over random worlds, in test files that take their number and seed from the environment. */
interface WorldGroup {
  /** The file, or the pattern of several. */
  readonly file: string;
  /** Names of the variables. */
  readonly count: string;
  readonly seed: string;
  readonly worlds: number;
  readonly worldsPerRun: number;
}

const METRIC_WORLDS = { count: 'METRIC_WORLDS', seed: 'METRIC_SEED' } as const;

const WORLD_GROUPS: Readonly<Record<string, WorldGroup>> = {
  /** Every metric, of the same events in any order of arrival. */
  order: {
    file: 'test/integration/order-permutation.test.ts',
    count: 'ORDER_WORLDS',
    seed: 'ORDER_SEED',
    worlds: 1_000,
    worldsPerRun: 125,
  },
  /** Metrics against their oracle, every question of every world, and the shares of the rules. */
  metrics: {
    file: 'integration/(rule-shares|metric-oracle(-more|-behaviour)?)\\.test\\.ts',
    ...METRIC_WORLDS,
    worlds: 2_000,
    worldsPerRun: 250,
  },
  /** Days and hours of every zone that Node and the engine know. */
  zones: {
    file: 'test/integration/zones.test.ts',
    count: 'ZONES',
    seed: 'ZONES_SEED',
    worlds: 1_000,
    worldsPerRun: 1_000,
  },
  /** Paths and attribution against their oracle. */
  journeys: {
    file: 'test/integration/metric-oracle-journeys.test.ts',
    ...METRIC_WORLDS,
    worlds: 1_000,
    worldsPerRun: 250,
  },
  /** Explorations against their oracle. */
  explore: {
    file: 'test/integration/metric-oracle-explore.test.ts',
    ...METRIC_WORLDS,
    worlds: 1_000,
    worldsPerRun: 250,
  },
  /** Funnels against their oracle, in numbers and actor by actor. */
  funnels: {
    file: 'test/integration/funnel-oracle.test.ts',
    count: 'FUNNEL_WORLDS',
    seed: 'FUNNEL_SEED',
    worlds: 20_000,
    worldsPerRun: 4_000,
  },
  /** Experiments against theirs. */
  experiments: {
    file: 'test/integration/experiment.test.ts',
    count: 'EXPERIMENT_WORLDS',
    seed: 'EXPERIMENT_SEED',
    worlds: 2_000,
    worldsPerRun: 500,
  },
  /** Subscriptions beside the queries that they are twins of; worlds are questions. */
  live: {
    file: 'test/integration/live-twin.test.ts',
    count: 'LIVE_QUESTIONS',
    seed: 'LIVE_SEED',
    worlds: 100,
    worldsPerRun: 100,
  },
  /** The same question through every eligible table; eleven questions a world. */
  planner: {
    file: 'test/integration/planner.test.ts',
    ...METRIC_WORLDS,
    worlds: 50,
    worldsPerRun: 25,
  },
};

const FIRST_SEED = 20_261_123;
/** Longest time of the tests of one mutant, ms. */
const MUTANT_TIMEOUT_MS = 300_000;
/** Longest time of one run of worlds, ms. */
const WORLDS_TIMEOUT_MS = 3_600_000;
/**
 * Failures of these kinds say that the mutant is no program, or that the engine refuses its
 * statements, not that a test noticed it.
 */
const NO_PROGRAM =
  /SyntaxError|ReferenceError|Cannot find module|\((?:SYNTAX_ERROR|UNKNOWN_IDENTIFIER|UNKNOWN_FUNCTION|NOT_AN_AGGREGATE|ILLEGAL_AGGREGATION|ILLEGAL_TYPE_OF_ARGUMENT|TYPE_MISMATCH|NO_COMMON_TYPE|SIZES_OF_ARRAYS_DONT_MATCH|NUMBER_OF_ARGUMENTS_DOESNT_MATCH|BAD_ARGUMENTS)\)/;
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

function proveWorlds(
  name: string,
  group: WorldGroup,
  { from, worlds }: { readonly from: number; readonly worlds: number },
  tally: Tally,
): void {
  for (let done = from; done < worlds; done += group.worldsPerRun) {
    const count = Math.min(group.worldsPerRun, worlds - done);
    const seed = FIRST_SEED + done;
    const startedAt = Date.now();
    process.stdout.write(`\n== ${name}: ${count} at most, seed ${seed}\n`);
    const { tests, output } = runJest(ROOT, [group.file], {
      env: { [group.count]: String(count), [group.seed]: String(seed) },
      timeoutMs: WORLDS_TIMEOUT_MS,
    });
    for (const line of output.split('\n')) {
      if (line.startsWith(`${name}: `)) process.stdout.write(`${line}\n`);
    }
    const failures = tests.filter(({ status }) => status !== 'passed');
    for (const { title, failureMessages } of failures) {
      process.stdout.write(`FAIL ${title}\n${failureMessages.join('\n')}\n`);
    }
    tally.passed += tests.length - failures.length;
    tally.failed += tests.length === 0 ? 1 : failures.length;
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`== ${name}: ${seconds} s, ${tests.length - failures.length} passed\n`);
  }
}

/** What became of the test that is to notice a mutant. */
function outcome(directory: string, { test }: Pick<Mutant, 'test'>): string {
  const pattern = test.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const { count } = METRIC_WORLDS;
  const { tests } = runJest(directory, [test.file, '-t', pattern], {
    timeoutMs: MUTANT_TIMEOUT_MS,
    env: test.worlds === undefined ? {} : { [count]: String(test.worlds) },
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
      const key = `${test.file} ${test.name} ${test.worlds}`;
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
  ...chosen.filter((name) => name !== 'mutants' && WORLD_GROUPS[name] === undefined),
  ...[...options.keys()].filter((name) => !['worlds', 'from', 'list', 'mechanism'].includes(name)),
  ...[options.get('list') ?? 'mechanisms'].filter((name) => MUTANT_LISTS[name] === undefined),
];
if (unknown.length > 0) {
  const groups = ['mutants', ...Object.keys(WORLD_GROUPS)].join(', ');
  const lists = Object.keys(MUTANT_LISTS).join('|');
  process.stdout.write(
    `unknown ${unknown.join(', ')}; expected ${groups}, --worlds=N, --from=N, --list=${lists}, --mechanism=NAME\n`,
  );
  process.exit(2);
}
/** A number of worlds that was asked for; ends the process where it is none. */
function worldsAsked(option: string, otherwise: number, step = 1): number {
  const text = options.get(option) ?? String(otherwise);
  const asked = Number(text);
  if (/^\d+$/.test(text) && asked % step === 0) return asked;
  const wanted = step === 1 ? 'a whole number' : `a multiple of ${step}, whose runs are whole`;
  process.stdout.write(`--${option}: expected ${wanted}, got ${JSON.stringify(text)}\n`);
  process.exit(2);
}
const isChosen = (name: string): boolean => chosen.length === 0 || chosen.includes(name);
const runs = Object.entries(WORLD_GROUPS)
  .filter(([name]) => isChosen(name))
  .map(([name, group]) => ({
    name,
    group,
    from: worldsAsked('from', 0, group.worldsPerRun),
    worlds: worldsAsked('worlds', group.worlds),
  }));
const tally: Tally = { passed: 0, failed: 0 };
if (isChosen('mutants')) {
  const mechanism = options.get('mechanism');
  const list = options.get('list');
  const mutants = Object.entries(MUTANT_LISTS)
    .filter(([name]) => list === undefined || name === list)
    .flatMap(([, some]) => some);
  proveMutants(
    mutants.filter((mutant) => mechanism === undefined || mutant.mechanism === mechanism),
    tally,
  );
}
for (const { name, group, ...some } of runs) proveWorlds(name, group, some, tally);
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
