import { describe, expect, test } from '@jest/globals';
import { createDeadLetterCodec } from '../../../ingest/dead-letter.js';
import { createEventCodec } from '../../../ingest/event-codec.js';
import { BATCH_COLUMNS, createEnterBatch } from '../../../ingest/ingester/batch-ledger.js';
import { batchId } from '../../../ingest/ingester/batch-token.js';
import { BRONZE_COLUMNS } from '../../../ingest/ingester/bronze-row.js';
import { createConsumeBatch, ORIGIN_HEADER } from '../../../ingest/ingester/consume-batch.js';
import { createDecodeEvent } from '../../../ingest/ingester/decode-event.js';
import { createEnricher } from '../../../ingest/ingester/enrich-event.js';
import { createIngesterMetrics } from '../../../ingest/ingester/ingester-metrics.js';
import type { RefusedRow } from '../../../ingest/ingester/write-bronze.js';
import { AppError } from '../../../src/errors.js';
import { partitionOf } from '../../../src/event/partition-of.js';
import { eventKey } from '../../../src/event/tracked-event.js';
import type { AppendRecord, LogBatch } from '../../../src/event-log/event-log.js';
import { createTelemetry } from '../../../src/telemetry.js';
import type { InsertBlock } from '../../../src/warehouse/warehouse.js';
import { trackedEvent } from './tracked-event.js';

const codec = createEventCodec({ registry: null });
const deadLetterCodec = createDeadLetterCodec();
const TOPICS = { web: 'web', app: 'app', deadLetters: 'dead', foreign: ['theirs'] };
const APPENDED_AT = Date.UTC(2024, 0, 15, 12, 0, 2);

/** A consumer whose effects are written down in their order; `failAt` breaks one of them. */
function harness({
  partitionCount = 1,
  failAt = '',
  refused = [],
}: {
  readonly partitionCount?: number;
  readonly failAt?: string;
  readonly refused?: readonly RefusedRow[];
} = {}) {
  const effects: string[] = [];
  const appended: AppendRecord[] = [];
  const blocks: InsertBlock[] = [];
  const entries: InsertBlock[] = [];
  const messages: string[] = [];
  const effect = (name: string): void => {
    effects.push(name);
    if (name === failAt) throw new AppError('INTERNAL', name);
  };
  const { log, registry } = createTelemetry({ level: 'silent' });
  const metrics = createIngesterMetrics({
    registry,
    log,
    eventLog: { positions: async () => [] },
    group: 'g',
    topics: [],
    clock: () => APPENDED_AT,
  });
  const consume = createConsumeBatch({
    eventLog: {
      partitionCount,
      async append(records) {
        effect(records[0]?.topic === TOPICS.deadLetters ? 'park' : 'forward');
        appended.push(...records);
      },
    },
    codec: { ...codec, prepare: async () => effect('prepare') },
    deadLetterCodec,
    decode: createDecodeEvent({ codec }),
    enrich: createEnricher(),
    async writeBronze(block) {
      effect('write');
      blocks.push(block);
      return refused;
    },
    enterBatch: createEnterBatch({
      async writeBronze(block) {
        effect('enter');
        entries.push(block);
        return [];
      },
      database: 'db',
      clock: () => APPENDED_AT + 1000,
    }),
    admit: async () => effect('admit'),
    pubsub: {
      async publish(channel, text) {
        effect(`publish ${channel}`);
        messages.push(text);
        return '1';
      },
    },
    topics: TOPICS,
    database: 'db',
    metrics,
    log,
    clock: () => APPENDED_AT + 1000,
  });
  return {
    effects,
    appended,
    blocks,
    messages,
    consume: (batch: LogBatch) => consume(batch, AbortSignal.timeout(10_000)),
    cells: (column: (typeof BRONZE_COLUMNS)[number]) =>
      blocks.map(({ rows }) => rows.map((row) => row[BRONZE_COLUMNS.indexOf(column)])),
    /** What the ledger holds of each entry: its rows as objects. */
    ledger: () =>
      entries.map(({ rows }) =>
        rows.map((row) => Object.fromEntries(BATCH_COLUMNS.map((name, at) => [name, row[at]]))),
      ),
    entries,
    letters: () =>
      appended
        .filter(({ topic }) => topic === TOPICS.deadLetters)
        .map(({ value }) => deadLetterCodec.decode(value)),
  };
}

function batchOf(values: readonly Buffer[], fields: Partial<LogBatch> = {}): LogBatch {
  const { topic = 'web', partition = 0 } = fields;
  return {
    topic,
    partition,
    firstOffset: 10n,
    lastOffset: 10n + BigInt(values.length) - 1n,
    isReplay: false,
    records: values.map((value, at) => ({
      topic,
      partition,
      offset: 10n + BigInt(at),
      appendedAt: APPENDED_AT,
      key: keyOf(value),
      value,
      headers: { h: Buffer.from([255]) },
    })),
    ...fields,
  };
}
/** The key that owners of ids expect; anything for what is no event. */
function keyOf(value: Buffer): Buffer {
  try {
    const { projectId, eventId } = codec.decode(value);
    return Buffer.from(eventKey(projectId, eventId));
  } catch {
    return Buffer.from('k');
  }
}
const avro = (eventId: string, fields = {}) => codec.encode(trackedEvent({ eventId, ...fields }));

describe('the order of effects', () => {
  test('is forward, wait, write, park, announce', async () => {
    const { consume, effects } = harness();
    const foreign = batchOf([avro('a'), Buffer.from('x')], { topic: 'theirs' });
    await consume({ ...foreign, records: [...foreign.records, ...batchOf([avro('b')]).records] });
    expect(effects).toEqual([
      'prepare',
      'forward',
      'admit',
      'write',
      'enter',
      'park',
      'publish ingested',
    ]);
  });

  test.each([
    ['prepare', 'prepare'],
    ['forward', 'forward'],
    ['write', 'enter'],
    ['enter', 'enter'],
    ['park', 'park'],
  ])(
    'ends where one fails, and the batch with it, blocks and ledger being written at once: %s',
    async (failAt, last) => {
      const { consume, effects } = harness({ failAt });
      const foreign = batchOf([avro('a'), Buffer.from('x')], { topic: 'theirs' });
      await expect(
        consume({ ...foreign, records: [...foreign.records, ...batchOf([avro('b')]).records] }),
      ).rejects.toMatchObject({ message: failAt });
      expect(effects.at(-1)).toBe(last);
    },
  );

  test('does not end where the announcement fails', async () => {
    const { consume, blocks } = harness({ failAt: 'publish ingested' });
    await consume(batchOf([avro('a')]));
    expect(blocks).toHaveLength(1);
  });
});

test('one batch is one block, its token made of its boundaries, its rows of their records', async () => {
  const { consume, blocks, cells } = harness();
  await consume(batchOf([avro('a'), avro('b')]));
  expect(blocks).toMatchObject([{ table: 'db.bronze_events', token: 'web/0/10-11' }]);
  expect(cells('event_id')).toEqual([['a', 'b']]);
  expect(cells('log_offset')).toEqual([[10n, 11n]]);
  expect(cells('batch')).toEqual([[batchId('web/0/10-11'), batchId('web/0/10-11')]]);
});

test('a replay writes the same blocks', async () => {
  const values = [avro('a'), avro('a', { occurredAt: 0 }), Buffer.from('x'), avro('c')];
  const [first, second] = [harness(), harness()];
  await first.consume(batchOf(values));
  await second.consume(batchOf(values, { isReplay: true }));
  expect(second.blocks).toEqual(first.blocks);
  expect(second.appended).toEqual(first.appended);
  expect(second.entries).toEqual(first.entries);
});

test('copies are marked over the whole batch, the first in log order counts', async () => {
  const { consume, cells, messages } = harness();
  await consume(
    batchOf([
      avro('a'),
      avro('b'),
      avro('a', { occurredAt: 0 }),
      avro('a', { projectId: 'other' }),
    ]),
  );
  expect(cells('is_repeat')).toEqual([[false, false, true, false]]);
  expect(JSON.parse(messages[0] ?? '')).toMatchObject({
    projects: { shop: { events: 2 }, other: { events: 1 } },
  });
});

test('a batch over many months is written in blocks with ids of their own', async () => {
  const { consume, blocks, cells } = harness();
  const values = Array.from({ length: 120 }, (_, n) =>
    avro(`e${n}`, { occurredAt: Date.UTC(2000, 119 - n, 3) }),
  );
  await consume(batchOf(values));
  expect(blocks.map(({ token }) => token)).toEqual([0, 1, 2].map((n) => `web/0/10-129/${n}`));
  expect(new Set(cells('batch').flat()).size).toBe(3);
  expect(cells('event_id').flat()).toHaveLength(120);
  expect(cells('occurred_at')[0]?.at(-1)).toBe(Date.UTC(2000, 0, 3));
});

describe('a misplaced message', () => {
  test('from a topic of others goes to the topic of its platform and does not count here', async () => {
    const { consume, appended, blocks } = harness({ partitionCount: 8 });
    const fields = { platform: 'mobile' as const, receivedAt: 0 };
    await consume(
      batchOf([avro('w'), avro('m', fields)], { topic: 'theirs', partition: 11, lastOffset: 11n }),
    );
    expect(blocks).toEqual([]);
    expect(appended.map(({ topic, partition }) => [topic, partition])).toEqual([
      ['web', partitionOf('shop', 'w', 8)],
      ['app', partitionOf('shop', 'm', 8)],
    ]);
    expect(appended[1]?.headers).toEqual({
      h: Buffer.from([255]),
      [ORIGIN_HEADER]: Buffer.from('theirs/11/11'),
    });
    expect(codec.decode(appended[1]?.value ?? Buffer.alloc(0))).toEqual(
      trackedEvent({ eventId: 'm', ...fields, receivedAt: APPENDED_AT }),
    );
  });

  test('of an own topic stays in it and moves to the partition of its id', async () => {
    const { consume, appended, cells } = harness({ partitionCount: 8 });
    const owner = partitionOf('shop', 'a', 8);
    await consume(batchOf([avro('a', { platform: 'mobile' })], { partition: (owner + 1) % 8 }));
    expect(appended.map(({ topic, partition }) => [topic, partition])).toEqual([['web', owner]]);
    await consume(batchOf([avro('a', { platform: 'mobile' })], { partition: owner }));
    expect(cells('event_id')).toEqual([['a']]);
  });

  test('of an own topic with the key of another producer is keyed anew where it is', async () => {
    const { consume, appended, cells } = harness();
    const batch = batchOf([avro('a'), avro('b')]);
    const strange = [null, Buffer.from('visitor-7')];
    await consume({
      ...batch,
      records: batch.records.map((record, at) => ({ ...record, key: strange[at] ?? null })),
    });
    expect(cells('event_id')).toEqual([]);
    expect(appended.map(({ topic, partition, key }) => [topic, partition, key])).toEqual([
      ['web', 0, Buffer.from(eventKey('shop', 'a'))],
      ['web', 0, Buffer.from(eventKey('shop', 'b'))],
    ]);
  });
});

describe('what is refused', () => {
  test('goes to the dead letters with its record untouched', async () => {
    const { consume, blocks, letters, appended } = harness({ partitionCount: 3 });
    await consume(batchOf([Buffer.from([1, 2, 3])], { partition: 5 }));
    expect(blocks).toEqual([]);
    expect(appended[0]).toMatchObject({ topic: 'dead', partition: 2 });
    expect(letters()).toEqual([
      {
        deadLetterId: 'web/5/10',
        projectId: '',
        reason: 'NOT_AVRO',
        message: expect.any(String),
        source: 'web',
        sourcePartition: 5,
        sourceOffset: 10n,
        attempts: 1,
        receivedAt: APPENDED_AT,
        key: Buffer.from('k'),
        value: Buffer.from([1, 2, 3]),
        headers: { h: Buffer.from([255]) },
      },
    ]);
  });

  test('by the warehouse goes there too, under the project it names', async () => {
    const { consume, letters } = harness({ refused: [{ index: 1, message: 'no' }] });
    await consume(batchOf([avro('a'), avro('b')]));
    expect(letters()).toMatchObject([
      { deadLetterId: 'web/0/11', projectId: 'shop', reason: 'ROW_REFUSED', message: 'no' },
    ]);
  });
});

describe('the ledger', () => {
  test('tells what became of every record of a batch, also where nothing was accepted', async () => {
    const { consume, ledger, entries } = harness();
    await consume(batchOf([avro('a'), avro('b'), avro('a'), Buffer.from('x')]));
    const bytes = avro('a').length * 2 + avro('b').length + 1;
    expect(entries.map(({ table }) => table)).toEqual(['db.bronze_batches']);
    expect(ledger()).toEqual([
      [
        {
          topic: 'web',
          log_partition: 0,
          first_offset: '10',
          day: '2024-01-15',
          last_offset: '13',
          batch: batchId('web/0/10-13'),
          record_count: 4,
          accepted_count: 3,
          repeat_count: 1,
          forwarded_count: 0,
          refused_count: 1,
          value_bytes: bytes,
          places: 1,
          ingested_at: '2024-01-15 12:00:03.000',
        },
      ],
    ]);
    const other = harness();
    await other.consume(batchOf([avro('w'), Buffer.from('x')], { topic: 'theirs' }));
    expect(other.ledger()).toMatchObject([
      [{ record_count: 2, accepted_count: 0, forwarded_count: 1, refused_count: 1, places: 0 }],
    ]);
  });

  test('has a row per day of append, and the places of the batch in the first', async () => {
    const { consume, ledger } = harness();
    const months = [0, 1, 2].map((n) => avro(`m${n}`, { occurredAt: Date.UTC(2020, n, 1) }));
    const batch = batchOf(months);
    const records = batch.records.map((record, at) => ({
      ...record,
      appendedAt: record.appendedAt + (at === 2 ? 86_400_000 : 0),
    }));
    await consume({ ...batch, records });
    expect(ledger()).toMatchObject([
      [
        { day: '2024-01-15', record_count: 2, places: 3 },
        { day: '2024-01-16', record_count: 1, places: 0 },
      ],
    ]);
  });

  test('enters a batch again once the warehouse has refused a row of it', async () => {
    const { consume, ledger, entries } = harness({ refused: [{ index: 1, message: 'no' }] });
    await consume(batchOf([avro('a'), avro('b')]));
    expect(ledger()).toMatchObject([
      [{ accepted_count: 2, refused_count: 0, places: 1 }],
      [{ accepted_count: 1, refused_count: 1, places: 2 }],
    ]);
    expect(new Set(entries.map(({ token }) => token)).size).toBe(2);
  });

  test('bears any time that another producer gave its records', async () => {
    const { consume, ledger } = harness();
    const batch = batchOf([avro('a'), avro('b')], { topic: 'theirs' });
    const times = [-1e15, 1e15];
    await consume({
      ...batch,
      records: batch.records.map((record, at) => ({ ...record, appendedAt: times[at] ?? 0 })),
    });
    expect(ledger()[0]?.map(({ day }) => day)).toEqual(['1900-01-01', '2299-12-31']);
  });
});
