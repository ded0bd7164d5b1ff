import { Field, Float, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { LocalDate } from '../scalar/text-scalars.js';
import { AnswerMeta } from './answer.type.js';

@ObjectType({
  description: 'Active people by local day, as lists of equal length with every day of the range.',
  simpleResolvers: true,
})
export class ActiveUsers {
  @Field(() => [LocalDate], { description: 'The local days of the range.' })
  dates!: string[];

  @Field(() => [SafeInt], { description: 'Distinct persons of the day.' })
  dau!: number[];

  @Field(() => [SafeInt], {
    description: 'Distinct persons of the 7 days that end with the day, also before the range.',
  })
  wau!: number[];

  @Field(() => [SafeInt], {
    description: 'Distinct persons of the 30 days that end with the day, also before the range.',
  })
  mau!: number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'DAU ÷ MAU, a ratio from 0 to 1; null when MAU is 0.',
  })
  stickiness!: (number | null)[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'The people of the range by whether they were there before.',
  simpleResolvers: true,
})
export class NewReturning {
  @Field(() => SafeInt, { description: 'Persons whose first event ever lies in the range.' })
  newUsers!: number;

  @Field(() => SafeInt, { description: 'The other persons of the range.' })
  returningUsers!: number;

  @Field(() => SafeInt, { description: 'Both together.' })
  total!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({ description: 'How many people were active how often.', simpleResolvers: true })
export class StickinessHistogram {
  @Field(() => [SafeInt], {
    description:
      'Entry k, counted from 1: persons active in exactly k buckets; as many entries as the range touches buckets.',
  })
  histogram!: number[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({ description: 'How much of the web traffic is of bots.', simpleResolvers: true })
export class BotTraffic {
  @Field(() => SafeInt, { description: 'Unique web events, those of bots included.' })
  events!: number;

  @Field(() => SafeInt, { description: 'Those of bots.' })
  botEvents!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Bot events ÷ web events, in percent (0–100); null without web events.',
  })
  botPercent!: number | null;

  @Field(() => SafeInt, { description: 'Distinct persons of the other web events.' })
  humanUsers!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
