import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFunnelFold } from '../../../src/funnel/funnel-fold.js';
import type { FunnelEvents, FunnelRules } from '../../../src/funnel/funnel-rules.js';
import {
  longestChain,
  NO_CHAIN,
  type OracleEvent,
  oracleChain,
} from '../../testkit/funnel-oracle.js';

const SEED = 20_261_123;

interface Actor {
  readonly rules: FunnelRules;
  readonly events: readonly OracleEvent[];
}

/** Lists for the fold: events in canonical order. */
function listsOf(events: readonly OracleEvent[]): FunnelEvents {
  const sorted = [...events].sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  const bits = (numbers: readonly number[]) => numbers.reduce((mask, n) => mask | (1 << n), 0);
  return {
    times: Float64Array.from(sorted, (event) => event.time),
    stepMasks: Int32Array.from(sorted, (event) => bits(event.steps.map((step) => step - 1))),
    exclusionMasks: Int32Array.from(sorted, (event) => bits(event.exclusions)),
  };
}

function fold({ rules, events }: Actor): { depth: number; times: readonly number[] } {
  const folded = createFunnelFold(rules);
  const lists = listsOf(events);
  const depth = folded.foldActor(lists, 0, lists.times.length);
  return { depth, times: [...folded.stepTimes.subarray(0, depth)] };
}

/** Letters are steps in their order (`a` is 1), `x` is the exclusion 0, `-` matches nothing. */
function story(text: string): OracleEvent[] {
  return text.split(' ').map((word, i) => {
    const letters = word.replace(/\d+$/, '');
    return {
      time: Number(word.slice(letters.length)),
      id: String(i).padStart(3, '0'),
      steps: [...letters].filter((c) => c >= 'a' && c <= 'f').map((c) => c.charCodeAt(0) - 96),
      exclusions: letters.includes('x') ? [0] : [],
    };
  });
}

function rules(stepCount: number, changes: Partial<FunnelRules> = {}): FunnelRules {
  return { stepCount, order: 'ordered', windowMs: 10, exclusions: [], ...changes };
}

const EXCLUDED = { exclusions: [{ fromStep: 1, toStep: 2 }] };

describe('the examples of the specification', () => {
  test('time runs from the latest first step before the second', () => {
    expect(fold({ rules: rules(2, { windowMs: 100 }), events: story('a0 a50 b60') })).toEqual({
      depth: 2,
      times: [50, 60],
    });
  });

  test.each([
    ['a0 x1 a31', 1],
    ['a0 a1 x2', 0],
    ['a0 x11 b12', 1],
  ])(
    'exclusion between the first two steps in a window of 10: %s gives depth %d',
    (text, depth) => {
      expect(fold({ rules: rules(2, EXCLUDED), events: story(text) }).depth).toBe(depth);
    },
  );

  test('an exclusion in the instant of a step event is ignored', () => {
    expect(fold({ rules: rules(2, EXCLUDED), events: story('a0 x0 x5 a5 b6') }).depth).toBe(2);
    expect(fold({ rules: rules(2, EXCLUDED), events: story('ax0 b6') }).depth).toBe(2);
  });

  test('a repeated step needs a second event', () => {
    expect(fold({ rules: rules(2), events: story('ab0') }).depth).toBe(1);
    expect(fold({ rules: rules(2), events: story('ab0 ab0') }).depth).toBe(2);
  });

  test('events of one instant are taken in the most favourable order', () => {
    expect(fold({ rules: rules(3), events: story('c0 b0 a0') }).depth).toBe(3);
    // Steps s, a, b, a: the instant gives b and the last a.
    expect(fold({ rules: rules(4), events: story('a0 bd1 a5 bd10 c10') }).depth).toBe(4);
  });

  test('an event is kept for the step that only it can fill', () => {
    expect(fold({ rules: rules(3), events: story('abc0 ac0 ac0') }).depth).toBe(3);
  });

  test('the window is inclusive', () => {
    for (const order of ['ordered', 'strict', 'unordered'] as const) {
      expect(fold({ rules: rules(2, { order }), events: story('a0 b10') }).depth).toBe(2);
      expect(fold({ rules: rules(2, { order }), events: story('a0 b11') }).depth).toBe(1);
    }
  });

  test('a chain stays where it is while the next step holds one with the same opening', () => {
    expect(fold({ rules: rules(3), events: story('a0 b1 b5 c6') }).times).toEqual([0, 1, 6]);
  });

  test('an exclusion acts between its steps alone', () => {
    const between = (fromStep: number, toStep: number) =>
      rules(3, { exclusions: [{ fromStep, toStep }] });
    expect(fold({ rules: between(1, 2), events: story('a0 b1 x2 c3') }).depth).toBe(3);
    expect(fold({ rules: between(2, 3), events: story('a0 x1 b2 c3') }).depth).toBe(3);
    expect(fold({ rules: between(1, 3), events: story('a0 b1 x2 c3') }).depth).toBe(0);
    expect(fold({ rules: between(1, 2), events: story('a0 b1 x2') }).depth).toBe(2);
  });

  test('a clean chain of the same depth restores an actor', () => {
    expect(fold({ rules: rules(2, EXCLUDED), events: story('a0 x1 a5') })).toEqual({
      depth: 1,
      times: [5],
    });
  });

  test('strict: any other event ends the chain, and exclusions have no effect', () => {
    const strict = rules(3, { order: 'strict' });
    expect(fold({ rules: strict, events: story('a0 b1 -2 c3') }).depth).toBe(2);
    expect(fold({ rules: strict, events: story('a0 b1 c3') }).depth).toBe(3);
    expect(
      fold({ rules: rules(2, { order: 'strict', ...EXCLUDED }), events: story('a0 x1') }),
    ).toEqual({ depth: 1, times: [0] });
  });

  test('strict: events of one instant are taken in the order of their ids', () => {
    const strict = rules(2, { order: 'strict' });
    expect(fold({ rules: strict, events: story('a0 b0') }).depth).toBe(2);
    expect(fold({ rules: strict, events: story('b0 a0') }).depth).toBe(1);
  });

  test('unordered: any order of the steps counts, once per event', () => {
    const unordered = rules(3, { order: 'unordered' });
    expect(fold({ rules: unordered, events: story('c0 a3 b4') })).toEqual({
      depth: 3,
      times: [0, 3, 4],
    });
    expect(fold({ rules: unordered, events: story('abc0 abc11') }).depth).toBe(1);
    // The first event may be 1 or 2, the second only 1: both find a step.
    expect(fold({ rules: unordered, events: story('ab0 a1') }).depth).toBe(2);
  });

  test('unordered: an exclusion acts between first and last completion, or until the window ends', () => {
    const unordered = rules(2, { order: 'unordered', ...EXCLUDED });
    expect(fold({ rules: unordered, events: story('b0 x1 a2') }).depth).toBe(0);
    expect(fold({ rules: unordered, events: story('b0 a2 x3') }).depth).toBe(2);
    expect(fold({ rules: unordered, events: story('b0 x10') }).depth).toBe(0);
    expect(fold({ rules: unordered, events: story('b0 x11') }).depth).toBe(1);
  });
});

describe('the fold agrees with trying out everything', () => {
  const actors = (order: FunnelRules['order'], most: number): fc.Arbitrary<Actor> =>
    fc
      .integer({ min: 2, max: 4 })
      .chain((stepCount) =>
        fc.record({
          rules: fc.record({
            stepCount: fc.constant(stepCount),
            order: fc.constant(order),
            windowMs: fc.integer({ min: 0, max: 9 }),
            exclusions: fc.array(
              fc
                .tuple(fc.integer({ min: 1, max: stepCount - 1 }), fc.integer({ min: 1, max: 3 }))
                .map(([fromStep, length]) => ({
                  fromStep,
                  toStep: Math.min(fromStep + length, stepCount),
                })),
              { maxLength: 2 },
            ),
          }),
          events: fc.array(
            fc.record({
              time: fc.integer({ min: 0, max: 12 }),
              // Mostly one step, sometimes none or several: repeated and overlapping conditions.
              steps: fc.oneof(
                { weight: 4, arbitrary: fc.integer({ min: 1, max: stepCount }).map((s) => [s]) },
                {
                  weight: 2,
                  arbitrary: fc.subarray(Array.from({ length: stepCount }, (_, i) => i + 1)),
                },
                { weight: 1, arbitrary: fc.constant<number[]>([]) },
              ),
              exclusions: fc.oneof(
                { weight: 4, arbitrary: fc.constant<number[]>([]) },
                { weight: 1, arbitrary: fc.subarray([0, 1]) },
              ),
            }),
            { maxLength: most },
          ),
        }),
      )
      .map(({ rules: made, events }) => ({
        rules: made,
        events: events.map((event, i) => ({
          ...event,
          id: String((i * 7) % 100).padStart(2, '0'),
          exclusions: event.exclusions.filter((number) => number < made.exclusions.length),
        })),
      }));

  const oracleRules = ({ windowMs, ...others }: FunnelRules) => ({ ...others, window: windowMs });

  test.each([
    ['ordered', 12],
    ['strict', 12],
    ['unordered', 9],
  ] as const)('%s: depth and times of 4,000 actors', (order, most) => {
    fc.assert(
      fc.property(actors(order, most), (actor) => {
        expect(fold(actor)).toEqual(oracleChain(oracleRules(actor.rules), actor.events));
      }),
      { seed: SEED, numRuns: 4_000 },
    );
  });

  test('ordered without exclusions: the depth of 2,000 actors is that of the longest chain', () => {
    fc.assert(
      fc.property(actors('ordered', 8), ({ rules: made, events }) => {
        const actor = { rules: { ...made, exclusions: [] }, events };
        expect(fold(actor).depth).toBe(longestChain(oracleRules(actor.rules), events));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test('one fold serves many actors without remembering the one before', () => {
    fc.assert(
      fc.property(actors('ordered', 10), fc.array(actors('ordered', 10)), (first, others) => {
        const shared = createFunnelFold(first.rules);
        for (const actor of [...others, first]) {
          const lists = listsOf(actor.events);
          shared.foldActor(lists, 0, lists.times.length);
        }
        const lists = listsOf(first.events);
        const depth = shared.foldActor(lists, 0, lists.times.length);
        expect(depth).toBe(fold(first).depth);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  test('an actor without events has no chain', () => {
    for (const order of ['ordered', 'strict', 'unordered'] as const) {
      expect(fold({ rules: rules(2, { order }), events: [] })).toEqual(NO_CHAIN);
    }
  });
});
