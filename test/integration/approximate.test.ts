import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { MetricContext } from '../../src/metric/metric.js';
import type { MetricQuestion } from '../../src/metric/metric-query.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import { seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
let context: MetricContext;

/** People who came on the first day alone, and on the second. */
const FIRST = 10_000;
const SECOND = 14_000;

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1_800 },
    clock: () => Date.UTC(2024, 0, 6, 12),
  };
  const day = (count: number, date: string, prefix: string) =>
    Array.from({ length: count }, (_, index) => ({
      event_id: `${prefix}${index}`,
      event_name: 'page_view',
      timestamp: `${date}T10:00:00Z`,
      anonymous_id: `${prefix}${index}`,
    }));
  await seedEvents({
    ...kit,
    projectId: 'p',
    batch: 'people',
    events: [...day(FIRST, '2024-01-01', 'a'), ...day(SECOND, '2024-01-02', 'b')],
  });
}, 120_000);

afterAll(() => kit.stop());

const question = (from: string, to: string): MetricQuestion => ({
  projectId: 'p',
  range: { kind: 'dates', from, to },
  timeZone: 'UTC',
  filter: [],
  includeBots: false,
  grain: 'day',
});

test('up to ten thousand people an estimate is the exact number', async () => {
  const answer = await computeUniqueUsers(context, {
    ...question('2024-01-01', '2024-01-01'),
    isApproximate: true,
  });
  expect(answer.total).toBe(FIRST);
  expect(answer.series?.values).toEqual([FIRST]);
  expect(answer.meta.exact).toBe(true);
});

test('beyond it is within a percent, and says what it is', async () => {
  const asked = question('2024-01-01', '2024-01-02');
  const answer = await computeUniqueUsers(context, { ...asked, isApproximate: true });
  expect(Math.abs(answer.total / (FIRST + SECOND) - 1)).toBeLessThan(0.01);
  const [first = 0, second = 0] = answer.series?.values ?? [];
  expect(first).toBe(FIRST);
  expect(Math.abs(second / SECOND - 1)).toBeLessThan(0.01);
  expect(answer.meta.exact).toBe(false);
  const exact = await computeUniqueUsers(context, asked);
  expect(exact).toMatchObject({ total: FIRST + SECOND, meta: { exact: true } });
});
