import { describe, expect, test } from '@jest/globals';
import { isAppError } from '../../../src/errors.js';
import { bucketsOf, seriesOf } from '../../../src/metric/buckets.js';
import type { Grain } from '../../../src/metric/metric-query.js';
import { resolveRange } from '../../../src/metric/time-range.js';
import { createZoneClock, zoneOffsets } from '../../../src/metric/zone-offsets.js';

const dates = (from: string, to: string, timeZone: string) =>
  resolveRange({ kind: 'dates', from, to }, timeZone);
const instants = (from: string, to: string, timeZone = 'UTC') =>
  resolveRange({ kind: 'instants', from, to }, timeZone);
const iso = (ms: number) => new Date(ms).toISOString();
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
  return 'none';
};

describe('a range of local dates', () => {
  test.each([
    ['UTC', '2024-01-31', '2024-01-31T00:00:00.000Z', '2024-02-01T00:00:00.000Z'],
    ['America/New_York', '2024-03-10', '2024-03-10T05:00:00.000Z', '2024-03-11T04:00:00.000Z'],
    ['Asia/Kathmandu', '2024-01-01', '2023-12-31T18:15:00.000Z', '2024-01-01T18:15:00.000Z'],
    ['America/Havana', '2023-11-05', '2023-11-05T04:00:00.000Z', '2023-11-06T05:00:00.000Z'],
    ['America/Asuncion', '2024-03-23', '2024-03-23T03:00:00.000Z', '2024-03-24T04:00:00.000Z'],
    ['America/Asuncion', '2024-03-24', '2024-03-24T04:00:00.000Z', '2024-03-25T04:00:00.000Z'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
  ])('in %s on %s begins and ends where the date changes', (zone, date, from, to) => {
    const range = dates(date, date, zone);
    expect([iso(range.fromMs), iso(range.toMs)]).toEqual([from, to]);
    expect([range.firstDate, range.lastDate]).toEqual([date, date]);
  });

  test.each([
    ['2024-02-02', '2024-02-01'],
    ['2024-02-30', '2024-03-01'],
    ['2024-2-3', '2024-03-01'],
    ['', '2024-03-01'],
    ['2024-01-01T00:00:00Z', '2024-03-01'],
    ['1924-01-01', '2024-01-01'],
    ["2024-01-01'; DROP TABLE x", '2024-01-02'],
  ])('from %j to %j is refused', (from, to) => {
    expect(codeOf(() => dates(from, to, 'UTC'))).toBe('INVALID_RANGE');
  });

  test.each(['', 'Mars/Base', '+02:00', 'UTC; SELECT 1', 'Europe/Berlin\u0000', 'x'.repeat(5_000)])(
    'an unknown zone %# is refused',
    (zone) => {
      expect(codeOf(() => dates('2024-01-01', '2024-01-01', zone))).toBe('INVALID_TIME_ZONE');
    },
  );
});

describe('a range of instants', () => {
  test('is half-open and may carry any offset', () => {
    const range = instants('2024-01-01T10:00:00+02:00', '2024-01-01T09:30:00.250Z');
    expect([iso(range.fromMs), iso(range.toMs)]).toEqual([
      '2024-01-01T08:00:00.000Z',
      '2024-01-01T09:30:00.250Z',
    ]);
  });

  test('may be empty, but not reversed', () => {
    const range = instants('2024-01-01T10:00:00Z', '2024-01-01T10:00:00Z');
    expect(range.toMs).toBe(range.fromMs);
    expect(bucketsOf(range, 'minute').startsMs).toEqual([]);
    expect(codeOf(() => instants('2024-01-01T10:00:01Z', '2024-01-01T10:00:00Z'))).toBe(
      'INVALID_RANGE',
    );
  });

  test.each([
    '2024-01-01',
    '2024-01-01T10:00:00',
    '2024-02-30T10:00:00Z',
    'now',
    '2024-01-01T25:00:00Z',
  ])('does not take %j', (from) => {
    expect(codeOf(() => instants(from, '2025-01-01T00:00:00Z'))).toBe('INVALID_RANGE');
  });
});

describe('buckets', () => {
  const starts = (from: string, to: string, zone: string, grain: Grain) =>
    bucketsOf(dates(from, to, zone), grain).startsMs.map(iso);

  test.each([
    ['America/New_York', '2024-03-10', 23],
    ['America/New_York', '2024-11-03', 25],
    ['America/Havana', '2023-11-05', 25],
    ['America/Asuncion', '2024-03-23', 25],
    ['America/Asuncion', '2024-03-24', 24],
    ['Australia/Lord_Howe', '2024-10-06', 24],
  ])('%s has on %s as many hours as its clocks say: %i', (zone, date, hours) => {
    expect(starts(date, date, zone, 'hour')).toHaveLength(hours);
  });

  test('days start at local midnight on both sides of a change of clocks', () => {
    expect(starts('2024-03-30', '2024-04-01', 'Europe/Berlin', 'day')).toEqual([
      '2024-03-29T23:00:00.000Z',
      '2024-03-30T23:00:00.000Z',
      '2024-03-31T22:00:00.000Z',
    ]);
  });

  test('a day that a zone left out is there and has no time', () => {
    const buckets = bucketsOf(dates('2011-12-29', '2011-12-31', 'Pacific/Apia'), 'day');
    expect(buckets.startsMs.map(iso)).toEqual([
      '2011-12-29T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ]);
  });

  test('weeks start on Monday and months on the first, also before the range', () => {
    expect(starts('2024-02-29', '2024-03-05', 'UTC', 'week')).toEqual([
      '2024-02-26T00:00:00.000Z',
      '2024-03-04T00:00:00.000Z',
    ]);
    expect(starts('2024-02-29', '2024-03-05', 'UTC', 'month')).toEqual([
      '2024-02-01T00:00:00.000Z',
      '2024-03-01T00:00:00.000Z',
    ]);
  });

  test('hours of instants count from the local midnight before', () => {
    const range = instants('2024-01-01T10:20:00Z', '2024-01-01T12:10:00Z', 'Asia/Kathmandu');
    expect(bucketsOf(range, 'hour').startsMs.map(iso)).toEqual([
      '2024-01-01T10:15:00.000Z',
      '2024-01-01T11:15:00.000Z',
    ]);
  });

  test('too many are refused before anything runs', () => {
    expect(codeOf(() => bucketsOf(dates('2020-01-01', '2024-01-01', 'UTC'), 'minute'))).toBe(
      'LIMIT_EXCEEDED',
    );
  });

  test('a series has every bucket, zero where nothing happened', () => {
    const buckets = bucketsOf(dates('2024-01-01', '2024-01-03', 'UTC'), 'day');
    expect(seriesOf(buckets, [{ bucket: 1, value: 5 }]).values).toEqual([0, 5, 0]);
  });
});

describe('zone offsets', () => {
  test('are found to the second over fifty years in every zone', () => {
    const from = Date.UTC(1990, 0, 1);
    const to = Date.UTC(2030, 0, 1);
    for (const zone of ['Europe/Berlin', 'Africa/Casablanca', 'Pacific/Apia', 'Asia/Pyongyang']) {
      const clock = createZoneClock(zone);
      const offsets = zoneOffsets(clock, from, to);
      for (const [index, { fromMs, offsetMs }] of offsets.entries()) {
        expect(clock.localMs(fromMs) - fromMs).toBe(offsetMs);
        const before = offsets[index - 1];
        if (before !== undefined)
          expect(clock.localMs(fromMs - 1)).toBe(fromMs - 1 + before.offsetMs);
      }
    }
  });
});
