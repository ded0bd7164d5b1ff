import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { computeFormAnalytics } from '../../src/metric/form-analytics.js';
import { seedEvents } from '../testkit/seed-events.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';

const DAY = Date.UTC(2024, 2, 4);

let kit: TestWarehouse;
beforeAll(async () => {
  kit = await startTestWarehouse();
});
afterAll(() => kit.stop());

let projects = 0;

/** What is told of one session: `form_field:phone@12` is an event of form `f` with a field, at that second. */
async function told(text: string) {
  projects += 1;
  const projectId = `forms-${projects}`;
  const events = text.split(' ').map((word, index) => {
    const [, name = '', field, second = ''] = /^(\w+)(?::(\w+))?@(\d+)$/.exec(word) ?? [];
    return {
      event_id: `e${index}`,
      event_name: name,
      timestamp: new Date(DAY + Number(second) * 1000).toISOString(),
      platform: 'web' as const,
      anonymous_id: 'd1',
      properties: { form_id: 'f', ...(field === undefined ? {} : { field }) },
    };
  });
  const { warehouse, database } = kit;
  expect(await seedEvents({ warehouse, database, projectId, events, batch: projectId })).toBe(0);
  const settings = { linkedDomains: [], sessionTimeoutSeconds: 1_800 };
  const { averageSeconds, starts, submits, dropOff } = await computeFormAnalytics(
    { warehouse, database, settings, clock: () => DAY + 1 },
    {
      projectId,
      range: { kind: 'dates', from: '2024-03-04', to: '2024-03-04' },
      timeZone: 'UTC',
      filter: [],
      includeBots: false,
    },
  );
  return { averageSeconds, starts, submits, fields: dropOff.fields };
}

describe('a form', () => {
  test('is timed from its first start or field to its first submit, not from its view', async () => {
    expect(
      await told('form_view@0 form_field:name@10 form_start@20 form_submit@40 form_submit@90'),
    ).toEqual({ averageSeconds: 30, starts: 1, submits: 1, fields: [] });
  });

  test('that is submitted without a start is started, but not timed', async () => {
    expect(await told('form_view@0 form_submit@40')).toEqual({
      averageSeconds: null,
      starts: 1,
      submits: 1,
      fields: [],
    });
  });

  test('that is started and not submitted drops off at its last field', async () => {
    expect(await told('form_start@0 form_field:name@5 form_field:phone@9')).toEqual({
      averageSeconds: null,
      starts: 1,
      submits: 0,
      fields: ['phone'],
    });
  });
});
