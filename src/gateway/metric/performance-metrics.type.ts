import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import type { WebVitalRating as RatingValue } from '../../metric/web-vitals.js';
import { JsonObject } from '../scalar/json.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';
import { AnswerMeta } from './answer.type.js';

@ObjectType({
  description: 'How stable the app was in some sessions with a mobile event.',
  simpleResolvers: true,
})
export class CrashFigures {
  @Field(() => SafeInt, { description: 'Sessions with a mobile event.' })
  sessions!: number;

  @Field(() => SafeInt, { description: 'Those of them with at least one `app_crash`.' })
  crashedSessions!: number;

  @Field(() => SafeInt, { description: 'Distinct persons of these sessions.' })
  users!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Sessions without a crash ÷ sessions, in percent (0–100); null without sessions.',
  })
  crashFreeSessionsPercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '100 − crash-free sessions, in percent; null without sessions.',
  })
  crashRatePercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Users none of whose sessions here crashed ÷ users, in percent (0–100); null without users.',
  })
  crashFreeUsersPercent!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Users with a session that stopped responding (`app_anr`) ÷ users, in percent (0–100); null without users.',
  })
  anrRatePercent!: number | null;
}

@ObjectType({
  description:
    'Crashes by session. `versions` and `figures` are lists of equal length, most sessions first.',
  simpleResolvers: true,
})
export class CrashFree {
  @Field(() => CrashFigures, { description: 'All versions together.' })
  overall!: CrashFigures;

  @Field(() => [String], {
    description: 'App versions: the first that a session tells, `(unknown)` when it tells none.',
  })
  versions!: string[];

  @Field(() => [CrashFigures], { description: 'Figures of each version.' })
  figures!: CrashFigures[];

  @Field(() => SafeInt, { description: 'How many further versions the limit left out.' })
  otherVersions!: number;

  @Field(() => CrashFigures, { description: 'Figures of the sessions of these versions together.' })
  other!: CrashFigures;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Crashes by group, as lists of equal length, most crashes first.',
  simpleResolvers: true,
})
export class CrashGroups {
  @Field(() => SafeInt, { description: 'Crashes of all groups.' })
  total!: number;

  @Field(() => [String], { description: 'What the crashes of the group have in common.' })
  groups!: string[];

  @Field(() => [SafeInt], { description: 'Crashes of each group.' })
  crashes!: number[];

  @Field(() => [SafeInt], { description: 'Distinct persons who had them.' })
  users!: number[];

  @Field(() => [[String]], {
    description: 'App versions that they happened in, bytewise; `(unknown)` for crashes without.',
  })
  versions!: string[][];

  @Field(() => [DateTime], { description: 'First crash of each group in the range.' })
  firstAt!: string[];

  @Field(() => [DateTime], { description: 'Last crash of each group in the range.' })
  lastAt!: string[];

  @Field(() => [String], { description: 'Event id of the last crash, the sample of the group.' })
  sampleEventIds!: string[];

  @Field(() => [JsonObject], {
    description: 'Properties of the sample: names with their values as JSON text.',
  })
  sampleProperties!: Record<string, string>[];

  @Field(() => SafeInt, { description: 'How many further groups the limit left out.' })
  otherGroups!: number;

  @Field(() => SafeInt, { description: 'Crashes of the groups the limit left out.' })
  otherCrashes!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Percentiles of durations by linear interpolation (type 7), in milliseconds.',
  simpleResolvers: true,
})
export class DurationFigures {
  @Field(() => SafeInt, { description: 'Events that tell a duration.' })
  samples!: number;

  @Field(() => Float, { nullable: true, description: 'Median, ms; null without samples.' })
  p50!: number | null;

  @Field(() => Float, { nullable: true, description: '95th percentile, ms; null without samples.' })
  p95!: number | null;

  @Field(() => Float, { nullable: true, description: '99th percentile, ms; null without samples.' })
  p99!: number | null;
}

@ObjectType({
  description: 'Starts and requests of the app. `startTypes` and `starts` are of equal length.',
  simpleResolvers: true,
})
export class AppPerformance {
  @Field(() => [String], {
    description: 'Start types that have samples: `cold` (also when absent), `warm`, `hot`, others.',
  })
  startTypes!: string[];

  @Field(() => [DurationFigures], {
    description: 'Start times of each type; longer ones than 60 s are left out.',
  })
  starts!: DurationFigures[];

  @Field(() => DurationFigures, { description: 'Durations of network requests.' })
  network!: DurationFigures;

  @Field(() => SafeInt, { description: 'Network requests, with a duration or without.' })
  requests!: number;

  @Field(() => SafeInt, { description: 'Those with status 400 or above, or without a status.' })
  failedRequests!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Failed requests ÷ requests, in percent (0–100); null without requests.',
  })
  errorPercent!: number | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Load times by page, as lists of equal length, most samples first.',
  simpleResolvers: true,
})
export class PageLoadByPage {
  @Field(() => [String], { description: 'The pages; `(none)` for events without one.' })
  pages!: string[];

  @Field(() => [SafeInt], { description: 'Events that tell a load time.' })
  samples!: number[];

  @Field(() => [Float], { description: 'Median, ms.' })
  p50!: number[];

  @Field(() => [Float], { description: '75th percentile, ms.' })
  p75!: number[];

  @Field(() => [Float], { description: '95th percentile, ms.' })
  p95!: number[];
}

@ObjectType({
  description: 'Load times of some pages, percentiles by linear interpolation (type 7).',
  simpleResolvers: true,
})
export class PageLoadFigures {
  @Field(() => SafeInt, { description: 'Events that tell a load time.' })
  samples!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Median, ms; null without samples.',
  })
  p50!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '75th percentile, ms; null without samples.',
  })
  p75!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '95th percentile, ms; null without samples.',
  })
  p95!: number | null;
}

@ObjectType({
  description: 'How long pages took to load; percentiles interpolate linearly (type 7).',
  simpleResolvers: true,
})
export class PageLoad {
  @Field(() => SafeInt, { description: 'Events that tell a load time, of all pages.' })
  samples!: number;

  @Field(() => Float, { nullable: true, description: 'Median, ms; null without samples.' })
  p50!: number | null;

  @Field(() => Float, { nullable: true, description: '75th percentile, ms; null without samples.' })
  p75!: number | null;

  @Field(() => Float, { nullable: true, description: '95th percentile, ms; null without samples.' })
  p95!: number | null;

  @Field(() => PageLoadByPage, { description: 'The same by page.' })
  byPage!: PageLoadByPage;

  @Field(() => SafeInt, { description: 'How many further pages the limit left out.' })
  otherPages!: number;

  @Field(() => PageLoadFigures, { description: 'Load times of these pages together.' })
  other!: PageLoadFigures;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

/** Ratings of a web vital, as the API names them. */
export const WebVitalRating = {
  GOOD: 'good',
  NEEDS_IMPROVEMENT: 'needs-improvement',
  POOR: 'poor',
} as const satisfies Record<string, RatingValue>;

registerEnumType(WebVitalRating, {
  name: 'WebVitalRating',
  description: 'Rating of a web vital by its 75th percentile.',
  valuesConfig: {
    GOOD: {
      description: 'At most the first threshold: LCP 2500, INP 200, CLS 0.1, FCP 1800, TTFB 800.',
    },
    NEEDS_IMPROVEMENT: {
      description: 'At most the second: LCP 4000, INP 500, CLS 0.25, FCP 3000, TTFB 1800.',
    },
    POOR: { description: 'Above both thresholds.' },
  },
});

@ObjectType({
  description: 'Web vitals as lists of equal length, always all five.',
  simpleResolvers: true,
})
export class WebVitals {
  @Field(() => [String], { description: '`LCP`, `INP`, `CLS`, `FCP`, `TTFB`.' })
  names!: string[];

  @Field(() => [SafeInt], { description: 'Measurements: of one `metric_id` the last value.' })
  samples!: number[];

  @Field(() => [Float], {
    nullable: 'items',
    description:
      '75th percentile (type 7, interpolated), ms, for CLS a number without unit; null without samples.',
  })
  p75!: (number | null)[];

  @Field(() => [WebVitalRating], {
    nullable: 'items',
    description: 'Rating of the 75th percentile; null without samples.',
  })
  ratings!: (RatingValue | null)[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Good values ÷ samples, in percent (0–100); null without samples.',
  })
  goodPercents!: (number | null)[];

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Views of app screens. The lists are of equal length, most views first.',
  simpleResolvers: true,
})
export class ScreenViews {
  @Field(() => SafeInt, { description: 'Events `screen_view`.' })
  total!: number;

  @Field(() => SafeInt, { description: 'Distinct persons who saw a screen.' })
  users!: number;

  @Field(() => [String], { description: 'The screens; `(none)` for views that name none.' })
  screens!: string[];

  @Field(() => [SafeInt], { description: 'Views of each screen.' })
  views!: number[];

  @Field(() => [SafeInt], { description: 'Distinct persons who saw each screen.' })
  screenUsers!: number[];

  @Field(() => SafeInt, { description: 'How many further screens the limit left out.' })
  otherScreens!: number;

  @Field(() => SafeInt, { description: 'Views of these screens.' })
  otherViews!: number;

  @Field(() => SafeInt, { description: 'Distinct persons who saw any of them.' })
  otherUsers!: number;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
