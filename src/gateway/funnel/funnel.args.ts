import {
  ArrayMaxSize,
  ArrayMinSize,
  IsOptional,
  IsPositive,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, Float, ID, InputType, Int } from 'type-graphql';
import type { FunnelActorsQuestion } from '../../funnel/funnel-actors.js';
import type {
  FunnelBreakdown,
  FunnelOrder as FunnelOrderValue,
  FunnelQuestion,
} from '../../funnel/funnel-query.js';
import { MAX_FUNNEL_SEGMENTS, MAX_TIME_BOUNDS } from '../../funnel/validate-funnel.js';
import type { Grain as GrainValue } from '../../metric/metric-query.js';
import { CohortInput } from '../cohort/cohort.input.js';
import { MAX_DEFINITION_ID } from '../connection/node-id.js';
import { Grain } from '../metric/metric.enums.js';
import { QuestionArgs } from '../metric/question.args.js';
import { ConditionInput, EventSelectorInput } from '../metric/question.input.js';
import { FunnelActor, FunnelOrder, FunnelStepActors, FunnelTouch } from './funnel.enums.js';

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

/** What makes a funnel: its steps and who goes through them. */
@ArgsType()
export class FunnelShapeArgs extends QuestionArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'A kept funnel, which gives `steps`, `order`, `windowSeconds`, `per` and `exclusions`; its filter and cohort hold besides those given here. Left out: the funnel is given here.',
  })
  @IsOptional()
  @MaxLength(MAX_DEFINITION_ID)
  id?: string | null;

  @Field(() => [EventSelectorInput], {
    nullable: true,
    description: 'The steps, 2 to 20; needed without `id`. A repeated step needs a second event.',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMinSize(2)
  @ArrayMaxSize(20)
  steps?: EventSelectorInput[] | null;

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

@InputType({ description: 'A part of the events, whose funnel is shown beside that of all.' })
export class FunnelSegmentInput {
  @Field(() => String, { description: 'What the answer calls it; each name once.' })
  @MaxLength(200)
  name!: string;

  @Field(() => [ConditionInput], {
    defaultValue: [],
    description: 'What events must fit besides the filter of the funnel; all hold.',
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  filter!: ConditionInput[];

  @Field(() => CohortInput, {
    nullable: true,
    description: 'Only people of this cohort; left out: everybody.',
  })
  @IsOptional()
  @ValidateNested()
  cohort?: CohortInput | null;
}

/** Arguments of a funnel. */
@ArgsType()
export class FunnelArgs extends FunnelShapeArgs {
  @Field(() => Grain, {
    nullable: true,
    description:
      'Adds `series` to every result: the funnel by the bucket in which the first step was reached.',
  })
  grain?: GrainValue | null;

  @Field(() => [Float], {
    defaultValue: [1, 10, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200, 604_800],
    description: `Seconds that cut the bins of \`timeHistogram\`, above 0 and ascending, at most ${MAX_TIME_BOUNDS}; left out: from a second to a week.`,
  })
  @ArrayMaxSize(MAX_TIME_BOUNDS)
  timeBounds!: number[];

  @Field(() => [FunnelSegmentInput], {
    defaultValue: [],
    description: `Adds \`segments\`: the same funnel of parts of the events or people, side by side; at most ${MAX_FUNNEL_SEGMENTS}.`,
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_FUNNEL_SEGMENTS)
  segments!: FunnelSegmentInput[];
}

/** Arguments of the actors behind a number of a funnel. */
@ArgsType()
export class FunnelActorsArgs extends FunnelShapeArgs {
  @Field(() => Int, { description: 'The step, from 1.' })
  step!: number;

  @Field(() => FunnelStepActors, {
    defaultValue: FunnelStepActors.REACHED,
    description: 'Which actors of the step.',
  })
  which!: FunnelActorsQuestion['which'];

  @Field(() => String, {
    nullable: true,
    description:
      'Only actors of this value of the breakdown, as `byValue` names it; left out: of any.',
  })
  @IsOptional()
  @MaxLength(10_000)
  value?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Most actors of the page, 1 up to the page limit of the installation; left out: 50.',
  })
  @IsOptional()
  @Min(1)
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: '`endCursor` of the page before; left out: from the latest start.',
  })
  @IsOptional()
  @MaxLength(20_000)
  after?: string | null;
}
