import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { MetricContext } from '../../src/metric/metric.js';
import type { MetricQuestion } from '../../src/metric/metric-query.js';
import { computeSessionDuration } from '../../src/metric/session-duration.js';
import { computeSessions } from '../../src/metric/sessions.js';
import { type EventJson, seedProjects } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

jest.setTimeout(120_000);

const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAYS = 400;
/** Quarter hours in which a device is active on a day: more than leave no doubt about a day's end. */
const QUARTERS = 20;

let kit: TestWarehouse;

beforeAll(async () => {
  kit = await startTestWarehouse();
});

afterAll(() => kit.stop());

/** A device that is active every quarter hour of some hours, and whose app starts anew in some of them. */
function busyDevice(device: number, coldEvery: number): readonly EventJson[] {
  return Array.from({ length: DAYS * QUARTERS }, (_, index) => {
    const [day, quarter] = [Math.floor(index / QUARTERS), index % QUARTERS];
    const at = FIRST_DAY + day * 86_400_000 + quarter * 900_000 + device * 1_000;
    const event = (suffix: string, ms: number, name: string, properties = {}): EventJson => ({
      event_id: `${device}-${index}-${suffix}`,
      event_name: name,
      timestamp: new Date(ms).toISOString(),
      received_at: new Date(ms).toISOString(),
      platform: 'mobile',
      anonymous_id: `device-${device}`,
      properties,
    });
    const view = event('view', at, 'screen_view', { screen: 'Home' });
    return index % coldEvery === 0
      ? [view, event('start', at + 60_000, 'app_start', { start_type: 'cold' })]
      : [view];
  }).flat();
}

function asked(project: string): { context: MetricContext; question: MetricQuestion } {
  return {
    context: {
      warehouse: kit.warehouse,
      database: kit.database,
      settings: { linkedDomains: [], sessionTimeoutSeconds: 1_800 },
      clock: () => FIRST_DAY + (DAYS + 1) * 86_400_000,
    },
    question: {
      projectId: project,
      range: { kind: 'dates', from: '2025-01-10', to: '2026-01-20' },
      timeZone: 'UTC',
      filter: [],
      includeBots: true,
    },
  };
}

describe('sessions of parts equal those of events', () => {
  test.each([
    ['few devices with many busy days and cuts', 4, 7],
    ['few devices with many busy days and hardly a cut', 4, 1_999],
    ['a device with fewer cuts than are listed', 1, 97],
  ])('%s', async (name, devices, coldEvery) => {
    const events = Array.from({ length: devices }, (_, device) => busyDevice(device, coldEvery));
    await seedProjects({
      warehouse: kit.warehouse,
      database: kit.database,
      events: new Map([[name, events.flat()]]),
      batch: name,
      appendedAt: FIRST_DAY + DAYS * 86_400_000,
    });
    const { context, question } = asked(name);
    const byEvents = { ...context, onlyTables: ['silver_events'] as const };
    const { meta, ...parts } = await computeSessions(context, question);
    const { meta: _, ...ofEvents } = await computeSessions(byEvents, question);
    expect(meta.source).toContain('gold_session_parts');
    expect(parts).toEqual(ofEvents);
    // 20 quarter hours without a pause are one session, and another from each cold start within.
    const cold = devices * Math.ceil((375 * QUARTERS) / coldEvery);
    expect(Math.abs(parts.total - devices * 376 - cold)).toBeLessThan(devices * 3);
    const { meta: _parts, ...duration } = await computeSessionDuration(context, question);
    const { meta: _events, ...durationOfEvents } = await computeSessionDuration(byEvents, question);
    expect(duration).toEqual(durationOfEvents);
  });
});
