import { describe, expect, test } from '@jest/globals';
import { type BodyFormat, splitBody } from '../../../ingest/collector/split-body.js';
import { AppError } from '../../../src/errors.js';

const limits = { maxEvents: 1000 };
const split = (body: string | Buffer, format: BodyFormat = 'json') =>
  splitBody(Buffer.from(body as string), format, limits);
const values = (body: string | Buffer, format?: BodyFormat) =>
  split(body, format).events.map(({ value, problem }) => problem?.reason ?? value);

function refusal(body: string | Buffer, format?: BodyFormat): AppError {
  try {
    split(body, format);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

const long = JSON.stringify({ text: 'é'.repeat(50_000) });

describe('a JSON body', () => {
  test.each([
    ['{"a":1}', [{ a: 1 }]],
    ['[{"a":1},2]', [{ a: 1 }, 2]],
    ['{"batch":[{"a":1}]}', [{ a: 1 }]],
    ['\ufeff[1]', [1]],
    ['[]', []],
    ['{"batch":[]}', []],
  ])('%s is cut into its events', (body, events) => {
    expect(values(body)).toEqual(events);
  });

  test('gives back the bytes of each event as sent', () => {
    for (const filler of ['1', long]) {
      const body = split(`{"batch": [ ${filler} ,{ "a" : 1.50 }]}`);
      expect(body.bytesOf(1).toString()).toBe('{ "a" : 1.50 }');
    }
    expect(split(' {"a":1}\n').bytesOf(0).toString()).toBe('{"a":1}');
  });

  test('with something beside the batch is refused, since it would be lost', () => {
    for (const extra of ['1', long, `${'['.repeat(50_000)}${']'.repeat(50_000)}`]) {
      for (const events of ['', '1', `${'['.repeat(2000)}${']'.repeat(2000)}`]) {
        expect(refusal(`{"batch":[${events}],"sent_at":${extra}}`).code).toBe('MALFORMED_BODY');
      }
    }
    expect(refusal('{"batch":5}').code).toBe('MALFORMED_BODY');
  });

  test('keeps the neighbours of an event that is far too deep', () => {
    const deep = '['.repeat(300_000) + ']'.repeat(300_000);
    expect(values(`[1,${deep},2]`)).toEqual([1, 'NESTING_TOO_DEEP', 2]);
    expect(values(`{"batch":[1,${deep}]}`)).toEqual([1, 'NESTING_TOO_DEEP']);
    expect(values(deep.slice(1, -1))).toEqual(['NESTING_TOO_DEEP']);
  });

  test.each<[string, string | Buffer, Record<string, number>]>([
    ['a missing comma', '[1\n 2]', { line: 2, column: 2, offset: 4 }],
    ['characters before it', '["äö" 2]', { line: 1, column: 7, offset: 8 }],
    ['an early end', '{"a":', { line: 1, column: 6, offset: 5 }],
    ['a byte order mark', '\ufeff[1,]', { line: 1, column: 4, offset: 6 }],
    ['NDJSON', '{"a":1}\n{"a":2}', { line: 2, column: 1, offset: 8 }],
    ['bytes that are no text', Buffer.from('5b22ff225d', 'hex'), { line: 1, column: 3, offset: 2 }],
  ])('with %s is refused with the place', (_, body, details) => {
    const error = refusal(body);
    expect(error.code).toBe('MALFORMED_BODY');
    expect(error.details).toEqual(details);
  });

  test('with too many events is refused as a whole', () => {
    expect(refusal(`[${'1,'.repeat(1000)}1]`).code).toBe('PAYLOAD_TOO_LARGE');
    expect(refusal('1\n'.repeat(1001), 'ndjson').code).toBe('PAYLOAD_TOO_LARGE');
  });

  test.each(['', '  \n', '\ufeff'])('that is empty (%j) is refused', (body) => {
    for (const format of ['json', 'ndjson', 'either'] as const) {
      expect(refusal(body, format).code).toBe('MALFORMED_BODY');
    }
  });
});

describe('a body of lines', () => {
  test('is one event a line; empty lines do not count', () => {
    expect(values('{"a":1}\r\n\n  \n{"a":2}', 'ndjson')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(split('1\n\n{ "a":2}\r\n', 'ndjson').bytesOf(1).toString()).toBe('{ "a":2}');
  });

  test('loses only the lines that are wrong, and says which', () => {
    const deep = '['.repeat(300_000) + ']'.repeat(300_000);
    const body = Buffer.concat([
      Buffer.from(`{"a":1}\n{"a":\n${deep}\n${long} x\n"`),
      Buffer.from([0xff]),
      Buffer.from('"\n{"a":2}\n'),
    ]);
    expect(values(body, 'ndjson')).toEqual([
      { a: 1 },
      'MALFORMED_JSON',
      'NESTING_TOO_DEEP',
      'MALFORMED_JSON',
      'INVALID_STRING',
      { a: 2 },
    ]);
    expect(split(body, 'ndjson').events[1]?.problem?.message).toContain('Line 2, column 6');
  });
});

describe('a body whose format is not said', () => {
  test('is JSON if it can be, else lines if the first is an object', () => {
    expect(values('[\n1\n]', 'either')).toEqual([1]);
    expect(values('{"a":1}\n{"a":', 'either')).toEqual([{ a: 1 }, 'MALFORMED_JSON']);
    expect(refusal('{"a":\n1', 'either').details).toMatchObject({ line: 2 });
    expect(refusal('hello\nworld', 'either').details).toMatchObject({ line: 1, column: 1 });
  });
});
