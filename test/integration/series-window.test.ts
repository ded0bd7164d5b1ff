import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { computeEventVolume } from '../../src/metric/event-volume.js';
import type { Grain, MetricQuestion, SeriesWindow } from '../../src/metric/metric-query.js';
import { computePageViews } from '../../src/metric/page-views.js';
import { computeSessions } from '../../src/metric/sessions.js';
import { computeUniqueUsers } from '../../src/metric/unique-users.js';
import type { OracleEvent } from '../testkit/oracle/oracle-event.js';
import { distinct } from '../testkit/oracle/oracle-metrics.js';
import { datesBetween, periodOf } from '../testkit/oracle/oracle-time.js';
import { startWorlds, type WorldCase, type Worlds } from '../testkit/oracle/worlds.js';

jest.setTimeout(180_000);

let worlds: Worlds;

beforeAll(async () => {
  worlds = await startWorlds(60);
});

afterAll(() => worlds.stop());

/** Local calendar buckets only: hours are tested by hand elsewhere. */
function grainOf({ grain }: WorldCase): Exclude<Grain, 'hour' | 'minute'> {
  return grain === 'hour' ? 'day' : grain;
}

const dayBefore = (date: string): string =>
  new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);

/** The buckets of the range as their first dates. */
function bucketsOf(it: WorldCase): readonly string[] {
  const { from, to } = it.question;
  return [...new Set(datesBetween(from, to).map((date) => periodOf(date, grainOf(it))))];
}

/** First date of the bucket `count` before. */
function bucketBefore(it: WorldCase, start: string, count: number): string {
  return count === 0 ? start : bucketBefore(it, periodOf(dayBefore(start), grainOf(it)), count - 1);
}

/** By the rules in plain words: what lies in the window that ends with each bucket. */
function expected(
  it: WorldCase,
  window: SeriesWindow,
  all: readonly OracleEvent[],
  measure: (group: readonly OracleEvent[]) => number,
): readonly number[] {
  const { from, to } = it.question;
  return bucketsOf(it).map((start) => {
    const first = window.kind === 'cumulative' ? from : bucketBefore(it, start, window.buckets - 1);
    return measure(
      all.filter((event) => {
        const date = it.oracle.dateOf(event.at);
        return date >= first && date <= to && periodOf(date, grainOf(it)) <= start;
      }),
    );
  });
}

const WINDOWS: readonly SeriesWindow[] = [
  { kind: 'cumulative' },
  { kind: 'moving', buckets: 1 },
  { kind: 'moving', buckets: 3 },
  { kind: 'moving', buckets: 40 },
];

describe('series in windows equal those of the oracle', () => {
  test.each(WINDOWS)('%j', async (window) => {
    await worlds.every(async (it) => {
      const asked: MetricQuestion = { ...it.asked, filter: [], grain: grainOf(it), window };
      const { event: selector } = it.question;
      const { all, personOf } = it.oracle;
      const events = all.filter(({ name }) => selector === undefined || name === selector);
      const plain = { ...asked };
      delete (plain as { window?: unknown }).window;

      const volume = await computeEventVolume(it.context, asked);
      expect(volume.series?.values).toEqual(expected(it, window, events, (group) => group.length));
      const { total, series } = await computeEventVolume(it.context, plain);
      expect(volume.total).toBe(total);
      expect(volume.series?.bucketStarts).toEqual(series?.bucketStarts);

      const users = await computeUniqueUsers(it.context, asked);
      expect(users.series?.values).toEqual(
        expected(it, window, events, (group) => distinct(group, personOf)),
      );
      const views = await computePageViews(it.context, asked);
      expect(views.series?.values).toEqual(
        expected(
          it,
          window,
          events.filter(({ name }) => name === 'page_view'),
          (group) => group.length,
        ),
      );
      const sessions = await computeSessions(it.context, asked);
      const starts = it.oracle.sessions
        .filter((each) =>
          each.events.some(({ name }) => selector === undefined || name === selector),
        )
        .flatMap((each) => each.events[0] ?? []);
      expect(sessions.series?.values).toEqual(
        expected(it, window, starts, (group) => group.length),
      );
      expect(sessions.total).toBe((await computeSessions(it.context, plain)).total);
    });
  });
});

test('a window of hours looks back in real hours', async () => {
  await worlds.every(async (it) => {
    const asked: MetricQuestion = { ...it.asked, filter: [], grain: 'hour' };
    const { series } = await computeEventVolume(it.context, asked);
    const moved = await computeEventVolume(it.context, {
      ...asked,
      window: { kind: 'moving', buckets: 30 },
    });
    const { event: selector } = it.question;
    const events = it.oracle.all.filter(({ name }) => selector === undefined || name === selector);
    const starts = (series?.bucketStarts ?? []).map((start) => Date.parse(start));
    expect(moved.series?.bucketStarts).toEqual(series?.bucketStarts);
    expect(moved.series?.values).toEqual(
      starts.map(
        (start) =>
          events.filter(
            ({ at }) =>
              at >= start - 29 * 3_600_000 &&
              at < start + 3_600_000 &&
              it.oracle.dateOf(at) <= it.question.to,
          ).length,
      ),
    );
  }, 20);
});

test.each([0, -1, 1.5, 1_001])('a moving window of %d buckets is refused', async (buckets) => {
  await worlds.every(async (it) => {
    await expect(
      computeEventVolume(it.context, {
        ...it.asked,
        grain: 'day',
        window: { kind: 'moving', buckets },
      }),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'window.moving' } });
  }, 1);
});
