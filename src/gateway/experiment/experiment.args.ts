import { ArrayMaxSize, IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, Float, ID, InputType } from 'type-graphql';
import { MAX_GOALS } from '../../experiment/validate-experiment.js';
import { MAX_DEFINITION_ID } from '../connection/node-id.js';
import { QuestionArgs } from '../metric/question.args.js';
import { EventSelectorInput } from '../metric/question.input.js';
import { SafeInt } from '../scalar/safe-int.js';

/** Most variants of one question. */
const MAX_VARIANTS = 100;

const CONTROL = {
  defaultValue: 'control',
  description: 'Variant that the others are compared with; one that nobody met gives a warning.',
} as const;

@InputType({ description: 'Planned share of a variant.' })
export class VariantWeightInput {
  @Field(() => String, { description: 'The variant.' })
  @MaxLength(200)
  variant!: string;

  @Field(() => Float, { description: 'Its share, relative to those of the others.' })
  @Min(0)
  weight!: number;
}

/** Arguments of an experiment. The filter tests the exposures. */
@ArgsType()
export class ExperimentArgs extends QuestionArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'A kept experiment, which gives `experiment`, `goals`, `windowSeconds`, `control` and `allocation`; its filter and cohort hold besides those given here. Left out: the experiment is given here.',
  })
  @IsOptional()
  @MaxLength(MAX_DEFINITION_ID)
  id?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Property `experiment` of the `experiment_exposure` events; needed without `id`.',
  })
  @IsOptional()
  @MaxLength(200)
  experiment?: string | null;

  @Field(() => [EventSelectorInput], {
    nullable: true,
    description: `What people are to reach, 1 to ${MAX_GOALS}; each is answered on its own; needed without \`id\`.`,
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_GOALS)
  goals?: EventSelectorInput[] | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Seconds from the first exposure in which a goal counts, inclusive, more than 0 and at most a year; left out: up to the end of the range.',
  })
  windowSeconds?: number | null;

  @Field(() => String, CONTROL)
  @MaxLength(200)
  control!: string;

  @Field(() => [VariantWeightInput], {
    nullable: true,
    description:
      'Planned allocation, for the check of the sample ratio; left out: equal shares of the variants that have users.',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_VARIANTS)
  allocation?: VariantWeightInput[] | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Adds `series`: users and conversions up to the end of each local day.',
  })
  daily!: boolean;
}

@InputType({ description: 'People of a variant and those of them who converted.' })
export class VariantCountsInput {
  @Field(() => String, { description: 'The variant.' })
  @MaxLength(200)
  variant!: string;

  @Field(() => SafeInt, { description: 'People who met the variant.' })
  @Min(0)
  users!: number;

  @Field(() => SafeInt, { description: 'People of these who converted.' })
  @Min(0)
  conversions!: number;
}

/** Arguments of an experiment of given counts. */
@InputType({ description: 'An experiment that is already counted.' })
export class ExperimentCountsInput {
  @Field(() => [VariantCountsInput], { description: `The variants; at most ${MAX_VARIANTS}.` })
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_VARIANTS)
  variants!: VariantCountsInput[];

  @Field(() => String, CONTROL)
  @MaxLength(200)
  control!: string;

  @Field(() => [VariantWeightInput], {
    nullable: true,
    description: 'Planned allocation; left out: equal shares of the variants that have users.',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_VARIANTS)
  allocation?: VariantWeightInput[] | null;
}
