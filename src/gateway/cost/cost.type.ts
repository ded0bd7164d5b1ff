import { Field, Int, ObjectType } from 'type-graphql';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({
  description: 'What an operation would cost: rows that its statements would read.',
  simpleResolvers: true,
})
export class Cost {
  @Field(() => SafeInt, {
    description:
      'Rows of all statements together. What follows from an answer, such as the second pass of a strict funnel, is not in it.',
  })
  rows!: number;

  @Field(() => [String], {
    description: 'Names of the statements, e.g. `metric.page_views.total`.',
  })
  statements!: string[];

  @Field(() => [SafeInt], { description: 'Rows of each of `statements`.' })
  statementRows!: number[];

  @Field(() => Boolean, { description: 'Whether the operation would be admitted now.' })
  isAffordable!: boolean;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Rows that questions of the key may read within the window; null: any number.',
  })
  budgetRows!: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Rows that questions of the key have read within the window; null without a budget.',
  })
  usedRows!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Length of the sliding window in seconds; null without a budget.',
  })
  windowSeconds!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the operation fits into the budget; null: never, or there is no budget. Now or earlier: it fits.',
  })
  resetsAt!: string | null;
}
