/** `npm run setup`: installs what the tests need and the machine lacks; says what it did. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { messageOf } from '../src/errors.js';
import { repositoryRoot } from '../test/testkit/clickhouse-stand-in.js';
import { installKafka } from './install-kafka.js';
import { installCurrentNode } from './install-node.js';

interface DebianPackage {
  readonly name: string;
  /** Any of these commands means it is there. */
  readonly commands: readonly string[];
}

const PACKAGES: readonly DebianPackage[] = [
  { name: 'redis-server', commands: ['redis-server'] },
  { name: 'chromium', commands: ['chromium', 'google-chrome', 'chromium-browser'] },
  { name: 'default-jre-headless', commands: ['java'] },
  { name: 'maven', commands: ['mvn'] },
];

function has(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
}

function run(command: string, args: readonly string[]): boolean {
  const asRoot = process.getuid?.() === 0;
  const [program, rest] = asRoot ? [command, args] : ['sudo', [command, ...args]];
  return (
    spawnSync(program, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  );
}

const problems: string[] = [];
const wanted = PACKAGES.filter(({ commands }) => !commands.some(has)).map(({ name }) => name);
if (wanted.length === 0) {
  process.stdout.write('setup: redis-server, chromium, java and maven are there\n');
} else if (!has('apt-get')) {
  problems.push(`install ${wanted.join(', ')} with this system's package manager`);
} else if (process.getuid?.() !== 0 && !has('sudo')) {
  problems.push(`run as root: apt-get install -y ${wanted.join(' ')}`);
} else {
  process.stdout.write(`setup: installing ${wanted.join(', ')}\n`);
  const done = run('apt-get', ['update']) && run('apt-get', ['install', '-y', ...wanted]);
  if (!done) problems.push(`apt-get install ${wanted.join(' ')} failed`);
}

try {
  await installKafka({ directory: join(repositoryRoot(), '.cache/kafka') });
  process.stdout.write('setup: the libraries of Apache Kafka are there\n');
} catch (error) {
  problems.push(`the libraries of Apache Kafka: ${messageOf(error)}`);
}

try {
  installCurrentNode(join(repositoryRoot(), '.cache/node'));
  process.stdout.write('setup: the current release of Node is there\n');
} catch (error) {
  problems.push(`the current release of Node: ${messageOf(error)}`);
}

for (const problem of problems) process.stdout.write(`setup: missing: ${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
