import { describe, expect, test } from '@jest/globals';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsOptional,
  IsPositive,
  Max,
  MaxLength,
  Min,
  ValidateNested,
  validate,
} from 'class-validator';
import fc from 'fast-check';
import { validateArguments } from '../../../src/gateway/validate-arguments.js';

class Inner {
  @MaxLength(3)
  text!: string;
  @Min(1)
  @Max(5)
  count!: number;
}

class Outer {
  @ValidateNested()
  one!: unknown;
  @ValidateNested({ each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(2)
  many!: unknown;
  @IsOptional()
  @MaxLength(2, { each: true })
  texts!: unknown;
  @IsIn(['a', 'b'])
  kind!: unknown;
  @IsPositive()
  size!: unknown;
}

const absent = fc.constantFrom(null, undefined);
/** Mostly what fits, so that a whole object often does; now and then what may not, or nothing. */
const mostly = <T>(fits: fc.Arbitrary<T>, may: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 10, arbitrary: fits },
    { weight: 1, arbitrary: may },
    { weight: 1, arbitrary: absent },
  );
const inner = fc
  .record({
    text: mostly(
      fc.string({ maxLength: 3 }),
      fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('😀😀😀', 7)),
    ),
    count: mostly(
      fc.integer({ min: 1, max: 5 }),
      fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(Number.NaN, '3')),
    ),
  })
  .map((fields) => Object.assign(new Inner(), fields));
const outer = fc
  .record({
    one: mostly(inner, fc.constant('none')),
    many: mostly(
      fc.array(inner, { minLength: 1, maxLength: 2 }),
      fc.array(inner, { maxLength: 3 }),
    ),
    texts: mostly(
      fc.array(fc.string({ maxLength: 2 }), { maxLength: 2 }),
      fc.array(fc.string({ maxLength: 3 })),
    ),
    kind: mostly(fc.constantFrom('a', 'b'), fc.constant('c')),
    size: mostly(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -1, max: 0 })),
  })
  .map((fields) => Object.assign(new Outer(), fields));

describe('arguments', () => {
  test('are refused where the library refuses them, with its errors', async () => {
    let valid = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(outer, async (value) => {
        const options = { skipMissingProperties: true, forbidUnknownValues: false };
        const expected = await validate(value, options);
        const found = await validateArguments(value).then(
          () => [],
          (error: { extensions: { validationErrors: unknown } }) =>
            error.extensions.validationErrors,
        );
        expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
        if (expected.length === 0) valid += 1;
        else refused += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(valid).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });

  test('that are no objects are left alone', async () => {
    for (const value of ['text', 5, null, undefined, ['a'], [1]]) await validateArguments(value);
  });
});
