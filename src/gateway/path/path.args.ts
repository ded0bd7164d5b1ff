import { IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { MAX_PATH_STEPS, type PathNode as PathNodeValue } from '../../path/path-query.js';
import { QuestionArgs } from '../metric/question.args.js';
import { PathNode } from './path.enums.js';

@InputType({ description: 'A step of a path with the one after it.' })
export class PathEdgeInput {
  @Field(() => Int, {
    description: 'Number of the first of the two steps, as the answer counts them.',
  })
  step!: number;

  @Field(() => String, { description: 'Node of that step.' })
  @MaxLength(2000)
  from!: string;

  @Field(() => String, { description: 'Node of the step after it.' })
  @MaxLength(2000)
  to!: string;
}

/** Arguments of paths without how much of them is shown. */
@ArgsType()
export class PathArgs extends QuestionArgs {
  @Field(() => PathNode, {
    defaultValue: PathNode.PAGE,
    description: 'What the steps are; equal neighbours are one step.',
  })
  node!: PathNodeValue;

  @Field(() => Int, {
    defaultValue: 5,
    description: `Steps of a path, 2 to ${MAX_PATH_STEPS}; what comes later is cut off.`,
  })
  maxSteps!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'Paths begin where this node comes first; sessions without it are left out. Left out: at the first node.',
  })
  @IsOptional()
  @MaxLength(2000)
  start?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Paths end where this node comes last, behind `start`; sessions without it are left out. Such paths are read backwards: of a longer one the last `maxSteps` steps are kept, and steps are numbered so that the end is always step `maxSteps`.',
  })
  @IsOptional()
  @MaxLength(2000)
  end?: string | null;

  @Field(() => PathEdgeInput, {
    nullable: true,
    description:
      'Expands an edge: only sessions that go this way, with what they do before and after.',
  })
  @IsOptional()
  @ValidateNested()
  through?: PathEdgeInput | null;
}

/** Arguments of paths. */
@ArgsType()
export class PathsArgs extends PathArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Most edges, nodes and sequences each, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}

/** Arguments of the sessions behind a path. */
@ArgsType()
export class PathSessionsArgs extends PathArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Most sessions of the page, 1 up to the page limit of the installation; left out: 50.',
  })
  @IsOptional()
  @Min(1)
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: '`endCursor` of the page before; left out: from the newest session.',
  })
  @IsOptional()
  @MaxLength(2000)
  after?: string | null;
}
