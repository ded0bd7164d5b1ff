import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Current release of Node that the unit tests and the start are tried on beside the oldest one. */
export const CURRENT_NODE_VERSION = '26.10.0';

/** The program of the installed current release below `directory`; null when it is not there. */
export function findCurrentNode(directory: string): string | null {
  const program = join(directory, CURRENT_NODE_VERSION, 'node_modules', packageName(), 'bin/node');
  return existsSync(program) ? program : null;
}

/**
 * Puts the current release of Node below `directory`, unless it is there. It comes as an npm package
 * per platform, so that nothing but the package registry is needed.
 *
 * @param directory `.cache/node` of the repository by convention.
 * @returns The program.
 * @throws Error with npm's output when it cannot be installed.
 */
export function installCurrentNode(directory: string): string {
  const home = join(directory, CURRENT_NODE_VERSION);
  if (findCurrentNode(directory) === null) {
    mkdirSync(home, { recursive: true });
    const { status, stdout, stderr } = spawnSync(
      'npm',
      [
        'install',
        '--no-save',
        '--no-package-lock',
        '--no-audit',
        '--no-fund',
        '--prefix',
        home,
        `${packageName()}@${CURRENT_NODE_VERSION}`,
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`npm install ${packageName()} failed: ${stdout}${stderr}`);
  }
  const program = findCurrentNode(directory);
  if (program === null) throw new Error(`${packageName()} holds no program bin/node`);
  return program;
}

function packageName(): string {
  return `node-${process.platform}-${process.arch}`;
}
