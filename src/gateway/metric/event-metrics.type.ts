import { Field, Float, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { AnswerMeta, BreakdownRows, Series } from './answer.type.js';

@ObjectType({ description: 'How many events happened.', simpleResolvers: true })
export class EventVolume {
  @Field(() => SafeInt, { description: 'Unique events of the range: each event id counts once.' })
  total!: number;

  @Field(() => Series, { nullable: true, description: 'Events per bucket; null without `grain`.' })
  series!: Series | null;

  @Field(() => BreakdownRows, {
    nullable: true,
    description: 'Events per value; null without `breakdown`.',
  })
  breakdown!: BreakdownRows | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({ description: 'How fast events came.', simpleResolvers: true })
export class EventRate {
  @Field(() => Float, {
    nullable: true,
    description: 'Events ÷ minutes of the range; null for a range without minutes.',
  })
  perMinuteAverage!: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Events of the largest minute; null for a range without minutes.',
  })
  peakPerMinute!: number | null;

  @Field(() => Series, { description: 'Events of each minute of the range, zero-filled.' })
  series!: Series;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({ description: 'How many people there were.', simpleResolvers: true })
export class UniqueUsers {
  @Field(() => SafeInt, {
    description:
      'Distinct persons with at least one such event: by user id, with the devices and the anonymous past linked to it, else by device.',
  })
  total!: number;

  @Field(() => Series, {
    nullable: true,
    description:
      'Persons per bucket; null without `grain`. Buckets do not add up to the total: who comes twice counts in both.',
  })
  series!: Series | null;

  @Field(() => BreakdownRows, {
    nullable: true,
    description: 'Persons per value with their share; null without `breakdown`.',
  })
  breakdown!: BreakdownRows | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({ description: 'How many pages were viewed.', simpleResolvers: true })
export class PageViews {
  @Field(() => SafeInt, { description: '`page_view` events.' })
  total!: number;

  @Field(() => SafeInt, { description: 'Distinct pairs of session and page.' })
  unique!: number;

  @Field(() => Series, { nullable: true, description: 'Views per bucket; null without `grain`.' })
  series!: Series | null;

  @Field(() => BreakdownRows, {
    nullable: true,
    description: 'Views per page: the decoded path without query and fragment.',
  })
  pages!: BreakdownRows | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
