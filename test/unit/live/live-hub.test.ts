import { afterEach, describe, expect, test } from '@jest/globals';
import { AppError } from '../../../src/errors.js';
import type { LiveResult } from '../../../src/live/lead-question.js';
import { createLiveHub, type LiveHub } from '../../../src/live/live-hub.js';
import type { LiveMember } from '../../../src/live/live-member.js';
import { encodeResumeToken, liveQuestionId } from '../../../src/live/live-message.js';
import { createMemoryPubSub } from '../../../src/pubsub/memory/memory-pubsub.js';
import type { PubSub } from '../../../src/pubsub/pubsub.js';
import { createTelemetry } from '../../../src/telemetry.js';
import { eventually } from '../../testkit/deadline.js';

const { log } = createTelemetry({ level: 'silent' });
const QUESTION = liveQuestionId(['default', ['read'], 'subscription { a }']);
const BUFFER_LENGTH = 5;

/** A question whose results the test decides, and how often it was executed. */
function createSource() {
  const running = new Set<(result: LiveResult) => void>();
  let executions = 0;
  return {
    get executions() {
      return executions;
    },
    get runningCount() {
      return running.size;
    },
    tell(result: LiveResult) {
      for (const push of running) push(result);
    },
    async *evaluate(signal: AbortSignal): AsyncGenerator<LiveResult, void, undefined> {
      executions += 1;
      const waiting: LiveResult[] = [];
      let wake = (): void => undefined;
      const push = (result: LiveResult): void => {
        waiting.push(result);
        wake();
      };
      running.add(push);
      signal.addEventListener('abort', () => wake(), { once: true });
      try {
        while (!signal.aborted) {
          const result = waiting.shift();
          if (result !== undefined) yield result;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        running.delete(push);
      }
    },
  };
}

const result = (n: number, print: string | null = null): LiveResult => ({
  kind: 'next',
  text: `{"data":{"a":${n}}}`,
  print,
});

interface Seen {
  readonly value: number;
  readonly sequence: number | null;
  readonly resumeFrom: string | null;
  readonly isGap?: boolean;
}

/** A subscriber that remembers everything. */
function createMember() {
  const seen: Seen[] = [];
  const ends: (string | null)[] = [];
  const failures: AppError[] = [];
  const member: LiveMember = {
    nextInTurn(delivery) {
      this.next(delivery);
      return Promise.resolve();
    },
    next({ text }) {
      const { data, extensions } = JSON.parse(text) as {
        data: { a: number };
        extensions: { live: Omit<Seen, 'value'> };
      };
      seen.push({ value: data.a, ...extensions.live });
    },
    end: (last) => void ends.push(last),
    fail: (error) => void failures.push(error),
  };
  return { member, seen, ends, failures, values: () => seen.map(({ value }) => value) };
}

const hubs: LiveHub[] = [];
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.stop();
});

function openHub(pubsub: PubSub, lingerMs = 0): LiveHub {
  const hub = createLiveHub({ pubsub, log, lingerMs });
  hubs.push(hub);
  return hub;
}

/** Two gateways that share a publish/subscribe, and one question. */
function openWorld() {
  const pubsub = createMemoryPubSub({ bufferLength: BUFFER_LENGTH });
  const source = createSource();
  const join = (hub: LiveHub, resumeFrom?: unknown) => {
    const subscriber = createMember();
    const leave = hub.join({
      question: QUESTION,
      evaluate: (signal) => source.evaluate(signal),
      member: subscriber.member,
      resumeFrom,
    });
    return { ...subscriber, leave };
  };
  const isRunning = () => eventually('the question runs', () => source.runningCount === 1);
  return { pubsub, source, join, isRunning, a: openHub(pubsub), b: openHub(pubsub) };
}

type World = ReturnType<typeof openWorld>;
type Subscriber = ReturnType<World['join']>;

/** Results `from` … `to`, each seen by the subscriber before the next is told. */
async function tell({ source }: World, subscriber: Subscriber, from: number, to: number) {
  for (let n = from; n <= to; n += 1) {
    source.tell(result(n));
    await eventually(`result ${n}`, () => subscriber.values().at(-1) === n);
  }
}

describe('a shared question', () => {
  test('is executed once for all its subscribers on all gateways', async () => {
    const world = openWorld();
    const members = [world.join(world.a), world.join(world.a), world.join(world.b)];
    await world.isRunning();
    world.source.tell(result(1));
    world.source.tell(result(2));
    for (const { seen } of members) {
      await eventually('both results', () => seen.length === 2);
      expect(seen.map(({ sequence }) => sequence)).toEqual([1, 2]);
    }
    expect(world.source.executions).toBe(1);
  });

  test('gives who joins later the newest result at once', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 3);
    for (const hub of [world.a, world.b]) {
      const late = world.join(hub);
      await eventually('the newest', () => late.seen.length === 1);
      expect(late.values()).toEqual([3]);
    }
  });

  test('tells equal answers once', async () => {
    const world = openWorld();
    const member = world.join(world.a);
    await world.isRunning();
    for (const [n, print] of [
      [1, 'x'],
      [2, 'x'],
      [3, 'y'],
      [4, 'x'],
    ] as const) {
      world.source.tell(result(n, print));
    }
    await eventually('the last', () => member.values().at(-1) === 4);
    expect(member.values()).toEqual([1, 3, 4]);
  });

  test('keeps questions apart', async () => {
    const pubsub = createMemoryPubSub({ bufferLength: BUFFER_LENGTH });
    const hub = openHub(pubsub);
    const sources = [createSource(), createSource()];
    const members = sources.map((source, index) => {
      const subscriber = createMember();
      hub.join({
        question: liveQuestionId([`project ${index}`, ['read'], 'subscription { a }']),
        evaluate: (signal) => source.evaluate(signal),
        member: subscriber.member,
      });
      return subscriber;
    });
    await eventually('both run', () => sources.every(({ runningCount }) => runningCount === 1));
    for (const [index, source] of sources.entries()) source.tell(result(index));
    await eventually('both results', () => members.every(({ seen }) => seen.length === 1));
    expect(members.map(({ values }) => values())).toEqual([[0], [1]]);
  });

  test('stops after its last subscriber, and starts anew', async () => {
    const world = openWorld();
    const member = world.join(world.a);
    await world.isRunning();
    member.leave();
    await eventually('it stops', () => world.source.runningCount === 0);
    expect(world.a.questionCount).toBe(0);
    const next = world.join(world.a);
    await world.isRunning();
    await tell(world, next, 1, 1);
  });

  test('that lingers is found running by who comes next', async () => {
    const { pubsub, source } = openWorld();
    const hub = openHub(pubsub, 60_000);
    const question = { question: QUESTION, evaluate: source.evaluate };
    for (let n = 0; n < 1_000; n += 1) hub.join({ ...question, member: createMember().member })();
    await eventually('it runs', () => source.runningCount === 1);
    expect(source.executions).toBe(1);
    expect(hub.questionCount).toBe(1);
    for (let n = 0; n < 1_000; n += 1) {
      const id = liveQuestionId([n]);
      hub.join({ ...question, question: id, member: createMember().member })();
    }
    expect(hub.questionCount).toBeLessThanOrEqual(200);
  });

  test('ends for all subscribers, with the error of its source', async () => {
    const world = openWorld();
    const members = [world.join(world.a), world.join(world.b)];
    await world.isRunning();
    const text = '{"errors":[{"message":"no such dimension"}]}';
    world.source.tell({ kind: 'end', text });
    for (const { ends } of members) {
      await eventually('the end', () => ends.length === 1);
      expect(ends).toEqual([text]);
    }
    expect([world.a.questionCount, world.b.questionCount]).toEqual([0, 0]);
    const next = world.join(world.b);
    await world.isRunning();
    world.source.tell(result(7));
    await eventually('a new row', () => next.seen.length === 1);
    expect(next.seen[0]?.sequence).toBe(1);
  });
});

describe('another gateway', () => {
  test('goes on where one stopped, numbering on', async () => {
    const world = openWorld();
    const onA = world.join(world.a);
    await world.isRunning();
    const onB = world.join(world.b);
    await tell(world, onA, 1, 2);
    await eventually('both are there', () => onB.values().at(-1) === 2);
    world.a.stop();
    await eventually('b takes over', () => world.source.executions === 2);
    await tell(world, onB, 3, 4);
    expect(onB.seen.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });

  test('replaces one that was killed', async () => {
    const world = openWorld();
    const killed = new AbortController();
    const dies = async <T>(call: () => Promise<T>): Promise<T> =>
      killed.signal.aborted ? new Promise<T>(() => undefined) : call();
    const mortal: PubSub = {
      ...world.pubsub,
      publish: (...args) => dies(() => world.pubsub.publish(...args)),
      lead: (...args) => dies(() => world.pubsub.lead(...args)),
      release: (...args) => dies(() => world.pubsub.release(...args)),
    };
    const onA = world.join(openHub(mortal));
    await world.isRunning();
    const onB = world.join(world.b);
    await tell(world, onA, 1, 2);
    killed.abort();
    await eventually('b takes over', () => world.source.executions === 2);
    await tell(world, onB, 3, 3);
    expect(onB.seen.at(-1)?.sequence).toBe(3);
  }, 20_000);

  test('that has lost the lead without noticing adds nothing', async () => {
    const world = openWorld();
    const owners: string[] = [];
    const hub = openHub({
      ...world.pubsub,
      async lead(channel, owner, forMs) {
        owners.push(owner);
        // Later answers never arrive.
        return owners.length === 1
          ? world.pubsub.lead(channel, owner, forMs)
          : new Promise(() => undefined);
      },
    });
    const onA = world.join(hub);
    await world.isRunning();
    await tell(world, onA, 1, 1);
    const channel = `live:${QUESTION}`;
    await world.pubsub.release(channel, owners[0] ?? '');
    await world.pubsub.lead(channel, 'another', 60_000);
    world.source.tell(result(2));
    await eventually('the old leader stops', () => world.source.runningCount === 0);
    expect(await world.pubsub.recent(channel)).toHaveLength(1);
    expect(onA.values()).toEqual([1]);
  });

  test('is not needed while the store is away: each answers its own subscribers', async () => {
    const world = openWorld();
    let isAway = false;
    const away = async <T>(call: () => Promise<T>): Promise<T> => {
      if (isAway) throw new AppError('PUBSUB_UNAVAILABLE', 'away', { isRetryable: true });
      return call();
    };
    const hub = openHub({
      ...world.pubsub,
      publish: (...args) => away(() => world.pubsub.publish(...args)),
      recent: (...args) => away(() => world.pubsub.recent(...args)),
      lead: (...args) => away(() => world.pubsub.lead(...args)),
    });
    const member = world.join(hub);
    await world.isRunning();
    await tell(world, member, 1, 2);
    isAway = true;
    await tell(world, member, 3, 3);
    expect(member.seen.at(-1)).toMatchObject({ sequence: null, resumeFrom: null });
    isAway = false;
    await tell(world, member, 4, 4);
    expect(member.seen.at(-1)).toMatchObject({ value: 4, sequence: 3 });
  });
});

describe('resuming', () => {
  const tokenOf = (subscriber: Subscriber, value: number): unknown =>
    subscriber.seen.find((each) => each.value === value)?.resumeFrom;

  test('gives no number twice when the store comes back with less than was sent', async () => {
    const world = openWorld();
    let isAway = false;
    const lost = new Set<string>();
    const hub = openHub({
      ...world.pubsub,
      async publish(...args) {
        if (isAway) throw new AppError('CACHE_UNAVAILABLE', 'away');
        return world.pubsub.publish(...args);
      },
      async recent(channel) {
        const kept = await world.pubsub.recent(channel);
        return kept.filter(({ text }) => !lost.has(text));
      },
    });
    const subscriber = world.join(hub);
    await world.isRunning();
    await tell(world, subscriber, 1, 3);
    const [newest] = (await world.pubsub.recent(`live:${QUESTION}`)).slice(-1);
    isAway = true;
    await tell(world, subscriber, 4, 4);
    lost.add(newest?.text ?? '');
    isAway = false;
    await tell(world, subscriber, 5, 6);
    const told = subscriber.seen.map(({ value, sequence, isGap }) => [value, sequence, isGap]);
    expect(told).toEqual([
      [1, 1, undefined],
      [2, 2, undefined],
      [3, 3, undefined],
      [4, null, undefined],
      [5, 1, true],
      [6, 2, undefined],
    ]);
  });

  test('goes on behind the result of the token, on either gateway', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 4);
    const token = tokenOf(first, 2);
    for (const hub of [world.a, world.b]) {
      const back = world.join(hub, token);
      await eventually('what was missed', () => back.seen.length === 2);
      expect(back.values()).toEqual([3, 4]);
      expect(back.seen.some(({ isGap }) => isGap)).toBe(false);
      back.leave();
    }
  });

  test('with the token of the newest result waits for the next', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 2);
    const back = world.join(world.b, tokenOf(first, 2));
    await tell(world, back, 3, 3);
    expect(back.values()).toEqual([3]);
    expect(back.seen[0]?.isGap).toBeUndefined();
  });

  test('says when results are missing, and goes on with the newest', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, BUFFER_LENGTH + 3);
    const back = world.join(world.b, tokenOf(first, 2));
    await eventually('the newest', () => back.seen.length === 1);
    expect(back.seen).toMatchObject([{ value: BUFFER_LENGTH + 3, isGap: true }]);
    const inTime = world.join(world.b, tokenOf(first, 3));
    await eventually('all that is kept', () => inTime.seen.length === BUFFER_LENGTH);
    expect(inTime.seen.some(({ isGap }) => isGap)).toBe(false);
  });

  test('says so too when everything was lost meanwhile', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 2);
    const other = openWorld();
    const back = other.join(other.a, tokenOf(first, 2));
    await other.isRunning();
    other.source.tell(result(9));
    await eventually('the next', () => back.seen.length === 1);
    expect(back.seen).toMatchObject([{ value: 9, sequence: 1, isGap: true }]);
  });

  test('tells the end that was missed', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 2);
    world.source.tell({ kind: 'end', text: '' });
    await eventually('the end', () => first.ends.length === 1);
    const back = world.join(world.b, tokenOf(first, 1));
    await eventually('its end', () => back.ends.length === 1);
    expect([back.values(), back.ends]).toEqual([[2], [null]]);
  });

  test('any number that come back at once miss and repeat nothing while results go on', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 3);
    const back = Array.from({ length: 50 }, (_, n) =>
      world.join(n % 2 === 0 ? world.a : world.b, tokenOf(first, 1 + (n % 3))),
    );
    for (let n = 4; n <= 6; n += 1) world.source.tell(result(n));
    for (const [n, { seen }] of back.entries()) {
      await eventually('the last', () => seen.at(-1)?.value === 6);
      const from = 2 + (n % 3);
      expect(seen.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 7 - from }, (_, index) => from + index),
      );
    }
  });

  test.each([
    ['no token at all', 'x'],
    ['no text', 7],
    ['an altered sequence', (token: string) => token.replace(/\.\d+\./, '.1.')],
    ['an altered run', (token: string) => `${token.startsWith('0') ? '1' : '0'}${token.slice(1)}`],
    [
      'an altered signature',
      (token: string) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    ],
    [
      'another question',
      () => encodeResumeToken(liveQuestionId(['other']), { run: '0'.repeat(16), sequence: 2 }),
    ],
  ])('refuses %s', async (_name, forged) => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 2);
    const token = typeof forged === 'function' ? forged(String(tokenOf(first, 2))) : forged;
    expect(() => world.join(world.b, token)).toThrow(
      expect.objectContaining({ code: 'INVALID_RESUME_TOKEN' }),
    );
  });

  test('refuses a result that was never sent', async () => {
    const world = openWorld();
    const first = world.join(world.a);
    await world.isRunning();
    await tell(world, first, 1, 2);
    const [run = ''] = String(tokenOf(first, 2)).split('.');
    const back = world.join(world.a, encodeResumeToken(QUESTION, { run, sequence: 3 }));
    await eventually('the refusal', () => back.failures.length === 1);
    expect(back.failures[0]?.code).toBe('INVALID_RESUME_TOKEN');
  });
});
