import { describe, expect, test } from '@jest/globals';
import { changeVersion, type LetterChange } from '../../../src/dead-letter/letter-change.js';
import { decodeReplayMark, encodeReplayMark } from '../../../src/dead-letter/replay-mark.js';

const NOW = Date.UTC(2026, 0, 31);

function change(fields: Partial<LetterChange> = {}) {
  return { generation: 0, state: 'open' as const, attempts: 2, changedAt: NOW, ...fields };
}

describe('of several changes of a letter', () => {
  test.each<[string, Partial<LetterChange>, Partial<LetterChange>]>([
    ['a replay is in force before a drop', { state: 'replayed' }, { state: 'dropped' }],
    [
      'a replay is in force before an earlier drop',
      { state: 'replayed', changedAt: NOW + 1000 },
      { state: 'dropped', changedAt: 0 },
    ],
    [
      'a drop is in force before any number of failed tries',
      { state: 'dropped', changedAt: NOW + 10 ** 12 },
      { attempts: 2 ** 32 + 5 },
    ],
    [
      'the first of two replays is in force',
      { state: 'replayed', changedAt: NOW },
      { state: 'replayed', changedAt: NOW + 1 },
    ],
    [
      'the first of two drops is in force',
      { state: 'dropped', changedAt: NOW },
      { state: 'dropped', changedAt: NOW + 1 },
    ],
    ['the later failed try is in force', { attempts: 3, changedAt: NOW - 1 }, { attempts: 2 }],
    [
      'the refusal of what a replay had appended is in force before that replay',
      { generation: 1, attempts: 2 },
      { state: 'replayed', changedAt: 0 },
    ],
  ])('%s', (_, winner, loser) => {
    expect(changeVersion(change(winner)) > changeVersion(change(loser))).toBe(true);
  });

  test('each has a version that the column can hold', () => {
    for (const state of ['open', 'dropped', 'replayed'] as const) {
      const version = changeVersion(
        change({ state, generation: 10 ** 6, attempts: 10 ** 12, changedAt: 0 }),
      );
      expect(version > 0n && version < 2n ** 64n).toBe(true);
    }
  });
});

describe('the mark of a replayed record', () => {
  test('comes back as it was, whatever the ids are', () => {
    const mark = { projectId: '', deadLetterId: 'a/"b"\u0000/1', generation: 3, attempts: 9 };
    expect(decodeReplayMark(encodeReplayMark(mark))).toEqual(mark);
  });

  test.each(['', 'x', '[]', '["p","l",0]', '["p","l",-1,1]', '["p",1,0,1]', '{"0":"p"}'])(
    'is none in %j',
    (text) => {
      expect(decodeReplayMark(Buffer.from(text))).toBeNull();
    },
  );
});
