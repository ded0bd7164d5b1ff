import type { EnrichedEvent } from './enrich-event.js';
import { instantText } from './instant-text.js';

/** Where a bronze row comes from. Equal on every replay but for `ingestedAt`. */
export interface Lineage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** When this process wrote it, ms since 1970 UTC. */
  readonly ingestedAt: number;
  /** When the log took the record, ms since 1970 UTC. */
  readonly appendedAt: number;
  /** 64-bit id of the block as decimal text, since JSON numbers lose precision. */
  readonly batch: string;
  /** See `content-hash.ts`. */
  readonly contentHash: number;
  /** True for a copy of an event that stands earlier in the same batch. */
  readonly isRepeat: boolean;
}

/** Columns of `bronze_events`, in the order of the cells of {@link bronzeRow}. */
export const BRONZE_COLUMNS = [
  'project_id',
  'event_id',
  'event_name',
  'occurred_at',
  'received_at',
  'queryable_at',
  'platform',
  'anonymous_id',
  'user_id',
  'session_id',
  'url',
  'referrer',
  'user_agent',
  'ip',
  'properties',
  'host',
  'page',
  'screen',
  'referrer_host',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'click_id',
  'device_type',
  'browser',
  'browser_version',
  'os',
  'os_version',
  'country',
  'region',
  'city',
  'language',
  'app_version',
  'is_bot',
  'bot_reason',
  'is_view',
  'is_interaction',
  'is_cold_start',
  'engaged_ms',
  'revenue',
  'currency',
  'order_id',
  'topic',
  'log_partition',
  'log_offset',
  'appended_at',
  'ingested_at',
  'batch',
  'content_hash',
  'is_repeat',
] as const;

/** The cells of one bronze row, in the order of {@link BRONZE_COLUMNS}. Pure. */
export function bronzeRow(enriched: EnrichedEvent, lineage: Lineage): readonly unknown[] {
  const { event } = enriched;
  return [
    event.projectId,
    event.eventId,
    enriched.eventName,
    instantText(enriched.occurredAt),
    instantText(event.receivedAt),
    event.queryableAt === null ? null : instantText(event.queryableAt),
    event.platform,
    event.anonymousId,
    event.userId,
    event.sessionId,
    event.url,
    event.referrer,
    event.userAgent,
    event.ip,
    enriched.properties,
    enriched.host,
    enriched.page,
    enriched.screen,
    enriched.referrerHost,
    enriched.utmSource,
    enriched.utmMedium,
    enriched.utmCampaign,
    enriched.utmContent,
    enriched.utmTerm,
    enriched.clickId,
    enriched.deviceType,
    enriched.browser,
    enriched.browserVersion,
    enriched.os,
    enriched.osVersion,
    enriched.country,
    enriched.region,
    enriched.city,
    enriched.language,
    enriched.appVersion,
    enriched.isBot,
    enriched.botReason,
    enriched.isView,
    enriched.isInteraction,
    enriched.isColdStart,
    enriched.engagedMs,
    enriched.revenue,
    enriched.currency,
    enriched.orderId,
    lineage.topic,
    lineage.partition,
    lineage.offset.toString(),
    instantText(lineage.appendedAt),
    instantText(lineage.ingestedAt),
    lineage.batch,
    lineage.contentHash,
    lineage.isRepeat,
  ];
}
