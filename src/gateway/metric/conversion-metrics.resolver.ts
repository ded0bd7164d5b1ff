import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { CONVERSION_RATE, type ConversionRateAnswer } from '../../metric/conversion-rate.js';
import { REVENUE, type RevenueAnswer } from '../../metric/revenue.js';
import type { GatewayContext } from '../context.js';
import { ConversionRate, Revenue } from './conversion-metrics.type.js';
import { describeMetric } from './describe-metric.js';
import { eventSelector, metricQuestion } from './metric-question.js';
import { ConversionArgs, QuestionArgs } from './question.args.js';

/** Questions about goals and money. */
@Resolver()
export class ConversionMetricsResolver {
  @Query(() => ConversionRate, { description: describeMetric(CONVERSION_RATE) })
  async conversionRate(
    @Args(() => ConversionArgs) args: ConversionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<ConversionRateAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, args, limits);
    return questions.conversionRate(asking, { ...question, goal: eventSelector(args.goal) });
  }

  @Query(() => Revenue, { description: describeMetric(REVENUE) })
  async revenue(
    @Args(() => QuestionArgs) args: QuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<RevenueAnswer> {
    const asking = await askIn(args.project);
    return questions.revenue(asking, metricQuestion(asking, args, limits));
  }
}
