import { ArrayMaxSize, IsOptional, ValidateNested } from 'class-validator';
import { ArgsType, Field } from 'type-graphql';
import { PageArgs } from '../connection/page.args.js';
import { ConditionInput, EventSelectorInput, TimeRangeInput } from '../metric/question.input.js';
import { TimeZone } from '../scalar/text-scalars.js';

/** Arguments of a timeline. */
@ArgsType()
export class TimelineArgs extends PageArgs {
  @Field(() => TimeRangeInput, {
    nullable: true,
    description: 'Only events of this time; left out: all history.',
  })
  @IsOptional()
  @ValidateNested()
  range?: TimeRangeInput | null;

  @Field(() => TimeZone, {
    nullable: true,
    description: 'Zone in which dates of the range are read; left out: the zone of the project.',
  })
  timeZone?: string | null;

  @Field(() => EventSelectorInput, {
    nullable: true,
    description: 'Only these events; left out: every event.',
  })
  @IsOptional()
  @ValidateNested()
  event?: EventSelectorInput | null;

  @Field(() => [ConditionInput], {
    defaultValue: [],
    description: 'Only events that fit; all hold.',
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  filter!: ConditionInput[];

  @Field(() => Boolean, { defaultValue: false, description: 'Whether events of bots are shown.' })
  includeBots!: boolean;
}
