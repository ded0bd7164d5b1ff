import type { KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../event-log.js';

/** A fetched message as a record of the port; a value that is absent (a tombstone) becomes empty. */
export function toLogRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  const headers: Record<string, Buffer> = {};
  for (const [name, content] of Object.entries(message.headers ?? {})) {
    // Kafka allows a header name several times; the last one counts, as in a map.
    const value = Array.isArray(content) ? content.at(-1) : content;
    if (value !== undefined) headers[name] = typeof value === 'string' ? Buffer.from(value) : value;
  }
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    appendedAt: Number(message.timestamp),
    key: message.key,
    value: message.value ?? Buffer.alloc(0),
    headers,
  };
}
