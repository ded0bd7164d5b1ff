import { Field, Float, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { AnswerMeta } from './answer.type.js';

@ObjectType({
  description: 'A top list as lists of equal length, so that one request fills a table.',
  simpleResolvers: true,
})
export class TopRows {
  @Field(() => [String], { description: 'The values, largest first, ties by value.' })
  values!: string[];

  @Field(() => [SafeInt], { description: 'Distinct persons with the value.' })
  users!: number[];

  @Field(() => [SafeInt], { description: 'Sessions with the value.' })
  sessions!: number[];

  @Field(() => [SafeInt], { description: 'Page views with the value.' })
  pageViews!: number[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      'Users with the value ÷ unique users of the range, in percent (0–100; may exceed 100 in sum); null without users.',
  })
  userSharePercents!: (number | null)[];

  @Field(() => SafeInt, { description: 'How many further values the limit left out.' })
  otherValues!: number;

  @Field(() => SafeInt, { description: 'Distinct persons with any of them.' })
  otherUsers!: number;

  @Field(() => SafeInt, { description: 'Sessions with any of them.' })
  otherSessions!: number;

  @Field(() => SafeInt, { description: 'Page views with any of them.' })
  otherPageViews!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'These persons ÷ unique users of the range, in percent; null without users.',
  })
  otherUserSharePercent!: number | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
