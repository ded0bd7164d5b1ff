import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { statement } from '../../src/warehouse/statement.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

let kit: TestWarehouse;
beforeAll(async () => {
  kit = await startTestWarehouse();
}, 60_000);
afterAll(() => kit.stop());

const DOCUMENTED = [
  'app_events_bronze',
  'app_events_silver',
  'click_events_bronze',
  'daily_user_metrics',
  'page_performance_metrics',
  'page_views_bronze',
  'page_views_silver',
  'session_analytics',
  'sessions_silver',
  'user_behavior_silver',
  'user_sessions_bronze',
];

/** A page view, a load time, a click, then after 31 minutes another view of the same device. */
async function tellStory(): Promise<void> {
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
  const row = (
    id: string,
    name: string,
    at: string,
    properties: object,
    isView: boolean,
  ): unknown[] => [
    'p',
    id,
    name,
    `2026-01-01 ${at}.000`,
    `2026-01-01 ${at}.000`,
    'web',
    'device',
    '/a',
    properties,
    isView,
    name === 'click',
    't',
    0,
    1,
    now,
    now,
    '7',
    false,
  ];
  await kit.warehouse.insert({
    table: `${kit.database}.bronze_events`,
    columns: [
      'project_id',
      'event_id',
      'event_name',
      'occurred_at',
      'received_at',
      'platform',
      'anonymous_id',
      'page',
      'properties',
      'is_view',
      'is_interaction',
      'topic',
      'log_partition',
      'log_offset',
      'appended_at',
      'ingested_at',
      'batch',
      'is_repeat',
    ],
    rows: [
      row('1', 'page_view', '10:00:00', {}, true),
      row('2', 'page_performance', '10:00:01', { load_ms: '800' }, false),
      row('3', 'click', '10:00:30', { x: '10', y: '20' }, false),
      row('4', 'page_view', '10:31:00', {}, true),
    ],
    token: 'story',
  });
}

test('every view of the product documents exists and answers', async () => {
  await tellStory();
  const { rows } = await kit.warehouse.query(
    statement<{ name: string }>(
      'test.views',
      `SELECT name FROM system.tables WHERE database = {database:String} AND name != 'session_events' ORDER BY name`,
      { database: `${kit.database}_product` },
    ),
  );
  expect(rows.map(({ name }) => name)).toEqual(DOCUMENTED);
  const counts: Record<string, number> = {};
  for (const name of DOCUMENTED) {
    const answer = await kit.warehouse.query(
      statement<Record<string, unknown>>(
        'test.view',
        `SELECT * FROM ${kit.database}_product.${name}`,
      ),
    );
    counts[name] = answer.rows.length;
  }
  expect(counts).toEqual({
    app_events_bronze: 0,
    app_events_silver: 0,
    click_events_bronze: 1,
    daily_user_metrics: 1,
    page_performance_metrics: 1,
    page_views_bronze: 2,
    page_views_silver: 2,
    session_analytics: 1,
    sessions_silver: 2,
    user_behavior_silver: 1,
    user_sessions_bronze: 0,
  });
});

test('sessions of the documented view follow the 30 minutes and the bounce rule', async () => {
  const { rows } = await kit.warehouse.query(
    statement<Record<string, unknown>>(
      'test.sessions',
      `SELECT duration_ms, event_count, view_count, is_bounce FROM ${kit.database}_product.sessions_silver ORDER BY started_at`,
    ),
  );
  expect(rows).toEqual([
    { duration_ms: 30000, event_count: 3, view_count: 1, is_bounce: false },
    { duration_ms: 0, event_count: 1, view_count: 1, is_bounce: true },
  ]);
});
