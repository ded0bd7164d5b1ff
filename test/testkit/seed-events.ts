import { createHash } from 'node:crypto';
import { BRONZE_COLUMNS, BRONZE_TYPES, bronzeRow } from '../../ingest/ingester/bronze-row.js';
import { contentHash } from '../../ingest/ingester/content-hash.js';
import { createEnricher } from '../../ingest/ingester/enrich-event.js';
import { splitBlock } from '../../ingest/ingester/split-block.js';
import { isRejected, parseEvent } from '../../ingest/parse-event.js';
import { eventKey, type TrackedEvent } from '../../src/event/tracked-event.js';
import type { WarehouseWriter } from '../../src/warehouse/warehouse.js';

/** An event as the collector takes it from a trusted importer. */
export interface EventJson {
  readonly event_id: string;
  readonly event_name: string;
  readonly timestamp: string;
  readonly platform?: 'web' | 'mobile';
  readonly anonymous_id?: string;
  readonly user_id?: string;
  readonly received_at?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface SeedOptions {
  readonly warehouse: Pick<WarehouseWriter, 'insert'>;
  readonly database: string;
  /** Events by project; each project's in any order. */
  readonly events: ReadonlyMap<string, readonly EventJson[]>;
  /** Distinguishes this call from others on the same warehouse. */
  readonly batch: string;
  /** When the log took them, ms since 1970; bronze forgets what is older than 90 days. */
  readonly appendedAt?: number;
}

/**
 * Puts events through parsing, enrichment and the views, as one batch of the ingester: in the order
 * of `received_at`, copies of one id marked, one block (more only when years are spanned). Returns
 * how many were invalid and left out.
 */
export async function seedProjects(options: SeedOptions): Promise<number> {
  const enrich = createEnricher();
  const tracked: TrackedEvent[] = [];
  let invalid = 0;
  for (const [projectId, events] of options.events) {
    const parsed: TrackedEvent[] = [];
    for (const event of events) {
      const result = parseEvent(event, {
        projectId,
        isTrusted: true,
        receivedAt: 0,
        ip: '',
        userAgent: '',
      });
      if (isRejected(result)) invalid += 1;
      else parsed.push(result);
    }
    tracked.push(...parsed.sort((a, b) => a.receivedAt - b.receivedAt));
  }
  const seen = new Set<string>();
  const batch = createHash('sha256').update(options.batch).digest().readBigUInt64BE().toString();
  const ingestedAt = Date.UTC(2026, 0, 1);
  const { appendedAt = ingestedAt } = options;
  const rows = tracked.map((event, index) => {
    const key = eventKey(event.projectId, event.eventId);
    const isRepeat = seen.has(key);
    seen.add(key);
    const enriched = enrich(event);
    const row = bronzeRow(enriched, {
      topic: 'topic_web_events',
      partition: 0,
      offset: BigInt(index),
      ingestedAt,
      appendedAt,
      batch,
      contentHash: contentHash(event),
      isRepeat,
    });
    return { row, occurredAt: enriched.occurredAt, appendedAt };
  });
  for (const [part, block] of splitBlock(rows).entries()) {
    await options.warehouse.insert({
      table: `${options.database}.bronze_events`,
      columns: BRONZE_COLUMNS,
      types: BRONZE_TYPES,
      rows: block.map((each) => each.row),
      token: `seed/${options.batch}/${part}`,
    });
  }
  return invalid;
}

/** {@link seedProjects} for one project. */
export function seedEvents(
  options: Omit<SeedOptions, 'events'> & {
    readonly projectId: string;
    readonly events: readonly EventJson[];
  },
): Promise<number> {
  return seedProjects({ ...options, events: new Map([[options.projectId, options.events]]) });
}
