import type { EventJson } from './seed-events.js';

/** Minute 0 of stories. */
export const DAY = Date.UTC(2024, 4, 1);

/** `device:event@minute` or `device/user:event@minute`; queryable on a day of January 2026. */
export function story(text: string, queryableDay: number): EventJson[] {
  return text.split(' ').map((word, i) => {
    const [, device = '', user = '', name = '', minute = ''] =
      /^([^/:]*)\/?([^:]*):(.+)@(.+)$/.exec(word) ?? [];
    const timestamp = new Date(DAY + Number(minute) * 60_000).toISOString();
    return {
      event_id: `${queryableDay}-${i}`,
      event_name: name,
      timestamp,
      received_at: timestamp,
      queryable_at: `2026-01-0${queryableDay}T00:00:00Z`,
      anonymous_id: device,
      user_id: user,
      properties: { plan: 'p' },
    };
  });
}
