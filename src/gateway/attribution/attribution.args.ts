import {
  ArrayMaxSize,
  ArrayMinSize,
  IsOptional,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, Float, ID, InputType } from 'type-graphql';
import type {
  AttributionModel as AttributionModelValue,
  TouchDimension as TouchDimensionValue,
} from '../../attribution/attribution-query.js';
import { QuestionArgs } from '../metric/question.args.js';
import { EventSelectorInput } from '../metric/question.input.js';
import { SafeInt } from '../scalar/safe-int.js';
import { AttributionModel, TouchDimension } from './attribution.enums.js';

/** Most paths of one question about counted paths, and most touches of one. */
const MAX_PATHS = 10_000;
const MAX_TOUCHES = 1_000;

const BY = {
  defaultValue: TouchDimension.CHANNEL,
  description: 'What of a visit is credited.',
} as const;
const LOOKBACK = {
  defaultValue: 30,
  description: 'A visit counts up to so many days before the conversion, inclusive.',
} as const;
const HALF_LIFE = {
  defaultValue: 7,
  description: '`TIME_DECAY`: days after which a visit has half the weight.',
} as const;
const EXCLUDE_DIRECT = {
  defaultValue: false,
  description: 'Leaves visits of the channel Direct out unless all are Direct.',
} as const;

/** Arguments of attribution. The filter tests the goal events. */
@ArgsType()
export class AttributionArgs extends QuestionArgs {
  @Field(() => EventSelectorInput, {
    description: 'The events that are conversions; each of the range is credited on its own.',
  })
  @ValidateNested()
  goal!: EventSelectorInput;

  @Field(() => [AttributionModel], {
    defaultValue: [AttributionModel.LAST_NON_DIRECT],
    description: 'Models to answer by, side by side.',
  })
  @ArrayMaxSize(8)
  models!: AttributionModelValue[];

  @Field(() => TouchDimension, BY)
  by!: TouchDimensionValue;

  @Field(() => Float, LOOKBACK)
  lookbackDays!: number;

  @Field(() => Float, HALF_LIFE)
  halfLifeDays!: number;

  @Field(() => Boolean, EXCLUDE_DIRECT)
  excludeDirect!: boolean;
}

@InputType({ description: 'Paths that went the same way, counted.' })
export class CountedPathInput {
  @Field(() => [String], {
    description: `Names in order, at most ${MAX_TOUCHES}; one called \`Direct\` is of the channel Direct.`,
  })
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_TOUCHES)
  @MaxLength(2000, { each: true })
  channels!: string[];

  @Field(() => SafeInt, {
    defaultValue: 0,
    description: 'How many of them ended in a conversion.',
  })
  @Min(0)
  conversions!: number;

  @Field(() => SafeInt, { defaultValue: 0, description: 'How many of them ended in none.' })
  @Min(0)
  nulls!: number;
}

/** Arguments of attribution over counted paths. */
@ArgsType()
export class AttributionOfArgs {
  @Field(() => [CountedPathInput], { description: `The paths; at most ${MAX_PATHS}.` })
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_PATHS)
  paths!: CountedPathInput[];

  @Field(() => [AttributionModel], {
    description: 'Models to answer by; not `TIME_DECAY`, which needs times.',
  })
  @ArrayMaxSize(8)
  models!: AttributionModelValue[];

  @Field(() => Boolean, EXCLUDE_DIRECT)
  excludeDirect!: boolean;
}

/** Arguments of the explanation of one conversion. */
@ArgsType()
export class ExplainConversionArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'Project to ask; left out: the project of the key. Another than that needs a key with scope admin.',
  })
  @IsOptional()
  @MaxLength(64)
  project?: string | null;

  @Field(() => String, { description: '`event_id` of the conversion.' })
  @MaxLength(200)
  eventId!: string;

  @Field(() => TouchDimension, BY)
  by!: TouchDimensionValue;

  @Field(() => Float, LOOKBACK)
  lookbackDays!: number;

  @Field(() => Float, HALF_LIFE)
  halfLifeDays!: number;

  @Field(() => Boolean, EXCLUDE_DIRECT)
  excludeDirect!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether events of bots count too.',
  })
  includeBots!: boolean;
}
