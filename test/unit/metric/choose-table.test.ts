import { describe, expect, test } from '@jest/globals';
import { chooseTable, eligibleTables, type TableNeeds } from '../../../src/metric/choose-table.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const needs = (some: Partial<TableNeeds>): TableNeeds => ({
  measure: 'events',
  cuts: [0, DAY],
  fields: [],
  ...some,
});

describe('the planner takes the cheapest table that is exact', () => {
  test.each([
    ['whole UTC days', needs({}), 'gold_event_counts_per_day'],
    [
      'days of a zone on the hour',
      needs({ cuts: [-HOUR, DAY - HOUR] }),
      'gold_event_counts_per_hour',
    ],
    [
      'days of a zone on the quarter',
      needs({ cuts: [HOUR / 4, DAY] }),
      'gold_event_counts_per_minute',
    ],
    ['a cut within a minute', needs({ cuts: [0, 1_500] }), 'silver_events'],
    [
      'one cut of a series off the day',
      needs({ cuts: [0, 5 * HOUR, DAY] }),
      'gold_event_counts_per_hour',
    ],
    [
      'fields the rollup keeps',
      needs({ fields: ['event_name', 'platform'] }),
      'gold_event_counts_per_day',
    ],
    ['a field it does not keep', needs({ fields: ['event_name', 'country'] }), 'silver_events'],
    ['a property', needs({ fields: ['plan'] }), 'silver_events'],
    [
      'people on quarter hours',
      needs({ measure: 'people', cuts: [HOUR / 4, DAY] }),
      'gold_active_users_per_day',
    ],
    [
      'people within a quarter hour',
      needs({ measure: 'people', cuts: [60_000, DAY] }),
      'silver_events',
    ],
    ['people of one event', needs({ measure: 'people', fields: ['event_name'] }), 'silver_events'],
    [
      'page views by page',
      needs({ measure: 'page_views', fields: ['page'] }),
      'gold_page_views_per_hour',
    ],
    [
      'page views on the half hour',
      needs({ measure: 'page_views', cuts: [HOUR / 2, DAY] }),
      'silver_events',
    ],
  ])('%s', (_, question, table) => {
    expect(chooseTable(question)).toBe(table);
  });

  test('silver can always answer, and comes last', () => {
    expect(eligibleTables(needs({}))).toEqual([
      'gold_event_counts_per_day',
      'gold_event_counts_per_hour',
      'gold_event_counts_per_minute',
      'silver_events',
    ]);
  });

  test('a restriction holds only where it is eligible', () => {
    expect(chooseTable(needs({}), ['gold_event_counts_per_minute'])).toBe(
      'gold_event_counts_per_minute',
    );
    expect(chooseTable(needs({ cuts: [0, 1] }), ['gold_event_counts_per_minute'])).toBe(
      'silver_events',
    );
  });
});
