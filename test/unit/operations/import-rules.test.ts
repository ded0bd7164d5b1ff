import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/** What stands where in a small tree, with the rule that each import breaks; null: none. */
const IMPORTS: readonly (readonly [from: string, imported: string, rule: string | null])[] = [
  ['src/metric/a.ts', '../cache/redis/redis-cache.js', 'concepts-know-ports-only'],
  ['src/metric/b.ts', '../gateway/gateway.js', 'concepts-know-ports-only'],
  ['src/metric/c.ts', '../cache/cache.js', null],
  ['src/metric/d.ts', '../event/event.js', null],
  ['src/metric/e.ts', 'graphql', 'graphql-in-its-place'],
  ['src/event/a.ts', '../warehouse/warehouse.js', 'nouns-ask-nobody'],
  ['src/event/b.ts', '../warehouse/statement.js', null],
  ['src/event/c.ts', '../../test/testkit/kit.js', 'product-without-its-tests'],
  ['src/event/d.ts', './nowhere.js', 'imports-resolve'],
  ['src/event/e.ts', './f.js', 'no-cycles'],
  ['src/config.ts', './event/event.js', 'foundation-stands-alone'],
  ['src/cache/a.ts', './redis/redis-cache.js', 'ports-know-no-adapter'],
  [
    'src/cache/redis/a.ts',
    '../../pubsub/redis/redis-pubsub.js',
    'adapters-do-not-import-one-another',
  ],
  ['src/cache/redis/b.ts', '../cache.js', null],
  ['src/cache/redis/c.ts', '../../redis/connection.js', null],
  ['src/cache/redis/d.ts', 'ioredis', null],
  ['src/cache/memory/a.ts', '../../redis/connection.js', 'redis-connection-in-its-place'],
  ['src/cache/memory/b.ts', 'ioredis', 'ioredis-in-its-place'],
  ['src/gateway/a.ts', '../cache/redis/redis-cache.js', 'gateway-stands-alone'],
  ['src/gateway/b.ts', '../../ingest/collector.js', 'gateway-stands-alone'],
  ['src/gateway/c.ts', '../compose.js', 'nobody-imports-the-top'],
  ['src/gateway/d.ts', 'graphql', null],
  ['src/client/a.ts', '../gateway/gateway.js', 'client-stands-alone'],
  ['ingest/a.ts', '../src/gateway/gateway.js', 'ingest-stands-alone'],
  ['ingest/b.ts', 'kafkajs', 'kafkajs-in-its-place'],
  ['ingest/c.ts', 'avsc', null],
  ['clickhouse/a.ts', '@clickhouse/client', 'clickhouse-in-its-place'],
  ['src/warehouse/clickhouse/a.ts', 'avsc', 'avsc-in-its-place'],
  ['src/warehouse/clickhouse/b.ts', 'chdb', null],
  ['src/compose.ts', './cache/redis/redis-cache.js', null],
];

const TARGETS = [
  'src/event/event.ts',
  'src/cache/cache.ts',
  'src/cache/redis/redis-cache.ts',
  'src/pubsub/redis/redis-pubsub.ts',
  'src/redis/connection.ts',
  'src/warehouse/warehouse.ts',
  'src/warehouse/statement.ts',
  'src/gateway/gateway.ts',
  'ingest/collector.ts',
  'test/testkit/kit.ts',
];
const PACKAGES = ['graphql', 'ioredis', 'kafkajs', 'avsc', 'chdb', '@clickhouse/client'];

interface Cruise {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

const tree = mkdtempSync(join(tmpdir(), 'sluice-imports-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

/** Runs the real rules over the tree; the exit status is that of the violations, so it is let be. */
function cruise(): Cruise {
  const cruiser = join(process.cwd(), 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = [
    '--config',
    '.dependency-cruiser.cjs',
    '-T',
    'json',
    'src',
    'ingest',
    'clickhouse',
  ];
  const { NODE_OPTIONS: _, ...env } = process.env;
  let output: string;
  try {
    output = execFileSync(process.execPath, [cruiser, ...options], {
      cwd: tree,
      encoding: 'utf8',
      env,
    });
  } catch (error) {
    output = String((error as { stdout?: unknown }).stdout);
  }
  return JSON.parse(output) as Cruise;
}

describe('import rules', () => {
  const broken = new Map<string, Set<string>>();

  beforeAll(() => {
    copyFileSync('.dependency-cruiser.cjs', join(tree, '.dependency-cruiser.cjs'));
    write('package.json', '{ "type": "module" }');
    for (const name of PACKAGES) {
      write(`node_modules/${name}/package.json`, `{ "name": "${name}", "main": "index.js" }`);
      write(`node_modules/${name}/index.js`, 'export const x = 1;\n');
    }
    // A cycle is reported once, at one of its ends.
    write('src/event/f.ts', "import { x } from './e.js';\nexport type X = typeof x;\n");
    for (const path of TARGETS) write(path, 'export const x: number = 1;\n');
    IMPORTS.forEach(([from, imported], index) => {
      // Types count like values: each second import is one of types.
      const form = index % 2 === 0 ? 'import { x }' : 'import type { x }';
      write(from, `${form} from '${imported}';\nexport type X = typeof x;\n`);
    });
    for (const { from, rule } of cruise().summary.violations) {
      broken.set(from, (broken.get(from) ?? new Set()).add(rule.name));
    }
  });

  test.each(IMPORTS)('%s importing %s breaks %s', (from, _, rule) => {
    const rules = broken.get(from) ?? new Set();
    if (rule === null) expect([...rules]).toEqual([]);
    else expect([...rules]).toContain(rule);
  });
});
