import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAppError } from '../../../src/errors.js';
import { decodeCursor, encodeCursor } from '../../../src/gateway/connection/cursor.js';
import { decodeNodeId, encodeNodeId } from '../../../src/gateway/connection/node-id.js';

const SEED = 20_261_123;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'none';
}

describe('cursors', () => {
  test('a cursor gives back the position it was made of, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ unit: 'grapheme' })), (question, parts) => {
        const cursor = encodeCursor(question, parts);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(question, cursor, parts.length)).toEqual(parts);
      }),
      { seed: SEED },
    );
  });

  test('a cursor of another list is refused', () => {
    const cursor = encodeCursor('one', ['a', 'b']);
    expect(codeOf(() => decodeCursor('two', cursor, 2))).toBe('INVALID_CURSOR');
  });

  test('a forged cursor is refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json().map(base64)), (text) => {
        expect(codeOf(() => decodeCursor('question', text, 2))).toBe('INVALID_CURSOR');
      }),
      { seed: SEED },
    );
  });

  test('a cursor with another number of parts is refused', () => {
    const cursor = encodeCursor('one', ['a']);
    expect(codeOf(() => decodeCursor('one', cursor, 2))).toBe('INVALID_CURSOR');
  });
});

describe('node ids', () => {
  test('an id gives back what it stands for, whatever the text of a user id', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ApiKey', 'User', 'Device'),
        fc.string({ unit: 'grapheme' }),
        (type, localId) => {
          const key = { type, projectId: 'shop', localId } as const;
          expect(decodeNodeId(encodeNodeId(key))).toEqual(key);
        },
      ),
      { seed: SEED },
    );
  });

  test('a project is known by its own id', () => {
    const key = { type: 'Project', projectId: 'shop' } as const;
    expect(encodeNodeId(key)).toBe('shop');
    expect(decodeNodeId('shop')).toEqual(key);
  });

  test.each(['', 'user.', 'user.x.y', 'planet.WyJhIiwiYiJd', 'user.e30', '__proto__.WyJhIiwiYiJd'])(
    'the text "%s" is no id',
    (text) => {
      expect(codeOf(() => decodeNodeId(text))).toBe('BAD_USER_INPUT');
    },
  );
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64url');
}
