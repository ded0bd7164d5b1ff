import { ArrayMaxSize, IsOptional, MaxLength, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import type { DeadLetterState as StateValue } from '../../dead-letter/dead-letter.js';
import { PageArgs } from '../connection/page.args.js';
import { TimeRangeInput } from '../metric/question.input.js';
import { JsonScalar } from '../scalar/json.js';
import { DeadLetterState } from './dead-letter.type.js';

/** Longest id of a letter: a topic's name, a partition and an offset. */
const MAX_ID_LENGTH = 300;

@InputType({ description: 'Picks dead letters; all that is given holds.' })
export class DeadLetterFilterInput {
  @Field(() => [String], {
    nullable: true,
    description: 'Why they were refused, any of these; an unknown reason is an error.',
  })
  @IsOptional()
  @ArrayMaxSize(100)
  reason?: string[] | null;

  @Field(() => [String], { nullable: true, description: '`http` or topics, any of these.' })
  @IsOptional()
  @ArrayMaxSize(100)
  @MaxLength(300, { each: true })
  source?: string[] | null;

  @Field(() => TimeRangeInput, {
    nullable: true,
    description: 'When they came; dates are read in the zone of the project.',
  })
  @IsOptional()
  @ValidateNested()
  receivedAt?: TimeRangeInput | null;

  @Field(() => [DeadLetterState], {
    nullable: true,
    description: 'What became of them, any of these; left out: any in lists, `OPEN` in mutations.',
  })
  @IsOptional()
  @ArrayMaxSize(10)
  state?: StateValue[] | null;
}

/** Arguments of the list of dead letters. */
@ArgsType()
export class DeadLettersArgs extends PageArgs {
  @Field(() => ID, {
    nullable: true,
    description: 'Project of the letters; left out: that of the key.',
  })
  @IsOptional()
  @MaxLength(64)
  project?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Ask for the letters that name no project, instead of those of a project.',
  })
  isUnowned!: boolean;

  @Field(() => DeadLetterFilterInput, {
    nullable: true,
    description: 'Only letters that fit; left out: all.',
  })
  @IsOptional()
  @ValidateNested()
  filter?: DeadLetterFilterInput | null;
}

/** Which letters a mutation is about. */
@InputType({ description: 'Which dead letters are meant: `ids`, or `filter`.' })
export abstract class DeadLetterSelectionInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Project of the letters; left out: that of the key.',
  })
  @IsOptional()
  @MaxLength(64)
  projectId?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Mean the letters that name no project, instead of those of a project.',
  })
  isUnowned!: boolean;

  @Field(() => [ID], {
    nullable: true,
    description: '`deadLetterId`s, at most as many as a page may have; instead of `filter`.',
  })
  @IsOptional()
  @MaxLength(MAX_ID_LENGTH, { each: true })
  ids?: string[] | null;

  @Field(() => DeadLetterFilterInput, {
    nullable: true,
    description: 'Letters that fit, the oldest first, a page at a time; instead of `ids`.',
  })
  @IsOptional()
  @ValidateNested()
  filter?: DeadLetterFilterInput | null;

  @Field(() => Int, {
    nullable: true,
    description: 'With `filter`: most letters of this call, up to the page limit; left out: 50.',
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'With `filter`: `endCursor` of the call before.',
  })
  @IsOptional()
  @MaxLength(2000)
  after?: string | null;
}

@InputType({ description: 'Dead letters to try again.' })
export class ReplayDeadLettersInput extends DeadLetterSelectionInput {
  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'JSON merge patch (RFC 7386) of each event, in the fields that the collector takes. Input that cannot be read counts as `{}`. With a patch, even an empty one, an event without `event_id` gets one derived from the letter.',
  })
  patch?: unknown;

  @Field(() => ID, {
    nullable: true,
    description: 'Project for letters that name none, with `isUnowned`.',
  })
  @IsOptional()
  @MaxLength(64)
  assignProjectId?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Tell what would come of it, and change nothing.',
  })
  isDryRun!: boolean;
}

@InputType({ description: 'Dead letters to mark as not worth a replay.' })
export class DropDeadLettersInput extends DeadLetterSelectionInput {}
