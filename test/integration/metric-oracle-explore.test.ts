import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { EXPLORE_CHECKS } from '../testkit/oracle/check-explore.js';
import { startWorlds, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(600_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(60);
});

afterAll(async () => {
  await worlds.stop();
});

describe('every exploration equals that of the oracle', () => {
  test.each(EXPLORE_CHECKS.map(({ name, check }) => [name, check] as const))('%s', (_, check) =>
    worlds.every(check),
  );
});
