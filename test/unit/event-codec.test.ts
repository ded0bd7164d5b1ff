import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import fc from 'fast-check';
import { type AvroSchema, canonicalForm, rabinFingerprint } from '../../ingest/avro/fingerprint.js';
import { eventSchemaDirectory } from '../../ingest/avro/schema-files.js';
import { createDeadLetterCodec, type DeadLetter, rejectionOf } from '../../ingest/dead-letter.js';
import { createEventCodec } from '../../ingest/event-codec.js';
import { createSchemaRegistry } from '../../ingest/schema-registry.js';
import { AppError } from '../../src/errors.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';
import { startTestRegistry, type TestRegistry } from '../testkit/schema-registry.js';

const SEED = 20240607;
const eventSchema = JSON.parse(
  readFileSync(join(eventSchemaDirectory(), 'tracked-event.avsc'), 'utf8'),
) as { fields: { name: string; type: unknown }[] };

const event: TrackedEvent = {
  projectId: 'shop',
  eventId: '0190163d-8694-739b-aea5-966c26f8ad91',
  eventName: 'purchase',
  occurredAt: 1_717_752_000_123,
  receivedAt: 1_717_752_000_456,
  queryableAt: null,
  platform: 'web',
  anonymousId: 'device-1',
  userId: 'ユーザー',
  sessionId: '',
  url: 'https://shop.example/caf%C3%A9?x=1',
  referrer: '',
  userAgent: 'Mozilla/5.0',
  ip: '192.0.2.1',
  utmSource: '',
  utmMedium: '',
  utmCampaign: '',
  utmContent: '',
  utmTerm: '',
  properties: { revenue: '19.99', currency: '"EUR"', tags: '["a","b"]' },
  isTrusted: false,
};

function thrownBy(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

const plain = (value: TrackedEvent) => ({ ...value, properties: { ...value.properties } });

describe('fingerprints', () => {
  // Published with the Avro project: share/test/data/schema-tests.txt.
  test.each<[string, AvroSchema, string, bigint]>([
    ['null', 'null', '"null"', 7195948357588979594n],
    ['a primitive in an object', { type: 'boolean' }, '"boolean"', -6970731678124411036n],
    ['int', 'int', '"int"', 8247732601305521295n],
    ['string', 'string', '"string"', -8142146995180207161n],
    ['an empty union', [], '[]', -1241056759729112623n],
    ['a union', ['int', { type: 'boolean' }], '["int","boolean"]', 5392556393470105090n],
    [
      'a record in a name space',
      { fields: [], type: 'record', name: 'foo', namespace: 'x.y' },
      '{"name":"x.y.foo","type":"record","fields":[]}',
      5916914534497305771n,
    ],
    [
      'a full name beside a name space',
      { fields: [], type: 'record', name: 'a.b.foo', namespace: 'x.y' },
      '{"name":"a.b.foo","type":"record","fields":[]}',
      -4616218487480524110n,
    ],
    [
      'attributes that do not count',
      {
        fields: [
          { type: 'boolean', aliases: [], name: 'f1', default: 'true' },
          { order: 'descending', name: 'f2', doc: 'Hello', type: 'int' },
        ],
        type: 'record',
        name: 'foo',
      },
      '{"name":"foo","type":"record","fields":[{"name":"f1","type":"boolean"},{"name":"f2","type":"int"}]}',
      -4860222112080293046n,
    ],
    [
      'an enum',
      { namespace: 'x.y.z', type: 'enum', name: 'foo', doc: 'foo bar', symbols: ['A1', 'A2'] },
      '{"name":"x.y.z.foo","type":"enum","symbols":["A1","A2"]}',
      -4448647247586288245n,
    ],
    [
      'a fixed',
      { namespace: 'x.y.z', type: 'fixed', name: 'foo', doc: 'foo bar', size: 32 },
      '{"name":"x.y.z.foo","type":"fixed","size":32}',
      -3064184465700546786n,
    ],
    [
      'an array',
      { items: { type: 'null' }, type: 'array' },
      '{"type":"array","items":"null"}',
      -589620603366471059n,
    ],
    [
      'a map',
      { values: 'string', type: 'map' },
      '{"type":"map","values":"string"}',
      -8732877298790414990n,
    ],
    [
      'a record that holds itself',
      {
        name: 'PigValue',
        type: 'record',
        fields: [{ name: 'value', type: ['null', 'int', 'long', 'PigValue'] }],
      },
      '{"name":"PigValue","type":"record","fields":[{"name":"value","type":["null","int","long","PigValue"]}]}',
      -1759257747318642341n,
    ],
  ])('of %s equal the published ones', (_, schema, canonical, fingerprint) => {
    expect(canonicalForm(schema)).toBe(canonical);
    expect(BigInt.asIntN(64, rabinFingerprint(Buffer.from(canonical)))).toBe(fingerprint);
  });

  test('use the same canonical form of our schemas as another implementation', () => {
    const type = avsc.Type.forSchema(eventSchema as avsc.Schema);
    expect(canonicalForm(eventSchema as unknown as AvroSchema)).toBe(JSON.stringify(type.schema()));
  });
});

describe('single-object encoding', () => {
  const codec = createEventCodec({ registry: null });

  test('starts with the marker and the fingerprint of the schema', () => {
    const value = codec.encode(event);
    expect(value.toString('hex', 0, 2)).toBe('c301');
    expect(value.readBigUInt64LE(2)).toBe(
      rabinFingerprint(Buffer.from(canonicalForm(eventSchema as unknown as AvroSchema))),
    );
  });

  test('carries any event there and back', () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    const arbitrary = fc.record({
      eventId: text,
      userId: fc.string({ unit: 'grapheme', maxLength: 300 }),
      occurredAt: fc.integer({ min: -(2 ** 50), max: 2 ** 50 }),
      receivedAt: fc.nat(),
      queryableAt: fc.option(fc.nat()),
      isTrusted: fc.boolean(),
      properties: fc.dictionary(
        fc.oneof(text, fc.constantFrom('__proto__', 'constructor', '7', '')),
        text,
      ),
    });
    fc.assert(
      fc.property(arbitrary, (fields) => {
        const sent = { ...event, ...fields } as TrackedEvent;
        const got = codec.decode(codec.encode(sent));
        expect({ ...got, properties: null }).toEqual({ ...sent, properties: null });
        expect(new Map(Object.entries(got.properties))).toEqual(
          new Map(Object.entries(sent.properties)),
        );
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('keeps a property named __proto__', () => {
    const properties = JSON.parse('{"__proto__":"1","a":"2"}') as Record<string, string>;
    const got = codec.decode(codec.encode({ ...event, properties }));
    expect(Object.entries(got.properties).sort()).toEqual([
      ['__proto__', '1'],
      ['a', '2'],
    ]);
  });

  test('takes events larger than a block', () => {
    const large = { ...event, properties: { text: JSON.stringify('é'.repeat(400_000)) } };
    expect(plain(codec.decode(codec.encode(large)))).toEqual(large);
    expect(plain(codec.decode(codec.encode(event)))).toEqual(event);
  });

  test('values written later do not change earlier ones', () => {
    const values = Array.from({ length: 3000 }, (_, n) =>
      codec.encode({ ...event, eventId: `id-${n}`, userId: 'ü'.repeat(n % 70) }),
    );
    values.forEach((value, n) => {
      expect(codec.decode(value).eventId).toBe(`id-${n}`);
    });
  });

  test('refuses an unknown fingerprint by naming it', () => {
    const value = Buffer.from(codec.encode(event));
    value.writeBigUInt64LE(0x0123456789abcdefn, 2);
    const error = thrownBy(() => codec.decode(value));
    expect(error.code).toBe('SCHEMA_UNKNOWN');
    expect(error.details.fingerprint).toBe('0123456789abcdef');
    expect(rejectionOf(error)?.reason).toBe('SCHEMA_UNKNOWN');
  });

  test('refuses a value cut at any byte, and one byte too many', () => {
    const value = Buffer.from(codec.encode(event));
    for (let length = 0; length < value.length; length++) {
      const error = thrownBy(() => codec.decode(value.subarray(0, length)));
      expect(error.isRetryable).toBe(false);
      expect(rejectionOf(error)?.reason).toBe(length < 10 ? 'NOT_AVRO' : 'MALFORMED_AVRO');
    }
    const error = thrownBy(() => codec.decode(Buffer.concat([value, Buffer.from([0])])));
    expect(rejectionOf(error)?.reason).toBe('MALFORMED_AVRO');
  });

  test('any damaged or invented bytes are a value or a refusal, never another error', () => {
    const value = Buffer.from(codec.encode(event));
    const damage = fc.array(
      fc.tuple(fc.integer({ min: 10, max: value.length - 1 }), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 6 },
    );
    const header = value.subarray(0, 10);
    fc.assert(
      fc.property(
        fc.oneof(
          damage.map((changes) => {
            const copy = Buffer.from(value);
            for (const [at, byte] of changes) copy[at] = byte;
            return copy;
          }),
          fc
            .uint8Array({ maxLength: 200 })
            .map((bytes) => Buffer.concat([header, Buffer.from(bytes)])),
          fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          try {
            codec.decode(bytes);
          } catch (error) {
            expect(rejectionOf(error)).not.toBeNull();
          }
        },
      ),
      { seed: SEED, numRuns: 5000 },
    );
  });

  test.each([
    ['a negative length', '01'],
    ['a length of exabytes', 'feffffffffffffff7f'],
    ['a number that never ends', 'ff'.repeat(40)],
  ])('refuses %s', (_, hex) => {
    const header = codec.encode(event).subarray(0, 10);
    const error = thrownBy(() => codec.decode(Buffer.concat([header, Buffer.from(hex, 'hex')])));
    expect(rejectionOf(error)?.reason).toBe('MALFORMED_AVRO');
  });

  test('refuses a map that announces more entries than bytes', () => {
    const value = Buffer.from(codec.encode({ ...event, properties: {} }));
    // The last two bytes are the empty map and the flag.
    const forged = Buffer.concat([
      value.subarray(0, value.length - 2),
      Buffer.from('feffffffffff7f', 'hex'),
    ]);
    expect(rejectionOf(thrownBy(() => codec.decode(forged)))?.reason).toBe('MALFORMED_AVRO');
  });

  test('refuses text that is not UTF-8 and keeps a genuine replacement character', () => {
    const value = Buffer.from(codec.encode({ ...event, userId: 'ab\u{1f600}' }));
    const at = value.indexOf(Buffer.from('\u{1f600}'));
    value[at + 3] = 0x20;
    expect(rejectionOf(thrownBy(() => codec.decode(value)))?.reason).toBe('MALFORMED_AVRO');
    expect(codec.decode(codec.encode({ ...event, userId: 'a\ufffd' })).userId).toBe('a\ufffd');
  });

  test('refuses an instant that would be rounded', () => {
    for (const occurredAt of [2 ** 52 + 1, -(2 ** 52) - 1, Number.MAX_SAFE_INTEGER - 2]) {
      const error = thrownBy(() => codec.decode(codec.encode({ ...event, occurredAt })));
      expect(rejectionOf(error)?.reason).toBe('MALFORMED_AVRO');
    }
  });

  test('refuses a dead letter on a topic of events', () => {
    const letter: DeadLetter = {
      deadLetterId: 't/0/1',
      projectId: 'shop',
      reason: 'MISSING_EVENT_ID',
      message: 'expected an id',
      source: 'http',
      sourcePartition: -1,
      sourceOffset: -1n,
      attempts: 1,
      receivedAt: 5,
      key: null,
      value: Buffer.from([0, 255, 128]),
      headers: { 'content-type': Buffer.from('application/json') },
    };
    const letters = createDeadLetterCodec();
    expect(letters.decode(letters.encode(letter))).toEqual(letter);
    const error = thrownBy(() => codec.decode(letters.encode(letter)));
    expect(rejectionOf(error)?.reason).toBe('SCHEMA_INCOMPATIBLE');
    expect(thrownBy(() => letters.decode(codec.encode(event))).code).toBe('SCHEMA_UNKNOWN');
  });
});

describe('other writers', () => {
  /** An older producer: fewer fields, an int for the time, another order, one field of its own. */
  const older = {
    type: 'record',
    name: 'TrackedEvent',
    namespace: 'com.shop',
    fields: [
      { name: 'extra', type: { type: 'map', values: { type: 'array', items: 'int' } } },
      { name: 'anonymous_id', type: ['null', 'string'] },
      { name: 'occurred_at', type: 'int' },
      { name: 'event_name', type: 'bytes' },
      { name: 'event_id', type: 'string' },
    ],
  };
  const written = {
    extra: { a: [1, 2] },
    anonymous_id: { string: 'd' },
    occurred_at: 86_400_000,
    event_name: Buffer.from('page_view'),
    event_id: 'e1',
  };
  const writer = avsc.Type.forSchema(older as avsc.Schema, { wrapUnions: true });

  test('are resolved by name, with promotion and defaults', () => {
    const codec = createEventCodec({ registry: null, writerSchemas: [older] });
    const print = Buffer.alloc(8);
    print.writeBigUInt64LE(rabinFingerprint(Buffer.from(canonicalForm(older))));
    const value = Buffer.concat([Buffer.from('c301', 'hex'), print, writer.toBuffer(written)]);
    expect(rejectionOf(thrownBy(() => codec.decode(value)))?.reason).toBe('SCHEMA_INCOMPATIBLE');

    const readable = {
      ...older,
      fields: older.fields.map((field) =>
        field.name === 'anonymous_id' ? { ...field, type: 'string' } : field,
      ),
    };
    const second = createEventCodec({ registry: null, writerSchemas: [readable] });
    print.writeBigUInt64LE(rabinFingerprint(Buffer.from(canonicalForm(readable))));
    const bytes = avsc.Type.forSchema(readable as avsc.Schema).toBuffer({
      ...written,
      anonymous_id: 'd',
    });
    const got = second.decode(Buffer.concat([Buffer.from('c301', 'hex'), print, bytes]));
    expect(got).toMatchObject({
      eventId: 'e1',
      eventName: 'page_view',
      occurredAt: 86_400_000,
      anonymousId: 'd',
      platform: 'web',
      queryableAt: null,
      properties: {},
      isTrusted: false,
    });
  });
});

describe('the registry wire format', () => {
  let registry: TestRegistry;
  let now = 0;
  beforeAll(async () => {
    registry = await startTestRegistry();
  });
  afterAll(() => registry.stop());
  const open = () =>
    createEventCodec({
      registry: createSchemaRegistry({ url: registry.url, timeoutMs: 2000 }),
      clock: () => now,
    });
  const withId = (id: number, value: Buffer) => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(id, 1);
    return Buffer.concat([head, value]);
  };

  test('writes the id under which the schema was registered', async () => {
    const codec = open();
    expect(thrownBy(() => codec.encode(event)).isRetryable).toBe(true);
    await codec.prepareToEncode();
    const value = codec.encode(event);
    expect(value[0]).toBe(0);
    expect(plain(codec.decode(value))).toEqual(event);

    const reader = open();
    expect(thrownBy(() => reader.decode(value)).isRetryable).toBe(true);
    await reader.prepare([value]);
    expect(plain(reader.decode(value))).toEqual(event);
    const single = createEventCodec({ registry: null });
    expect(plain(reader.decode(single.encode(event)))).toEqual(event);
  });

  test('asks once for each id and refuses an unknown one by its number', async () => {
    const codec = open();
    const value = withId(4711, Buffer.from([1, 2, 3]));
    await codec.prepare([value, value]);
    const error = thrownBy(() => codec.decode(value));
    expect(error).toMatchObject({ code: 'SCHEMA_UNKNOWN', details: { schemaId: 4711 } });
    await codec.prepare([value]);
    expect(registry.requests.filter((path) => path.endsWith('/4711'))).toHaveLength(1);

    registry.put(4711, eventSchema);
    now += 61_000;
    await codec.prepare([value]);
    expect(rejectionOf(thrownBy(() => codec.decode(value)))?.reason).toBe('MALFORMED_AVRO');
  });

  test('a schema that is no event, no Avro, or in microseconds is refused with its reason', async () => {
    const codec = open();
    registry.put(900, { type: 'record', name: 'Order', fields: [{ name: 'id', type: 'int' }] });
    registry.put(901, {}, 'PROTOBUF');
    registry.put(902, { type: 'nonsense' });
    registry.put(903, {
      ...eventSchema,
      fields: eventSchema.fields.map((field) =>
        field.name === 'occurred_at'
          ? { ...field, type: { type: 'long', logicalType: 'timestamp-micros' } }
          : field,
      ),
    });
    const values = [900, 901, 902, 903].map((id) => withId(id, Buffer.from([2])));
    await codec.prepare(values);
    for (const value of values) {
      expect(rejectionOf(thrownBy(() => codec.decode(value)))?.reason).toBe('SCHEMA_INCOMPATIBLE');
    }
  });

  test('is tried again while the registry is away, naming its address', async () => {
    const value = withId(77, Buffer.from([2]));
    registry.failWith(503);
    await expect(open().prepare([value])).rejects.toMatchObject({
      code: 'EVENT_LOG_UNAVAILABLE',
      isRetryable: true,
    });
    const codec = open();
    await expect(codec.prepareToEncode()).rejects.toMatchObject({ isRetryable: true });
    registry.failWith(null);
    await codec.prepareToEncode();
    expect(codec.encode(event)[0]).toBe(0);

    const gone = createSchemaRegistry({ url: 'http://user:secret@127.0.0.1:9' });
    const error = await gone.schemaById(1).then(
      () => null,
      (reason: unknown) => reason as AppError,
    );
    expect(error?.message).toContain('http://127.0.0.1:9');
    expect(error?.message).not.toContain('secret');
  });

  test('refuses a registry id when no registry is configured', () => {
    const codec = createEventCodec({ registry: null });
    const error = thrownBy(() => codec.decode(withId(12, Buffer.from([2]))));
    expect(error).toMatchObject({ code: 'SCHEMA_UNKNOWN', details: { schemaId: 12 } });
  });

  test('an array of items without bytes cannot keep the reader busy', async () => {
    const codec = open();
    registry.put(950, {
      type: 'record',
      name: 'TrackedEvent',
      fields: [
        { name: 'nothing', type: { type: 'array', items: 'null' } },
        ...eventSchema.fields.slice(0, 4),
      ],
    });
    const value = withId(950, Buffer.from('feffffffffff0f', 'hex'));
    await codec.prepare([value]);
    expect(rejectionOf(thrownBy(() => codec.decode(value)))?.reason).toBe('MALFORMED_AVRO');
  });
});
