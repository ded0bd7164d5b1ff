import { ArrayMaxSize, IsIn, IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, Int } from 'type-graphql';
import type { Grain as GrainValue } from '../../metric/metric-query.js';
import { CohortInput } from '../cohort/cohort.input.js';
import { TimeZone } from '../scalar/text-scalars.js';
import { Grain } from './metric.enums.js';
import {
  ConditionInput,
  EventSelectorInput,
  SeriesWindowInput,
  TimeRangeInput,
} from './question.input.js';

/** Project, time and zone. */
@ArgsType()
export class RangeArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'Project to ask; left out: the project of the key. Another than that needs a key with scope admin.',
  })
  @IsOptional()
  @MaxLength(64)
  project?: string | null;

  @Field(() => TimeRangeInput, { description: 'The time the question is about.' })
  @ValidateNested()
  range!: TimeRangeInput;

  @Field(() => TimeZone, {
    nullable: true,
    description:
      'Zone in which days, weeks and months are cut and dates are read; left out: the zone of the project.',
  })
  timeZone?: string | null;
}

/** What every question about events, people and sessions has. */
@ArgsType()
export class QuestionArgs extends RangeArgs {
  @Field(() => [ConditionInput], {
    defaultValue: [],
    description: 'All hold. Event metrics test the event, session metrics the entry event.',
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

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether events of bots count too.',
  })
  includeBots!: boolean;
}

/** Questions about events of a kind. */
@ArgsType()
export class EventQuestionArgs extends QuestionArgs {
  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'The events that count; left out: every event.',
  })
  @IsOptional()
  @ValidateNested()
  event?: EventSelectorInput | null;
}

/** Questions about events with a series and a breakdown. */
@ArgsType()
export class EventBreakdownArgs extends EventQuestionArgs {
  @Field(() => Grain, {
    nullable: true,
    description: 'Adds `series`: one value per bucket of this width, zero-filled.',
  })
  grain?: GrainValue | null;

  @Field(() => SeriesWindowInput, {
    nullable: true,
    description: 'Makes the values of `series` cumulative, or those of a moving window.',
  })
  @IsOptional()
  @ValidateNested()
  window?: SeriesWindowInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Adds `breakdown`: one row per value of this dimension, property of the person (`person.<name>`), event field or property.',
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

/** Unique users. */
@ArgsType()
export class UniqueUsersArgs extends EventBreakdownArgs {
  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Allows estimates of more than 10,000 persons, at most 1 % off, in `total` and a plain `series`; `meta.exact` says whether there is one.',
  })
  approximate!: boolean;
}

/** Questions about sessions with a series and a breakdown. */
@ArgsType()
export class SessionBreakdownArgs extends QuestionArgs {
  @Field(() => Grain, {
    nullable: true,
    description: 'Adds `series`: one value per bucket of this width, zero-filled.',
  })
  grain?: GrainValue | null;

  @Field(() => SeriesWindowInput, {
    nullable: true,
    description: 'Makes the values of `series` cumulative, or those of a moving window.',
  })
  @IsOptional()
  @ValidateNested()
  window?: SeriesWindowInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Adds `breakdown`: one row per value of the entry event; `channel` is the channel of the session.',
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

/** Questions whose rows are pages. */
@ArgsType()
export class PageQuestionArgs extends QuestionArgs {
  @Field(() => Grain, {
    nullable: true,
    description: 'Adds `series`: one value per bucket of this width, zero-filled.',
  })
  grain?: GrainValue | null;

  @Field(() => SeriesWindowInput, {
    nullable: true,
    description: 'Makes the values of `series` cumulative, or those of a moving window.',
  })
  @IsOptional()
  @ValidateNested()
  window?: SeriesWindowInput | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Most rows of pages, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}

/** Top lists. */
@ArgsType()
export class TopArgs extends QuestionArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'Most rows, 1 up to the page limit of the installation; left out: 10.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}

/** Bounce rate. */
@ArgsType()
export class BounceRateArgs extends QuestionArgs {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Adds `byEntryPage`: one row per page that sessions began on.',
  })
  byEntryPage!: boolean;

  @Field(() => Int, {
    nullable: true,
    description:
      'Most rows of entry pages, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}

/** In how many buckets people were active. */
@ArgsType()
export class StickinessArgs extends EventQuestionArgs {
  @Field(() => Grain, {
    defaultValue: Grain.DAY,
    description: 'Width of the buckets that are counted: `DAY`, `WEEK` or `MONTH`.',
  })
  @IsIn([Grain.DAY, Grain.WEEK, Grain.MONTH], {
    message: 'grain must be one of DAY, WEEK, MONTH',
  })
  grain!: GrainValue;
}

/** Lists of pages without a series. */
@ArgsType()
export class PageListArgs extends QuestionArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'Most rows of pages, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}

/** Conversion rate. */
@ArgsType()
export class ConversionArgs extends QuestionArgs {
  @Field(() => EventSelectorInput, { description: 'The events that are conversions.' })
  @ValidateNested()
  goal!: EventSelectorInput;

  @Field(() => String, {
    nullable: true,
    description:
      'Adds `byValue`: one row per value of this dimension, property of the person (`person.<name>`), event field or property.',
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
