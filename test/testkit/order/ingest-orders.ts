import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { DEDUPLICATION_WINDOW } from '../../../clickhouse/topology.js';
import { createDeadLetterCodec } from '../../../ingest/dead-letter.js';
import { createEventCodec } from '../../../ingest/event-codec.js';
import { createIngester } from '../../../ingest/ingester/ingester.js';
import { isRejected, parseEvent } from '../../../ingest/parse-event.js';
import { partitionOf } from '../../../src/event/partition-of.js';
import { eventKey, type TrackedEvent } from '../../../src/event/tracked-event.js';
import type { AppendRecord } from '../../../src/event-log/event-log.js';
import { createMemoryPubSub } from '../../../src/pubsub/memory/memory-pubsub.js';
import { createTelemetry } from '../../../src/telemetry.js';
import { eventually } from '../deadline.js';
import { randomNumbers } from '../random-numbers.js';
import type { EventJson } from '../seed-events.js';
import type { TestWarehouse } from '../warehouse.js';
import type { Delivery, OrderWorld } from './order-world.js';
import { createScheduledLog } from './scheduled-log.js';

export interface IngestOrdersOptions {
  readonly kit: TestWarehouse;
  readonly worlds: readonly OrderWorld[];
  readonly seed: number;
  /** Orders of each world besides the canonical one. */
  readonly shuffles: number;
}

/** What happened on the way, for a test to see that it is not about nothing. */
export interface IngestedOrders {
  readonly deliveries: number;
  readonly batches: number;
  readonly replays: number;
  /** Messages that came keyed or placed by another producer. */
  readonly forwarded: number;
  /** Topic partitions of events with records. */
  readonly usedPartitions: number;
}

/** The project that holds a world in its canonical order (0) or in another one. */
export function projectOf(world: number, order: number): string {
  return `w${world}-${order}`;
}

const PARTITIONS = 3;
/** About as many batches are made of a run, so that each world lies in many of them. */
const BATCHES = 250;
const DRAINED_WITHIN_MS = 1_200_000;

/**
 * Sends every world through the ingester in several orders at once, each as a project of its own:
 * in canonical order, and shuffled, where only the copies of one id keep their order. Deliveries of
 * all projects alternate in two topics of three partitions.
 */
export async function ingestOrders({
  kit,
  worlds,
  seed,
  shuffles,
}: IngestOrdersOptions): Promise<IngestedOrders> {
  const random = randomNumbers(seed);
  const arrivals = worlds
    .flatMap(({ deliveries }, world) =>
      Array.from({ length: shuffles + 1 }, (_, order) =>
        inOrder(deliveries, order === 0 ? null : random).map(({ delivery, at }) => ({
          delivery,
          at,
          event: parsed(delivery.event, projectOf(world, order)),
        })),
      ).flat(),
    )
    .sort((a, b) => a.at - b.at);

  const id = randomUUID().slice(0, 8);
  const topics = {
    web: `web_${id}`,
    app: `app_${id}`,
    deadLetters: `dead_${id}`,
    foreign: [`foreign_${id}`],
  };
  let now = Date.UTC(2026, 0, 1);
  const log = createScheduledLog({
    partitionCount: PARTITIONS,
    random,
    longestFetch: Math.max(10, Math.round((2 * arrivals.length) / BATCHES)),
    lostShare: 0.1,
    clock: () => now,
  });
  const codec = createEventCodec({ registry: null });
  const telemetry = createTelemetry({ level: 'silent' });
  const ingester = createIngester({
    eventLog: log,
    warehouse: kit.warehouse,
    codec,
    deadLetterCodec: createDeadLetterCodec(),
    pubsub: createMemoryPubSub({ bufferLength: 10 }),
    topics,
    config: {
      group: 'g',
      batchSize: 20_000,
      batchBytes: 16_777_216,
      lingerMs: 0,
      timeoutMs: 30_000,
      inFlightBytes: 67_108_864,
    },
    database: kit.database,
    deduplicationWindow: DEDUPLICATION_WINDOW.node,
    telemetry,
  });

  function recordOf({ topic, isMisplaced }: Delivery, event: TrackedEvent): AppendRecord {
    const { projectId, eventId } = event;
    const value = codec.encode(event);
    if (!isMisplaced) {
      return {
        topic: topics[topic],
        partition: partitionOf(projectId, eventId, PARTITIONS),
        key: Buffer.from(eventKey(projectId, eventId)),
        value,
      };
    }
    const partition = Math.floor(random() * PARTITIONS);
    const isForeign = random() < 0.5;
    return {
      topic: isForeign ? (topics.foreign[0] ?? '') : topics[topic],
      partition,
      key: isForeign ? null : Buffer.from('a key of theirs'),
      value,
    };
  }

  let lastIds = new Set<string>();
  let pending: AppendRecord[] = [];
  const appendPending = async (): Promise<void> => {
    await log.append(pending);
    pending = [];
    now += 1;
    lastIds = new Set();
  };
  const appendAll = async (): Promise<void> => {
    for (const { delivery, event } of arrivals) {
      const key = eventKey(event.projectId, event.eventId);
      // Copies of one id never share a millisecond; everything else may.
      if (lastIds.has(key) || random() < 0.3) await appendPending();
      lastIds.add(key);
      pending.push(recordOf(delivery, event));
      // The ingester works meanwhile, on what is there so far.
      if (random() < 0.02) await setImmediate();
    }
    await appendPending();
  };
  const all = [topics.web, topics.app, ...topics.foreign];
  const isDrained = async (): Promise<boolean> =>
    (await log.positions('g', all)).every(({ committed, end }) => (committed ?? 0n) >= end);
  await ingester.start();
  try {
    await appendAll();
    await eventually('everything is ingested', isDrained, DRAINED_WITHIN_MS);
  } finally {
    await ingester.stop();
  }
  const forwarded = await telemetry.registry
    .getSingleMetric('sluice_ingester_forwarded_total')
    ?.get();
  const refused = log.used.size - [...log.used].filter((key) => !key.startsWith('dead_')).length;
  if (refused > 0) throw new Error('no event of a world is expected to be refused');
  return {
    deliveries: arrivals.length,
    batches: log.handled.batches,
    replays: log.handled.replays,
    forwarded: forwarded?.values[0]?.value ?? 0,
    usedPartitions: [...log.used].filter((key) => /^(web|app)_/.test(key)).length,
  };
}

/** Positions from 0 to 1 at which deliveries arrive; without `random`, in the order given. */
function inOrder(
  deliveries: readonly Delivery[],
  random: (() => number) | null,
): readonly { readonly delivery: Delivery; readonly at: number }[] {
  if (random === null) {
    return deliveries.map((delivery, index) => ({ delivery, at: index / deliveries.length }));
  }
  const placesOf = new Map<string, number[]>();
  for (const { event } of deliveries) {
    const places = placesOf.get(event.event_id) ?? [];
    places.push(random());
    placesOf.set(event.event_id, places);
  }
  for (const places of placesOf.values()) places.sort((a, b) => a - b);
  return deliveries.map((delivery) => ({
    delivery,
    at: placesOf.get(delivery.event.event_id)?.shift() ?? 1,
  }));
}

function parsed(event: EventJson, projectId: string): TrackedEvent {
  const result = parseEvent(event, {
    projectId,
    isTrusted: true,
    receivedAt: 0,
    ip: '',
    userAgent: '',
  });
  if (isRejected(result)) throw new Error(`${result.reason}: ${JSON.stringify(event)}`);
  return result;
}
