import type { AppendRecord, EventLog, LogBatch } from '../event-log/event-log.js';
import { inSpan } from './in-span.js';
import { readTraceParent } from './trace-parent.js';
import type { TraceParent, Tracing } from './tracing.js';

/** Header under which a record names the span that it was appended in. */
const HEADER = 'traceparent';

/** Most spans that one batch is linked to; a batch may hold the events of many requests. */
const MOST_LINKS = 32;

/**
 * The same log, which tells of appends, and hands the span of each record on to whoever consumes it:
 * the work of a batch is a trace of its own, linked to the requests that its records came by.
 */
export function traceEventLog(eventLog: EventLog, tracing: Tracing): EventLog {
  return {
    ...eventLog,
    append(records) {
      const span = tracing.current();
      if (span === null) return eventLog.append(records);
      const attributes = { 'messaging.batch.message_count': records.length };
      return inSpan(tracing, 'event log append', { attributes }, () =>
        eventLog.append(records.map((record) => withHeader(record, span.traceparent))),
      );
    },
    consume: (options) =>
      eventLog.consume({
        ...options,
        handle: (batch, signal) =>
          tracing.within(null, () =>
            inSpan(
              tracing,
              `batch ${batch.topic}`,
              { kind: 'consumer', attributes: attributesOf(batch), links: linksOf(batch) },
              () => options.handle(batch, signal),
            ),
          ),
      }),
  };
}

/** A record that is passed on keeps the span it came by. */
function withHeader(record: AppendRecord, traceparent: string): AppendRecord {
  if (record.headers?.[HEADER] !== undefined) return record;
  return { ...record, headers: { ...record.headers, [HEADER]: Buffer.from(traceparent) } };
}

function attributesOf({ topic, partition, firstOffset, records, isReplay }: LogBatch) {
  return {
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.batch.message_count': records.length,
    'sluice.first_offset': String(firstOffset),
    'sluice.is_replay': isReplay,
  };
}

function linksOf({ records }: LogBatch): readonly TraceParent[] {
  const links = new Map<string, TraceParent>();
  for (const { headers } of records) {
    const text = headers[HEADER]?.toString('latin1') ?? '';
    const parent = links.has(text) ? null : readTraceParent(text);
    if (parent?.isSampled === true) links.set(text, parent);
    if (links.size >= MOST_LINKS) break;
  }
  return [...links.values()];
}
