import { Field, Float, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { Decimal } from '../scalar/text-scalars.js';
import { AnswerMeta, BreakdownRows } from './answer.type.js';

@ObjectType({
  description:
    'Clicks of a page on a grid, as lists of equal length with one entry per cell that was clicked, most clicks first.',
  simpleResolvers: true,
})
export class Heatmap {
  @Field(() => [SafeInt], { description: 'Column of each cell, from 0.' })
  columns!: number[];

  @Field(() => [SafeInt], { description: 'Row of each cell, from 0.' })
  rows!: number[];

  @Field(() => [SafeInt], { description: 'Clicks in each cell.' })
  clicks!: number[];

  @Field(() => SafeInt, { description: 'Clicks in all cells.' })
  total!: number;

  @Field(() => SafeInt, {
    description: 'Clicks without `x`, `y` or a positive `viewport_width`, which lie in no cell.',
  })
  dropped!: number;

  @Field(() => SafeInt, { description: 'How many further cells beyond 50,000 were left out.' })
  otherCells!: number;

  @Field(() => SafeInt, { description: 'Clicks in the cells that were left out.' })
  otherClicks!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Rage clicks. The lists are of equal length, most bursts first.',
  simpleResolvers: true,
})
export class RageClicks {
  @Field(() => SafeInt, { description: 'Bursts of three clicks or more.' })
  bursts!: number;

  @Field(() => SafeInt, { description: 'Sessions with a burst.' })
  sessions!: number;

  @Field(() => [String], { description: 'Pages with a burst.' })
  pages!: string[];

  @Field(() => [SafeInt], { description: 'Bursts on each page.' })
  pageBursts!: number[];

  @Field(() => [SafeInt], { description: 'Sessions with a burst on each page.' })
  pageSessions!: number[];

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description:
    'How far visits (session and page) scrolled. Lists by page are of equal length, most visits first.',
  simpleResolvers: true,
})
export class ScrollDepth {
  @Field(() => SafeInt, { description: 'Visits with scroll data, of all pages.' })
  samples!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean of the greatest depth over them, in percent (0–100); null without any.',
  })
  averagePercent!: number | null;

  @Field(() => [String], { description: 'Pages that have scroll data.' })
  pages!: string[];

  @Field(() => [SafeInt], { description: 'Visits with scroll data of each page.' })
  pageSamples!: number[];

  @Field(() => [Float], { description: 'Mean of the greatest depth, in percent (0–100).' })
  averagePercents!: number[];

  @Field(() => [SafeInt], { description: 'The depths of `reachPercents`: 25, 50, 75, 90, 100.' })
  steps!: number[];

  @Field(() => [[Float]], {
    description: 'For each page the visits that reached each step ÷ visits, in percent (0–100).',
  })
  reachPercents!: number[][];

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Where people left a form, as lists of equal length, most sessions first.',
  simpleResolvers: true,
})
export class FormDropOff {
  @Field(() => [String], {
    description: 'Last field of those who started and did not submit; `(none)` without any field.',
  })
  fields!: string[];

  @Field(() => [SafeInt], { description: 'Sessions that ended with each field.' })
  sessions!: number[];

  @Field(() => SafeInt, { description: 'How many further fields the limit left out.' })
  otherFields!: number;
}

@ObjectType({
  description: 'Forms as lists of equal length, most views first.',
  simpleResolvers: true,
})
export class FormList {
  @Field(() => [String], { description: 'Ids of the forms; `(none)` for events without one.' })
  formIds!: string[];

  @Field(() => [SafeInt], { description: 'Sessions that saw each form.' })
  views!: number[];

  @Field(() => [SafeInt], { description: 'Sessions that started it.' })
  starts!: number[];

  @Field(() => [SafeInt], { description: 'Sessions that submitted it.' })
  submits!: number[];

  @Field(() => SafeInt, { description: 'How many further forms the limit left out.' })
  otherForms!: number;
}

@ObjectType({
  description: 'How sessions got through a form; a session counts once per form.',
  simpleResolvers: true,
})
export class FormAnalytics {
  @Field(() => SafeInt, { description: 'Sessions with any event of the form.' })
  views!: number;

  @Field(() => SafeInt, { description: 'Those that began, touched a field or submitted.' })
  starts!: number;

  @Field(() => SafeInt, { description: 'Those that submitted.' })
  submits!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Starts ÷ views, in percent (0–100); null without views.',
  })
  startRatePercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Submits ÷ starts, in percent (0–100); null without starts.',
  })
  completionRatePercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '100 − completion rate, in percent; null without starts.',
  })
  abandonRatePercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Mean time from the first start or field to the first submit, seconds; null when no session has both.',
  })
  averageSeconds!: number | null;

  @Field(() => FormDropOff, { description: 'Where those who did not submit left.' })
  dropOff!: FormDropOff;

  @Field(() => FormList, { description: 'The forms that were asked about, one by one.' })
  byForm!: FormList;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Video plays. The lists are of equal length: pages with a play, most plays first.',
  simpleResolvers: true,
})
export class VideoPlays {
  @Field(() => SafeInt, { description: 'Events `video_play`.' })
  plays!: number;

  @Field(() => SafeInt, { description: 'Sessions that viewed a page or screen.' })
  viewingSessions!: number;

  @Field(() => SafeInt, { description: 'Those with a play on a page that they viewed.' })
  playingSessions!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Playing ÷ viewing sessions, in percent (0–100); null without viewing sessions.',
  })
  playRatePercent!: number | null;

  @Field(() => [String], { description: 'Pages with a play.' })
  pages!: string[];

  @Field(() => [SafeInt], { description: 'Plays on each page.' })
  pagePlays!: number[];

  @Field(() => [SafeInt], { description: 'Sessions that viewed each page.' })
  pageViewingSessions!: number[];

  @Field(() => [SafeInt], { description: 'Those of them with a play on the page.' })
  pagePlayingSessions!: number[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Playing ÷ viewing sessions of each page, in percent (0–100); null without any.',
  })
  pagePlayRatePercents!: (number | null)[];

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description:
    'Purchases less refunds of the sessions that entered on a page, as lists of equal length with one entry per page and currency.',
  simpleResolvers: true,
})
export class LandingRevenue {
  @Field(() => [String], { description: 'Entry page of each entry.' })
  pages!: string[];

  @Field(() => [String], { description: 'Currency of each entry.' })
  currencies!: string[];

  @Field(() => [Decimal], { description: 'Purchases less refunds in that currency.' })
  netSums!: string[];
}

@ObjectType({
  description:
    'Sessions of one channel that have an entry page. Lists by page are of equal length, most sessions first.',
  simpleResolvers: true,
})
export class Landing {
  @Field(() => SafeInt, { description: 'Sessions of the channel with a page view.' })
  sessions!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Of the sessions of any channel with an entry page, in percent (0–100); null without any.',
  })
  sharePercent!: number | null;

  @Field(() => [String], { description: 'Pages that the sessions began on.' })
  pages!: string[];

  @Field(() => [SafeInt], { description: 'Sessions that began on each page.' })
  pageSessions!: number[];

  @Field(() => [Float], { description: 'Bounces ÷ sessions of each page, in percent (0–100).' })
  bounceRatePercents!: number[];

  @Field(() => [Float], { description: '100 − bounce rate of each page, in percent.' })
  engagementRatePercents!: number[];

  @Field(() => [Float], {
    nullable: true,
    description: 'Sessions with the goal ÷ sessions, in percent (0–100); null without `goal`.',
  })
  sessionConversionPercents!: number[] | null;

  @Field(() => LandingRevenue, { nullable: true, description: 'What the sessions brought in.' })
  revenue!: LandingRevenue | null;

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;
}

@ObjectType({
  description: 'What search engines and AI assistants brought in, and what search engines read.',
  simpleResolvers: true,
})
export class SeoLanding {
  @Field(() => Landing, { description: 'Sessions of the channel Organic Search.' })
  organic!: Landing;

  @Field(() => Landing, { description: 'Sessions of the channel AI Assistants.' })
  aiAssistants!: Landing;

  @Field(() => SafeInt, { description: 'Sessions of any channel with an entry page.' })
  sessionsWithEntryPage!: number;

  @Field(() => BreakdownRows, {
    description:
      'Page views per page by Googlebot, Bingbot, YandexBot, DuckDuckBot, Baiduspider and Applebot, by event time.',
  })
  crawlHits!: BreakdownRows;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
