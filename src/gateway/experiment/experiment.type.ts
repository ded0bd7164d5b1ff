import { Field, Float, ObjectType } from 'type-graphql';
import type { ExperimentWarning as ExperimentWarningValue } from '../../experiment/experiment-query.js';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';
import { ExperimentWarning } from './experiment.enums.js';

@ObjectType({ description: 'An interval, both ends included.', simpleResolvers: true })
export class Interval {
  @Field(() => Float, { description: 'Lower end.' })
  low!: number;

  @Field(() => Float, { description: 'Upper end.' })
  high!: number;
}

@ObjectType({
  description: 'The relative difference by the delta method, as other tools report it.',
  simpleResolvers: true,
})
export class RelativeDelta {
  @Field(() => Float, { description: 'Relative lift, percent.' })
  liftPercent!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Two-sided p-value, 0–1; null when the variance is 0.',
  })
  pValue!: number | null;

  @Field(() => Interval, { description: '95 % interval of the lift, percent.' })
  intervalPercent!: Interval;
}

@ObjectType({ description: 'A variant beside the control.', simpleResolvers: true })
export class VariantComparison {
  @Field(() => Float, {
    nullable: true,
    description:
      'Relative lift of the rate, percent; null when the rate of the control is 0 or there is none.',
  })
  liftPercent!: number | null;

  @Field(() => Interval, {
    nullable: true,
    description:
      '95 % interval of the lift by the logarithm of the ratio (Katz), percent; null when either side has no conversions.',
  })
  liftInterval!: Interval | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Statistic of the pooled two-proportion z-test, variant minus control; null when the pooled variance is 0.',
  })
  z!: number | null;

  @Field(() => Float, { nullable: true, description: 'Its two-sided p-value, 0–1; null likewise.' })
  pValue!: number | null;

  @Field(() => Interval, {
    nullable: true,
    description:
      '95 % Wald interval of the difference of the rates, −1 to 1; null without users on either side.',
  })
  differenceInterval!: Interval | null;

  @Field(() => Float, {
    description:
      'Probability that the rate of the variant is above that of the control, 0–1, with uniform priors.',
  })
  probabilityToBeatControl!: number;

  @Field(() => RelativeDelta, {
    nullable: true,
    description:
      'The method `relative_delta`; null when the rate of the control is 0 or there is none.',
  })
  relativeDelta!: RelativeDelta | null;
}

@ObjectType({ description: 'A variant of an experiment.', simpleResolvers: true })
export class VariantResult {
  @Field(() => String, { description: 'Name of the variant.' })
  variant!: string;

  @Field(() => SafeInt, { description: 'People who met it first, and no other.' })
  users!: number;

  @Field(() => SafeInt, { description: 'People of these who reached the goal.' })
  conversions!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Conversions ÷ users, percent (0–100); null without users.',
  })
  ratePercent!: number | null;

  @Field(() => Interval, {
    nullable: true,
    description:
      '95 % credible interval of the rate, 0–1: Beta(x + 1, n − x + 1); null without users.',
  })
  credibleInterval!: Interval | null;

  @Field(() => VariantComparison, {
    nullable: true,
    description:
      'Beside the control; null for the control itself. Where nobody met the control, its parts are null, and `probabilityToBeatControl` is that against anything.',
  })
  comparison!: VariantComparison | null;
}

@ObjectType({
  description: 'Whether people fell into the variants as planned: χ² goodness of fit.',
  simpleResolvers: true,
})
export class SampleRatio {
  @Field(() => Float, {
    description: 'χ²; 0 for fewer than two variants and without users.',
  })
  chiSquare!: number;

  @Field(() => Float, { description: 'p-value, 0–1; 1 likewise.' })
  pValue!: number;

  @Field(() => Boolean, {
    description:
      'Whether p is below 0.001: something moves people between variants, and the results are not to be trusted.',
  })
  isMismatch!: boolean;
}

@ObjectType({ description: 'People of a variant over time.', simpleResolvers: true })
export class VariantSeries {
  @Field(() => String, { description: 'Name of the variant.' })
  variant!: string;

  @Field(() => [SafeInt], { description: 'People up to the end of each day.' })
  users!: readonly number[];

  @Field(() => [SafeInt], { description: 'Conversions up to the end of each day.' })
  conversions!: readonly number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Conversions ÷ users, percent; null without users.',
  })
  ratePercents!: readonly (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Relative lift against the control, percent; null for the control itself and at rate 0.',
  })
  liftPercents!: readonly (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'p-value of the pooled z-test, 0–1; null likewise. Looking every day and stopping at the first small one finds differences that are none.',
  })
  pValues!: readonly (number | null)[];
}

@ObjectType({ description: 'An experiment day by day, cumulative.', simpleResolvers: true })
export class ExperimentSeries {
  @Field(() => [DateTime], { description: 'First instant of each local day.' })
  bucketStarts!: readonly string[];

  @Field(() => [VariantSeries], { description: 'One entry per variant.' })
  variants!: readonly VariantSeries[];
}

@ObjectType({ description: 'An experiment towards one goal.', simpleResolvers: true })
export class ExperimentGoal {
  @Field(() => [VariantResult], {
    description: 'The variants that somebody met, bytewise by name.',
  })
  variants!: readonly VariantResult[];

  @Field(() => ExperimentSeries, {
    nullable: true,
    description: 'The days, when asked with `daily`.',
  })
  series!: ExperimentSeries | null;
}

@ObjectType({ description: 'Results of an experiment.', simpleResolvers: true })
export class Experiment {
  @Field(() => SafeInt, { description: 'People who met several variants; they are in none.' })
  multiVariantUsers!: number;

  @Field(() => SampleRatio, { description: 'Whether people fell into the variants as planned.' })
  sampleRatio!: SampleRatio;

  @Field(() => [ExperimentWarning], { description: 'What to know before believing the results.' })
  warnings!: readonly ExperimentWarningValue[];

  @Field(() => [ExperimentGoal], { description: 'One entry per goal, in the order asked.' })
  goals!: readonly ExperimentGoal[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({ description: 'Results of an experiment of given counts.', simpleResolvers: true })
export class CountedExperiment {
  @Field(() => SampleRatio, { description: 'Whether people fell into the variants as planned.' })
  sampleRatio!: SampleRatio;

  @Field(() => [ExperimentWarning], { description: 'What to know before believing the results.' })
  warnings!: readonly ExperimentWarningValue[];

  @Field(() => [VariantResult], { description: 'The variants, in the order given.' })
  variants!: readonly VariantResult[];
}
