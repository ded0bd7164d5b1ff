import { isUtf8 } from 'node:buffer';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { firstInvalidUtf8 } from '../../../ingest/collector/invalid-utf8.js';
import { eventRanges, JsonSyntaxError } from '../../../ingest/collector/json-scan.js';

const SEED = 20240607;

function cut(text: string): string[] {
  const bytes = Buffer.from(text);
  return eventRanges(bytes).map(({ start, end }) => bytes.toString('utf8', start, end));
}

function positionOf(text: string): number {
  try {
    eventRanges(Buffer.from(text));
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.at;
    throw error;
  }
  return -1;
}

describe('the ranges of events', () => {
  test.each([
    ['an array', ' [ {"a":1} ,\n"x", [1,[2]] ] ', ['{"a":1}', '"x"', '[1,[2]]']],
    ['a batch', '{"batch" : [ {"a":[]}, null ] }', ['{"a":[]}', 'null']],
    ['a batch under an escaped key', '{"b\\u0061tch":[1]}', ['1']],
    ['the last of two batches', '{"batch":[1],"batch":[2,3]}', ['2', '3']],
    ['a batch that is no array after one that is', '{"batch":[1],"batch":2}', null],
    ['one event', ' {"event_id":"é"} ', ['{"event_id":"é"}']],
    ['an event with an inner batch', '{"x":{"batch":[1]}}', ['{"x":{"batch":[1]}}']],
    ['nothing in an array', '[ ]', []],
    ['a scalar', ' 5 ', ['5']],
  ])('of %s are exact', (_, text, parts) => {
    expect(cut(text)).toEqual(parts ?? [text]);
  });

  test('tell how deep each event is, without recursion', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    expect(eventRanges(Buffer.from(`[{"a":[]},1,${deep}]`)).map((range) => range.depth)).toEqual([
      2, 0, 1_000_000,
    ]);
  });

  test('accept and refuse the same texts as the parser, and cut what it would', () => {
    const json = fc.json({ maxDepth: 4 });
    const damaged = fc
      .tuple(json, fc.nat(), fc.constantFrom(...'{}[],:"\\0-+.eE tfn\n\u0001u', ''), fc.boolean())
      .map(([text, at, change, isInsert]) => {
        const position = at % (text.length + 1);
        return text.slice(0, position) + change + text.slice(position + (isInsert ? 0 : 1));
      });
    fc.assert(
      fc.property(fc.oneof(json, damaged), (text) => {
        let value: unknown;
        let isJson = true;
        try {
          value = JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(positionOf(text) === -1).toBe(isJson);
        if (!isJson) return;
        const list = Array.isArray(value) ? value : null;
        if (list !== null) expect(cut(text).map((part) => JSON.parse(part))).toEqual(list);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  test.each([
    ['', 0],
    ['[1,]', 3],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ['{a:1}', 1],
    ['[1 2]', 3],
    ['{"a":tru}', 8],
    ['"abc', 4],
    ['"\\x"', 2],
    ['01', 1],
    ['[1', 2],
    ['[1]]', 3],
    ['1e', 2],
  ])('of %s end at the byte that is wrong', (text, at) => {
    expect(positionOf(text)).toBe(at);
  });
});

describe('the first byte that is not UTF-8', () => {
  test('is found exactly where the longest valid beginning ends', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.nat(), fc.nat(255))
        .map(([text, at, byte]) => {
          const array = new Uint8Array(Buffer.from(text));
          if (array.length > 0) array[at % array.length] = byte;
          return array;
        }),
    );
    fc.assert(
      fc.property(bytes, (array) => {
        const at = firstInvalidUtf8(array);
        expect(at === -1).toBe(isUtf8(array));
        if (at !== -1) expect(isUtf8(array.subarray(0, at))).toBe(true);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
