import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { randomWorld } from '../testkit/oracle/random-world.js';
import { ruleShares } from '../testkit/oracle/rule-shares.js';
import { WORLDS_SEED } from '../testkit/oracle/worlds.js';

/** No rule may be one that hardly any world speaks of. */
const LEAST_SHARE = 0.02;

jest.setTimeout(600_000);

test('every rule of the specification decides a share of the worlds', () => {
  const seed = Number(process.env.METRIC_SEED ?? WORLDS_SEED);
  const numRuns = Number(process.env.METRIC_WORLDS ?? 200);
  const shares = ruleShares(fc.sample(randomWorld, { numRuns, seed }));
  for (const [rule, share] of [...shares].sort(([, a], [, b]) => a - b)) {
    process.stdout.write(`metrics: ${(share * 100).toFixed(1)} % of worlds: ${rule}\n`);
  }
  const rare = [...shares].filter(([, share]) => share < LEAST_SHARE).map(([rule]) => rule);
  expect({ seed, rare }).toEqual({ seed, rare: [] });
});
