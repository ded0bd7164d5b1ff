import type { CellType } from '../../src/warehouse/cell-type.js';
import type { EnrichedEvent } from './enrich-event.js';

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

const CELLS = [
  ['project_id', 'LowCardinality(String)'],
  ['event_id', 'String'],
  ['event_name', 'LowCardinality(String)'],
  ['occurred_at', "DateTime64(3, 'UTC')"],
  ['received_at', "DateTime64(3, 'UTC')"],
  ['queryable_at', "Nullable(DateTime64(3, 'UTC'))"],
  ['platform', 'LowCardinality(String)'],
  ['anonymous_id', 'String'],
  ['user_id', 'String'],
  ['session_id', 'String'],
  ['url', 'String'],
  ['referrer', 'String'],
  ['user_agent', 'String'],
  ['ip', 'String'],
  ['properties', 'Map(LowCardinality(String), String)'],
  ['host', 'LowCardinality(String)'],
  ['page', 'String'],
  ['screen', 'String'],
  ['referrer_host', 'String'],
  ['utm_source', 'String'],
  ['utm_medium', 'String'],
  ['utm_campaign', 'String'],
  ['utm_content', 'String'],
  ['utm_term', 'String'],
  ['click_id', 'LowCardinality(String)'],
  ['device_type', 'LowCardinality(String)'],
  ['browser', 'LowCardinality(String)'],
  ['browser_version', 'LowCardinality(String)'],
  ['os', 'LowCardinality(String)'],
  ['os_version', 'LowCardinality(String)'],
  ['country', 'LowCardinality(String)'],
  ['region', 'LowCardinality(String)'],
  ['city', 'LowCardinality(String)'],
  ['language', 'LowCardinality(String)'],
  ['app_version', 'LowCardinality(String)'],
  ['is_bot', 'Bool'],
  ['bot_reason', 'LowCardinality(String)'],
  ['is_view', 'Bool'],
  ['is_interaction', 'Bool'],
  ['is_cold_start', 'Bool'],
  ['engaged_ms', 'UInt32'],
  ['revenue', 'Nullable(Decimal(18, 4))'],
  ['currency', 'LowCardinality(String)'],
  ['order_id', 'String'],
  ['topic', 'LowCardinality(String)'],
  ['log_partition', 'UInt32'],
  ['log_offset', 'UInt64'],
  ['appended_at', "DateTime64(3, 'UTC')"],
  ['ingested_at', "DateTime64(3, 'UTC')"],
  ['batch', 'UInt64'],
  ['content_hash', 'UInt64'],
  ['is_repeat', 'Bool'],
] as const satisfies readonly (readonly [string, CellType])[];

/** Columns of `bronze_events`, in the order of the cells of {@link bronzeRow}. */
export const BRONZE_COLUMNS = CELLS.map(([name]) => name);

/** Their types, as the table has them. */
export const BRONZE_TYPES: readonly CellType[] = CELLS.map(([, type]) => type);

/** The cells of one bronze row, in the order of {@link BRONZE_COLUMNS}. Pure. */
export function bronzeRow(enriched: EnrichedEvent, lineage: Lineage): readonly unknown[] {
  const { event } = enriched;
  return [
    event.projectId,
    event.eventId,
    enriched.eventName,
    enriched.occurredAt,
    event.receivedAt,
    event.queryableAt,
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
    lineage.offset,
    lineage.appendedAt,
    lineage.ingestedAt,
    lineage.batch,
    lineage.contentHash,
    lineage.isRepeat,
  ];
}
