import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { computeConversionRate } from '../../src/metric/conversion-rate.js';
import { computeTop } from '../../src/metric/top.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { distinct, ranked } from '../testkit/oracle/oracle-metrics.js';
import { startWorlds, valueIn, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(120_000);

/** Values that are shown; most worlds have more. */
const SHOWN = 1;

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(80);
});

afterAll(() => worlds.stop());

test('the rest of people, top lists and conversion is that of the oracle', async () => {
  let withRest = 0;
  let notASum = 0;
  await worlds.every(async (it) => {
    const { counted, personOf } = it.oracle;
    const valueOfEvent = valueIn(it);
    const of = (event: (typeof counted)[number]) => personOf(event);
    const asked = { ...it.asked, breakdown: { dimension: it.breakdown, limit: SHOWN } };
    const all = ranked(counted, valueOfEvent, (group) => distinct(group, of));
    const shown = new Set(all.values.slice(0, SHOWN));
    const rest = counted.filter((event) => !shown.has(valueOfEvent(event)));
    const others = distinct(rest, of);
    const users = distinct(counted, of);
    if (rest.length > 0) withRest += 1;
    const sum = all.counts.slice(SHOWN).reduce((total, count) => total + count, 0);
    if (sum !== others) notASum += 1;

    const { breakdown } = await computeUniqueUsers(it.context, asked);
    expect(breakdown).toMatchObject({
      values: all.values.slice(0, SHOWN),
      counts: all.counts.slice(0, SHOWN),
      otherValues: Math.max(0, all.values.length - SHOWN),
      otherCount: others,
      otherSharePercent: users === 0 ? null : (others * 100) / users,
    });

    const { byValue } = await computeConversionRate(it.context, {
      ...asked,
      goal: { event: 'purchase' },
    });
    if (it.question.event === undefined) {
      const converted = distinct(
        rest.filter(({ name }) => name === 'purchase'),
        of,
      );
      // Ranked by users, then by those who converted, then by value.
      if (byValue?.values[0] === all.values[0]) {
        expect(byValue).toMatchObject({ otherUsers: others, otherConvertedUsers: converted });
      }
    }

    if (['device_type', 'plan', 'event_name', 'platform', 'user_id'].includes(it.breakdown)) {
      const top = await computeTop(it.context, asked);
      const left = counted.filter((event) => !top.values.includes(valueOfEvent(event)));
      expect(top.otherUsers).toBe(distinct(left, of));
      expect(top.otherPageViews).toBe(left.filter(({ name }) => name === 'page_view').length);
    }
  });
  expect(withRest).toBeGreaterThan(20);
  expect(notASum).toBeGreaterThan(5);
});
