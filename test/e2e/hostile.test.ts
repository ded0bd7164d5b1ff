import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCESS } from '../testkit/hostile/hostile-access.js';
import type { HostileClass, HostileWorld } from '../testkit/hostile/hostile-case.js';
import { DOCUMENTS } from '../testkit/hostile/hostile-documents.js';
import { INPUT } from '../testkit/hostile/hostile-input.js';
import { REQUESTS } from '../testkit/hostile/hostile-requests.js';
import { createHostileWorld } from '../testkit/hostile/hostile-world.js';
import { type HostileAnswer, sendHostile } from '../testkit/hostile/send-hostile.js';
import { askGraphql, type Stack, startStack } from '../testkit/stack.js';
import { startTokenIssuer, type TokenIssuer } from '../testkit/token-issuer.js';

const CLASSES: readonly HostileClass[] = [...DOCUMENTS, ...INPUT, ...REQUESTS, ...ACCESS];

/** Fewest cases of a class, and of all. */
const LEAST_OF_CLASS = 10;
const LEAST = 200;

/** Memory the process may take on while the whole suite runs twice, bytes. */
const MEMORY_BYTES = 400 * 1024 * 1024;

let issuer: TokenIssuer;
let stack: Stack;
let world: HostileWorld;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  stack = await startStack('embedded', issuer.env);
  world = await createHostileWorld(stack, issuer);
}, 120_000);
afterAll(async () => {
  await stack.stop();
  await issuer.stop();
});

function residentBytes(): number {
  const pid = stack.processes[0]?.pid ?? 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Sends every case of a class. @returns What was expected and what came. */
async function attack(hostile: HostileClass) {
  const expected: Record<string, unknown> = {};
  const received: Record<string, HostileAnswer> = {};
  for (const each of hostile.cases(world)) {
    const { status, code, limit = null } = each.refusal;
    expected[each.name] = { status, code, limit };
    received[each.name] = await sendHostile(world.url, each);
  }
  return { expected, received };
}

describe('hostile operations', () => {
  test('there are enough of every class, each under a name of its own', () => {
    const sizes = CLASSES.map((hostile) => {
      const names = hostile.cases(world).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      return names.length;
    });
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(LEAST_OF_CLASS);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(LEAST);
  });

  test.each(CLASSES.map((hostile) => [hostile.name, hostile] as const))(
    '%s: each gets its refusal',
    async (_name, hostile) => {
      const { expected, received } = await attack(hostile);
      expect(received).toEqual(expected);
    },
    60_000,
  );

  test('the process is the same afterwards, answers, and has not grown', async () => {
    const before = residentBytes();
    for (const hostile of CLASSES) await attack(hostile);
    const query = '{ eventVolume(range: { from: "2026-01-01", to: "2026-01-31" }) { total } }';
    expect(await askGraphql(world.url, world.keys.reader, query)).toEqual({
      eventVolume: { total: 4 },
    });
    expect(stack.processes[0]?.child.exitCode).toBeNull();
    const grown = residentBytes() - before;
    const sizes = CLASSES.map(({ name, cases }) => [name, cases(world).length] as const);
    const count = sizes.reduce((sum, [, size]) => sum + size, 0);
    process.stdout.write(
      `hostile: ${count} operations of ${CLASSES.length} classes refused as defined (${sizes.map(([name, size]) => `${name} ${size}`).join(', ')}), memory ${(grown / 2 ** 20).toFixed(0)} MB more\n`,
    );
    expect(grown).toBeLessThan(MEMORY_BYTES);
  }, 120_000);
});
