import { Field, Float, Int, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { LocalDate } from '../scalar/text-scalars.js';
import { AnswerMeta } from './answer.type.js';

@ObjectType({
  description: 'Who came back within a bracket of buckets, as lists of one entry per cohort.',
  simpleResolvers: true,
})
export class RetentionBracket {
  @Field(() => Int, { description: 'Buckets from that of the cohort to the first one.' })
  from!: number;

  @Field(() => Int, { description: 'Buckets to the last one, included.' })
  to!: number;

  @Field(() => [SafeInt], {
    nullable: 'items',
    description:
      'Persons of each cohort with a return event in the bracket; null while it has not begun.',
  })
  people!: readonly (number | null)[];

  @Field(() => [Boolean], {
    description: 'Whether the last bucket is over; false also where `people` is null.',
  })
  complete!: readonly boolean[];

  @Field(() => Float, {
    nullable: true,
    description:
      'Persons who came back ÷ persons of the cohorts, over cohorts that are complete, in percent (0–100); null when there are none or nobody is in them.',
  })
  ratePercent!: number | null;
}

@ObjectType({
  description:
    'Who came back, by cohort. Row i of the matrix belongs to `cohorts[i]`, column n to the bucket n behind it.',
  simpleResolvers: true,
})
export class Retention {
  @Field(() => [LocalDate], {
    description: 'First local date of each cohort, ascending; the first may lie before the range.',
  })
  cohorts!: readonly string[];

  @Field(() => [[SafeInt]], {
    nullable: 'items',
    description:
      'Persons of each cohort and column; column 0 is the size of the cohort whatever the return event. Null where the bucket has not begun.',
  })
  matrix!: readonly (readonly (number | null)[])[];

  @Field(() => [[Boolean]], {
    description:
      'Whether the bucket of each cell is over, so that its number stands; false also where the cell is null.',
  })
  complete!: readonly (readonly boolean[])[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Of each column, persons who came back ÷ persons of the cohorts, over cohorts whose cell is complete, in percent (0–100): entry 1 is D1 when buckets are days. Null when there are none or nobody is in them.',
  })
  ratePercents!: readonly (number | null)[];

  @Field(() => [RetentionBracket], { description: 'The brackets, in the order asked.' })
  brackets!: readonly RetentionBracket[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'People by bucket and stage, as lists of equal length with every bucket.',
  simpleResolvers: true,
})
export class Lifecycle {
  @Field(() => [LocalDate], {
    description: 'First local date of each bucket, ascending; the first may lie before the range.',
  })
  buckets!: readonly string[];

  @Field(() => [SafeInt], { description: 'Persons whose first qualifying event ever lies in it.' })
  newUsers!: readonly number[];

  @Field(() => [SafeInt], { description: 'Persons active in it and in the bucket before.' })
  returning!: readonly number[];

  @Field(() => [SafeInt], {
    description: 'Persons active in it and earlier, but not in the bucket before.',
  })
  resurrecting!: readonly number[];

  @Field(() => [SafeInt], {
    description: 'Persons active in the bucket before and not in it; a positive number.',
  })
  dormant!: readonly number[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Adoption by value, as lists of equal length, most active users first.',
  simpleResolvers: true,
})
export class FeatureAdoptionRows {
  @Field(() => [String], { description: 'Values of the dimension that occur.' })
  values!: readonly string[];

  @Field(() => [SafeInt], { description: 'Unique users with an event that has the value.' })
  activeUsers!: readonly number[];

  @Field(() => [SafeInt], { description: 'Of them, those with a use that has the value.' })
  adopters!: readonly number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Adopters ÷ active users, in percent (0–100); null without active users.',
  })
  adoptionPercents!: readonly (number | null)[];

  @Field(() => SafeInt, { description: 'How many further values the limit left out.' })
  otherValues!: number;

  @Field(() => SafeInt, { description: 'Distinct persons with an event that has any of them.' })
  otherActiveUsers!: number;

  @Field(() => SafeInt, { description: 'Of them, those with a use that has any of them.' })
  otherAdopters!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Adopters ÷ active users of the values left out, in percent; null without any.',
  })
  otherAdoptionPercent!: number | null;
}

@ObjectType({ description: 'How many people use a feature, and how much.', simpleResolvers: true })
export class FeatureAdoption {
  @Field(() => SafeInt, { description: 'Unique users of the range.' })
  activeUsers!: number;

  @Field(() => SafeInt, { description: 'Of them, persons with a use in the range.' })
  adopters!: number;

  @Field(() => SafeInt, { description: 'Adopters whose first use ever lies in the range.' })
  newAdopters!: number;

  @Field(() => SafeInt, { description: 'Uses in the range.' })
  uses!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Adopters ÷ active users, in percent (0–100); null without active users.',
  })
  adoptionPercent!: number | null;

  @Field(() => Float, { nullable: true, description: 'Uses ÷ adopters; null without adopters.' })
  usesPerAdopter!: number | null;

  @Field(() => FeatureAdoptionRows, {
    nullable: true,
    description: 'By value of the dimension; null unless `breakdown` is given.',
  })
  byValue!: FeatureAdoptionRows | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
