import { Field, Float, ObjectType } from 'type-graphql';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';

@ObjectType({
  description: 'A funnel as lists with one entry per step.',
  simpleResolvers: true,
})
export class FunnelResult {
  @Field(() => [SafeInt], { description: 'Actors that reached the step.' })
  counts!: number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Actors of the step ÷ actors of step 1, in percent (0–100); null without any.',
  })
  ratePercents!: (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Actors of the step ÷ actors of the step before (step 1: of itself), in percent; null on zero.',
  })
  stepRatePercents!: (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Mean seconds from the step before; null for step 1 and where nobody reached the step.',
  })
  averageSeconds!: (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Median seconds (type 7) from the step before; null likewise.',
  })
  medianSeconds!: (number | null)[];

  @Field(() => Float, {
    nullable: true,
    description: 'Mean seconds from the first to the last step; null when nobody finished.',
  })
  totalAverageSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Median seconds (type 7) from the first to the last step; null likewise.',
  })
  totalMedianSeconds!: number | null;
}

@ObjectType({ description: 'The funnel of one value of a breakdown.', simpleResolvers: true })
export class FunnelOfValue {
  @Field(() => String, { description: 'Value of the dimension, or `(none)`.' })
  value!: string;

  @Field(() => FunnelResult, { description: 'The funnel of the actors with this value.' })
  result!: FunnelResult;
}

@ObjectType({
  description: 'How many actors went through the steps of a funnel.',
  simpleResolvers: true,
})
export class Funnel {
  @Field(() => FunnelResult, {
    nullable: true,
    description: 'All actors; null when a breakdown was asked.',
  })
  result!: FunnelResult | null;

  @Field(() => [FunnelOfValue], {
    nullable: true,
    description: 'One funnel per value that somebody started with, largest first; else null.',
  })
  byValue!: FunnelOfValue[] | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
