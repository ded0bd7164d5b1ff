import {
  ArrayMaxSize,
  ArrayMinSize,
  IsOptional,
  IsPositive,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, Float, ID, InputType, Int } from 'type-graphql';
import type { DefinitionKind as DefinitionKindValue } from '../../definition/definition.js';
import { MAX_DESCRIPTION, MAX_NAME } from '../../definition/definition-input.js';
import { MAX_GOALS } from '../../experiment/validate-experiment.js';
import type { FunnelOrder as FunnelOrderValue, FunnelQuestion } from '../../funnel/funnel-query.js';
import { CohortInput } from '../cohort/cohort.input.js';
import { MAX_DEFINITION_ID } from '../connection/node-id.js';
import { PageArgs } from '../connection/page.args.js';
import { VariantWeightInput } from '../experiment/experiment.args.js';
import { FunnelExclusionInput } from '../funnel/funnel.args.js';
import { FunnelActor, FunnelOrder } from '../funnel/funnel.enums.js';
import { MAX_DOCUMENT_LENGTH } from '../limits.js';
import { ConditionInput, EventSelectorInput } from '../metric/question.input.js';
import { JsonObject } from '../scalar/json.js';
import { DefinitionKind } from './definition.enums.js';

/** Whom a kept question is about. */
@InputType({ description: 'Whom a kept question is about.' })
abstract class KeptScopeInput {
  @Field(() => [ConditionInput], {
    defaultValue: [],
    description: 'All hold, besides the filter of the question that names the definition.',
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

@InputType({ description: 'A funnel to keep: what `funnel` takes but its time.' })
export class KeptFunnelInput extends KeptScopeInput {
  @Field(() => [EventSelectorInput], { description: 'The steps, 2 to 20.' })
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
    description: 'Longest time from the first step to each later one, seconds; default 14 days.',
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
}

@InputType({ description: 'An experiment to keep: what `experiment` takes but its time.' })
export class KeptExperimentInput extends KeptScopeInput {
  @Field(() => String, {
    description: 'Property `experiment` of the `experiment_exposure` events.',
  })
  @MaxLength(200)
  experiment!: string;

  @Field(() => [EventSelectorInput], { description: 'What people are to reach.' })
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_GOALS)
  goals!: EventSelectorInput[];

  @Field(() => Float, {
    nullable: true,
    description: 'Seconds from the first exposure in which a goal counts; left out: no end.',
  })
  windowSeconds?: number | null;

  @Field(() => String, {
    defaultValue: 'control',
    description: 'Variant that the others are compared with.',
  })
  @MaxLength(200)
  control!: string;

  @Field(() => [VariantWeightInput], {
    nullable: true,
    description: 'Planned allocation; left out: equal shares of the variants that have users.',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  allocation?: VariantWeightInput[] | null;
}

@InputType({ description: 'A query to keep; it must be one that could be asked as it is.' })
export class SavedQueryInput {
  @Field(() => String, { description: 'The text of a query.' })
  @MaxLength(MAX_DOCUMENT_LENGTH)
  query!: string;

  @Field(() => JsonObject, { nullable: true, description: 'Its variables.' })
  variables?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description: 'Which operation is meant, where the text has several.',
  })
  @IsOptional()
  @MaxLength(200)
  operationName?: string | null;
}

/** What a definition says. */
@InputType({ description: 'What a definition says; exactly one field is given.' })
abstract class DefinitionContentInput {
  @Field(() => EventSelectorInput, { nullable: true, description: 'Events that count.' })
  @IsOptional()
  @ValidateNested()
  goal?: EventSelectorInput | null;

  @Field(() => KeptFunnelInput, { nullable: true, description: 'Steps, and who goes through.' })
  @IsOptional()
  @ValidateNested()
  funnel?: KeptFunnelInput | null;

  @Field(() => CohortInput, {
    nullable: true,
    description: 'People; who belongs is decided when it is asked.',
  })
  @IsOptional()
  @ValidateNested()
  cohort?: CohortInput | null;

  @Field(() => KeptExperimentInput, {
    nullable: true,
    description: 'An experiment with its goals and its plan.',
  })
  @IsOptional()
  @ValidateNested()
  experiment?: KeptExperimentInput | null;

  @Field(() => SavedQueryInput, { nullable: true, description: 'A query with its variables.' })
  @IsOptional()
  @ValidateNested()
  savedQuery?: SavedQueryInput | null;
}

/** The contents that an input may hold, by the name of their field. */
export type GivenContent = Pick<
  DefinitionContentInput,
  'goal' | 'funnel' | 'cohort' | 'experiment' | 'savedQuery'
>;

const PROJECT = {
  nullable: true,
  description: 'Project it belongs to; left out: that of the key used.',
} as const;

@InputType({ description: 'A definition to make; exactly one of the contents is given.' })
export class CreateDefinitionInput extends DefinitionContentInput {
  @Field(() => ID, PROJECT)
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Its id for ever, 1–64 characters of `a-z 0-9 - _`, no other of the project may have it; left out: a new one is made.',
  })
  @IsOptional()
  @MaxLength(64)
  definitionId?: string | null;

  @Field(() => String, { description: 'Name for people, 1 to 200 characters.' })
  @MaxLength(MAX_NAME)
  name!: string;

  @Field(() => String, { defaultValue: '', description: 'Text for people.' })
  @MaxLength(MAX_DESCRIPTION)
  description!: string;
}

const EXPECTED_VERSION = {
  nullable: true,
  description: 'Only while this version is in force, else `CONFLICT`.',
} as const;

@InputType({
  description:
    'A definition to change; what is left out stays. A content takes the place of the whole one, and is of its kind.',
})
export class UpdateDefinitionInput extends DefinitionContentInput {
  @Field(() => ID, PROJECT)
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => ID, { description: 'The definition: its `definitionId` or `id`.' })
  @MaxLength(MAX_DEFINITION_ID)
  id!: string;

  @Field(() => Int, EXPECTED_VERSION)
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true, description: 'Name for people, 1 to 200 characters.' })
  @IsOptional()
  @MaxLength(MAX_NAME)
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Text for people.' })
  @IsOptional()
  @MaxLength(MAX_DESCRIPTION)
  description?: string | null;
}

@InputType({ description: 'A definition to delete.' })
export class DeleteDefinitionInput {
  @Field(() => ID, PROJECT)
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => ID, { description: 'The definition: its `definitionId` or `id`.' })
  @MaxLength(MAX_DEFINITION_ID)
  id!: string;

  @Field(() => Int, EXPECTED_VERSION)
  expectedVersion?: number | null;
}

/** Arguments of the list of definitions. */
@ArgsType()
export class DefinitionsArgs extends PageArgs {
  @Field(() => ID, {
    nullable: true,
    description: 'Project of the definitions; left out: that of the key.',
  })
  @IsOptional()
  @MaxLength(64)
  project?: string | null;

  @Field(() => DefinitionKind, { nullable: true, description: 'Only this kind; left out: all.' })
  kind?: DefinitionKindValue | null;
}
