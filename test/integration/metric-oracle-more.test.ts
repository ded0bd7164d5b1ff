import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { checkEventChannels, PEOPLE_CHECKS } from '../testkit/oracle/check-people.js';
import { RETENTION_CHECKS } from '../testkit/oracle/check-retention.js';
import { TRUST_CHECKS } from '../testkit/oracle/check-trust.js';
import { startWorlds, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(600_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(200, 4);
});

afterAll(async () => {
  await worlds.stop();
});

describe('every further answer equals that of the oracle', () => {
  test.each(
    [...PEOPLE_CHECKS, ...RETENTION_CHECKS, ...TRUST_CHECKS].map(
      ({ name, check }) => [name, check] as const,
    ),
  )('%s', (_, check) => worlds.every(check));

  test('the channels of all worlds are nearly all there are', async () => {
    const seen = new Set<string>();
    await worlds.every(async (it) => {
      for (const channel of await checkEventChannels(it)) seen.add(channel);
    }, 50);
    // The rarest need two rare tags at once; each channel alone is asked for elsewhere.
    expect(seen.size).toBeGreaterThan(16);
  });
});
