import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { nodeFileSystem } from '../../../src/event-log/embedded/file-system.js';
import {
  createSegmentEventLog,
  type SegmentEventLogOptions,
} from '../../../src/event-log/embedded/segment-event-log.js';
import type {
  AppendRecord,
  EventLog,
  LogBatch,
  LogRecord,
} from '../../../src/event-log/event-log.js';
import { eventually } from '../../testkit/deadline.js';
import { createSmallDisk } from '../../testkit/full-disk.js';

const TOPIC = 'topic_web_events';
let directory: string;
let logs: EventLog[];
let lines: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-segments-'));
  logs = [];
  lines = [];
});
afterEach(async () => {
  for (const log of logs) await log.stop();
  await rm(directory, { recursive: true, force: true });
});

const open = async (options: Partial<SegmentEventLogOptions> = {}): Promise<EventLog> => {
  const log = await createSegmentEventLog({
    directory,
    partitionCount: 1,
    topics: [TOPIC],
    fsync: 'always',
    clock: Date.now,
    log: pino({ level: 'warn' }, { write: (line: string) => lines.push(line) }),
    ...options,
  });
  logs.push(log);
  return log;
};
const segmentFiles = async (): Promise<string[]> =>
  (await readdir(join(directory, 'topics', TOPIC, '0')))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .map((name) => join(directory, 'topics', TOPIC, '0', name));

describe('a torn tail', () => {
  test('cut at every byte of the last frame, the log reopens with all frames before it', async () => {
    const log = await open();
    await log.append([record('first'), record('second')]);
    const [file = ''] = await segmentFiles();
    const before = (await stat(file)).size;
    await log.append([record('the last one', { headers: { a: Buffer.from('b') } })]);
    await log.stop();
    const whole = await readFile(file);
    for (let size = before; size < whole.length; size += 1) {
      await writeFile(file, whole.subarray(0, size));
      // No group has been given the offsets that are cut, so they are used again.
      await rm(join(directory, 'groups'), { recursive: true });
      lines.length = 0;
      const reopened = await open();
      expect(await values(reopened)).toEqual(['first', 'second']);
      await reopened.append([record('next')]);
      expect((await all(reopened)).map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
      await reopened.stop();
      const warnings = lines.map((line) => JSON.parse(line) as { cutBytes?: number });
      expect(warnings.map(({ cutBytes }) => cutBytes)).toEqual(
        size === before ? [] : [size - before],
      );
    }
  });

  test('a frame whose checksum is wrong is cut, reported, and kept beside the segment', async () => {
    const log = await open();
    await log.append([record('good')]);
    const [file = ''] = await segmentFiles();
    const good = (await stat(file)).size;
    await log.append([record('will be damaged')]);
    await log.stop();
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    const reopened = await open();
    expect(await values(reopened)).toEqual(['good']);
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
      level: 40,
      cutBytes: bytes.length - good,
    });
    const kept = await readFile(`${file}.cut-at-${good}`);
    expect(kept.equals(bytes.subarray(good))).toBe(true);
  });

  test('zeros that a crash left behind the last frame are cut', async () => {
    const log = await open();
    await log.append([record('good')]);
    await log.stop();
    const [file = ''] = await segmentFiles();
    await truncate(file, (await stat(file)).size + 5000);
    const reopened = await open();
    expect(await values(reopened)).toEqual(['good']);
  });

  test('offsets that a group has already been given are not used again', async () => {
    const log = await open();
    await log.append([record('a'), record('b'), record('c')]);
    const seen: LogBatch[] = [];
    const consumer = await log.consume(consuming(async (batch) => void seen.push(batch)));
    await eventually('the batch', () => seen.length === 1);
    await log.stop();
    await consumer.stop();
    const [file = ''] = await segmentFiles();
    await truncate(file, 0);
    const reopened = await open();
    await reopened.append([record('d')]);
    const again: LogBatch[] = [];
    await reopened.consume(consuming(async (batch) => void again.push(batch)));
    await eventually('the new record', () => again.length === 1);
    expect(again[0]?.records.map(({ offset, value }) => [offset, String(value)])).toEqual([
      [3n, 'd'],
    ]);
  });

  test('damage within an older segment is an error, never a silent gap', async () => {
    const log = await open({ segmentBytes: 200 });
    for (let index = 0; index < 12; index += 1) await log.append([record(`value ${index}`)]);
    await log.stop();
    const [file = ''] = await segmentFiles();
    const bytes = await readFile(file);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const reopened = await open({ segmentBytes: 200 });
    const errors: unknown[] = [];
    const seen: LogBatch[] = [];
    const consumer = await reopened.consume(
      consuming(
        async (batch) => void seen.push(batch),
        (error) => errors.push(error),
      ),
    );
    await eventually('the error', () => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: 'INTERNAL', details: { file } });
    expect(seen).toEqual([]);
    await consumer.stop(0);
  });
});

describe('segments', () => {
  test('rotate by size, are named by their first offset, and are read through', async () => {
    const log = await open({ segmentBytes: 500 });
    const expected: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      expected.push(`value ${index}`);
      await log.append([record(`value ${index}`)]);
    }
    const files = await segmentFiles();
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) expect((await stat(file)).size).toBeLessThanOrEqual(500);
    expect(await values(log)).toEqual(expected);
    await log.stop();
    const reopened = await open({ segmentBytes: 500 });
    expect(await values(reopened)).toEqual(expected);
    const [position] = await reopened.positions('nobody', [TOPIC]);
    expect(position).toMatchObject({ begin: 0n, end: 60n });
  });

  test('a record larger than a segment has one of its own', async () => {
    const log = await open({ segmentBytes: 500 });
    const large = 'x'.repeat(3_000_000);
    await log.append([record('small')]);
    await log.append([record(large)]);
    await log.append([record('small again')]);
    expect(await values(log)).toEqual(['small', large, 'small again']);
    expect(await segmentFiles()).toHaveLength(3);
  });

  test('any records come back as they were, whatever the restarts and segment sizes', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    const records = fc.array(
      fc.record({
        key: fc.option(bytes),
        value: bytes,
        headers: fc.dictionary(
          fc.string({ maxLength: 12 }).filter((name) => name !== '__proto__'),
          bytes,
          {
            maxKeys: 3,
          },
        ),
      }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(records, { maxLength: 6 }),
        fc.integer({ min: 50, max: 2000 }),
        async (appends, segmentBytes) => {
          await rm(directory, { recursive: true, force: true });
          const expected: AppendRecord[] = [];
          for (const append of appends) {
            const log = await open({ segmentBytes });
            const run = append.map((one) => ({ ...one, topic: TOPIC, partition: 0 }));
            await log.append(run);
            expected.push(...run);
            await log.stop();
          }
          const log = await open({ segmentBytes });
          const got = await all(log);
          await log.stop();
          expect(
            got.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
          ).toEqual(
            expected.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
          );
          expect(got.map(({ offset }) => offset)).toEqual(got.map((_, index) => BigInt(index)));
        },
      ),
      { numRuns: 30, seed: 20_260_101 },
    );
  });

  test('concurrent appends share writes and keep the order of each caller', async () => {
    const log = await open();
    await Promise.all(
      Array.from({ length: 200 }, async (_, caller) => {
        for (let index = 0; index < 3; index += 1) await log.append([record(`${caller} ${index}`)]);
      }),
    );
    const seen = await values(log);
    expect(seen).toHaveLength(600);
    for (let caller = 0; caller < 200; caller += 1) {
      expect(seen.filter((value) => value.startsWith(`${caller} `))).toEqual(
        [0, 1, 2].map((index) => `${caller} ${index}`),
      );
    }
  });
});

describe('a full disk', () => {
  test('refuses with a retryable error, loses nothing acknowledged, and goes on when there is room', async () => {
    const disk = createSmallDisk(2_000);
    const log = await open({ files: disk.files, segmentBytes: 700 });
    const acknowledged: string[] = [];
    let refused = 0;
    for (let index = 0; index < 60; index += 1) {
      try {
        await log.append([record(`value ${index}`)]);
        acknowledged.push(`value ${index}`);
      } catch (error) {
        refused += 1;
        expect(error).toMatchObject({ code: 'EVENT_LOG_FULL', isRetryable: true });
      }
    }
    expect(refused).toBeGreaterThan(5);
    await expect(log.checkReady()).rejects.toMatchObject({
      code: 'EVENT_LOG_UNAVAILABLE',
      isRetryable: true,
      message: expect.stringContaining(directory),
    });
    disk.room = 1e9;
    expect(await values(log)).toEqual(acknowledged);
    await log.checkReady();
    await log.append([record('there is room again')]);
    expect(await values(log)).toEqual([...acknowledged, 'there is room again']);
    await log.stop();
    const reopened = await open();
    expect(await values(reopened)).toEqual([...acknowledged, 'there is room again']);
    expect(lines).toEqual([]);
  });

  test('a torn frame that could not be cut at once is cut before the next append', async () => {
    const disk = createSmallDisk(1e9);
    const log = await open({ files: disk.files });
    await log.append([record('kept')]);
    disk.room = 30;
    disk.isBroken = true;
    await expect(log.append([record('torn '.repeat(50))])).rejects.toMatchObject({
      code: 'EVENT_LOG_FULL',
    });
    disk.room = 1e9;
    await expect(log.append([record('refused')])).rejects.toMatchObject({
      code: 'EVENT_LOG_UNAVAILABLE',
    });
    disk.isBroken = false;
    await log.append([record('short')]);
    await log.stop();
    const reopened = await open();
    expect(await values(reopened)).toEqual(['kept', 'short']);
  });

  test('positions that cannot be written are written later, and nothing is handed out before', async () => {
    const disk = createSmallDisk(1e9);
    const log = await open({ files: disk.files });
    await log.append([record('a')]);
    disk.room = 10;
    const seen: LogBatch[] = [];
    const errors: unknown[] = [];
    const consumer = await log.consume(
      consuming(
        async (batch) => void seen.push(batch),
        (error) => errors.push(error),
      ),
    );
    await eventually('the refusal', () => errors.length > 0);
    expect(errors[0]).toMatchObject({ code: 'EVENT_LOG_FULL' });
    expect(seen).toEqual([]);
    disk.room = 1e9;
    await eventually('the batch', () => seen.length === 1);
    await consumer.stop();
  });
});

describe('a stop that waits for no batch', () => {
  test('still lets the position that is being written be written before the directory is free', async () => {
    let release: (() => void) | undefined;
    const log = await open({
      files: {
        ...nodeFileSystem,
        async rename(from, to) {
          if (String(to).endsWith('/g.json')) {
            await new Promise<void>((resolve) => {
              release = resolve;
            });
          }
          await nodeFileSystem.rename(from, to);
        },
      },
    });
    await log.append([record('x')]);
    const consumer = await log.consume(consuming(async () => undefined));
    const finish = await eventually('the intent being written', () => release);
    await consumer.stop(0);
    let isStopped = false;
    const stopping = log.stop().then(() => {
      isStopped = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    // Who opens the directory next would read positions that change behind its back.
    await expect(open()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' });
    expect(isStopped).toBe(false);
    finish();
    await stopping;
    expect(await values(await open())).toEqual(['x']);
  });
});

describe('opening', () => {
  test('another number of partitions is refused, naming both', async () => {
    await (await open({ partitionCount: 3 })).stop();
    await expect(open({ partitionCount: 4 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/3 partitions.*EVENT_LOG_PARTITIONS=4/),
    });
    // A refused open leaves the directory to others.
    await (await open({ partitionCount: 3 })).stop();
  });

  test('a directory in use is refused, naming the pid', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({
      code: 'DATA_DIR_LOCKED',
      message: expect.stringContaining(String(process.pid)),
    });
  });

  test('positions that cannot be read stop the open instead of starting over', async () => {
    await (await open()).stop();
    await writeFile(join(directory, 'groups', 'g.json'), '{"version":1,"cur');
    await expect(open()).rejects.toMatchObject({ message: expect.stringContaining('g.json') });
  });

  test('a URL names the directory', async () => {
    const log = await createSegmentEventLog({
      url: `file://${directory}`,
      partitionCount: 1,
      topics: [TOPIC],
      fsync: 'never',
      clock: Date.now,
      log: pino({ level: 'silent' }),
    });
    logs.push(log);
    await log.append([record('x')]);
    expect(await segmentFiles()).toHaveLength(1);
  });

  test('records that no topic or partition has room for are refused by name', async () => {
    const log = await open();
    await expect(log.append([{ ...record('x'), partition: 1 }])).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('expected 0 to 0, got 1'),
    });
    await expect(log.append([{ ...record('x'), topic: '../escape' }])).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });
});

function record(value: string, rest: Partial<AppendRecord> = {}): AppendRecord {
  return { topic: TOPIC, partition: 0, key: null, value: Buffer.from(value), ...rest };
}

function consuming(
  handle: (batch: LogBatch) => Promise<void>,
  onError: (error: unknown) => void = (error) => {
    throw error;
  },
): Parameters<EventLog['consume']>[0] {
  return {
    group: 'g',
    topics: [TOPIC],
    batch: { maxRecords: 1000, maxBytes: 1e8, lingerMs: 1 },
    maxInFlightBytes: 1e8,
    handle,
    onError,
  };
}

/** Everything in the log, through a group of its own. */
async function all(log: EventLog): Promise<LogRecord[]> {
  const group = `reader-${Math.random()}`;
  const [position] = await log.positions(group, [TOPIC]);
  const records: LogRecord[] = [];
  if (position === undefined || position.end === position.begin) return records;
  const consumer = await log.consume({
    ...consuming(async (batch) => void records.push(...batch.records)),
    group,
  });
  await eventually('the end', () => records.at(-1)?.offset === position.end - 1n);
  await consumer.stop();
  return records;
}

async function values(log: EventLog): Promise<string[]> {
  return (await all(log)).map(({ value }) => value.toString());
}
