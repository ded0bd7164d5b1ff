import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkEvent, isRejected, type ParseContext, parseEvent } from '../../ingest/parse-event.js';
import { parseInstant } from '../../ingest/parse-instant.js';
import { toPropertyText } from '../../ingest/property-text.js';
import type { TrackedEvent } from '../../src/event/tracked-event.js';

const SEED = 20240607;
const RECEIVED = Date.UTC(2024, 5, 7, 9, 20);
const ordinary: ParseContext = {
  projectId: 'shop',
  isTrusted: false,
  receivedAt: RECEIVED,
  ip: '192.0.2.7',
  userAgent: 'Mozilla/5.0',
};
const trusted: ParseContext = { ...ordinary, isTrusted: true };
const minimal = {
  event_id: 'e1',
  event_name: 'page_view',
  timestamp: '2024-06-07T09:20:00.125Z',
  anonymous_id: 'd1',
};

function accepted(input: unknown, context = ordinary): TrackedEvent {
  const result = parseEvent(input, context);
  if (isRejected(result)) throw new Error(`${result.reason}: ${result.message}`);
  return result;
}

function refused(input: unknown, context = ordinary): string {
  const result = parseEvent(input, context);
  return isRejected(result) ? result.reason : 'accepted';
}

describe('an event', () => {
  test('needs an id, a name, a time and somebody; everything else has a default', () => {
    expect(accepted(minimal)).toEqual({
      projectId: 'shop',
      eventId: 'e1',
      eventName: 'page_view',
      occurredAt: Date.UTC(2024, 5, 7, 9, 20, 0, 125),
      receivedAt: RECEIVED,
      queryableAt: null,
      platform: 'web',
      anonymousId: 'd1',
      userId: '',
      sessionId: '',
      url: '',
      referrer: '',
      userAgent: 'Mozilla/5.0',
      ip: '192.0.2.7',
      utmSource: '',
      utmMedium: '',
      utmCampaign: '',
      utmContent: '',
      utmTerm: '',
      properties: {},
      isTrusted: false,
    });
  });

  test.each<[string, unknown]>([
    ['NOT_AN_OBJECT', null],
    ['NOT_AN_OBJECT', [minimal]],
    ['NOT_AN_OBJECT', 'text'],
    ['MISSING_EVENT_ID', { ...minimal, event_id: '' }],
    ['MISSING_EVENT_ID', { ...minimal, event_id: null }],
    ['INVALID_FIELD', { ...minimal, event_id: 7 }],
    ['EVENT_ID_TOO_LONG', { ...minimal, event_id: 'é'.repeat(101) }],
    ['MISSING_EVENT_NAME', { ...minimal, event_name: '' }],
    ['MISSING_TIMESTAMP', { ...minimal, timestamp: '' }],
    ['INVALID_TIMESTAMP', { ...minimal, timestamp: 'not-a-date' }],
    ['INVALID_TIMESTAMP', { ...minimal, timestamp: '2024-06-07T09:20:00' }],
    ['TIME_OUT_OF_RANGE', { ...minimal, timestamp: '1969-12-31T23:59:59.999Z' }],
    ['TIME_OUT_OF_RANGE', { ...minimal, timestamp: '1970-01-01T00:30:00+01:00' }],
    ['MISSING_ACTOR', { ...minimal, anonymous_id: '' }],
    ['INVALID_PLATFORM', { ...minimal, platform: 'desktop' }],
    ['INVALID_FIELD', { ...minimal, url: ['x'] }],
    ['INVALID_FIELD', { ...minimal, properties: [] }],
    ['INVALID_FIELD', { ...minimal, properties: 'x' }],
    ['INVALID_STRING', { ...minimal, user_id: '\ud800' }],
    ['INVALID_STRING', { ...minimal, properties: { a: ['\udfff'] } }],
    ['INVALID_STRING', { ...minimal, properties: { '\ud800': 1 } }],
    ['NUMBER_OUT_OF_RANGE', { ...minimal, properties: { a: { b: JSON.parse('1e400') } } }],
    ['NESTING_TOO_DEEP', { ...minimal, properties: { a: nested(33) } }],
    ['NESTING_TOO_DEEP', { ...minimal, properties: { a: nested(100_000) } }],
    ['TOO_MANY_PROPERTIES', { ...minimal, properties: Object.fromEntries(numbered(1001)) }],
    ['FIELD_CONFLICT', { ...minimal, plan: 'pro', properties: { plan: 'free' } }],
  ])('is refused with %s', (reason, input) => {
    expect(refused(input)).toBe(reason);
  });

  test('may have an id of 200 bytes, NUL and emoji included, and 32 levels', () => {
    const eventId = `\u0000${'é'.repeat(97)}😀x`;
    expect(Buffer.byteLength(eventId)).toBe(200);
    expect(accepted({ ...minimal, event_id: eventId }).eventId).toBe(eventId);
    expect(refused({ ...minimal, properties: { a: nested(32) } })).toBe('accepted');
  });

  test('may be of 2100 or later: the clock rule decides what becomes of it', () => {
    const event = accepted({ ...minimal, timestamp: '2100-06-07T00:00:00Z' });
    expect(event.occurredAt).toBe(Date.UTC(2100, 5, 7));
  });

  test('keeps fields outside the contract as properties', () => {
    const input = { ...minimal, plan: 'pro', nothing: null, properties: { plan: 'pro', n: 1 } };
    expect(accepted(input).properties).toEqual({ plan: '"pro"', n: '1' });
    const odd = JSON.parse('{"__proto__":{"x":1},"constructor":2}') as object;
    expect(Object.entries(accepted({ ...minimal, properties: odd }).properties).sort()).toEqual([
      ['__proto__', '{"x":1}'],
      ['constructor', '2'],
    ]);
  });

  test('takes its address and agent from the connection unless it names them', () => {
    const named = accepted({ ...minimal, ip: '198.51.100.1', user_agent: 'own' });
    expect([named.ip, named.userAgent]).toEqual(['198.51.100.1', 'own']);
    const imported = accepted(minimal, trusted);
    expect([imported.ip, imported.userAgent]).toEqual(['', '']);
  });

  test('of an ordinary sender has the clock of the server', () => {
    const input = { ...minimal, received_at: '2020-01-01T00:00:00Z', queryable_at: 'nonsense' };
    const event = accepted(input);
    expect([event.receivedAt, event.queryableAt]).toEqual([RECEIVED, null]);
    expect(event.properties).toEqual({});
  });

  test('of an importer may bring its moments of receipt and visibility', () => {
    const received_at = '2020-01-01T00:00:00Z';
    const event = accepted({ ...minimal, received_at, queryable_at: received_at }, trusted);
    expect(event).toMatchObject({
      receivedAt: Date.UTC(2020, 0, 1),
      queryableAt: Date.UTC(2020, 0, 1),
      isTrusted: true,
    });
    expect(accepted(minimal, trusted).receivedAt).toBe(event.occurredAt);
    for (const bad of ['2100-01-01T00:00:00.001Z', '1960-01-01T00:00:00Z']) {
      expect(refused({ ...minimal, received_at: bad }, trusted)).toBe('TIME_OUT_OF_RANGE');
    }
    expect(refused({ ...minimal, received_at: 'x' }, trusted)).toBe('INVALID_TIMESTAMP');
  });

  test('from a topic names its project', () => {
    const context = { ...ordinary, acceptsProjectId: true };
    expect(accepted({ ...minimal, project_id: 'other' }, context).projectId).toBe('other');
    expect(accepted(minimal, context).projectId).toBe('shop');
    const kept = accepted({ ...minimal, project_id: 'other' });
    expect([kept.projectId, kept.properties]).toEqual(['shop', { project_id: '"other"' }]);
  });
});

describe('an event that came in Avro', () => {
  const event = accepted({ ...minimal, properties: { a: [1, { b: 'x\n' }], c: -1.5e-7 } });

  test('passes unchanged when it obeys the same rules', () => {
    expect(checkEvent(event)).toBe(event);
    expect(checkEvent({ ...event, platform: '' as 'web' })).toEqual(event);
  });

  test.each<[string, Partial<Record<keyof TrackedEvent, unknown>>]>([
    ['MISSING_EVENT_ID', { eventId: '' }],
    ['MISSING_ACTOR', { anonymousId: '' }],
    ['TIME_OUT_OF_RANGE', { occurredAt: -1 }],
    ['TIME_OUT_OF_RANGE', { receivedAt: Date.UTC(2101, 0) }],
    ['TIME_OUT_OF_RANGE', { queryableAt: -1 }],
    ['INVALID_PLATFORM', { platform: 'tv' }],
    ['INVALID_PROPERTY', { properties: { a: 'pro' } }],
    ['INVALID_PROPERTY', { properties: { a: '' } }],
    ['NUMBER_OUT_OF_RANGE', { properties: { a: '1e400' } }],
    ['NESTING_TOO_DEEP', { properties: { a: JSON.stringify(nested(40)) } }],
  ])('is refused with %s', (reason, change) => {
    expect(checkEvent({ ...event, ...change } as TrackedEvent)).toMatchObject({ reason });
  });
});

describe('property texts', () => {
  test('are equal for equal values and parse back to them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = toPropertyText(value, 'p');
        if (typeof text !== 'string') return expect(text.reason).toBe('INVALID_STRING');
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(toPropertyText(reversed(value), 'p')).toBe(text);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe('instants', () => {
  test('agree with the language for every existing moment and offset', () => {
    const min = new Date('0001-01-02T00:00:00Z');
    const max = new Date('9998-12-31T00:00:00Z');
    fc.assert(
      fc.property(
        fc.date({ min, max, noInvalidDate: true }),
        fc.integer({ min: -1439, max: 1439 }),
        (date, offset) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
          const zone = `${offset < 0 ? '-' : '+'}${pad(hours)}:${pad(minutes)}`;
          expect(parseInstant(`${local}${zone}`)).toBe(date.getTime());
          expect(parseInstant(date.toISOString())).toBe(date.getTime());
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  test.each([
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2024-06-07T00:00:00.1Z', Date.UTC(2024, 5, 7, 0, 0, 0, 100)],
    ['2024-06-07T00:00:00.123999999Z', Date.UTC(2024, 5, 7, 0, 0, 0, 123)],
    ['0000-01-01T00:00:00Z', new Date('0000-01-01T00:00:00Z').getTime()],
  ])('reads %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  test.each([
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-06-31T00:00:00Z',
    '2024-06-07T24:00:00Z',
    '2024-06-07T23:59:60Z',
    '2024-06-07T00:00:00',
    '2024-06-07T00:00Z',
    '2024-06-07 00:00:00Z',
    '2024-06-07T00:00:00.Z',
    '2024-06-07T00:00:00+24:00',
    '2024-06-07T00:00:00+02',
    ' 2024-06-07T00:00:00Z',
    '２０２４-06-07T00:00:00Z',
    '+012024-06-07T00:00:00Z',
    '1717752000',
  ])('refuses %s', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

function pad(n: number): string {
  return String(n).padStart(2, '0');
}

function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

function numbered(count: number): [string, number][] {
  return Array.from({ length: count }, (_, n) => [`p${n}`, n]);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  // A null prototype keeps a key named __proto__ a key.
  const result = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of entries) result[key] = reversed(item);
  return result;
}
