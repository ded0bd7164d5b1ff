import { describe, expect, test } from '@jest/globals';
import { type Comparison, comparedRange } from '../../../src/metric/compared-range.js';

function compared(
  from: string,
  to: string,
  comparison: Comparison,
  zone = 'Europe/Berlin',
): string {
  const kind = from.length === 10 ? 'dates' : 'instants';
  const range = comparedRange({ kind, from, to }, zone, comparison);
  return `${range.from} ${range.to}`;
}

describe('dates', () => {
  test.each<[string, string, string, string]>([
    ['a day', '2024-03-15', '2024-03-15', '2024-03-14 2024-03-14'],
    ['a week', '2024-03-11', '2024-03-17', '2024-03-04 2024-03-10'],
    ['days across a month', '2024-02-28', '2024-03-02', '2024-02-24 2024-02-27'],
    ['a whole month', '2024-03-01', '2024-03-31', '2024-02-01 2024-02-29'],
    ['a whole quarter', '2024-01-01', '2024-03-31', '2023-10-01 2023-12-31'],
    ['a whole year', '2024-01-01', '2024-12-31', '2023-01-01 2023-12-31'],
    ['a month short of a day', '2024-03-01', '2024-03-30', '2024-01-31 2024-02-29'],
  ])('%s has the time before', (_, from, to, expected) => {
    expect(compared(from, to, 'previous_period')).toBe(expected);
  });

  test.each<[string, string, string, string]>([
    ['a day', '2024-03-15', '2024-03-15', '2023-03-15 2023-03-15'],
    ['the 29th of February', '2024-02-29', '2024-02-29', '2023-02-28 2023-02-28'],
    ['February of a leap year', '2024-02-01', '2024-02-29', '2023-02-01 2023-02-28'],
    ['February after a leap year', '2025-02-01', '2025-02-28', '2024-02-01 2024-02-29'],
    ['days over a new year', '2023-12-30', '2024-01-02', '2022-12-30 2023-01-02'],
  ])('%s has the year before', (_, from, to, expected) => {
    expect(compared(from, to, 'previous_year')).toBe(expected);
  });

  test('before the calendar there is nothing', () => {
    expect(() => compared('0000-01-01', '0000-01-31', 'previous_year')).toThrow(
      expect.objectContaining({ code: 'INVALID_RANGE' }),
    );
  });
});

describe('instants', () => {
  test('are compared with the same absolute time before', () => {
    expect(compared('2024-03-31T00:30:00Z', '2024-03-31T03:30:00+02:00', 'previous_period')).toBe(
      '2024-03-30T23:30:00.000Z 2024-03-31T00:30:00.000Z',
    );
  });

  test('that are local midnights mean days, whatever their hours', () => {
    // 31 March 2024 has 23 hours in Berlin.
    expect(compared('2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z', 'previous_period')).toBe(
      '2024-03-30 2024-03-30',
    );
    expect(compared('2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z', 'previous_year')).toBe(
      '2023-03-31 2023-03-31',
    );
  });

  test('show the same on local clocks a year before', () => {
    // Summer time began on 26 March 2023 and on 31 March 2024.
    expect(compared('2024-03-28T09:00:00Z', '2024-03-28T10:00:00Z', 'previous_year')).toBe(
      '2023-03-28T08:00:00.000Z 2023-03-28T09:00:00.000Z',
    );
  });

  test('a time that clocks left out is the first one after it', () => {
    // 26 March 2023, 02:30 does not exist in Berlin.
    expect(compared('2024-03-26T01:30:00Z', '2024-03-26T02:30:00Z', 'previous_year')).toBe(
      '2023-03-26T01:00:00.000Z 2023-03-26T01:30:00.000Z',
    );
  });

  test('a time that clocks had twice is the first of them', () => {
    // 29 October 2023, 02:30 was 00:30Z and 01:30Z.
    expect(compared('2024-10-29T01:30:00Z', '2024-10-29T02:30:00Z', 'previous_year')).toBe(
      '2023-10-29T00:30:00.000Z 2023-10-29T02:30:00.000Z',
    );
  });
});
