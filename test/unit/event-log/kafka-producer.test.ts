import { expect, test } from '@jest/globals';
import type { RecordMetadata } from 'kafkajs';
import type { AppError } from '../../../src/errors.js';
import type { KafkaClient } from '../../../src/event-log/kafka/kafka-client.js';
import { createKafkaProducer, unanswered } from '../../../src/event-log/kafka/kafka-producer.js';

const record = (topic: string, partition: number) => ({
  topic,
  partition,
  key: null,
  value: Buffer.from('value'),
});
const answer = (topicName: string, partition: number): RecordMetadata => ({
  topicName,
  partition,
  errorCode: 0,
});

/** A client whose producers answer as given, one request after the other. */
function clientAnswering(answers: readonly (readonly RecordMetadata[])[]) {
  const left = [...answers];
  let made = 0;
  const producer = () => {
    made += 1;
    return {
      connect: async () => undefined,
      disconnect: async () => undefined,
      sendBatch: async () => left.shift() ?? [],
    };
  };
  const client = {
    url: 'kafka://127.0.0.1:1',
    kafka: { producer },
    translate: (cause: unknown) => cause as AppError,
  } as unknown as KafkaClient;
  return { client, made: () => made };
}

test('an append is refused when no broker has acknowledged one of its partitions, and can be repeated', async () => {
  const { client, made } = clientAnswering([
    [answer('events', 0)],
    [answer('events', 0), answer('events', 1)],
  ]);
  const producer = createKafkaProducer({ client, prepare: async () => undefined });
  const records = [record('events', 0), record('events', 1)];
  await expect(producer.append(records)).rejects.toMatchObject({
    code: 'EVENT_LOG_UNAVAILABLE',
    isRetryable: true,
    details: { partitions: ['events/1'] },
  });
  await producer.append(records);
  // What kafkajs believes to have sent under its sequence numbers is not known any more.
  expect(made()).toBe(2);
});

test('partitions are told apart by topic', () => {
  const group = [record('web', 0), record('app', 0), record('web', 0)].map((one) => ({
    record: one,
  }));
  expect(unanswered(group, [answer('web', 0)])).toEqual(['app/0']);
  expect(unanswered(group, [answer('app', 0), answer('web', 0)])).toEqual([]);
});
