import { setTimeout } from 'node:timers/promises';
import type { Config } from '../../src/config.js';
import { isAppError, messageOf } from '../../src/errors.js';
import type { EventLog, LogConsumer } from '../../src/event-log/event-log.js';
import type { PubSub } from '../../src/pubsub/pubsub.js';
import type { Telemetry } from '../../src/telemetry.js';
import type { WarehouseReader, WarehouseWriter } from '../../src/warehouse/warehouse.js';
import type { DeadLetterCodec } from '../dead-letter.js';
import type { EventCodec } from '../event-codec.js';
import { createEnterBatch } from './batch-ledger.js';
import { createConsumeBatch, type IngesterTopics } from './consume-batch.js';
import { createDecodeEvent } from './decode-event.js';
import { createEnricher } from './enrich-event.js';
import { createIngesterMetrics } from './ingester-metrics.js';
import { createMergePace } from './merge-pace.js';
import { createStoreDeadLetters } from './store-dead-letters.js';
import { type AdmitBatch, createWindowGuard } from './window-guard.js';
import { createWriteBronze, type WriteBronze } from './write-bronze.js';

export interface IngesterOptions {
  readonly eventLog: EventLog;
  readonly warehouse: Pick<WarehouseWriter, 'insert'> & Pick<WarehouseReader, 'query'>;
  readonly codec: EventCodec;
  readonly deadLetterCodec: DeadLetterCodec;
  readonly pubsub: Pick<PubSub, 'publish'>;
  readonly topics: IngesterTopics;
  readonly config: Config['ingester'];
  /** Database of the tables. */
  readonly database: string;
  /** Blocks whose tokens each table remembers; see `clickhouse/topology.ts`. */
  readonly deduplicationWindow: number;
  readonly telemetry: Telemetry;
  /** Project of events of other producers that name none. Left out: they are refused. */
  readonly defaultProjectId?: string;
  /** See `createCountryLookup`. Left out: no country is derived. */
  readonly countryOf?: (ip: string) => string;
  /** ms since 1970. */
  readonly clock?: () => number;
}

/** From the event log into bronze, and with it into silver and gold. */
export interface Ingester {
  /**
   * Joins the group and begins. Resolves once it has joined, or once a first try failed in a way
   * that passes (log away): then it goes on trying, and `isReady` tells. Rejects with what does not
   * pass.
   */
  start(): Promise<void>;
  /** Takes no further batch, lets running ones finish for `deadlineMs`, leaves the group. */
  stop(deadlineMs?: number): Promise<void>;
  /** True while it consumes and no block waits for the warehouse to take it. */
  isReady(): boolean;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

export function createIngester(options: IngesterOptions): Ingester {
  const { eventLog, config, topics, telemetry, clock = Date.now } = options;
  const log = telemetry.log.child({ part: 'ingester' });
  const allTopics = [topics.web, topics.app, topics.deadLetters, ...topics.foreign];
  const metrics = createIngesterMetrics({
    registry: telemetry.registry,
    log,
    eventLog,
    group: config.group,
    topics: allTopics,
    clock,
  });
  /** Tokens of blocks whose last try failed. */
  const waiting = new Set<string>();
  const writeOnce = createWriteBronze({
    warehouse: options.warehouse,
    log,
    observer: {
      onRetry: (token) => {
        waiting.add(token);
        metrics.retries.inc();
      },
      onHalved: () => metrics.halvings.inc(),
    },
  });
  const writeBronze: WriteBronze = async (block, signal) => {
    try {
      return await writeOnce(block, signal);
    } finally {
      waiting.delete(block.token);
    }
  };
  const enterBatch = createEnterBatch({ writeBronze, database: options.database, clock });
  const { database, warehouse } = options;
  const awaitMerges = createMergePace({
    warehouse,
    database,
    onCount: ({ total, most }) => {
      metrics.parts.set(total);
      metrics.partsOfPartition.set(most);
    },
    clock,
  });
  const awaitWindow = createWindowGuard({
    positions: () => eventLog.positions(config.group, allTopics),
    warehouse,
    database,
    limit: options.deduplicationWindow / 2,
    log,
    onLook: (places) => metrics.windowPlaces.set(places),
    clock,
  });
  const admit: AdmitBatch = async (batch, places, signal) => {
    await awaitMerges(signal);
    await awaitWindow(batch, places, signal);
  };
  const consumeEvents = createConsumeBatch({
    ...options,
    metrics,
    log,
    clock,
    decode: createDecodeEvent(options),
    enrich: createEnricher(options),
    writeBronze,
    enterBatch,
    admit,
  });
  const storeDeadLetters = createStoreDeadLetters({ ...options, writeBronze, enterBatch, admit });

  const stopping = new AbortController();
  let consumer: LogConsumer | null = null;
  let joining: Promise<void> | null = null;

  function join(): Promise<LogConsumer> {
    return eventLog.consume({
      group: config.group,
      topics: allTopics,
      inOrder: [topics.web, topics.app],
      batch: {
        maxRecords: config.batchSize,
        maxBytes: config.batchBytes,
        lingerMs: config.lingerMs,
      },
      maxInFlightBytes: config.inFlightBytes,
      handle: (batch, signal) =>
        batch.topic === topics.deadLetters
          ? storeDeadLetters(batch, signal)
          : consumeEvents(batch, signal),
      onError: (error, { topic, partition }) => {
        metrics.handleFailures.inc();
        const fields = { topic, partition, reason: messageOf(error), stack: stackOf(error) };
        if (isAppError(error) && error.isRetryable) log.warn(fields, 'a batch waits to be retried');
        else log.error(fields, 'a batch failed unexpectedly and is retried');
      },
    });
  }

  /** False when the try failed in a way that passes. */
  async function tryToJoin(nextTryInMs: number): Promise<boolean> {
    try {
      const joined = await join();
      // The stop may have come while joining; it waits for this promise.
      consumer = joined;
      return true;
    } catch (error) {
      if (!isAppError(error) || !error.isRetryable) throw error;
      log.warn({ nextTryInMs, reason: messageOf(error) }, 'the event log cannot be consumed yet');
      return false;
    }
  }

  async function keepTrying(): Promise<void> {
    for (let delayMs = FIRST_RETRY_MS; !stopping.signal.aborted; delayMs *= 2) {
      try {
        await setTimeout(Math.min(delayMs, LAST_RETRY_MS), undefined, { signal: stopping.signal });
      } catch {
        // The stop ends the wait.
        return;
      }
      try {
        if (await tryToJoin(Math.min(delayMs * 2, LAST_RETRY_MS))) return;
      } catch (error) {
        log.error({ reason: messageOf(error) }, 'the event log cannot be consumed');
        return;
      }
    }
  }

  return {
    async start() {
      if (!(await tryToJoin(FIRST_RETRY_MS))) joining = keepTrying();
    },
    async stop(deadlineMs) {
      stopping.abort();
      await joining;
      await consumer?.stop(deadlineMs);
      consumer = null;
    },
    isReady: () => consumer?.isReady() === true && waiting.size === 0,
  };
}

/** Where a defect was thrown; expected errors say enough by their message. */
function stackOf(error: unknown): string | undefined {
  return error instanceof Error && !isAppError(error) ? error.stack : undefined;
}
