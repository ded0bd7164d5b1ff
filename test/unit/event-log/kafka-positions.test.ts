import { describe, expect, test } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { createGroupPositions } from '../../../src/event-log/kafka/group-positions.js';
import { createKafkaAdmin } from '../../../src/event-log/kafka/kafka-admin.js';
import { createKafkaClient } from '../../../src/event-log/kafka/kafka-client.js';
import { createTelemetry } from '../../../src/telemetry.js';

const URL = 'kafka://127.0.0.1:1';

/** Positions of a group whose questions get these answers of kafkajs, one after the other. */
function positions({
  stored,
  ranges,
}: {
  readonly stored: readonly (readonly number[])[];
  readonly ranges: readonly (readonly number[])[];
}) {
  const client = createKafkaClient({ url: URL, log: createTelemetry({ level: 'silent' }).log });
  const [left, found] = [[...stored], [...ranges]];
  let connected = 0;
  const answering = {
    connect: async () => {
      connected += 1;
    },
    disconnect: async () => undefined,
    fetchOffsets: async () => [
      {
        topic: 't',
        partitions: (left.shift() ?? []).map((partition) => ({
          partition,
          offset: '70',
          metadata: 'sluice/1 70-79 at 8',
        })),
      },
    ],
    fetchTopicOffsets: async () =>
      (found.shift() ?? []).map((partition) => ({ partition, low: '0', high: '90', offset: '90' })),
  };
  const kafka = Object.assign(Object.create(client.kafka), {
    admin: () => answering as unknown as Admin,
  });
  const admin = createKafkaAdmin({ ...client, kafka });
  return {
    group: createGroupPositions({ admin, group: 'g', url: URL }),
    connected: () => connected,
  };
}

const WANTED = [
  { topic: 't', partition: 2 },
  { topic: 't', partition: 3 },
];

describe('a lane begins where the group stands', () => {
  test('and where its open batch is', async () => {
    const { group } = positions({ stored: [[3, 2, 1, 0]], ranges: [[0, 1, 2, 3]] });
    expect(await group.startingAt(WANTED)).toEqual(
      WANTED.map((one) => ({ ...one, offset: 70n, metadata: 'sluice/1 70-79 at 8' })),
    );
  });

  test.each([
    {
      name: 'not at the beginning of the topic after an answer of no partition',
      stored: [[]],
      ranges: [[0, 1, 2, 3]],
    },
    {
      name: 'not at the beginning of the topic after an answer without one of its partitions',
      stored: [[0, 1, 2]],
      ranges: [[0, 1, 2, 3]],
    },
    {
      name: 'not at the beginning of the topic after an answer without the ends of one',
      stored: [[0, 1, 2, 3]],
      ranges: [[0, 1, 2]],
    },
  ])('$name', async ({ stored, ranges }) => {
    const { group } = positions({ stored, ranges });
    await expect(group.startingAt(WANTED)).rejects.toMatchObject({
      code: 'EVENT_LOG_UNAVAILABLE',
      isRetryable: true,
    });
  });

  test('once the answer is whole, asked of a client that was made anew', async () => {
    const { group, connected } = positions({
      stored: [
        [0, 1],
        [2, 3],
      ],
      ranges: [[2, 3]],
    });
    await expect(group.startingAt(WANTED)).rejects.toMatchObject({ isRetryable: true });
    const before = connected();
    expect((await group.startingAt(WANTED)).map(({ offset }) => offset)).toEqual([70n, 70n]);
    expect(connected()).toBe(before + 1);
  });
});
