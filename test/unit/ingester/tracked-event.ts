import type { TrackedEvent } from '../../../src/event/tracked-event.js';

/** A complete event with the given fields; everything else is ordinary or absent. */
export function trackedEvent(fields: Partial<TrackedEvent> = {}): TrackedEvent {
  return {
    projectId: 'shop',
    eventId: 'e1',
    eventName: 'page_view',
    occurredAt: Date.UTC(2024, 0, 15, 12),
    receivedAt: Date.UTC(2024, 0, 15, 12, 0, 1),
    queryableAt: null,
    platform: 'web',
    anonymousId: 'a1',
    userId: '',
    sessionId: '',
    url: '',
    referrer: '',
    userAgent: '',
    ip: '',
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    utmContent: '',
    utmTerm: '',
    properties: {},
    isTrusted: false,
    ...fields,
  };
}
