import { Field, Float, ObjectType } from 'type-graphql';
import { AnswerMeta } from '../metric/answer.type.js';
import { SafeInt } from '../scalar/safe-int.js';
import { DateTime } from '../scalar/text-scalars.js';

@ObjectType({
  description: 'A formula per bucket, as lists of equal length with every bucket of the range.',
  simpleResolvers: true,
})
export class FormulaSeries {
  @Field(() => [DateTime], { description: 'First instant of each bucket, ascending, UTC.' })
  bucketStarts!: string[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Result of each bucket; null where it would divide by 0.',
  })
  results!: (number | null)[];

  @Field(() => [Float], { description: 'First operand of each bucket.' })
  first!: number[];

  @Field(() => [Float], { description: 'Second operand of each bucket.' })
  second!: number[];
}

@ObjectType({ description: 'A result with what it was made of.', simpleResolvers: true })
export class FormulaValue {
  @Field(() => Float, { nullable: true, description: 'Result; null where it would divide by 0.' })
  result!: number | null;

  @Field(() => Float, { description: 'First operand.' })
  first!: number;

  @Field(() => Float, { description: 'Second operand.' })
  second!: number;
}

@ObjectType({
  description:
    'A formula by value, as lists of equal length; the values of which the first operand has most, ties by value.',
  simpleResolvers: true,
})
export class FormulaRows {
  @Field(() => [String], { description: 'Values of the dimension.' })
  values!: string[];

  @Field(() => [Float], {
    nullable: 'items',
    description: 'Result of each value; null where it would divide by 0.',
  })
  results!: (number | null)[];

  @Field(() => [Float], { description: 'First operand of each value.' })
  first!: number[];

  @Field(() => [Float], { description: 'Second operand of each value.' })
  second!: number[];

  @Field(() => SafeInt, {
    description: 'How many further values of the first operand the limit left out.',
  })
  otherValues!: number;

  @Field(() => FormulaValue, {
    description:
      'The formula over everything of both operands that has none of the values, people distinct.',
  })
  other!: FormulaValue;
}

@ObjectType({ description: 'A formula over two metrics.', simpleResolvers: true })
export class Formula {
  @Field(() => Float, {
    nullable: true,
    description: 'Result over the range; null where it would divide by 0.',
  })
  total!: number | null;

  @Field(() => Float, { description: 'First operand over the range.' })
  first!: number;

  @Field(() => Float, { description: 'Second operand over the range.' })
  second!: number;

  @Field(() => FormulaSeries, { nullable: true, description: 'Per bucket; null without `grain`.' })
  series!: FormulaSeries | null;

  @Field(() => FormulaRows, { nullable: true, description: 'By value; null without `breakdown`.' })
  breakdown!: FormulaRows | null;

  @Field(() => AnswerMeta, { description: 'How the answer came about.' })
  meta!: AnswerMeta;
}
