import { Field, Float, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { Decimal } from '../scalar/text-scalars.js';
import { AnswerMeta } from './answer.type.js';

@ObjectType({
  description: 'Conversions by value, as lists of equal length, most users first.',
  simpleResolvers: true,
})
export class ConversionByValue {
  @Field(() => [String], { description: 'Values of the dimension.' })
  values!: string[];

  @Field(() => [SafeInt], { description: 'Distinct persons having the value.' })
  users!: number[];

  @Field(() => [SafeInt], { description: 'Those with a goal event that carries the value.' })
  convertedUsers!: number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Converted ÷ users, in percent (0–100); null without users.',
  })
  ratePercents!: (number | null)[];

  @Field(() => SafeInt, { description: 'How many further values the limit left out.' })
  otherValues!: number;

  @Field(() => SafeInt, { description: 'Distinct persons having any of them.' })
  otherUsers!: number;

  @Field(() => SafeInt, { description: 'Those with a goal event that carries any of them.' })
  otherConvertedUsers!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Converted ÷ users of the values left out, in percent (0–100); null without users.',
  })
  otherRatePercent!: number | null;
}

@ObjectType({ description: 'How many people and sessions reached a goal.', simpleResolvers: true })
export class ConversionRate {
  @Field(() => SafeInt, { description: 'Distinct persons of the range.' })
  users!: number;

  @Field(() => SafeInt, { description: 'Those with at least one goal event.' })
  convertedUsers!: number;

  @Field(() => SafeInt, { description: 'Goal events; who converts twice counts twice.' })
  totalConversions!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Converted users ÷ users, in percent (0–100); null without users.',
  })
  userRatePercent!: number | null;

  @Field(() => SafeInt, { description: 'Sessions that start in the range.' })
  sessions!: number;

  @Field(() => SafeInt, { description: 'Those with at least one goal event.' })
  convertedSessions!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Converted sessions ÷ sessions, in percent (0–100); null without sessions.',
  })
  sessionRatePercent!: number | null;

  @Field(() => ConversionByValue, {
    nullable: true,
    description: 'By value; null without `breakdown`.',
  })
  byValue!: ConversionByValue | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Purchases less refunds. `currencies` and `netSums` are lists of equal length.',
  simpleResolvers: true,
})
export class Revenue {
  @Field(() => [String], { description: 'Currencies that occur, as events name them.' })
  currencies!: string[];

  @Field(() => [Decimal], { description: 'Purchases less refunds in each currency.' })
  netSums!: string[];

  @Field(() => Decimal, {
    nullable: true,
    description: 'The sum in the only currency, `"0"` without any, null with several.',
  })
  total!: string | null;

  @Field(() => SafeInt, {
    description: 'Purchases that count: of those with one order id the first.',
  })
  orders!: number;

  @Field(() => SafeInt, { description: 'Distinct persons with such a purchase.' })
  buyers!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Total ÷ orders; null without orders or with several currencies.',
  })
  averageOrderValue!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Total ÷ unique users; null without users or with several currencies.',
  })
  averageRevenuePerUser!: number | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
