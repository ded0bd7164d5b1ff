import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isAppError } from '../../src/errors.js';
import { computeExplore } from '../../src/explore/compute-explore.js';
import type { ExploreQuestion } from '../../src/explore/explore-query.js';
import type { MetricContext } from '../../src/metric/metric.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
let context: MetricContext;

/** `person event country amount`, an hour apart. */
const EVENTS: readonly EventJson[] = [
  'a order DE 10',
  'a order DE 20',
  'b order DE 30',
  'b order AT x',
  'c order AT',
  'd view FR 5',
].map((line, index) => {
  const [person = '', event = '', country = '', amount] = line.split(' ');
  return {
    event_id: `e${index}`,
    event_name: event,
    timestamp: new Date(Date.UTC(2024, 2, 4, index)).toISOString(),
    anonymous_id: person,
    properties: { country, ...(amount === undefined ? {} : { amount }) },
  };
});

beforeAll(async () => {
  kit = await startTestWarehouse();
  context = {
    warehouse: kit.warehouse,
    database: kit.database,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => Date.UTC(2024, 2, 5),
  };
  const { warehouse, database } = kit;
  await seedEvents({ warehouse, database, projectId: 'p', events: EVENTS, batch: 'explore' });
});

afterAll(() => kit.stop());

const question = (changes: Partial<ExploreQuestion> = {}): ExploreQuestion => ({
  projectId: 'p',
  range: { kind: 'dates', from: '2024-03-04', to: '2024-03-05' },
  timeZone: 'UTC',
  filter: [],
  includeBots: false,
  over: 'events',
  measures: [{ measure: 'count' }],
  dimensions: [],
  order: { by: 'measure', index: 0, descending: true },
  limit: 100,
  ...changes,
});

describe('an exploration', () => {
  test('has one row per combination of values, with rest, total and series', async () => {
    const answer = await computeExplore(
      context,
      question({
        measures: [{ measure: 'people' }, { measure: 'average', property: 'amount' }],
        dimensions: ['event_name', 'country'],
        grain: 'day',
        limit: 2,
      }),
    );
    expect(answer).toMatchObject({
      rows: 2,
      otherRows: 1,
      dimensions: [
        { name: 'event_name', values: ['order', 'order'] },
        { name: 'country', values: ['AT', 'DE'] },
      ],
      measures: [
        {
          measure: 'people',
          values: [2, 2],
          total: 4,
          other: 1,
          series: [
            [2, 0],
            [2, 0],
          ],
        },
        {
          measure: 'average',
          property: 'amount',
          values: [null, 20],
          total: 16.25,
          other: 5,
          series: [
            [null, null],
            [20, null],
          ],
        },
      ],
      bucketStarts: ['2024-03-04T00:00:00.000Z', '2024-03-05T00:00:00.000Z'],
    });
  });

  test('sorts by a measure or a dimension, either way, rows without a number last', async () => {
    const countries = async (order: ExploreQuestion['order']): Promise<readonly string[]> => {
      const measures = [{ measure: 'maximum', property: 'amount' }] as const;
      const asked = question({ measures, dimensions: ['country'], order });
      return (await computeExplore(context, asked)).dimensions[0]?.values ?? [];
    };
    expect(await countries({ by: 'measure', index: 0, descending: true })).toEqual([
      'DE',
      'FR',
      'AT',
    ]);
    expect(await countries({ by: 'measure', index: 0, descending: false })).toEqual([
      'FR',
      'DE',
      'AT',
    ]);
    expect(await countries({ by: 'dimension', index: 0, descending: true })).toEqual([
      'FR',
      'DE',
      'AT',
    ]);
  });

  test('over nothing has counts of 0 and nothing else', async () => {
    const range = { kind: 'dates', from: '2020-01-01', to: '2020-01-01' } as const;
    const measures = [{ measure: 'count' }, { measure: 'median_seconds' }] as const;
    const over = 'sessions';
    const grain = 'day';
    expect(await computeExplore(context, question({ range, over, measures, grain }))).toMatchObject(
      {
        rows: 1,
        otherRows: 0,
        measures: [
          { values: [0], total: 0, other: 0, series: [[0]] },
          { values: [null], total: null, other: null, series: [[null]] },
        ],
      },
    );
    const dimensions = ['country'];
    expect(await computeExplore(context, question({ range, dimensions }))).toMatchObject({
      rows: 0,
      dimensions: [{ values: [] }],
      measures: [{ values: [], total: 0 }],
    });
  });

  test.each([
    ['measures', { measures: [] }],
    ['measures', { measures: Array(11).fill({ measure: 'count' }) }],
    ['measures', { measures: [{ measure: 'count' }, { measure: 'count' }] }],
    ['measures[0].measure', { measures: [{ measure: 'bounce_rate' }] }],
    ['measures[0].measure', { over: 'sessions', measures: [{ measure: 'sum', property: 'x' }] }],
    ['measures[0].property', { measures: [{ measure: 'sum' }] }],
    ['measures[0].property', { measures: [{ measure: 'count', property: 'x' }] }],
    ['dimensions', { dimensions: ['a', 'b', 'c', 'd', 'e', 'f'] }],
    ['dimensions', { dimensions: ['page', 'page'] }],
    ['dimension', { dimensions: [''] }],
    ['orderBy.measure', { order: { by: 'measure', index: 1, descending: true } }],
    ['orderBy.dimension', { order: { by: 'dimension', index: 0, descending: true } }],
    ['limit', { dimensions: ['page'], limit: 0 }],
    ['grain', { dimensions: ['page'], limit: 10_000, grain: 'minute' }],
  ] as const)('refuses %s: %j', async (field, changes) => {
    const asked = question(changes as Partial<ExploreQuestion>);
    const refused = await computeExplore(context, asked).catch((error: unknown) => error);
    expect(isAppError(refused) && refused.details.field).toBe(field);
  });
});
