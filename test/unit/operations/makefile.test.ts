import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const makefile = readFileSync('Makefile', 'utf8');
const TARGETS = ['run-local', 'dev-up', 'dev-down', 'test', 'deploy-staging', 'deploy-prod'];

/** The lines of a target's recipe. */
function recipeOf(target: string): readonly string[] {
  const [, after = ''] = makefile.split(new RegExp(`^${target}:.*\n`, 'm'));
  return (/^(?:\t.*\n)*/.exec(after)?.[0] ?? '').trimEnd().split('\n');
}

describe('Makefile', () => {
  test.each(TARGETS)('has the target %s, described and thin', (target) => {
    expect(makefile).toMatch(new RegExp(`^${target}: ## \\S`, 'm'));
    expect(makefile).toMatch(new RegExp(`^\\.PHONY:.* ${target}( |$)`, 'm'));
    const recipe = recipeOf(target);
    expect(recipe[0]).toMatch(/^\t\S/);
    expect(recipe.length).toBeLessThanOrEqual(2);
  });

  test('every npm script it calls exists', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    const called = [...makefile.matchAll(/npm (?:run )?(start|test|[a-z:]+)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !['install', 'scripts'].includes(name));
    expect(called.length).toBeGreaterThan(0);
    for (const name of called) expect(Object.keys(scripts)).toContain(name);
  });

  test('every environment it deploys has its file', () => {
    for (const [, name = ''] of makefile.matchAll(/call compose,([a-z]+)/g)) {
      expect(existsSync(`config/environments/${name}.env`)).toBe(true);
    }
  });
});

describe('Dockerfile', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');

  test('packs the product, installs the package and starts it', () => {
    expect(dockerfile.match(/^(RUN npm|CMD) .*$/gm)).toEqual([
      'RUN npm install && npm pack --pack-destination /tmp',
      'RUN npm install /tmp/sluice-*.tgz',
      'CMD ["node_modules/.bin/sluice", "start"]',
    ]);
  });

  test('listens where the host can reach it, as a user without rights', () => {
    expect(dockerfile).toMatch(/^ENV HOST=0\.0\.0\.0/m);
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  test('its context leaves out what git ignores', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    for (const entry of ['node_modules', 'dist', 'data', '.env', '.git']) {
      expect(ignored).toContain(entry);
    }
    // Nothing that the build needs may be among it.
    const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n');
    const folders = ignored.filter((entry) => entry !== '' && !/^[#*]/.test(entry));
    const lost = tracked.filter((path) =>
      folders.some((entry) => path === entry || path.startsWith(`${entry}/`)),
    );
    expect(lost).toEqual([]);
  });
});
