import { ArrayMaxSize, IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, InputType, Int } from 'type-graphql';
import {
  type ExploreMeasure as ExploreMeasureValue,
  type ExploreQuestion,
  MAX_DIMENSIONS,
  MAX_MEASURES,
} from '../../explore/explore-query.js';
import type { Grain as GrainValue } from '../../metric/metric-query.js';
import { Grain } from '../metric/metric.enums.js';
import { EventQuestionArgs } from '../metric/question.args.js';
import { ExploreMeasure, ExploreOver } from './explore.enums.js';

@InputType({ description: 'One number of every row.' })
export class ExploreMeasureInput {
  @Field(() => ExploreMeasure, { description: 'What is computed.' })
  measure!: ExploreMeasureValue;

  @Field(() => String, {
    nullable: true,
    description:
      'Property, dimension or event field whose values are meant; `SUM` to `DISTINCT` need it, others do not take it.',
  })
  @IsOptional()
  @MaxLength(200)
  property?: string | null;
}

@InputType({
  description:
    'What rows are sorted by; exactly one of `measure` and `dimension` is given. Rows without a number come last, ties are sorted by the dimensions, bytewise.',
})
export class ExploreOrderInput {
  @Field(() => Int, { nullable: true, description: 'Place of a measure in `measures`, from 0.' })
  measure?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Place of a dimension in `dimensions`, from 0.',
  })
  dimension?: number | null;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Largest first, else smallest first.',
  })
  descending!: boolean;
}

/** A question made of parts. */
@ArgsType()
export class ExploreArgs extends EventQuestionArgs {
  @Field(() => ExploreOver, {
    defaultValue: ExploreOver.EVENTS,
    description: 'What is explored. Of sessions, `event` keeps those that hold such an event.',
  })
  over!: ExploreQuestion['over'];

  @Field(() => [ExploreMeasureInput], {
    description: `Numbers of every row, 1 to ${MAX_MEASURES}, each once.`,
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  measures!: ExploreMeasureInput[];

  @Field(() => [String], {
    defaultValue: [],
    description: `Dimensions, properties of the person, event fields or properties; one row per combination of values that occurs. Up to ${MAX_DIMENSIONS}, each once; of sessions those of the entry event.`,
  })
  @ArrayMaxSize(100)
  @MaxLength(200, { each: true })
  dimensions!: string[];

  @Field(() => Grain, {
    nullable: true,
    description: 'Adds `series` to every measure: per row one value per bucket of this width.',
  })
  grain?: GrainValue | null;

  @Field(() => ExploreOrderInput, {
    nullable: true,
    description: 'Left out: by the first measure, largest first.',
  })
  @IsOptional()
  @ValidateNested()
  orderBy?: ExploreOrderInput | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Most rows, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}
