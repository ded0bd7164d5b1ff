import { ArrayMaxSize, IsOptional, MaxLength, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, InputType, Int } from 'type-graphql';
import type {
  FormulaOperator as FormulaOperatorValue,
  Operand,
} from '../../formula/formula-query.js';
import type { Grain as GrainValue } from '../../metric/metric-query.js';
import { Grain } from '../metric/metric.enums.js';
import { QuestionArgs } from '../metric/question.args.js';
import { ConditionInput, EventSelectorInput, SeriesWindowInput } from '../metric/question.input.js';
import { FormulaOperator, OperandMetric } from './formula.enums.js';

@InputType({ description: 'One side of a formula.' })
export class OperandInput {
  @Field(() => OperandMetric, { description: 'What is counted.' })
  metric!: Operand['metric'];

  @Field(() => EventSelectorInput, {
    nullable: true,
    description:
      'The events that count; of sessions, those that hold one. Left out: every event. Not used by revenue.',
  })
  @IsOptional()
  @ValidateNested()
  event?: EventSelectorInput | null;

  @Field(() => [ConditionInput], {
    defaultValue: [],
    description: 'All hold besides the filter of the question.',
  })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  filter!: ConditionInput[];

  @Field(() => String, {
    nullable: true,
    description:
      'Currency of revenue, ISO 4217, e.g. `EUR`; revenue needs it, others do not use it.',
  })
  @IsOptional()
  @MaxLength(10)
  currency?: string | null;
}

/** A formula over two metrics. */
@ArgsType()
export class FormulaArgs extends QuestionArgs {
  @Field(() => OperandInput, { description: 'The first operand; its largest values are shown.' })
  @ValidateNested()
  first!: OperandInput;

  @Field(() => FormulaOperator, {
    defaultValue: FormulaOperator.DIVIDE,
    description: 'How the operands are put together.',
  })
  operator!: FormulaOperatorValue;

  @Field(() => OperandInput, { description: 'The second operand.' })
  @ValidateNested()
  second!: OperandInput;

  @Field(() => Grain, {
    nullable: true,
    description: 'Adds `series`: one entry per bucket of this width.',
  })
  grain?: GrainValue | null;

  @Field(() => SeriesWindowInput, {
    nullable: true,
    description: 'Makes the operands of `series` cumulative, or those of a moving window.',
  })
  @IsOptional()
  @ValidateNested()
  window?: SeriesWindowInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Adds `breakdown`: one row per value of this dimension, property of the person (`person.<name>`), event field or property; of sessions that of the entry event.',
  })
  @IsOptional()
  @MaxLength(200)
  breakdown?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Most rows of the breakdown, 1 up to the page limit of the installation; left out: 100.',
  })
  @IsOptional()
  @Min(1)
  limit?: number | null;
}
