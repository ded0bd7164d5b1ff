import { Field, Float, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { AnswerMeta, BreakdownRows, Series } from './answer.type.js';

@ObjectType({
  description: 'How many sessions began in the range. Every event of theirs belongs to them.',
  simpleResolvers: true,
})
export class Sessions {
  @Field(() => SafeInt, { description: 'Sessions that start in the range.' })
  total!: number;

  @Field(() => SafeInt, { description: 'Distinct persons of these sessions.' })
  users!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Page and screen views ÷ sessions; null without sessions.',
  })
  viewsPerSession!: number | null;

  @Field(() => Series, {
    nullable: true,
    description: 'Sessions per bucket of their start; null without `grain`.',
  })
  series!: Series | null;

  @Field(() => BreakdownRows, {
    nullable: true,
    description: 'Sessions per value of their entry event; null without `breakdown`.',
  })
  breakdown!: BreakdownRows | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'How long sessions last: last event − first event. Sessions of one event last 0 s.',
  simpleResolvers: true,
})
export class SessionDuration {
  @Field(() => Float, { nullable: true, description: 'Mean, seconds; null without sessions.' })
  averageSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Median (type 7, interpolated), seconds; null without sessions.',
  })
  medianSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '90th percentile (type 7, interpolated), seconds; null without sessions.',
  })
  p90Seconds!: number | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Bounces by the page the session began on, as lists of equal length.',
  simpleResolvers: true,
})
export class BounceRateByPage {
  @Field(() => [String], { description: 'Entry pages, most sessions first.' })
  pages!: string[];

  @Field(() => [SafeInt], { description: 'Sessions that began on the page.' })
  eligibleSessions!: number[];

  @Field(() => [SafeInt], { description: 'Those of them that were not engaged.' })
  bounces!: number[];

  @Field(() => [Float], { description: 'Bounces ÷ sessions, in percent (0–100).' })
  bounceRatePercents!: number[];

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;

  @Field(() => SafeInt, { description: 'Sessions that began on any of them.' })
  otherEligibleSessions!: number;

  @Field(() => SafeInt, { description: 'Those of them that were not engaged.' })
  otherBounces!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Bounces ÷ sessions of the pages left out, in percent; null without any.',
  })
  otherBounceRatePercent!: number | null;
}

@ObjectType({
  description:
    'How many sessions bounced. A session is engaged when it lasts 10 s or more, has two views or more, or has an interaction.',
  simpleResolvers: true,
})
export class BounceRate {
  @Field(() => SafeInt, { description: 'Sessions with at least one view.' })
  eligibleSessions!: number;

  @Field(() => SafeInt, { description: 'Those of them that were not engaged.' })
  bounces!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Bounces ÷ eligible sessions, in percent (0–100); null without any.',
  })
  bounceRatePercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '100 − bounce rate, in percent; null without eligible sessions.',
  })
  engagementRatePercent!: number | null;

  @Field(() => BounceRateByPage, {
    nullable: true,
    description: 'By entry page; null unless `byEntryPage` is asked.',
  })
  byEntryPage!: BounceRateByPage | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Engagement time by page, as lists of equal length.',
  simpleResolvers: true,
})
export class EngagementTimeByPage {
  @Field(() => [String], { description: 'The pages, longest time first.' })
  pages!: string[];

  @Field(() => [Float], {
    description: 'Mean over pairs of session and page that have data, seconds.',
  })
  averageSeconds!: number[];

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean over the pairs of session and page of these, seconds; null without any.',
  })
  otherAverageSeconds!: number | null;
}

@ObjectType({
  description: 'How long pages were in use, as `engagement` events say.',
  simpleResolvers: true,
})
export class EngagementTime {
  @Field(() => Float, {
    nullable: true,
    description:
      'Engaged time ÷ sessions, those without any included, seconds; null without sessions.',
  })
  averageSecondsPerSession!: number | null;

  @Field(() => EngagementTimeByPage, { nullable: true, description: 'The same by page.' })
  byPage!: EngagementTimeByPage | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description:
    'Where sessions began and ended, as lists of equal length with every page viewed in them, most views first.',
  simpleResolvers: true,
})
export class EntryExit {
  @Field(() => [String], { description: 'The pages.' })
  pages!: string[];

  @Field(() => [SafeInt], { description: 'Sessions whose first page view was of the page.' })
  entries!: number[];

  @Field(() => [SafeInt], { description: 'Sessions whose last page view was of the page.' })
  exits!: number[];

  @Field(() => [SafeInt], { description: 'Page views of the page in these sessions.' })
  pageViews!: number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Exits ÷ page views, in percent (0–100); null without page views.',
  })
  exitRatePercents!: (number | null)[];

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;

  @Field(() => SafeInt, { description: 'Sessions whose first page view was of any of them.' })
  otherEntries!: number;

  @Field(() => SafeInt, { description: 'Sessions whose last page view was of any of them.' })
  otherExits!: number;

  @Field(() => SafeInt, { description: 'Page views of these pages.' })
  otherPageViews!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Exits ÷ page views of the pages left out, in percent; null without any.',
  })
  otherExitRatePercent!: number | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
