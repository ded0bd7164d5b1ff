import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BatchLimits, LogBatch, LogRecord } from '../../../src/event-log/event-log.js';
import { countInOrder, type OrderedSource } from '../../../src/event-log/lane-order.js';
import { createInFlight, createLaneSource } from '../../../src/event-log/lane-source.js';
import { runLane } from '../../../src/event-log/run-lane.js';
import { createWakeUp } from '../../../src/event-log/wake-up.js';

const SEED = 20_261_123;

function record(topic: string, offset: number, appendedAt: number, key: string | null): LogRecord {
  return {
    topic,
    partition: 0,
    offset: BigInt(offset),
    appendedAt,
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(`${topic} ${offset}`),
    headers: {},
  };
}

/** A source with waiting records, `key@time` each; `readAt` as given, all records arrived at 100. */
function waiting(topic: string, text: string, readAt = Number.NEGATIVE_INFINITY) {
  const asked: string[] = [];
  const source: OrderedSource = {
    topic,
    partition: 0,
    records: text
      .split(' ')
      .filter((word) => word !== '')
      .map((word, offset) => {
        const [key = '', time = ''] = word.split('@');
        return record(topic, offset, Number(time), key === '' ? null : key);
      }),
    readAt,
    countArrivedBy: (at) => (at >= 100 ? source.records.length : 0),
    askRead: () => asked.push(topic),
  };
  return { source, asked };
}

describe('how many records may be handed out', () => {
  test('is all of them when the other topic was read to its end since they arrived', () => {
    const { source } = waiting('web', 'x@1 y@2 z@3');
    expect(countInOrder(source, [source, waiting('app', '', 100).source], 3).count).toBe(3);
  });

  test('ends before a copy that another topic took earlier', () => {
    const { source } = waiting('web', 'x@1 y@2 z@7');
    expect(countInOrder(source, [waiting('app', 'a@3 z@5 b@9').source], 3).count).toBe(2);
  });

  test('does not end before a copy that another topic took later', () => {
    const { source } = waiting('web', 'x@1 y@2 z@4');
    expect(countInOrder(source, [waiting('app', 'a@3 z@5 b@9').source], 3).count).toBe(3);
  });

  test('tells whether reading on or only the earlier copy helps', () => {
    const { source } = waiting('web', 'x@1 y@2 z@7');
    expect(countInOrder(source, [waiting('app', 'a@3').source], 3).waitsForReading).toBe(true);
    const copy = waiting('app', 'z@5 b@9').source;
    expect(countInOrder(source, [copy], 3)).toEqual({ count: 2, waitsForReading: false });
  });

  test('stops where the other topic is not known to be read as far, and asks', () => {
    const app = waiting('app', 'a@2', 99);
    const { source } = waiting('web', 'x@1 y@2 z@3');
    expect(countInOrder(source, [app.source], 3).count).toBe(1);
    expect(app.asked).toEqual(['app']);
    expect(countInOrder(source, [waiting('app', '').source], 3).count).toBe(0);
  });

  test('takes the topic of the lesser name first within a millisecond', () => {
    const { source } = waiting('web', 'x@5');
    expect(countInOrder(source, [waiting('app', 'x@5', 100).source], 1).count).toBe(0);
    const app = waiting('app', 'x@5').source;
    expect(countInOrder(app, [waiting('web', 'x@5').source], 1).count).toBe(1);
  });

  test('follows the offsets of a topic whose clock went back', () => {
    const { source } = waiting('web', 'a@6 x@7');
    expect(countInOrder(source, [waiting('app', 'b@9 x@2').source], 2).count).toBe(2);
  });

  test('does not confuse records without a key', () => {
    const { source } = waiting('web', '@7 @8');
    expect(countInOrder(source, [waiting('app', '@1 @9').source], 2).count).toBe(2);
  });
});

describe('a lane of two topics', () => {
  interface Delivery {
    readonly topic: 'web' | 'app';
    readonly key: string;
    readonly step: number;
  }
  const deliveries: fc.Arbitrary<Delivery[]> = fc.array(
    fc.record({
      topic: fc.constantFrom('web' as const, 'app' as const),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      step: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 40 },
  );

  test('hands out the first copy of each key first, however the topics are fetched and cut', async () => {
    let wouldDiffer = 0;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        deliveries,
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 5 })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        async (all, fetches, maxRecords) => {
          let time = 0;
          const records = all.map(({ topic, key, step }, index) => {
            time += step;
            return record(topic, index, time, key);
          });
          const inOrder = [...records].sort(
            (a, b) =>
              a.appendedAt - b.appendedAt ||
              (a.topic === b.topic ? Number(a.offset - b.offset) : a.topic < b.topic ? -1 : 1),
          );
          const limits = { maxRecords, maxBytes: 1e6, lingerMs: 0 };
          const got = await handedOut({ records, fetches, limits, inOrder: ['web', 'app'] });
          expect(got).toHaveLength(records.length);
          expect(firstOf(got)).toEqual(firstOf(inOrder));
          const careless = await handedOut({ records, fetches, limits, inOrder: [] });
          runs += 1;
          if (JSON.stringify(firstOf(careless)) !== JSON.stringify(firstOf(inOrder))) {
            wouldDiffer += 1;
          }
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
    // Else the property would hold whatever the lane does.
    expect(wouldDiffer / runs).toBeGreaterThan(0.1);
  });

  test('goes on when the lagging topic turns out to be at its end', async () => {
    const records = [record('web', 0, 1, 'a'), record('web', 1, 2, 'b')];
    const limits = { maxRecords: 10, maxBytes: 1e6, lingerMs: 0 };
    const got = await handedOut({ records, fetches: [], limits, inOrder: ['web', 'app'] });
    expect(got.map(({ offset }) => offset)).toEqual([0n, 1n]);
  });
});

/** The topic in which each key was handed out first, sorted by key. */
function firstOf(records: readonly LogRecord[]): readonly (readonly [string, string])[] {
  const first = new Map<string, string>();
  for (const { key, value } of records) {
    if (!first.has(String(key))) first.set(String(key), value.toString());
  }
  return [...first].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What a lane hands out when its topics are fetched in the given stretches, then to the end. */
async function handedOut({
  records,
  fetches,
  limits,
  inOrder,
}: {
  readonly records: readonly LogRecord[];
  readonly fetches: readonly (readonly [isWeb: boolean, count: number])[];
  readonly limits: BatchLimits;
  readonly inOrder: readonly string[];
}): Promise<readonly LogRecord[]> {
  const arrived = createWakeUp();
  const inFlight = createInFlight(1e6);
  const stopping = new AbortController();
  let now = 0;
  const clock = (): number => now;
  const feeds = ['web', 'app'].map((topic) => {
    const own = records.filter((one) => one.topic === topic);
    const end = (own.at(-1)?.offset ?? -1n) + 1n;
    const source = createLaneSource({
      topic,
      partition: 0,
      position: 0n,
      inFlight,
      arrived,
      clock,
      readAt: (position) => (position >= end ? now : Number.NEGATIVE_INFINITY),
    });
    return { source, left: [...own], end };
  });
  const batches: LogBatch[] = [];
  const running = runLane({
    sources: feeds.map(({ source }) => source),
    openIntents: [],
    limits,
    inOrder,
    handle: async (batch) => {
      batches.push(batch);
    },
    onError: (error) => {
      throw error;
    },
    save: async () => undefined,
    arrived,
    stopping: stopping.signal,
    lost: new AbortController().signal,
    clock,
    wallClock: clock,
  });
  const rest = [
    [true, records.length],
    [false, records.length],
  ] as const;
  for (const [isWeb, count] of [...fetches, ...rest]) {
    const feed = feeds[isWeb ? 0 : 1];
    if (feed === undefined) continue;
    now += 1;
    const run = feed.left.splice(0, count);
    const next = feed.left[0];
    feed.source.push(run, next === undefined ? feed.end : next.offset);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (batches.reduce((sum, batch) => sum + batch.records.length, 0) < records.length) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  stopping.abort();
  await running;
  return batches.flatMap((batch) => batch.records);
}
