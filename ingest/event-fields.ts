import type { TrackedEvent } from '../src/event/tracked-event.js';

/**
 * An event in the fields of the collector's contract, as `parseEvent` reads them: the way back from
 * what another producer wrote in Avro, so that the same patch fits both. Absent text is left out. A
 * property that is no JSON text becomes text.
 */
export function eventFields(event: TrackedEvent): Readonly<Record<string, unknown>> {
  const text = {
    event_id: event.eventId,
    event_name: event.eventName,
    timestamp: new Date(event.occurredAt).toISOString(),
    project_id: event.projectId,
    platform: event.platform,
    anonymous_id: event.anonymousId,
    user_id: event.userId,
    session_id: event.sessionId,
    url: event.url,
    referrer: event.referrer,
    user_agent: event.userAgent,
    ip: event.ip,
    utm_source: event.utmSource,
    utm_medium: event.utmMedium,
    utm_campaign: event.utmCampaign,
    utm_content: event.utmContent,
    utm_term: event.utmTerm,
    ...(event.isTrusted && event.receivedAt !== 0
      ? { received_at: new Date(event.receivedAt).toISOString() }
      : {}),
    ...(event.isTrusted && event.queryableAt !== null
      ? { queryable_at: new Date(event.queryableAt).toISOString() }
      : {}),
  };
  const properties = Object.entries(event.properties).map(([name, json]) => [
    name,
    propertyValue(json),
  ]);
  return {
    ...Object.fromEntries(Object.entries(text).filter(([, value]) => value !== '')),
    properties: Object.fromEntries(properties) as Readonly<Record<string, unknown>>,
  };
}

function propertyValue(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    // The text itself is kept: what the property meant is for the patch to say.
    return json;
  }
}
