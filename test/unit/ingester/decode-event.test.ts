import { describe, expect, test } from '@jest/globals';
import { createEventCodec } from '../../../ingest/event-codec.js';
import { createDecodeEvent } from '../../../ingest/ingester/decode-event.js';
import { AppError } from '../../../src/errors.js';
import { trackedEvent } from './tracked-event.js';

const codec = createEventCodec({ registry: null });
const decode = createDecodeEvent({ codec });
const APPENDED_AT = Date.UTC(2024, 0, 15, 13);
const decoded = (value: Buffer | string, decoder = decode) =>
  decoder({ value: Buffer.from(value), appendedAt: APPENDED_AT });
const json = (fields: Record<string, unknown>) =>
  JSON.stringify({
    event_id: 'e1',
    event_name: 'click',
    timestamp: '2024-01-15T12:00:00Z',
    anonymous_id: 'a',
    project_id: 'shop',
    ...fields,
  });

test('what the codec wrote comes back as it was', () => {
  expect(decoded(codec.encode(trackedEvent()))).toEqual(trackedEvent());
});

describe('an event without a moment of receipt', () => {
  test('was received when the log took it, in Avro and in JSON', () => {
    expect(decoded(codec.encode(trackedEvent({ receivedAt: 0 })))).toMatchObject({
      receivedAt: APPENDED_AT,
    });
    expect(decoded(json({}))).toMatchObject({ receivedAt: APPENDED_AT });
  });

  test('may not claim one in JSON', () => {
    expect(decoded(json({ received_at: '2020-01-01T00:00:00Z' }))).toMatchObject({
      receivedAt: APPENDED_AT,
    });
  });
});

describe('the project', () => {
  const withDefault = createDecodeEvent({ codec, defaultProjectId: 'main' });
  const nameless = codec.encode(trackedEvent({ projectId: '' }));

  test('is the one named', () => {
    expect(decoded(json({}), withDefault)).toMatchObject({ projectId: 'shop' });
    expect(decoded(codec.encode(trackedEvent()), withDefault)).toMatchObject({ projectId: 'shop' });
  });

  test('is the default one where none is named', () => {
    expect(decoded(nameless, withDefault)).toMatchObject({ projectId: 'main' });
    expect(decoded(json({ project_id: '' }), withDefault)).toMatchObject({ projectId: 'main' });
  });

  test.each([
    ['', nameless],
    ['', json({ project_id: undefined })],
    ['', json({ project_id: 'A b' })],
  ])('is missing or malformed: refused', (projectId, value) => {
    expect(decoded(value)).toMatchObject({ reason: 'UNKNOWN_PROJECT', projectId });
  });

  test('of a refused message is told as far as it is known', () => {
    expect(decoded(json({ event_id: '' }))).toMatchObject({
      reason: 'MISSING_EVENT_ID',
      projectId: 'shop',
    });
    expect(decoded(codec.encode(trackedEvent({ eventName: '' })))).toMatchObject({
      reason: 'MISSING_EVENT_NAME',
      projectId: 'shop',
    });
    expect(decoded('garbage', withDefault)).toMatchObject({ projectId: 'main' });
  });
});

test.each([
  ['NOT_AVRO', ''],
  ['NOT_AVRO', '\n{}'],
  ['NOT_AVRO', '[{}]'],
  ['MALFORMED_JSON', '{'],
  ['MISSING_EVENT_ID', '{}'],
  ['INVALID_TIMESTAMP', json({ timestamp: 'soon' })],
  ['TIME_OUT_OF_RANGE', json({ timestamp: '1969-12-31T23:59:59Z' })],
  ['MISSING_ACTOR', json({ anonymous_id: '' })],
  ['INVALID_PLATFORM', json({ platform: 'fridge' })],
  ['EVENT_ID_TOO_LONG', json({ event_id: 'x'.repeat(201) })],
  ['TIME_OUT_OF_RANGE', codec.encode(trackedEvent({ occurredAt: -1 }))],
  ['MISSING_ACTOR', codec.encode(trackedEvent({ anonymousId: '' }))],
])('%s: %.60s', (reason, value) => {
  expect(decoded(value)).toMatchObject({ reason, message: expect.any(String) });
});

test('an error that says nothing about the bytes is thrown, not taken for a refusal', () => {
  const away = new AppError('EVENT_LOG_UNAVAILABLE', 'registry away', { isRetryable: true });
  for (const error of [away, new TypeError('a defect')]) {
    const broken = createDecodeEvent({
      codec: {
        decode() {
          throw error;
        },
      },
    });
    expect(() => decoded('x', broken)).toThrow(error);
  }
});
