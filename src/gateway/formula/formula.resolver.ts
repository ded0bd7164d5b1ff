import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { FormulaAnswer, Operand } from '../../formula/formula-query.js';
import type { GatewayContext } from '../context.js';
import { conditions, eventSelector, metricQuestion } from '../metric/metric-question.js';
import { FormulaArgs, type OperandInput } from './formula.args.js';
import { Formula } from './formula.type.js';

/** Formulas over two metrics. */
@Resolver()
export class FormulaResolver {
  @Query(() => Formula, {
    description:
      'A formula over two metrics, e.g. purchases ÷ sessions, with series and breakdown in step.',
  })
  async formula(
    @Args(() => FormulaArgs) { first, operator, second, ...args }: FormulaArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<FormulaAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, args, limits);
    const operands = { first: operandOf(first), second: operandOf(second) };
    return questions.formula(asking, { ...question, operator, ...operands });
  }
}

function operandOf({ metric, event, filter, currency }: OperandInput): Operand {
  return {
    metric,
    filter: conditions(filter),
    ...(event == null ? {} : { event: eventSelector(event) }),
    ...(currency == null ? {} : { currency }),
  };
}
