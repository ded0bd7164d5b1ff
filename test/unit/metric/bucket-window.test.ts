import { describe, expect, test } from '@jest/globals';
import {
  bucketOfDay,
  bucketWindow,
  firstDayOfBucket,
  windowSpans,
} from '../../../src/metric/bucket-window.js';
import { dateOfDayNumber, dayNumberOf } from '../../../src/metric/local-date.js';
import { createZoneClock } from '../../../src/metric/zone-offsets.js';

const day = (date: string): number => dayNumberOf(date) ?? Number.NaN;
const HOUR = 3_600_000;

/** Stretches of the buckets first … last as `bucket: from – to`, in UTC. */
function spansOf(timeZone: string, date: string, first = 0, last = 0): readonly string[] {
  const clock = createZoneClock(timeZone);
  const window = bucketWindow({ clock, period: 'day', origin: day(date), first, last });
  const text = (ms: number): string => new Date(ms).toISOString().slice(5, 16);
  return windowSpans(window)
    .filter(({ bucket }) => bucket >= first && bucket <= last)
    .map(({ bucket, fromMs, toMs }) => `${bucket}: ${text(fromMs)} – ${text(toMs)}`);
}

describe('buckets of the calendar', () => {
  test.each([
    ['day', '2024-02-29', 1, '2024-03-01'],
    ['week', '2023-12-25', 2, '2024-01-08'],
    ['month', '2023-11-01', 4, '2024-03-01'],
    ['month', '2024-01-01', -1, '2023-12-01'],
  ] as const)('%s after %s, %d further, begins on %s', (period, origin, n, expected) => {
    const first = firstDayOfBucket(day(origin), period, n);
    expect(dateOfDayNumber(first)).toBe(expected);
    expect(bucketOfDay(day(origin), period, first)).toBe(n);
    expect(bucketOfDay(day(origin), period, first - 1)).toBe(n - 1);
  });
});

describe('the stretches of a window', () => {
  test('cover every instant of its UTC days once', () => {
    const clock = createZoneClock('Europe/Berlin');
    const window = bucketWindow({
      clock,
      period: 'month',
      origin: day('2024-03-01'),
      first: -1,
      last: 2,
    });
    const spans = windowSpans(window);
    expect(spans[0]?.fromMs).toBe(window.fromMs);
    expect(spans.at(-1)?.toMs).toBe(window.toMs);
    for (const [index, span] of spans.entries()) {
      expect(span.toMs).toBeGreaterThan(span.fromMs);
      expect(span.fromMs).toBe(spans[index - 1]?.toMs ?? window.fromMs);
    }
    expect(new Set(spans.map(({ bucket }) => bucket))).toEqual(new Set([-2, -1, 0, 1, 2, 3]));
  });

  test('a repeated hour before midnight stays with its date', () => {
    expect(spansOf('America/Asuncion', '2024-03-23')).toEqual([
      '0: 03-23T03:00 – 03-24T03:00',
      '0: 03-24T03:00 – 03-24T04:00',
    ]);
  });

  test('a date that comes twice has two stretches, and no quarter hour of its own', () => {
    const spans = spansOf('America/St_Johns', '2009-10-31', 0, 1);
    expect(spans).toEqual([
      '0: 10-31T02:30 – 11-01T02:30',
      '1: 11-01T02:30 – 11-01T02:31',
      '0: 11-01T02:31 – 11-01T03:30',
      '1: 11-01T03:30 – 11-02T03:30',
    ]);
  });

  test('a date that a zone left out has none', () => {
    expect(spansOf('Pacific/Apia', '2011-12-30')).toEqual([]);
    expect(spansOf('Pacific/Apia', '2011-12-29')).toEqual(['0: 12-29T10:00 – 12-30T10:00']);
  });

  test('the local hours of 1969 belong to their own date', () => {
    const clock = createZoneClock('America/New_York');
    const window = bucketWindow({ clock, period: 'day', origin: -1, first: 0, last: 0 });
    const own = windowSpans(window).find(({ bucket }) => bucket === 0);
    expect(own?.toMs).toBe(5 * HOUR);
  });
});
