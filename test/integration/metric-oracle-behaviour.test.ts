import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { BEHAVIOUR_CHECKS } from '../testkit/oracle/check-behaviour.js';
import { PERFORMANCE_CHECKS } from '../testkit/oracle/check-performance.js';
import { startWorlds, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(600_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(200, 4);
});

afterAll(async () => {
  await worlds.stop();
});

describe('every answer about apps and pages equals that of the oracle', () => {
  test.each(
    [...PERFORMANCE_CHECKS, ...BEHAVIOUR_CHECKS].map(({ name, check }) => [name, check] as const),
  )('%s', (_, check) => worlds.every(check));
});
