import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { JOURNEY_CHECKS, SMALL_JOURNEY_CHECKS } from '../testkit/oracle/check-journeys.js';
import { startWorlds, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(600_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(100);
});

afterAll(async () => {
  await worlds.stop();
});

describe('every answer about journeys equals that of the oracle', () => {
  test.each(
    [...JOURNEY_CHECKS, ...SMALL_JOURNEY_CHECKS].map(({ name, check }) => [name, check] as const),
  )('%s', (_, check) => worlds.every(check));
});
