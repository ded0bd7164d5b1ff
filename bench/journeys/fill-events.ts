import { migrate } from '../../clickhouse/migrate.js';
import { statement } from '../../src/warehouse/statement.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';

/** What a funnel is measured on: one project of a warehouse, and the time of its events. */
export interface JourneyData {
  readonly warehouse: Warehouse;
  readonly database: string;
  readonly projectId: string;
  /** Half-open, ms since 1970 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly events: number;
}

const DAYS = 30;
const FROM_MS = Date.UTC(2026, 0, 1);
/** Median of some 30 events a device, a few with thousands. */
const EVENTS_PER_DEVICE = 38;

/** The steps of the funnel and the event that spoils it; the rest of the events are others. */
export const STEPS = ['view_item', 'add_to_cart', 'checkout', 'pay', 'done'] as const;
export const EXCLUDED = 'empty_cart';

/**
 * Fills a new warehouse: `events` events over 30 days of devices of which few are busy, three in ten
 * of the funnel, a quarter of the devices linked to an account. Every value is a hash of the number
 * of its event. The views behind `silver_events` are dropped first, as no funnel reads what they
 * feed except the links, which are filled directly.
 */
export async function fillEvents(
  warehouse: Warehouse,
  database: string,
  events: number,
): Promise<JourneyData> {
  await migrate({ warehouse, topology: { database, cluster: null } });
  const views = await warehouse.query(
    statement<{ readonly name: string }>(
      'bench.views',
      `SELECT name FROM system.tables WHERE database = '${database}' AND engine = 'MaterializedView'`,
    ),
  );
  for (const { name } of views.rows) {
    await warehouse.execute(statement('bench.drop', `DROP VIEW ${database}.${name}`));
  }
  const devices = Math.round(events / EVENTS_PER_DEVICE);
  await warehouse.execute(statement('bench.events', eventsSql(database, events, devices)));
  await warehouse.execute(
    statement(
      'bench.links',
      `INSERT INTO ${database}.silver_identity_links (project_id, anonymous_id, first_link)
SELECT 'shop', concat('device-', toString(number)), (fromUnixTimestamp64Milli(toInt64(${FROM_MS}), 'UTC'), 'login', concat('user-', toString(number)))
FROM numbers(${devices}) WHERE number % 4 = 0`,
    ),
  );
  const toMs = FROM_MS + DAYS * 86_400_000;
  return { warehouse, database, projectId: 'shop', fromMs: FROM_MS, toMs, events };
}

function eventsSql(database: string, events: number, devices: number): string {
  const unit = (salt: number): string => `(cityHash64(number, ${salt}) % 1000000 / 1000000)`;
  // Shares in thousandths: 110, 80, 55, 35, 20 for the steps, 10 for the exclusion.
  const names = `multiIf(roll < 110, '${STEPS[0]}', roll < 190, '${STEPS[1]}', roll < 245, '${STEPS[2]}', roll < 280, '${STEPS[3]}', roll < 300, '${STEPS[4]}', roll < 310, '${EXCLUDED}', roll < 700, 'page_view', roll < 900, 'click', 'scroll')`;
  return `INSERT INTO ${database}.silver_events (project_id, event_id, event_name, occurred_at, received_at, queryable_at, platform, anonymous_id, url, page, device_type, browser)
SELECT 'shop', toString(generateUUIDv7(number)), ${names}, at, at, at, 'web',
  concat('device-', toString(device)), concat('https://shop.example', path), path,
  ['desktop', 'mobile', 'tablet'][toUInt32(device % 3) + 1],
  ['Chrome', 'Safari', 'Firefox', 'Edge', 'Opera'][toUInt32(intDiv(device, 3) % 5) + 1]
FROM (
  SELECT number, cityHash64(number, 1) % 1000 AS roll,
    toUInt64(pow(${unit(2)}, 2) * ${devices}) AS device,
    fromUnixTimestamp64Milli(toInt64(${FROM_MS} + ${unit(3)} * ${DAYS * 86_400_000}), 'UTC') AS at,
    concat('/', toString(cityHash64(number, 4) % 500)) AS path
  FROM numbers(${events})
)`;
}
