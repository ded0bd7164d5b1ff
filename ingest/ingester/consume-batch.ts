import type { Logger } from 'pino';
import { REPLAY_MARK_HEADER } from '../../src/dead-letter/replay-mark.js';
import { messageOf } from '../../src/errors.js';
import { partitionOfKey } from '../../src/event/partition-of.js';
import { eventKey, type TrackedEvent } from '../../src/event/tracked-event.js';
import type { AppendRecord, EventLog, LogBatch, LogRecord } from '../../src/event-log/event-log.js';
import type { PubSub } from '../../src/pubsub/pubsub.js';
import type { InsertBlock } from '../../src/warehouse/warehouse.js';
import type { DeadLetterCodec, Rejected } from '../dead-letter.js';
import type { EventCodec } from '../event-codec.js';
import { isRejected } from '../parse-event.js';
import { announcement, INGESTED_CHANNEL } from './announce.js';
import type { BatchOutcome, EnterBatch } from './batch-ledger.js';
import { batchId, batchToken, blockToken } from './batch-token.js';
import { BRONZE_COLUMNS, BRONZE_TYPES, bronzeRow } from './bronze-row.js';
import { contentHash } from './content-hash.js';
import type { DecodeEvent } from './decode-event.js';
import type { EnrichedEvent, Enricher } from './enrich-event.js';
import type { IngesterMetrics } from './ingester-metrics.js';
import { placesOf, splitBlock } from './split-block.js';
import type { AdmitBatch } from './window-guard.js';
import type { WriteBronze } from './write-bronze.js';

/** Names of the topics; see `EVENT_LOG_*_TOPIC`. */
export interface IngesterTopics {
  readonly web: string;
  readonly app: string;
  readonly deadLetters: string;
  /** Topics of other producers, re-keyed into `web` and `app`. */
  readonly foreign: readonly string[];
}

export interface ConsumeBatchOptions {
  readonly eventLog: Pick<EventLog, 'append' | 'partitionCount'>;
  readonly codec: Pick<EventCodec, 'encode' | 'prepare' | 'prepareToEncode'>;
  readonly deadLetterCodec: Pick<DeadLetterCodec, 'encode'>;
  readonly decode: DecodeEvent;
  readonly enrich: Enricher;
  readonly writeBronze: WriteBronze;
  readonly enterBatch: EnterBatch;
  /** Waits until the blocks of a batch may be written. */
  readonly admit: AdmitBatch;
  readonly pubsub: Pick<PubSub, 'publish'>;
  readonly topics: IngesterTopics;
  /** Database of the tables. */
  readonly database: string;
  readonly metrics: IngesterMetrics;
  readonly log: Pick<Logger, 'warn'>;
  /** ms since 1970. */
  readonly clock: () => number;
}

/** Does the whole work of one batch; resolves when it may be confirmed. */
export type ConsumeBatch = (batch: LogBatch, signal: AbortSignal) => Promise<void>;

/** Header of a forwarded message: `topic/partition/offset` it came from. */
export const ORIGIN_HEADER = 'sluice-origin';

interface Accepted {
  readonly record: LogRecord;
  readonly event: TrackedEvent;
  /** See `eventKey`. */
  readonly key: string;
}

interface Refusal {
  readonly record: LogRecord;
  readonly projectId: string;
  readonly rejected: Rejected;
}

interface Delivery extends Accepted {
  readonly enriched: EnrichedEvent;
  readonly isRepeat: boolean;
  // What decides the partitions of the row.
  readonly occurredAt: number;
  readonly appendedAt: number;
}

/** A batch whose records are told apart by what becomes of them. */
interface PartedBatch {
  readonly batch: LogBatch;
  readonly deliveries: readonly Delivery[];
  readonly misplaced: readonly Accepted[];
  readonly refused: readonly Refusal[];
}

const LATENCY_SAMPLES = 64;

/**
 * Makes the work of one batch of an event topic. Effects, in this order; every one may be repeated
 * without harm, which is what a replay of the batch does:
 *
 * 1. Decode every message into accepted or refused; nothing is written. A failure that says nothing
 *    about the bytes (registry away) fails the batch, which comes again.
 * 2. Forward what lies on the wrong topic or partition or has another key. Crash after: forwarded twice, and the owner
 *    of the id drops the second copy as it drops any.
 * 3. Mark copies within the batch, enrich, wait until writing is admitted (the deduplication window
 *    and the merges set the pace), and write bronze, one block (more when the batch spans
 *    too many months), and at the same time the ledger. Crash before, within or after: the replay
 *    has the same tokens and blocks, so each table takes just what it lacks. The ledger may tell of
 *    a batch that is not stored yet; it is right once the batch is confirmed.
 * 4. Park the refused in the dead-letter topic. Crash after: parked twice under one id, which counts
 *    once.
 * 5. Announce. Crash before: nobody hears of this batch, and readers see it at their next look.
 * 6. Resolve: the log confirms the batch. Crash before: the batch comes again with the same
 *    boundaries, and all of the above applies.
 */
export function createConsumeBatch(options: ConsumeBatchOptions): ConsumeBatch {
  const { eventLog, codec, decode, enrich, topics, metrics, clock } = options;
  const foreign = new Set(topics.foreign);
  const table = `${options.database}.bronze_events`;

  return async (batch, signal) => {
    let bytes = 0;
    for (const record of batch.records) bytes += record.value.length;
    metrics.batchRows.observe(batch.records.length);
    metrics.batchBytes.observe(bytes);
    if (batch.isReplay) metrics.replays.inc();

    // 1. Decode.
    const refused: Refusal[] = [];
    const own: Accepted[] = [];
    const misplaced: Accepted[] = [];
    await metrics.timed('decode', async () => {
      await codec.prepare(batch.records.map((record) => record.value));
      for (const record of batch.records) {
        const event = decode(record);
        if (isRejected(event))
          refused.push({ record, projectId: event.projectId, rejected: event });
        else {
          const accepted = { record, event, key: eventKey(event.projectId, event.eventId) };
          if (isMisplaced(accepted)) misplaced.push(accepted);
          else own.push(accepted);
        }
      }
    });

    // 2. Forward.
    if (misplaced.length > 0) await metrics.timed('forward', () => forward(misplaced));

    // 3. Write bronze.
    const deliveries = await metrics.timed('enrich', () => enrichAll(own));
    await metrics.timed('write', async () => {
      refused.push(...(await store({ batch, deliveries, misplaced, refused }, signal)));
    });

    // 4. Park the refused.
    if (refused.length > 0) await metrics.timed('park', () => park(refused));

    // 5. Announce.
    const firsts = deliveries.filter((delivery) => !delivery.isRepeat);
    if (firsts.length > 0) await metrics.timed('publish', () => announce(firsts));

    metrics.accepted.inc(deliveries.length);
    metrics.repeats.inc(deliveries.length - firsts.length);
    metrics.forwarded.inc(misplaced.length);
    for (const { rejected } of refused) metrics.rejected.inc({ reason: rejected.reason });
    observeLatency(deliveries);
    // 6. Resolve.
  };

  /** Partition and key of a record are what ownership and order across topics rest on. */
  function isMisplaced({ record, key }: Accepted): boolean {
    return (
      foreign.has(record.topic) ||
      record.partition !== partitionOfKey(key, eventLog.partitionCount) ||
      record.key?.equals(Buffer.from(key)) !== true
    );
  }

  /** Puts messages where the owner of their id reads them, as events with all stamps filled in. */
  async function forward(messages: readonly Accepted[]): Promise<void> {
    await codec.prepareToEncode();
    const home = { web: topics.web, mobile: topics.app };
    await eventLog.append(
      messages.map(({ record, event, key }): AppendRecord => {
        const origin = Buffer.from(`${record.topic}/${record.partition}/${record.offset}`);
        const isForeign = foreign.has(record.topic);
        const headers: Record<string, Buffer> = { ...record.headers, [ORIGIN_HEADER]: origin };
        // Another producer cannot know of our dead letters.
        if (isForeign) delete headers[REPLAY_MARK_HEADER];
        return {
          topic: isForeign ? home[event.platform] : record.topic,
          partition: partitionOfKey(key, eventLog.partitionCount),
          key: Buffer.from(key),
          value: codec.encode(event),
          headers,
        };
      }),
    );
  }

  /** The first copy in log order counts, decided over the whole batch, before any splitting. */
  function enrichAll(accepted: readonly Accepted[]): readonly Delivery[] {
    const seen = new Set<string>();
    return accepted.map(({ record, event, key }) => {
      const isRepeat = seen.has(key);
      if (!isRepeat) seen.add(key);
      const enriched = enrich(event);
      return {
        record,
        event,
        key,
        enriched,
        isRepeat,
        occurredAt: enriched.occurredAt,
        appendedAt: record.appendedAt,
      };
    });
  }

  /** Writes blocks and ledger. @returns What only the warehouse refuses. */
  async function store(parted: PartedBatch, signal: AbortSignal): Promise<readonly Refusal[]> {
    const { batch, deliveries } = parted;
    const parts = splitBlock(deliveries);
    const places = placesOf(parts);
    await options.admit(batch, places, signal);
    const [written, entered] = await Promise.allSettled([
      write(batch, parts, signal),
      options.enterBatch(batch, outcomeOf(parted, places), signal),
    ]);
    if (written.status === 'rejected') throw written.reason;
    if (entered.status === 'rejected') throw entered.reason;
    const refusals = written.value;
    if (refusals.length > 0) {
      const isRefused = new Set(refusals.map(({ record }) => record));
      const amended = {
        ...parted,
        deliveries: deliveries.filter(({ record }) => !isRefused.has(record)),
        refused: [...parted.refused, ...refusals],
      };
      // Each halving on the way to a refused row left one more block.
      const halvings = refusals.length * Math.ceil(Math.log2(deliveries.length));
      await options.enterBatch(batch, outcomeOf(amended, places * (1 + halvings)), signal);
    }
    return refusals;
  }

  async function write(
    batch: LogBatch,
    parts: readonly (readonly Delivery[])[],
    signal: AbortSignal,
  ): Promise<readonly Refusal[]> {
    const refused: Refusal[] = [];
    const ingestedAt = clock();
    for (const [index, part] of parts.entries()) {
      const token = blockToken(batchToken(batch), index, parts.length);
      const id = batchId(token);
      const block: InsertBlock = {
        table,
        columns: BRONZE_COLUMNS,
        types: BRONZE_TYPES,
        rows: part.map((delivery) => rowOf(delivery, ingestedAt, id)),
        token,
      };
      for (const { index: at, message } of await options.writeBronze(block, signal)) {
        const delivery = part[at];
        if (delivery === undefined) continue;
        refused.push({
          record: delivery.record,
          projectId: delivery.event.projectId,
          rejected: { reason: 'ROW_REFUSED', message },
        });
      }
    }
    return refused;
  }

  function rowOf(delivery: Delivery, ingestedAt: number, batch: string): readonly unknown[] {
    const { topic, partition, offset, appendedAt } = delivery.record;
    return bronzeRow(delivery.enriched, {
      topic,
      partition,
      offset,
      appendedAt,
      ingestedAt,
      batch,
      contentHash: contentHash(delivery.event),
      isRepeat: delivery.isRepeat,
    });
  }

  async function park(refusals: readonly Refusal[]): Promise<void> {
    await eventLog.append(
      refusals.map(({ record, projectId, rejected }): AppendRecord => {
        const { topic, partition, offset, key, value, headers, appendedAt } = record;
        return {
          topic: topics.deadLetters,
          partition: partition % eventLog.partitionCount,
          key,
          value: options.deadLetterCodec.encode({
            deadLetterId: `${topic}/${partition}/${offset}`,
            projectId,
            reason: rejected.reason,
            message: rejected.message,
            source: topic,
            sourcePartition: partition,
            sourceOffset: offset,
            attempts: 1,
            receivedAt: appendedAt,
            key,
            value,
            headers,
          }),
        };
      }),
    );
  }

  /** Who listens is told at the next batch; the events are stored in any case. */
  async function announce(firsts: readonly Delivery[]): Promise<void> {
    try {
      const text = announcement(
        firsts.map((delivery) => delivery.enriched),
        clock(),
      );
      await options.pubsub.publish(INGESTED_CHANNEL, text);
    } catch (error) {
      metrics.publishFailures.inc();
      options.log.warn({ reason: messageOf(error) }, 'a stored batch could not be announced');
    }
  }

  function observeLatency(deliveries: readonly Delivery[]): void {
    const now = clock();
    const step = Math.ceil(deliveries.length / LATENCY_SAMPLES);
    for (let at = 0; at < deliveries.length; at += step) {
      const delivery = deliveries[at];
      if (delivery === undefined) break;
      metrics.latency.observe(Math.max(now - delivery.event.receivedAt, 0) / 1000);
    }
  }
}

function outcomeOf({ deliveries, misplaced, refused }: PartedBatch, places: number): BatchOutcome {
  const records = (list: readonly { readonly record: LogRecord }[]) =>
    list.map(({ record }) => record);
  return {
    accepted: records(deliveries),
    repeats: records(deliveries.filter(({ isRepeat }) => isRepeat)),
    forwarded: records(misplaced),
    refused: records(refused),
    places,
  };
}
