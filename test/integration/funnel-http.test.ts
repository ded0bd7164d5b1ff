import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate } from '../../clickhouse/migrate.js';
import { computeFunnel } from '../../src/funnel/compute-funnel.js';
import type { FunnelQuestion } from '../../src/funnel/funnel-query.js';
import { createClickHouseWarehouse } from '../../src/warehouse/clickhouse/clickhouse-warehouse.js';
import type { Warehouse } from '../../src/warehouse/warehouse.js';
import { type ClickHouseStandIn, startClickHouseStandIn } from '../testkit/clickhouse-stand-in.js';
import { type EventJson, seedEvents } from '../testkit/seed-events.js';

const DATABASE = 'sluice';
const DAY = Date.UTC(2024, 0, 1);

let server: ClickHouseStandIn;
let warehouse: Warehouse;

beforeAll(async () => {
  server = await startClickHouseStandIn();
  warehouse = await createClickHouseWarehouse({ url: server.url, connections: 2 });
  await migrate({ warehouse, topology: { database: DATABASE, cluster: null } });
}, 60_000);

afterAll(async () => {
  await warehouse.stop();
  await server.stop();
});

test('arrays of many actors arrive whole over HTTP, in every order', async () => {
  const people = 2_000;
  const events = Array.from({ length: people }, (_, i) =>
    // Person i does a; every second b; every fourth c; ids against the order of time.
    ['a', ...(i % 2 === 0 ? ['b'] : []), ...(i % 4 === 0 ? ['c'] : [])].map(
      (name, step): EventJson => {
        const timestamp = new Date(
          DAY + i * 1000 + step * (i % 8 === 0 ? 0 : 60_000),
        ).toISOString();
        return {
          event_id: `${9 - step}-${i}`,
          event_name: name,
          timestamp,
          received_at: timestamp,
          platform: 'web',
          anonymous_id: `person-${i}`,
        };
      },
    ),
  ).flat();
  await seedEvents({ warehouse, database: DATABASE, projectId: 'p', events, batch: 'http' });
  const context = {
    warehouse,
    database: DATABASE,
    settings: { linkedDomains: [], sessionTimeoutSeconds: 1800 },
    clock: () => DAY,
  };
  const counts = async (changes: Partial<FunnelQuestion>) => {
    const { result } = await computeFunnel(context, {
      projectId: 'p',
      range: { kind: 'dates', from: '2024-01-01', to: '2024-01-01' },
      timeZone: 'UTC',
      steps: [{ event: 'a' }, { event: 'b' }, { event: 'c' }],
      order: 'ordered',
      windowSeconds: 3600,
      per: 'user',
      exclusions: [],
      filter: [],
      includeBots: false,
      ...changes,
    });
    return result?.counts;
  };
  expect(await counts({})).toEqual([2000, 1000, 500]);
  expect(await counts({ per: 'session', order: 'unordered' })).toEqual([2000, 1000, 500]);
  // Every eighth person does all three in one instant, where ids say c, b, a.
  expect(await counts({ order: 'strict' })).toEqual([2000, 750, 250]);
});
