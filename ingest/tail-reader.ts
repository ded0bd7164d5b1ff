import type { LogRecord } from '../src/event-log/event-log.js';
import type { TailedEvent } from '../src/live/tailed-event.js';
import type { EventCodec } from './event-codec.js';
import { createDecodeEvent } from './ingester/decode-event.js';
import { createEnricher, type EnricherOptions } from './ingester/enrich-event.js';

export interface TailReaderOptions extends EnricherOptions {
  readonly codec: Pick<EventCodec, 'decode'>;
  readonly defaultProjectId: string;
}

/**
 * Makes the function that reads a record of the log for the event tail, with the rules and the
 * enrichment of the ingester.
 *
 * @returns For a record: the event, or null when the ingester would refuse it.
 */
export function createTailReader({
  codec,
  defaultProjectId,
  ...enrichment
}: TailReaderOptions): (record: LogRecord) => TailedEvent | null {
  const decode = createDecodeEvent({ codec, defaultProjectId });
  const enrich = createEnricher(enrichment);
  return (record) => {
    const decoded = decode(record);
    if ('reason' in decoded) return null;
    const enriched = enrich(decoded);
    const { event } = enriched;
    return {
      projectId: event.projectId,
      isBot: enriched.isBot,
      receivedAt: new Date(
        event.receivedAt === 0 ? record.appendedAt : event.receivedAt,
      ).toISOString(),
      fields: {
        host: enriched.host,
        user_agent: event.userAgent,
        ip: event.ip,
        utm_source: enriched.utmSource,
        utm_medium: enriched.utmMedium,
        utm_campaign: enriched.utmCampaign,
        utm_content: enriched.utmContent,
        utm_term: enriched.utmTerm,
        browser_version: enriched.browserVersion,
        os_version: enriched.osVersion,
        region: enriched.region,
        city: enriched.city,
        language: enriched.language,
        app_version: enriched.appVersion,
      },
      event: {
        eventId: event.eventId,
        eventName: enriched.eventName,
        occurredAt: new Date(enriched.occurredAt).toISOString(),
        platform: event.platform,
        anonymousId: event.anonymousId,
        userId: event.userId,
        sessionId: event.sessionId,
        session: null,
        page: enriched.page,
        screen: enriched.screen,
        url: event.url,
        referrer: event.referrer,
        deviceType: enriched.deviceType,
        browser: enriched.browser,
        os: enriched.os,
        country: enriched.country,
        isBot: enriched.isBot,
        properties: enriched.properties,
      },
    };
  };
}
