import { IsOptional, Min } from 'class-validator';
import { ArgsType, Field, Int } from 'type-graphql';
import { QuestionArgs } from '../metric/question.args.js';

/** Arguments of the channels of events. */
@ArgsType()
export class EventChannelsArgs extends QuestionArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'Most events, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  first?: number | null;
}
