import { Field, Float, ObjectType } from 'type-graphql';
import type { ExploreMeasure as ExploreMeasureValue } from '../../explore/explore-query.js';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';
import { ExploreMeasure } from './explore.enums.js';

@ObjectType({ description: 'A dimension over all rows.', simpleResolvers: true })
export class ExploreDimensionColumn {
  @Field(() => String, { description: 'Name of the dimension.' })
  name!: string;

  @Field(() => [String], {
    description: 'Its value in each row; a missing one is `(unknown)` or `(none)`.',
  })
  values!: readonly string[];
}

@ObjectType({ description: 'A measure over all rows.', simpleResolvers: true })
export class ExploreMeasureColumn {
  @Field(() => ExploreMeasure, { description: 'What was computed.' })
  measure!: ExploreMeasureValue;

  @Field(() => String, { nullable: true, description: 'Of which property; null without one.' })
  property?: string;

  @Field(() => [Float], {
    nullable: 'items',
    description: 'The number of each row; null where there is nothing to compute it of.',
  })
  values!: readonly (number | null)[];

  @Field(() => Float, {
    nullable: true,
    description: 'The same over all rows together, also those left out; people are distinct.',
  })
  total!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The same over what the limit left out; of nothing when it left out nothing.',
  })
  other!: number | null;

  @Field(() => [[Float]], {
    nullable: 'itemsAndList',
    description:
      'Per row one number per bucket, in step with `bucketStarts`; 0 or null where there is nothing. Null without `grain`.',
  })
  series!: readonly (readonly (number | null)[])[] | null;
}

@ObjectType({
  description: 'An exploration as columns: entry i of every list belongs to row i.',
  simpleResolvers: true,
})
export class Exploration {
  @Field(() => SafeInt, { description: 'Rows shown; one without dimensions.' })
  rows!: number;

  @Field(() => SafeInt, { description: 'Rows the limit left out.' })
  otherRows!: number;

  @Field(() => [ExploreDimensionColumn], { description: 'The dimensions, as asked.' })
  dimensions!: readonly ExploreDimensionColumn[];

  @Field(() => [ExploreMeasureColumn], { description: 'The measures, as asked.' })
  measures!: readonly ExploreMeasureColumn[];

  @Field(() => [DateTime], {
    nullable: true,
    description: 'First instant of each bucket of the range, ascending, UTC; null without `grain`.',
  })
  bucketStarts!: readonly string[] | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
