import type { EventCodec } from '../../ingest/event-codec.js';
import { partitionOf } from '../../src/event/partition-of.js';
import { eventKey, type TrackedEvent } from '../../src/event/tracked-event.js';
import type { AppendRecord, EventLog } from '../../src/event-log/event-log.js';
import { type GenerateOptions, generateEvents } from './generate-events.js';

export interface FilledLog {
  /** Bytes of a value, on average. */
  readonly avroBytes: number;
  readonly jsonBytes: number;
  /** Different events; the others are copies. */
  readonly distinct: number;
}

export interface FillOptions {
  readonly eventLog: Pick<EventLog, 'append' | 'partitionCount'>;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly events: GenerateOptions;
  /** Where the Avro values go. */
  readonly topic: string;
  /** Where the same events go as JSON; left out: nowhere. */
  readonly jsonTopic?: string;
}

const RECORDS_AT_ONCE = 5_000;

/** Appends generated events, as the collector does and, beside it, as JSON. */
export async function fillLog(options: FillOptions): Promise<FilledLog> {
  const { eventLog, codec, topic, jsonTopic } = options;
  const ids = new Set<string>();
  let avroBytes = 0;
  let jsonBytes = 0;
  let waiting: AppendRecord[] = [];
  for (const event of generateEvents(options.events)) {
    const partition = partitionOf(event.projectId, event.eventId, eventLog.partitionCount);
    const key = Buffer.from(eventKey(event.projectId, event.eventId));
    const value = Buffer.from(codec.encode(event));
    ids.add(event.eventId);
    avroBytes += value.length;
    waiting.push({ topic, partition, key, value });
    if (jsonTopic !== undefined) {
      const json = Buffer.from(JSON.stringify(jsonOf(event)));
      jsonBytes += json.length;
      waiting.push({ topic: jsonTopic, partition, key, value: json });
    }
    if (waiting.length >= RECORDS_AT_ONCE) {
      await eventLog.append(waiting);
      waiting = [];
    }
  }
  if (waiting.length > 0) await eventLog.append(waiting);
  const { count } = options.events;
  return { avroBytes: avroBytes / count, jsonBytes: jsonBytes / count, distinct: ids.size };
}

/** The columns of a message as the engine reads them from JSON. */
function jsonOf(event: TrackedEvent): Readonly<Record<string, unknown>> {
  const text = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
  return {
    project_id: event.projectId,
    event_id: event.eventId,
    event_name: event.eventName,
    occurred_at: text(event.occurredAt),
    received_at: text(event.receivedAt),
    queryable_at: null,
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
    properties: event.properties,
  };
}
