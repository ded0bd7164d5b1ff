import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { bucketsOf } from '../../src/metric/buckets.js';
import { eligibleTables } from '../../src/metric/choose-table.js';
import { fieldsOf } from '../../src/metric/event-source.js';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import type { Grain } from '../../src/metric/metric-query.js';
import { computePageViews } from '../../src/metric/page-views.js';
import { resolveRange } from '../../src/metric/time-range.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { EVENT_CHECKS } from '../testkit/oracle/check-events.js';
import { startWorlds, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(600_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(200, 4);
});

afterAll(async () => {
  await worlds.stop();
});

describe('every answer equals that of the oracle', () => {
  test.each(EVENT_CHECKS.map(({ name, check }) => [name, check] as const))('%s', (_, check) =>
    worlds.every(check),
  );

  test('every eligible table gives the same answer', async () => {
    let asked = 0;
    let askedTwice = 0;
    await worlds.every(async (it) => {
      const { filter, ...rest } = { ...it.asked, grain: it.grain as Grain };
      // Conditions that rollups keep stay; the others would leave silver as the only table.
      const kept = filter.filter(({ field }) => field === 'platform' || field === 'event_name');
      const plain = { ...rest, filter: kept };
      for (const { measure, compute } of VERBS) {
        const cuts = bucketsOf(resolveRange(plain.range, plain.timeZone), it.grain).cuts;
        const tables = eligibleTables({ measure, cuts, fields: fieldsOf(plain) });
        const answers: unknown[] = [];
        for (const table of tables) {
          const { meta, ...answer } = await compute({ ...it.context, onlyTables: [table] }, plain);
          expect(meta.source).toContain(table);
          answers.push(answer);
        }
        for (const answer of answers) expect(answer).toEqual(answers[0]);
        asked += 1;
        if (tables.length > 1) askedTwice += 1;
      }
    }, 50);
    expect(askedTwice / asked).toBeGreaterThan(0.5);
  });
});

const VERBS = [
  { measure: 'events', compute: computeEventVolume },
  { measure: 'people', compute: computeUniqueUsers },
  { measure: 'page_views', compute: computePageViews },
] as const;
