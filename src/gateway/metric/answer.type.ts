import { Field, Float, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({ description: 'How an answer came about.', simpleResolvers: true })
export class AnswerMeta {
  @Field(() => [String], {
    description:
      'Tables that the answer was read from, e.g. `gold_event_counts_per_hour`: the cheapest that answer exactly.',
  })
  source!: string[];

  @Field(() => SafeInt, {
    description:
      'Rows the engine read from these tables; 0 when the answer was known already and nothing that it depends on has changed since.',
  })
  rowsRead!: number;

  @Field(() => Boolean, { description: 'Whether the numbers are exact, not estimated.' })
  exact!: boolean;

  @Field(() => DateTime, {
    description:
      'A moment while the question was answered: everything queryable then is in the answer.',
  })
  asOf!: string;

  @Field(() => Float, {
    description:
      'Time the statements took, or finding the answer where it was known already, in milliseconds.',
  })
  elapsedMs!: number;
}

@ObjectType({
  description:
    'A series as two lists of equal length: value i belongs to the bucket that starts at `bucketStarts[i]`. Every bucket of the range is there, zero-filled.',
  simpleResolvers: true,
})
export class Series {
  @Field(() => [DateTime], { description: 'First instant of each bucket, ascending, UTC.' })
  bucketStarts!: string[];

  @Field(() => [SafeInt], { description: 'Value of each bucket.' })
  values!: number[];
}

@ObjectType({
  description:
    'A breakdown as lists of equal length, largest count first, ties by value. Missing values are `(unknown)` or `(none)`.',
  simpleResolvers: true,
})
export class BreakdownRows {
  @Field(() => [String], { description: 'Values of the dimension that occur.' })
  values!: string[];

  @Field(() => [SafeInt], { description: 'Count of each value.' })
  counts!: number[];

  @Field(() => [Float], {
    nullable: 'itemsAndList',
    description:
      'Unique users having the value ÷ unique users of the answer, in percent (0–100; shares may exceed 100 in sum). Entries are null when there are no users; the list is null for counts that are not of people.',
  })
  sharePercents!: (number | null)[] | null;

  @Field(() => SafeInt, { description: 'How many further values the limit left out.' })
  otherValues!: number;

  @Field(() => SafeInt, {
    description:
      'What the values left out count together: their sum, or for people, who do not add up, the distinct persons having any of them.',
  })
  otherCount!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'These persons ÷ unique users of the answer, in percent (0–100); null for counts that are not of people, and without users.',
  })
  otherSharePercent!: number | null;
}
