import { Field, Float, Int, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { AnswerMeta } from './answer.type.js';

const SHARE = { nullable: true } as const;

@ObjectType({ description: 'How good what was received is.', simpleResolvers: true })
export class DataQuality {
  @Field(() => SafeInt, {
    description: 'Everything that came in: events with their copies, and refused input.',
  })
  received!: number;

  @Field(() => SafeInt, { description: 'Input that could not become an event.' })
  refused!: number;

  @Field(() => SafeInt, { description: 'Copies of events that were there already.' })
  duplicates!: number;

  @Field(() => SafeInt, { description: 'Unique events.' })
  unique!: number;

  @Field(() => SafeInt, {
    description:
      'Unique events with the recommended fields: `url` and `user_agent` on web, `app_version` on mobile.',
  })
  complete!: number;

  @Field(() => SafeInt, {
    description: 'Unique events received more than 24 hours after they happened.',
  })
  late!: number;

  @Field(() => Float, { ...SHARE, description: 'Valid ÷ received, 0–1; null over nothing.' })
  validity!: number | null;

  @Field(() => Float, { ...SHARE, description: 'Complete ÷ unique, 0–1; null over nothing.' })
  completeness!: number | null;

  @Field(() => Float, {
    ...SHARE,
    description: '1 − duplicates ÷ received, 0–1; null over nothing.',
  })
  uniqueness!: number | null;

  @Field(() => Float, { ...SHARE, description: '1 − late ÷ unique, 0–1; null over nothing.' })
  timeliness!: number | null;

  @Field(() => Float, { ...SHARE, description: '0–100; null when nothing was received.' })
  score!: number | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'Percentiles in milliseconds, interpolated; null without events.',
  simpleResolvers: true,
})
export class LatencyPercentiles {
  @Field(() => Float, { ...SHARE, description: 'Median, ms.' })
  p50!: number | null;

  @Field(() => Float, { ...SHARE, description: '95th percentile, ms.' })
  p95!: number | null;

  @Field(() => Float, { ...SHARE, description: '99th percentile, ms.' })
  p99!: number | null;
}

@ObjectType({ description: 'How long events took to become queryable.', simpleResolvers: true })
export class IngestionLatency {
  @Field(() => SafeInt, { description: 'Unique events that became queryable in the range.' })
  events!: number;

  @Field(() => LatencyPercentiles, { description: 'From receipt to being queryable.' })
  processingMs!: LatencyPercentiles;

  @Field(() => LatencyPercentiles, {
    description: "From happening, by the client's clock, to being queryable.",
  })
  endToEndMs!: LatencyPercentiles;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}

@ObjectType({
  description: 'How far the ingesters are behind the event log.',
  simpleResolvers: true,
})
export class ConsumerLag {
  @Field(() => SafeInt, { description: 'Unconfirmed records of all partitions.' })
  total!: number;

  @Field(() => SafeInt, {
    ...SHARE,
    description: 'Unconfirmed records of the partition that has most; null without partitions.',
  })
  max!: number | null;

  @Field(() => Float, {
    ...SHARE,
    description:
      'Age of the oldest unread record, seconds; null when none is unread or its age is not known here.',
  })
  oldestUnreadSeconds!: number | null;

  @Field(() => [String], { description: 'Topic of each partition.' })
  topics!: readonly string[];

  @Field(() => [Int], { description: 'Number of each partition within its topic.' })
  partitions!: readonly number[];

  @Field(() => [SafeInt], { description: 'Unconfirmed records of each partition.' })
  lags!: readonly number[];
}
