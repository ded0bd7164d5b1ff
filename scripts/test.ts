/**
 * `npm test [-- SUITE…]`: runs the suites one after the other, each with its own time, and ends
 * with the line `N passed, N failed`. A skipped test counts as failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CURRENT_NODE_VERSION, findCurrentNode } from './install-node.js';

interface Suite {
  readonly name: string;
  /** What it runs; the folder of its name where left out. */
  readonly tests?: readonly string[];
  /** Runs on the current release of Node instead of the one that runs this script. */
  readonly isOnCurrentNode?: boolean;
  /** Minutes it may take on two cores; told, not enforced. */
  readonly budgetMinutes: number;
}

const SUITES: readonly Suite[] = [
  { name: 'unit', budgetMinutes: 2 },
  { name: 'contract', budgetMinutes: 5 },
  { name: 'integration', budgetMinutes: 6 },
  { name: 'e2e', budgetMinutes: 8 },
  {
    name: 'current-node',
    tests: ['test/unit/', 'test/e2e/start.test.ts'],
    isOnCurrentNode: true,
    budgetMinutes: 2,
  },
];

const NODE_DIRECTORY = '.cache/node';

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

function missing(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0;
}

/** Says in the first second what the machine lacks, and gets it. */
function prepare(): void {
  const lacking = [
    ...(missing('redis-server') ? ['redis-server'] : []),
    ...(missing('chromium') && missing('google-chrome') ? ['chromium'] : []),
    ...(missing('java') ? ['java (17 or later)'] : []),
    ...(existsSync('.cache/kafka') ? [] : ['the libraries of Apache Kafka']),
    ...(findCurrentNode(NODE_DIRECTORY) === null ? ['the current release of Node'] : []),
  ];
  if (lacking.length === 0) return;
  process.stdout.write(`lacking for the tests: ${lacking.join(', ')}; running npm run setup\n`);
  const setup = spawnSync(process.execPath, ['dist/scripts/setup.js'], { stdio: 'inherit' });
  if (setup.status !== 0) {
    process.stdout.write('setup failed; what is lacking fails its tests below\n');
  }
}

function runSuite(suite: Suite, rest: readonly string[]): JestReport {
  const report = join(mkdtempSync(join(tmpdir(), 'sluice-test-')), `${suite.name}.json`);
  const isSerial = suite.name !== 'unit';
  const startedAt = Date.now();
  const node = suite.isOnCurrentNode ? findCurrentNode(NODE_DIRECTORY) : process.execPath;
  const version = suite.isOnCurrentNode ? `, Node ${CURRENT_NODE_VERSION}` : '';
  process.stdout.write(`\n== ${suite.name} (budget ${suite.budgetMinutes} min${version})\n`);
  spawnSync(
    node ?? 'the current release of Node, which is missing',
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      ...(suite.tests ?? [`test/${suite.name}/`]),
      '--json',
      `--outputFile=${report}`,

      ...(isSerial ? ['--runInBand'] : []),
      ...rest,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, UV_THREADPOOL_SIZE: '24' } },
  );
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  const none = {
    numPassedTests: 0,
    numFailedTests: 1,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
  };
  const result = existsSync(report)
    ? (JSON.parse(readFileSync(report, 'utf8')) as JestReport)
    : none;
  process.stdout.write(`== ${suite.name}: ${seconds} s, ${result.numPassedTests} passed\n`);
  return result;
}

const names = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const flags = process.argv.slice(2).filter((arg) => arg.startsWith('-'));
const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  process.stdout.write(
    `unknown suite ${unknown.join(', ')}; expected ${SUITES.map((suite) => suite.name).join(', ')}\n`,
  );
  process.exit(2);
}
const chosen = SUITES.filter((suite) => names.length === 0 || names.includes(suite.name));
if (chosen.some((suite) => suite.name !== 'unit')) prepare();
let passed = 0;
let failed = 0;
for (const suite of chosen) {
  const result = runSuite(suite, flags);
  passed += result.numPassedTests;
  failed +=
    result.numFailedTests +
    result.numPendingTests +
    result.numTodoTests +
    result.numRuntimeErrorTestSuites;
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
