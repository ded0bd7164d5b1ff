import {
  ArrayMaxSize,
  ArrayMinSize,
  IsOptional,
  IsPositive,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, Float, InputType, Int } from 'type-graphql';
import type {
  FunnelBreakdown,
  FunnelOrder as FunnelOrderValue,
  FunnelQuestion,
} from '../../funnel/funnel-query.js';
import { QuestionArgs } from '../metric/question.args.js';
import { EventSelectorInput } from '../metric/question.input.js';
import { FunnelActor, FunnelOrder, FunnelTouch } from './funnel.enums.js';

@InputType({
  description:
    'An event that spoils a chain of steps when it happens between two of them. Needs 1 ≤ fromStep < toStep ≤ number of steps, else `INVALID_EXCLUSION`.',
})
export class FunnelExclusionInput {
  @Field(() => EventSelectorInput, { description: 'The event that must not happen.' })
  @ValidateNested()
  event!: EventSelectorInput;

  @Field(() => Int, { description: 'Step after which it counts, from 1.' })
  fromStep!: number;

  @Field(() => Int, { description: 'Step before which it counts.' })
  toStep!: number;
}

@InputType({ description: 'Splits a funnel by the values of a dimension.' })
export class FunnelBreakdownInput {
  @Field(() => String, {
    description: 'A dimension, an event field or a property; missing values are `(none)`.',
  })
  @MaxLength(200)
  dimension!: string;

  @Field(() => FunnelTouch, {
    defaultValue: FunnelTouch.FIRST_TOUCH,
    description: 'Which value belongs to an actor.',
  })
  attribution!: FunnelBreakdown['attribution'];
}

/** Arguments of a funnel. */
@ArgsType()
export class FunnelArgs extends QuestionArgs {
  @Field(() => [EventSelectorInput], {
    description: 'The steps, 2 to 20. A repeated step needs a second event.',
  })
  @ValidateNested({ each: true })
  @ArrayMinSize(2)
  @ArrayMaxSize(20)
  steps!: EventSelectorInput[];

  @Field(() => FunnelOrder, {
    defaultValue: FunnelOrder.ORDERED,
    description: 'In which order the steps must happen.',
  })
  order!: FunnelOrderValue;

  @Field(() => Float, {
    defaultValue: 1_209_600,
    description:
      'Longest time from the first step to each later one, seconds, inclusive, more than 0 and at most a year; default 14 days.',
  })
  @IsPositive()
  windowSeconds!: number;

  @Field(() => FunnelActor, {
    defaultValue: FunnelActor.USER,
    description: 'Who goes through the funnel.',
  })
  per!: FunnelQuestion['per'];

  @Field(() => [FunnelExclusionInput], {
    defaultValue: [],
    description: 'Events that must not happen between steps.',
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(20)
  exclusions!: FunnelExclusionInput[];

  @Field(() => FunnelBreakdownInput, {
    nullable: true,
    description: 'Splits the funnel by value; `byValue` then answers instead of `result`.',
  })
  @IsOptional()
  @ValidateNested()
  breakdown?: FunnelBreakdownInput | null;
}
