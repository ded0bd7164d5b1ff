import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SETTINGS } from '../../../src/settings.js';

const guide = readFileSync('docs/TROUBLESHOOTING.md', 'utf8');
const all = (pattern: RegExp): readonly string[] => [
  ...new Set([...guide.matchAll(pattern)].map(([, found = '']) => found)),
];

describe('docs/TROUBLESHOOTING.md', () => {
  test('has the common issues of the product documents', () => {
    for (const title of ['High consumer lag', 'Data quality', 'Session accuracy', 'Performance']) {
      expect(guide).toMatch(new RegExp(`^## ${title}$`, 'm'));
    }
  });

  test('names only settings that exist', () => {
    const named = all(/\b((?:EVENT_LOG|WAREHOUSE|INGESTER|GATEWAY|COLLECTOR|SCHEMA)_[A-Z_]+)\b/g);
    const codes = readFileSync('src/errors.ts', 'utf8');
    const unknown = named.filter((name) => !(name in SETTINGS) && !codes.includes(`'${name}'`));
    expect(named.length).toBeGreaterThan(3);
    expect(unknown).toEqual([]);
  });

  test('calls only commands that exist', () => {
    const commands = readFileSync('src/cli/commands.ts', 'utf8');
    const words = all(/npx sluice ([a-z][a-z-]*(?: [a-z][a-z-]*)?)/g).flatMap((call) =>
      call.split(' '),
    );
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) expect(commands).toMatch(new RegExp(`\\.command\\('${word}[ ']`));
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const name of all(/npm run ([a-z:]+)/g)) expect(Object.keys(scripts)).toContain(name);
  });

  test('asks only services of the compose file', () => {
    const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
      services: Record<string, unknown>;
    };
    const asked = all(/docker compose (?:exec|restart|logs -f)\s+([a-z]+)/g);
    expect(asked.length).toBeGreaterThan(2);
    for (const name of asked) expect(Object.keys(services)).toContain(name);
  });

  test('links only to what is there', () => {
    for (const path of all(/\]\(([^)#:]+)\)/g)) {
      expect([path, existsSync(`docs/${path}`)]).toEqual([path, true]);
    }
    for (const path of all(/readFileSync\('([^']+)'/g)) expect(existsSync(path)).toBe(true);
  });
});
