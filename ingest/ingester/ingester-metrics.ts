import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { messageOf } from '../../src/errors.js';
import type { EventLog } from '../../src/event-log/event-log.js';

/** Named parts of the work of one batch, as the label `step` of the durations shows them. */
export type BatchStep = 'decode' | 'forward' | 'enrich' | 'write' | 'park' | 'publish';

/** What the ingester counts about itself. */
export interface IngesterMetrics {
  /** Runs one step and notes how long it took, also when it throws. */
  timed<Result>(step: BatchStep, work: () => Promise<Result> | Result): Promise<Result>;
  readonly batchRows: Histogram;
  readonly batchBytes: Histogram;
  readonly accepted: Counter;
  readonly repeats: Counter;
  readonly forwarded: Counter;
  readonly rejected: Counter<'reason'>;
  readonly replays: Counter;
  readonly retries: Counter;
  readonly halvings: Counter;
  readonly publishFailures: Counter;
  readonly handleFailures: Counter;
  /** Active parts of all tables, and of the partition that has most. */
  readonly parts: Gauge;
  readonly partsOfPartition: Gauge;
  /** Places of the deduplication window taken since the oldest open intent. */
  readonly windowPlaces: Gauge;
  /** Seconds from receipt to being queryable. */
  readonly latency: Histogram;
}

export interface IngesterMetricsOptions {
  readonly registry: Registry;
  readonly log: Pick<Logger, 'warn'>;
  readonly eventLog: Pick<EventLog, 'positions'>;
  readonly group: string;
  readonly topics: readonly string[];
  /** ms since 1970. */
  readonly clock: () => number;
}

/**
 * Registers the metrics. Consumer lag is asked of the log whenever metrics are collected; while the
 * log is away its gauges are absent rather than stale.
 */
export function createIngesterMetrics({
  registry,
  log,
  eventLog,
  group,
  topics,
  clock,
}: IngesterMetricsOptions): IngesterMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `sluice_ingester_${name}`, help, registers });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `sluice_ingester_${name}`, help, registers });
  const stepSeconds = new Histogram({
    name: 'sluice_ingester_step_seconds',
    help: 'Duration of each step of a batch.',
    labelNames: ['step'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const oldestUnread = new Gauge({
    name: 'sluice_ingester_oldest_unread_seconds',
    help: 'Age of the oldest record that the group has not read; 0: none is unread.',
    labelNames: ['topic', 'partition'],
    registers,
  });
  new Gauge({
    name: 'sluice_ingester_consumer_lag_records',
    help: 'Records appended but not confirmed by the group.',
    labelNames: ['topic', 'partition'],
    registers,
    async collect() {
      this.reset();
      oldestUnread.reset();
      try {
        for (const position of await eventLog.positions(group, topics)) {
          const labels = { topic: position.topic, partition: String(position.partition) };
          const next = position.committed ?? position.begin;
          this.set(labels, Math.max(Number(position.end - next), 0));
          const age = position.oldestUnreadAt === null ? 0 : clock() - position.oldestUnreadAt;
          oldestUnread.set(labels, Math.max(age, 0) / 1000);
        }
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'the consumer lag cannot be read');
      }
    },
  });
  return {
    async timed(step, work) {
      const stop = stepSeconds.startTimer({ step });
      try {
        return await work();
      } finally {
        stop();
      }
    },
    batchRows: new Histogram({
      name: 'sluice_ingester_batch_rows',
      help: 'Records of a batch.',
      buckets: [1, 10, 100, 1000, 5000, 10_000, 20_000, 50_000, 100_000],
      registers,
    }),
    batchBytes: new Histogram({
      name: 'sluice_ingester_batch_bytes',
      help: 'Bytes of the values of a batch.',
      buckets: [1e3, 1e4, 1e5, 1e6, 4e6, 1.6e7, 6.4e7],
      registers,
    }),
    accepted: counter('accepted_total', 'Deliveries written to bronze, repeats included.'),
    repeats: counter('repeats_total', 'Deliveries whose event stands earlier in their batch.'),
    forwarded: counter(
      'forwarded_total',
      'Messages put on the topic and partition they belong to.',
    ),
    rejected: new Counter({
      name: 'sluice_ingester_rejected_total',
      help: 'Inputs that went to the dead letters.',
      labelNames: ['reason'],
      registers,
    }),
    replays: counter('replays_total', 'Batches handed out again after a crash or a rebalance.'),
    retries: counter('retries_total', 'Failed writes that are tried again.'),
    halvings: counter('halvings_total', 'Blocks cut in two to find a row that is refused.'),
    publishFailures: counter(
      'publish_failures_total',
      'Announcements that could not be published.',
    ),
    handleFailures: counter('failures_total', 'Batches that failed and are handed out again.'),
    parts: gauge('parts', 'Active parts of all tables of the warehouse.'),
    partsOfPartition: gauge(
      'partition_parts',
      'Active parts of the partition that has most; from 300 on batches are slowed down.',
    ),
    windowPlaces: gauge(
      'window_places',
      'Places of the deduplication window taken since the oldest unfinished batch; at half the window the others wait.',
    ),
    latency: new Histogram({
      name: 'sluice_ingester_latency_seconds',
      help: 'Time from receipt to being queryable, of up to 64 events of each batch.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
      registers,
    }),
  };
}
