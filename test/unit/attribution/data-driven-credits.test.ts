import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CountedPath } from '../../../src/attribution/attribution-query.js';
import {
  MAX_DATA_DRIVEN_NAMES,
  markovCredits,
  shapleyCredits,
} from '../../../src/attribution/data-driven-credits.js';

const SEED = 20_261_128;

function path(names: string, conversions: number, nulls = 0): CountedPath {
  const touches = [...names].map((name) => ({ name, isDirect: false }));
  return { touches, conversions, nulls };
}

const somePaths = fc.array(
  fc
    .record({
      names: fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1, maxLength: 6 }),
      conversions: fc.nat(5),
      nulls: fc.nat(5),
    })
    .map(({ names, conversions, nulls }) => path(names.join(''), conversions, nulls)),
  { maxLength: 12 },
);
const total = (credits: ReadonlyMap<string, number>): number =>
  [...credits.values()].reduce((sum, credit) => sum + credit, 0);

describe('a Markov chain', () => {
  test('gives the example of the specification', () => {
    const paths = [path('G', 2), path('M', 1), path('GM', 1), path('G', 0, 1)];
    const { credits, conversionProbability, removalEffects } = markovCredits(paths);
    expect(conversionProbability).toBeCloseTo(0.8, 12);
    expect(removalEffects.get('G')).toBeCloseTo(0.75, 12);
    expect(removalEffects.get('M')).toBeCloseTo(0.5, 12);
    expect(credits.get('G')).toBeCloseTo(2.4, 12);
    expect(credits.get('M')).toBeCloseTo(1.6, 12);
  });

  test('gives the published example of three channels', () => {
    // Anderl et al. as retold with C1›C2›C3 won, C1 lost, C2›C3 lost: removal effects 1, 1 and 1
    // over one conversion of three paths.
    const { credits, conversionProbability } = markovCredits([
      path('XYZ', 1),
      path('X', 0, 1),
      path('YZ', 0, 1),
    ]);
    expect(conversionProbability).toBeCloseTo(1 / 3, 12);
    // Without X only the start at Y is left, and Z wins half of what comes to it: 1/6 of 1/3.
    const effects = { X: 0.5, Y: 1, Z: 1 };
    for (const [name, effect] of Object.entries(effects)) {
      expect(credits.get(name)).toBeCloseTo(effect / 2.5, 12);
    }
  });

  test('shares the conversions, takes nothing from staying, and knows no order of paths', () => {
    fc.assert(
      fc.property(somePaths, (paths) => {
        const { credits, removalEffects } = markovCredits(paths);
        const won = paths.reduce((sum, { conversions }) => sum + conversions, 0);
        expect(total(credits)).toBeCloseTo(won, 9);
        for (const effect of removalEffects.values()) {
          expect(effect).toBeGreaterThanOrEqual(-1e-12);
          expect(effect).toBeLessThanOrEqual(1 + 1e-12);
        }
        const stayed = paths.map((each) => ({
          ...each,
          touches: each.touches.flatMap((touch) => [touch, touch]),
        }));
        const turned = markovCredits([...stayed].reverse()).credits;
        for (const [name, credit] of credits) expect(turned.get(name)).toBeCloseTo(credit, 9);
      }),
      { seed: SEED },
    );
  });

  test('refuses more names than it inverts a matrix of', () => {
    const touches = Array.from({ length: MAX_DATA_DRIVEN_NAMES + 1 }, (_, at) => ({
      name: `c${at}`,
      isDirect: false,
    }));
    expect(() => markovCredits([{ touches, conversions: 1, nulls: 0 }])).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('Shapley values', () => {
  test('give the example of the specification', () => {
    const { credits } = shapleyCredits([
      path('F', 0.2),
      path('O', 0.1),
      path('L', 0.17),
      path('FO', 0.17),
      path('FL', 0.3),
      path('FOL', 0.06),
    ]);
    expect(credits.get('F')).toBeCloseTo(0.455, 9);
    expect(credits.get('O')).toBeCloseTo(0.205, 9);
    expect(credits.get('L')).toBeCloseTo(0.34, 9);
  });

  test('are those of all orders in which names can join', () => {
    fc.assert(
      fc.property(somePaths, (paths) => {
        const { credits } = shapleyCredits(paths);
        const names = [...credits.keys()];
        const orders = permutations(names);
        for (const name of names) {
          const gains = orders.map((order) => {
            const before = new Set(order.slice(0, order.indexOf(name)));
            return worth(paths, new Set([...before, name])) - worth(paths, before);
          });
          const mean = gains.reduce((sum, gain) => sum + gain, 0) / orders.length;
          expect(credits.get(name)).toBeCloseTo(mean, 9);
        }
      }),
      { seed: SEED },
    );
  });
});

function worth(paths: readonly CountedPath[], set: ReadonlySet<string>): number {
  return paths
    .filter(({ touches }) => touches.every(({ name }) => set.has(name)))
    .reduce((sum, { conversions }) => sum + conversions, 0);
}

function permutations(names: readonly string[]): readonly (readonly string[])[] {
  if (names.length === 0) return [[]];
  return names.flatMap((name) =>
    permutations(names.filter((other) => other !== name)).map((rest) => [name, ...rest]),
  );
}
