import { randomUUID } from 'node:crypto';
import type { Consumer } from 'kafkajs';
import type { Logger } from 'pino';
import type { LogRecord, TailPosition } from '../event-log.js';
import { createWakeUp } from '../wake-up.js';
import { startConsumerSession } from './consumer-session.js';
import type { KafkaAdmin } from './kafka-admin.js';
import type { KafkaClient } from './kafka-client.js';
import { toLogRecord } from './kafka-record.js';
import { keyOf } from './lane-state.js';

/** Value bytes waiting for the reader above which fetching pauses. */
const WAITING_BYTES = 8 * 1024 * 1024;

export interface KafkaTailOptions {
  readonly client: KafkaClient;
  readonly admin: KafkaAdmin;
  readonly topics: readonly string[];
  readonly from?: readonly TailPosition[] | undefined;
  readonly sessionTimeoutMs: number;
  /** Creates and checks the topics of this program. */
  readonly prepare: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Records appended from now on, or behind the given places, read by a consumer in a group of its own that commits nothing. The
 * ends of all partitions are taken before this resolves, so nothing appended later is missed, also
 * where the consumer joins later or is replaced. A topic that comes into being later is read from
 * its beginning.
 */
export async function tailKafka(options: KafkaTailOptions): Promise<AsyncIterable<LogRecord>> {
  const { client, admin, topics, signal, log } = options;
  await options.prepare();
  const positions = new Map<string, bigint>();
  const existing = await admin.partitionsOf(topics);
  for (const topic of existing.keys()) {
    for (const { partition, end } of await admin.ranges(topic)) {
      positions.set(keyOf({ topic, partition }), end);
    }
  }
  for (const place of options.from ?? []) positions.set(keyOf(place), place.offset);
  const arrived = createWakeUp();
  let waiting: LogRecord[] = [];
  let waitingBytes = 0;
  let consumer: Consumer | null = null;
  let paused: { topic: string; partitions: number[] }[] = [];

  const session = startConsumerSession({
    client,
    admin,
    group: `sluice-tail-${randomUUID()}`,
    topics,
    sessionTimeoutMs: options.sessionTimeoutMs,
    prepare: options.prepare,
    onAssigned(assignment, joined) {
      consumer = joined;
      paused = [];
      for (const [topic, partitions] of assignment) {
        for (const partition of partitions) {
          const offset = positions.get(keyOf({ topic, partition })) ?? 0n;
          joined.seek({ topic, partition, offset: String(offset) });
        }
        joined.resume([{ topic, partitions: [...partitions] }]);
      }
    },
    async onBatch({ batch, resolveOffset, pause }) {
      const { topic, partition } = batch;
      const from = positions.get(keyOf(batch)) ?? 0n;
      for (const message of batch.messages) {
        const record = toLogRecord(topic, partition, message);
        if (record.offset < from) continue;
        waiting.push(record);
        waitingBytes += record.value.length;
      }
      positions.set(keyOf(batch), BigInt(batch.lastOffset()) + 1n);
      const last = batch.messages.at(-1);
      if (last !== undefined) resolveOffset(last.offset);
      if (waitingBytes > WAITING_BYTES) {
        pause();
        paused.push({ topic, partitions: [partition] });
      }
      arrived.notify();
    },
    onGap: () => undefined,
    onDown() {
      consumer = null;
      paused = [];
    },
    onError: (error) => log.warn({ err: error }, 'event log: tail is interrupted'),
  });

  // The consumer also ends when nobody ever iterates.
  const ended = new Promise<void>((resolve) => {
    const end = (): void => resolve(session.stop());
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });

  async function* read(): AsyncGenerator<LogRecord> {
    try {
      while (!signal.aborted) {
        const seen = arrived.version;
        const run = waiting;
        waiting = [];
        for (const record of run) {
          if (signal.aborted) return;
          waitingBytes -= record.value.length;
          yield record;
        }
        if (waitingBytes <= WAITING_BYTES && paused.length > 0) {
          consumer?.resume(paused);
          paused = [];
        }
        if (run.length === 0) await arrived.after(seen, signal);
      }
    } finally {
      if (signal.aborted) await ended;
      else await session.stop();
    }
  }
  return read();
}
