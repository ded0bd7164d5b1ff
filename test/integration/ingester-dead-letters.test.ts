import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { BRONZE_COLUMNS, BRONZE_TYPES, bronzeRow } from '../../ingest/ingester/bronze-row.js';
import { createEnricher } from '../../ingest/ingester/enrich-event.js';
import { createWriteBronze } from '../../ingest/ingester/write-bronze.js';
import { createTelemetry } from '../../src/telemetry.js';
import { eventually } from '../testkit/deadline.js';
import { openIngesterWorld } from '../testkit/ingester-world.js';
import { startTestWarehouse, type TestWarehouse } from '../testkit/warehouse.js';
import { trackedEvent } from '../unit/ingester/tracked-event.js';

let kit: TestWarehouse;
const open: (() => Promise<void>)[] = [];
beforeAll(async () => {
  kit = await startTestWarehouse();
}, 60_000);
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => kit.stop());

async function world() {
  const opened = await openIngesterWorld({ kit });
  open.push(opened.close);
  return opened;
}

const LETTERS = '{{db}}.bronze_dead_letters FINAL WHERE {{world}}';

/** Every byte value, in an order that no encoding allows. */
const ANY_BYTES = Buffer.from(Array.from({ length: 512 }, (_, n) => (n * 167) % 256));

test('what can never become an event is kept byte for byte, and the next good event counts', async () => {
  const w = await world();
  const event = trackedEvent({ projectId: w.projectId, eventId: 'good' });
  const whole = w.codec.encode(event);
  const unknownSchema = Buffer.from(whole);
  unknownSchema.fill(7, 2, 10);
  const garbage = [
    Buffer.alloc(0),
    ANY_BYTES,
    whole.subarray(0, whole.length - 3),
    unknownSchema,
    Buffer.from([0, 0, 0, 0, 9, 1, 2, 3]),
    Buffer.from('{"event_id": "x"'),
    Buffer.from('{"event_id": "x", "event_name": "y"}'),
    Buffer.concat([Buffer.from('{"event_id": "'), Buffer.from([0xff]), Buffer.from('"}')]),
    w.codec.encode({ ...event, eventId: '' }),
    w.codec.encode({ ...event, occurredAt: -1 }),
    w.codec.encode({ ...event, projectId: '' }),
    w.codec.encode({ ...event, properties: { plan: 'pro' } }),
    Buffer.from(`{"properties": ${'['.repeat(100_000)}`),
  ];
  await w.appendValues(w.topics.web, garbage);
  await w.append([event]);
  await w.start();
  await w.drained();
  await eventually(
    'every letter is stored',
    async () => (await w.count(`SELECT count() AS value FROM ${LETTERS}`)) === garbage.length,
  );
  expect(await w.silverCount()).toBe(1);
  expect(
    await w.column(`SELECT lower(hex(value)) AS value FROM ${LETTERS} ORDER BY source_offset`),
  ).toEqual(garbage.map((value) => value.toString('hex')));
  expect(await w.column(`SELECT reason AS value FROM ${LETTERS} ORDER BY source_offset`)).toEqual([
    'NOT_AVRO',
    'SCHEMA_UNKNOWN',
    'MALFORMED_AVRO',
    'SCHEMA_UNKNOWN',
    'SCHEMA_UNKNOWN',
    'MALFORMED_JSON',
    'MISSING_ACTOR',
    'INVALID_STRING',
    'MISSING_EVENT_ID',
    'TIME_OUT_OF_RANGE',
    'UNKNOWN_PROJECT',
    'INVALID_PROPERTY',
    'MALFORMED_JSON',
  ]);
  expect(
    await w.column(`SELECT DISTINCT [source, dead_letter_id] AS value FROM ${LETTERS} LIMIT 1`),
  ).toEqual([[w.topics.web, `${w.topics.web}/0/0`]]);
});

test('key and headers of a dead letter survive, whatever bytes they are', async () => {
  const w = await world();
  await w.log.append([
    {
      topic: w.topics.app,
      partition: 1,
      key: ANY_BYTES,
      value: Buffer.from('x'),
      headers: { trace: ANY_BYTES, empty: Buffer.alloc(0) },
    },
  ]);
  await w.start();
  await w.drained();
  await eventually('the letter is stored', () =>
    w.count(`SELECT count() AS value FROM ${LETTERS}`),
  );
  expect(
    await w.column(
      `SELECT [lower(hex(key)), lower(hex(headers['trace'])), toString(length(headers))] AS value FROM ${LETTERS}`,
    ),
  ).toEqual([[ANY_BYTES.toString('hex'), ANY_BYTES.toString('hex'), '2']]);
});

test('garbage on the dead-letter topic itself is kept and does not go round in circles', async () => {
  const w = await world();
  const letter = {
    deadLetterId: 'made/by/hand',
    projectId: 'p',
    reason: 'MISSING_ACTOR' as const,
    message: 'm',
    source: 'http',
    sourcePartition: -1,
    sourceOffset: -1n,
    attempts: 1,
    receivedAt: -5,
    key: null,
    value: Buffer.from('{}'),
    headers: {},
  };
  await w.appendValues(w.topics.deadLetters, [
    ANY_BYTES,
    w.deadLetterCodec.encode({ ...letter, attempts: -1 }),
    w.deadLetterCodec.encode({ ...letter, deadLetterId: 'old' }),
  ]);
  await w.start();
  await w.drained();
  expect(
    await w.column(
      `SELECT [dead_letter_id, reason, toString(received_at > '2020-01-01')] AS value FROM ${LETTERS} ORDER BY log_offset`,
    ),
  ).toEqual([
    [`${w.topics.deadLetters}/0/0`, 'SCHEMA_UNKNOWN', '1'],
    [`${w.topics.deadLetters}/0/1`, 'ROW_REFUSED', '1'],
    ['old', 'MISSING_ACTOR', '1'],
  ]);
});

test('a row the engine refuses is found by halving, and the others are stored once', async () => {
  const w = await world();
  const enrich = createEnricher();
  const rows = Array.from({ length: 21 }, (_, n) =>
    [
      ...bronzeRow(enrich(trackedEvent({ projectId: w.projectId, eventId: `e${n}` })), {
        topic: w.topics.web,
        partition: 0,
        offset: BigInt(n),
        appendedAt: Date.now(),
        ingestedAt: Date.now(),
        batch: '1',
        contentHash: n,
        isRepeat: false,
      }),
    ].map((cell, at) => {
      if (n === 4 && BRONZE_COLUMNS[at] === 'occurred_at') return 'yesterday';
      if (n === 13 && BRONZE_COLUMNS[at] === 'revenue') return '1e99';
      if (n === 14 && BRONZE_COLUMNS[at] === 'log_offset') return 'many';
      if (n === 20 && BRONZE_COLUMNS[at] === 'properties') return 'no map';
      return cell;
    }),
  );
  const write = createWriteBronze({
    warehouse: kit.warehouse,
    log: createTelemetry({ level: 'silent' }).log,
    observer: { onRetry: () => undefined, onHalved: () => undefined },
  });
  const block = {
    table: `${kit.database}.bronze_events`,
    columns: BRONZE_COLUMNS,
    types: BRONZE_TYPES,
    rows,
    token: `halved/${w.projectId}`,
  };
  const signal = AbortSignal.timeout(20_000);
  for (const _ of ['first try', 'replay']) {
    const refused = await write(block, signal);
    expect(refused.map(({ index }) => index)).toEqual([4, 13, 14, 20]);
    expect(await w.bronzeCount()).toBe(17);
    expect(await w.silverCount()).toBe(17);
    expect(await w.goldCount()).toBe(17);
  }
});
