import { expect, test } from '@jest/globals';
import type { Delivery, LiveMember } from '../../../src/live/live-member.js';
import { paceMember } from '../../../src/live/paced-member.js';
import { eventually } from '../../testkit/deadline.js';

/** A member whose reader takes one result whenever the test says so. */
function openMember() {
  const sent: string[] = [];
  const ends: (string | null)[] = [];
  let taken = (): void => undefined;
  const member: LiveMember = {
    next: () => undefined,
    nextInTurn({ text }) {
      sent.push(text);
      return new Promise((resolve) => {
        taken = resolve;
      });
    },
    end: (last) => void ends.push(last),
    fail: () => undefined,
  };
  const paced = paceMember({ member, tellDropped: (text, dropped) => `${text} after ${dropped}` });
  return { ...paced, sent, ends, take: () => taken() };
}

const delivery = (text: string, events: number): Delivery => ({ text, events, resumeFrom: null });

test('gets one result after another, in order, and the end behind them', async () => {
  const { member, sent, ends, take } = openMember();
  member.next(delivery('a', 1));
  member.next(delivery('b', 1));
  member.end('last');
  expect(sent).toEqual(['a']);
  take();
  await eventually('b', () => sent.length === 2);
  expect(ends).toEqual([]);
  take();
  await eventually('the end', () => ends.length === 1);
  expect([sent, ends]).toEqual([['a', 'b'], ['last']]);
});

test('loses the oldest beyond what may wait, and is told how many events those held', async () => {
  const { member, sent, take } = openMember();
  member.next(delivery('a', 1));
  for (const text of ['b', 'c', 'd']) member.next(delivery(text, 4_000));
  member.next(delivery('e', 3_000));
  take();
  await eventually('d', () => sent.length === 2);
  take();
  await eventually('e', () => sent.length === 3);
  // Of 15,000 events 10,000 may wait.
  expect(sent).toEqual(['a', 'd after 8000', 'e']);
});

test('keeps the newest, however large, and lets go everything when it is left', async () => {
  const { member, sent, stop, take } = openMember();
  const large = 'x'.repeat(9_000_000);
  for (const text of ['a', 'b', large]) member.next(delivery(text, 1));
  take();
  await eventually('the large one', () => sent.length === 2);
  expect(sent[1]).toBe(`${large} after 1`);
  member.next(delivery('c', 1));
  stop();
  take();
  member.next(delivery('d', 1));
  await eventually('the next one', () => sent.length === 3);
  expect(sent[2]).toBe('d');
});
