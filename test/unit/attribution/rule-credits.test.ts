import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RULE_MODELS } from '../../../src/attribution/attribution-query.js';
import { creditsOf, ruleWeights, withoutDirect } from '../../../src/attribution/rule-credits.js';

const touches = (text: string) => [...text].map((name) => ({ name, isDirect: name === 'D' }));
const credits = (model: (typeof RULE_MODELS)[number], text: string): readonly number[] =>
  creditsOf(ruleWeights(model, touches(text), []));

describe('the rules', () => {
  test('credit one touch with everything, whatever it is', () => {
    for (const model of RULE_MODELS) {
      expect(creditsOf(ruleWeights(model, touches('D'), [1n]))).toEqual([1]);
    }
  });

  test('credit the last touch when all are Direct', () => {
    expect(credits('last_non_direct', 'DDD')).toEqual([0, 0, 1]);
    expect(credits('last_non_direct', 'EDPD')).toEqual([0, 0, 1, 0]);
  });

  test('sum to one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RULE_MODELS),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        (model, direct) => {
          const weights = ruleWeights(
            model,
            direct.map((isDirect) => ({ isDirect })),
            direct.map((_, at) => BigInt(at + 1)),
          );
          const sum = creditsOf(weights).reduce((total, credit) => total + credit, 0);
          expect(sum).toBeCloseTo(1, 12);
        },
      ),
      { seed: 20_261_128 },
    );
  });

  test('leave Direct out unless all are Direct', () => {
    expect(withoutDirect(touches('DED')).map(({ name }) => name)).toEqual(['E']);
    expect(withoutDirect(touches('DD'))).toHaveLength(2);
  });
});
