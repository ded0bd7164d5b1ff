import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createKafkaAdmin } from '../../src/event-log/kafka/kafka-admin.js';
import { createKafkaClient } from '../../src/event-log/kafka/kafka-client.js';
import { uniqueNames } from '../testkit/event-log-adapters.js';
import { type RunningKafka, startKafka } from '../testkit/kafka.js';

let broker: RunningKafka;
beforeAll(async () => {
  broker = await startKafka();
}, 120_000);
afterAll(() => broker.stop(), 30_000);

const PARTITIONS = 3;
const ROUNDS = 40;

test('questions asked at once are answered for every partition, whatever kafkajs has cached', async () => {
  const { topics, group } = uniqueNames(3);
  const client = createKafkaClient({ url: broker.url, log: pino({ level: 'silent' }) });
  const setup = createKafkaAdmin(client);
  await setup.createTopics(topics, { partitionCount: PARTITIONS, replication: 1 });
  await setup.stop();
  const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const numbers = (found: readonly { readonly partition: number }[]): number[] =>
    found.map(({ partition }) => partition).sort();
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each round connects anew, as after an outage.
    const admin = createKafkaAdmin(client);
    const answers = await Promise.all(
      topics.flatMap((topic) => [
        admin.stored(group, topic).then(numbers),
        admin.partitionsOf([topic]).then((found) => [...(found.get(topic) ?? [])]),
        admin.ranges(topic).then(numbers),
        admin.stored(group, topic).then(numbers),
      ]),
    );
    expect(answers).toEqual(answers.map(() => all));
    await admin.stop();
  }
}, 60_000);
