import {
  ArrayMaxSize,
  IsIn,
  IsOptional,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, InputType, Int } from 'type-graphql';
import type { Period } from '../../metric/bucket-window.js';
import type {
  RetentionMode as RetentionModeValue,
  RetentionType as RetentionTypeValue,
} from '../../retention/retention-query.js';
import {
  MAX_BRACKET_DISTANCE,
  MAX_RETENTION_BRACKETS,
  MAX_RETENTION_INTERVALS,
} from '../../retention/validate-retention.js';
import { DateTime } from '../scalar/text-scalars.js';
import { Grain } from './metric.enums.js';
import { EventQuestionArgs, QuestionArgs } from './question.args.js';
import { EventSelectorInput } from './question.input.js';
import { RetentionMode, RetentionType } from './retention-metrics.enums.js';

const PERIODS = [Grain.DAY, Grain.WEEK, Grain.MONTH];
const PERIOD_MESSAGE = { message: 'grain must be one of DAY, WEEK, MONTH' };

@InputType({
  description:
    'Coming back at least once in the buckets `from` … `to` behind the cohort, both included.',
})
export class RetentionBracketInput {
  @Field(() => Int, {
    description: `Buckets from that of the cohort to the first one, 0 to ${MAX_BRACKET_DISTANCE}.`,
  })
  @Min(0)
  @Max(MAX_BRACKET_DISTANCE)
  from!: number;

  @Field(() => Int, {
    description: `Buckets to the last one, \`from\` to ${MAX_BRACKET_DISTANCE}.`,
  })
  @Min(0)
  @Max(MAX_BRACKET_DISTANCE)
  to!: number;
}

/** Retention. */
@ArgsType()
export class RetentionArgs extends QuestionArgs {
  @Field(() => Grain, {
    defaultValue: Grain.DAY,
    description:
      'Width of cohorts and columns: `DAY`, `WEEK` or `MONTH`. Every bucket that the range touches is a cohort, as a whole.',
  })
  @IsIn(PERIODS, PERIOD_MESSAGE)
  grain!: Period;

  @Field(() => Int, {
    defaultValue: 8,
    description: `Columns 0 … intervals − 1 of the matrix; 1 to ${MAX_RETENTION_INTERVALS}.`,
  })
  @Min(1)
  @Max(MAX_RETENTION_INTERVALS)
  intervals!: number;

  @Field(() => RetentionType, {
    defaultValue: RetentionType.FIRST_TIME,
    description: 'Which cohorts a person belongs to.',
  })
  type!: RetentionTypeValue;

  @Field(() => RetentionMode, {
    defaultValue: RetentionMode.CLASSIC,
    description: 'When a person counts as having come back.',
  })
  mode!: RetentionModeValue;

  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'The events that put a person into a cohort; left out: any event.',
  })
  @IsOptional()
  @ValidateNested()
  startEvent?: EventSelectorInput | null;

  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'The events with which a person comes back; left out: any event.',
  })
  @IsOptional()
  @ValidateNested()
  returnEvent?: EventSelectorInput | null;

  @Field(() => [RetentionBracketInput], {
    defaultValue: [],
    description: `Adds \`brackets\`, one entry each; at most ${MAX_RETENTION_BRACKETS}.`,
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_RETENTION_BRACKETS)
  brackets!: RetentionBracketInput[];

  @Field(() => DateTime, {
    nullable: true,
    description:
      'The moment that is now: it says which buckets have begun and which are over, and hides no event. Left out: the moment of asking.',
  })
  @IsOptional()
  @MaxLength(40)
  asOf?: string | null;
}

/** Lifecycle. */
@ArgsType()
export class LifecycleArgs extends EventQuestionArgs {
  @Field(() => Grain, {
    defaultValue: Grain.DAY,
    description:
      'Width of the buckets: `DAY`, `WEEK` or `MONTH`. Every bucket that the range touches counts as a whole.',
  })
  @IsIn(PERIODS, PERIOD_MESSAGE)
  grain!: Period;
}

/** Feature adoption. */
@ArgsType()
export class FeatureAdoptionArgs extends QuestionArgs {
  @Field(() => EventSelectorInput, { description: 'The events that are uses of the feature.' })
  @ValidateNested()
  feature!: EventSelectorInput;

  @Field(() => String, {
    nullable: true,
    description: 'Adds `byValue`: one row per value of this dimension, event field or property.',
  })
  @IsOptional()
  @MaxLength(200)
  breakdown?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Most rows of the breakdown, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}
