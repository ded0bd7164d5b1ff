import { Field, Float, ObjectType } from 'type-graphql';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({
  description:
    'A funnel over time. An actor counts in the bucket of its first step, however late it went on, so late buckets still grow.',
  simpleResolvers: true,
})
export class FunnelSeries {
  @Field(() => [DateTime], { description: 'First instant of each bucket, ascending, UTC.' })
  bucketStarts!: readonly string[];

  @Field(() => [[SafeInt]], {
    description: 'One list per step: of each bucket the actors that reached the step.',
  })
  counts!: readonly (readonly number[])[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Of each bucket the actors of the last step ÷ actors of step 1, in percent (0–100); null without any.',
  })
  conversionPercents!: readonly (number | null)[];
}

@ObjectType({
  description:
    'How many actors took how long. The first bin is below the first bound, each further one from its bound (included) up to the next, the last from the last bound on.',
  simpleResolvers: true,
})
export class FunnelTimeHistogram {
  @Field(() => [Float], { description: 'Bounds of the bins, seconds, ascending.' })
  boundsSeconds!: readonly number[];

  @Field(() => [[SafeInt]], {
    description: 'One list per step: actors by their time from the step before; all 0 for step 1.',
  })
  steps!: readonly (readonly number[])[];

  @Field(() => [SafeInt], { description: 'Actors by their time from the first to the last step.' })
  total!: readonly number[];
}

@ObjectType({
  description: 'A funnel as lists with one entry per step.',
  simpleResolvers: true,
})
export class FunnelResult {
  @Field(() => [SafeInt], { description: 'Actors that reached the step.' })
  counts!: readonly number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Actors of the step ÷ actors of step 1, in percent (0–100); null without any.',
  })
  ratePercents!: readonly (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Actors of the step ÷ actors of the step before (step 1: of itself), in percent; null on zero.',
  })
  stepRatePercents!: readonly (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Mean seconds from the step before; null for step 1 and where nobody reached the step.',
  })
  averageSeconds!: readonly (number | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Median seconds (type 7) from the step before; null likewise.',
  })
  medianSeconds!: readonly (number | null)[];

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

  @Field(() => FunnelSeries, {
    nullable: true,
    description: 'The funnel over time, when asked with `grain`.',
  })
  series!: FunnelSeries | null;

  @Field(() => FunnelTimeHistogram, { nullable: true, description: 'How many took how long.' })
  timeHistogram!: FunnelTimeHistogram | null;
}

@ObjectType({ description: 'The funnel of one value of a breakdown.', simpleResolvers: true })
export class FunnelOfValue {
  @Field(() => String, { description: 'Value of the dimension, or `(none)`.' })
  value!: string;

  @Field(() => FunnelResult, { description: 'The funnel of the actors with this value.' })
  result!: FunnelResult;
}

@ObjectType({
  description: 'The funnel of a part of the events or people.',
  simpleResolvers: true,
})
export class FunnelSegment {
  @Field(() => String, { description: 'Name of the part.' })
  name!: string;

  @Field(() => FunnelResult, {
    nullable: true,
    description: 'All actors of the part; null when a breakdown was asked.',
  })
  result!: FunnelResult | null;

  @Field(() => [FunnelOfValue], {
    nullable: true,
    description: 'One funnel per value that somebody started with, largest first; else null.',
  })
  byValue!: readonly FunnelOfValue[] | null;
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
  byValue!: readonly FunnelOfValue[] | null;

  @Field(() => [FunnelSegment], {
    description: 'The same of each segment, in the order asked, beside the funnel of all.',
  })
  segments!: readonly FunnelSegment[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
