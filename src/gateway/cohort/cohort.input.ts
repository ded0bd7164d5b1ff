import { ArrayMaxSize, IsOptional, MaxLength, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import {
  MAX_COHORT_DEPTH,
  MAX_COHORT_PARTS,
  MAX_LAST_DAYS,
  MAX_TIMES,
} from '../../cohort/validate-cohort.js';
import { MAX_DEFINITION_ID } from '../connection/node-id.js';
import { ConditionInput, EventSelectorInput, TimeRangeInput } from '../metric/question.input.js';

@InputType({
  description:
    'People who did something a number of times; `atMost: 0` with `atLeast: 0` means never. Their events are counted after identity resolution, whenever they happened unless `lastDays` or `range` says when.',
})
export class CohortBehaviourInput {
  @Field(() => EventSelectorInput, { description: 'The events that count.' })
  @ValidateNested()
  event!: EventSelectorInput;

  @Field(() => [ConditionInput], {
    defaultValue: [],
    description: 'All hold of the event itself; not of its session.',
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  filter!: ConditionInput[];

  @Field(() => Int, {
    defaultValue: 1,
    description: `Fewest times, 0 to ${MAX_TIMES}.`,
  })
  atLeast!: number;

  @Field(() => Int, {
    nullable: true,
    description: `Most times, \`atLeast\` to ${MAX_TIMES}; left out: any number.`,
  })
  atMost?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: `Only events of the local days that end with the day of the answer, 1 to ${MAX_LAST_DAYS}; 1 is today. Not with \`range\`.`,
  })
  lastDays?: number | null;

  @Field(() => TimeRangeInput, {
    nullable: true,
    description: 'Only events of this time. Not with `lastDays`.',
  })
  @IsOptional()
  @ValidateNested()
  range?: TimeRangeInput | null;
}

@InputType({
  description: `People picked by what they did and by what is known of them. Exactly one field is given; \`all\`, \`any\` and \`not\` put cohorts together, at most ${MAX_COHORT_DEPTH} deep and of at most ${MAX_COHORT_PARTS} parts. Who belongs is decided when the question is asked, whatever the range of the question, and with the bots it counts.`,
})
export class CohortInput {
  @Field(() => [CohortInput], {
    nullable: true,
    description: 'People of all of these cohorts; at least one.',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_COHORT_PARTS)
  all?: CohortInput[] | null;

  @Field(() => [CohortInput], {
    nullable: true,
    description: 'People of any of these cohorts; at least one.',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @ArrayMaxSize(MAX_COHORT_PARTS)
  any?: CohortInput[] | null;

  @Field(() => CohortInput, { nullable: true, description: 'People who are not of this cohort.' })
  @IsOptional()
  @ValidateNested()
  not?: CohortInput | null;

  @Field(() => CohortBehaviourInput, {
    nullable: true,
    description: 'People by what they did.',
  })
  @IsOptional()
  @ValidateNested()
  did?: CohortBehaviourInput | null;

  @Field(() => ConditionInput, {
    nullable: true,
    description: 'People by a property of theirs: a condition on a field `person.<name>`.',
  })
  @IsOptional()
  @ValidateNested()
  person?: ConditionInput | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The one person with this user id, on whatever device.',
  })
  @IsOptional()
  @MaxLength(1_000)
  user?: string | null;

  @Field(() => ID, { nullable: true, description: 'People of a kept cohort, by its id.' })
  @IsOptional()
  @MaxLength(MAX_DEFINITION_ID)
  id?: string | null;
}
