import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { AppError, messageOf } from '../../../src/errors.js';
import {
  createMembership,
  type Membership,
  saveUpdate,
} from '../../../src/event-log/kafka/fenced-commits.js';
import { decodeIntent, encodeIntent } from '../../../src/event-log/kafka/intent-metadata.js';
import { brokersOf, protocolErrorOf } from '../../../src/event-log/kafka/kafka-client.js';
import { cutRequest } from '../../../src/event-log/kafka/kafka-producer.js';
import {
  type Commit,
  commitsOf,
  isUntouched,
  keyOf,
  type LaneState,
  openIntentOf,
} from '../../../src/event-log/kafka/lane-state.js';
import { createWakeUp } from '../../../src/event-log/wake-up.js';

const at = (topic: string, offset: bigint, metadata = ''): Commit => ({
  topic,
  partition: 0,
  offset,
  metadata,
});
const intent = (topic: string, firstOffset: bigint, lastOffset: bigint) => ({
  topic,
  partition: 0,
  firstOffset,
  lastOffset,
  openedAt: 8,
});
const byKey = (...commits: readonly Commit[]): Map<string, Commit> =>
  new Map(commits.map((commit) => [keyOf(commit), commit]));

describe('positions as Kafka commits', () => {
  test('an intent leaves the position where it is and carries both boundaries', () => {
    expect(commitsOf(byKey(at('a', 5n)), { intent: intent('a', 7n, 9n) })).toEqual([
      at('a', 5n, 'sluice/1 7-9 at 8'),
    ]);
  });

  test('a confirmation moves behind the batch and closes its intent', () => {
    expect(
      commitsOf(byKey(at('a', 5n, 'sluice/1 7-9 at 8')), { confirmed: intent('a', 7n, 9n) }),
    ).toEqual([at('a', 10n)]);
  });

  test('a confirmation and the next intent of one partition are one commit', () => {
    const update = { confirmed: intent('a', 7n, 9n), intent: intent('a', 10n, 12n) };
    expect(commitsOf(byKey(at('a', 7n)), update)).toEqual([at('a', 10n, 'sluice/1 10-12 at 8')]);
  });

  test('of two topics they are two commits of one request', () => {
    const update = { confirmed: intent('a', 7n, 9n), intent: intent('b', 1n, 2n) };
    expect(commitsOf(byKey(at('a', 7n), at('b', 0n)), update)).toEqual([
      at('a', 10n),
      at('b', 0n, 'sluice/1 1-2 at 8'),
    ]);
  });

  test('intents survive as text; other texts are no intents', () => {
    const whole = { firstOffset: 0n, lastOffset: 2n ** 63n - 1n, openedAt: 1_800_000_000_000 };
    expect(decodeIntent(encodeIntent(whole))).toEqual(whole);
    // A text without its moment is an intent all the same: it must not be forgotten.
    expect(decodeIntent('sluice/1 1-2')).toEqual({
      firstOffset: 1n,
      lastOffset: 2n,
      openedAt: 0,
    });
    for (const text of [
      '',
      'sluice/1 ',
      'sluice/2 1-2',
      'sluice/1 1-2 ',
      'sluice/1 1-2 at',
      'x',
      'sluice/1 -1-2',
    ]) {
      expect(decodeIntent(text)).toBeNull();
    }
    expect(openIntentOf(at('a', 1n, 'sluice/1 1-2 at 8'))).toEqual(intent('a', 1n, 2n));
  });

  test('a lane is untouched while the broker has what was saved or sent last', () => {
    const lane = { saved: byKey(at('a', 5n)), attempted: byKey(at('a', 8n, 'sluice/1 8-9 at 8')) };
    expect(isUntouched(lane, byKey(at('a', 5n)))).toBe(true);
    expect(isUntouched(lane, byKey(at('a', 8n, 'sluice/1 8-9 at 8')))).toBe(true);
    expect(isUntouched(lane, byKey(at('a', 8n)))).toBe(false);
    expect(isUntouched(lane, byKey(at('a', 9n)))).toBe(false);
    expect(isUntouched(lane, byKey())).toBe(false);
  });
});

describe('a commit', () => {
  type SentOffsets = Parameters<NonNullable<Membership['commitOnce']>>[0];

  /** A lane found to be ours in generation 1, at a member that is in generation 2. */
  function rejoined() {
    const sent: SentOffsets[] = [];
    const refusals: string[] = [];
    const retrying: unknown[] = [];
    const membership = createMembership();
    membership.generation = 2;
    membership.isJoined = true;
    membership.commitOnce = async (offsets) => {
      sent.push(offsets);
      const type = refusals.shift();
      if (type !== undefined) throw Object.assign(new Error(type), { type });
    };
    membership.consumer = {
      commitOffsets: async (offsets: unknown) => retrying.push(offsets),
    } as unknown as NonNullable<Membership['consumer']>;
    const lane: LaneState = {
      lane: 0,
      sources: new Map(),
      arrived: createWakeUp(),
      saved: new Map(),
      attempted: new Map(),
      validFor: 1,
      beyond: new Map(),
      paused: new Set(),
      handling: new Map(),
      stopping: new AbortController(),
      lost: new AbortController(),
      settled: Promise.resolve(),
    };
    const client = { translate: (error: unknown) => new AppError('INTERNAL', messageOf(error)) };
    return {
      ...{ sent, refusals, retrying, membership, lane },
      save: () =>
        saveUpdate({ client, membership, lane, update: { confirmed: intent('a', 7n, 9n) } }),
      validate() {
        lane.validFor = membership.generation;
        membership.validated.notify();
      },
    };
  }
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  };

  test('is not sent before the lane was found to be ours in the present generation', async () => {
    const { save, sent, validate } = rejoined();
    const saved = save();
    await turns();
    expect(sent).toEqual([]);
    validate();
    await saved;
    expect(sent).toHaveLength(1);
  });

  test('is never sent for a lane that was lost meanwhile', async () => {
    const { save, sent, lane, validate } = rejoined();
    const refused = expect(save()).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE' });
    lane.lost.abort();
    await refused;
    validate();
    await turns();
    expect(sent).toEqual([]);
  });

  test('that the coordinator fences waits until the lane is checked in the next generation', async () => {
    const { save, sent, refusals, validate } = rejoined();
    refusals.push('ILLEGAL_GENERATION');
    validate();
    const saved = save();
    await turns();
    expect(sent).toHaveLength(1);
    validate();
    await saved;
    expect(sent).toHaveLength(2);
  });

  test('goes the way that tries once, not the one that tries again in a newer generation', async () => {
    const { save, sent, retrying, validate } = rejoined();
    validate();
    await save();
    expect([sent.length, retrying.length]).toEqual([1, 0]);
  });
});

describe('a request of appends', () => {
  const waiting = (...sizes: readonly (readonly [partition: number, bytes: number])[]) =>
    sizes.map(([partition, bytes]) => ({
      record: { topic: 't', partition, key: null, value: Buffer.alloc(bytes) },
    }));

  test('keeps the record batch of each partition below what brokers take', () => {
    expect(cutRequest(waiting([0, 500_000], [1, 500_000], [0, 300_000], [0, 200_000]))).toBe(3);
  });

  test('takes a record that is too large alone, for the broker to decide', () => {
    expect(cutRequest(waiting([0, 5_000_000], [1, 1]))).toBe(1);
    expect(cutRequest(waiting([1, 1], [0, 5_000_000], [1, 1]))).toBe(1);
  });
});

describe('addresses and errors', () => {
  test('a Kafka URL names one or more brokers', () => {
    expect(brokersOf('kafka://a:9092, b.example:19092/')).toEqual(['a:9092', 'b.example:19092']);
    for (const url of ['kafka://', 'kafka://a', 'http://a:9092', 'kafka://a:b', 'kafka://u@a:1']) {
      expect(() => brokersOf(url)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    }
  });

  test('the protocol error is found below wrapped errors', () => {
    const inner = Object.assign(new Error('x'), { type: 'ILLEGAL_GENERATION' });
    expect(protocolErrorOf(new Error('outer', { cause: new Error('mid', { cause: inner }) }))).toBe(
      'ILLEGAL_GENERATION',
    );
    expect(protocolErrorOf(undefined)).toBe('');
  });
});
