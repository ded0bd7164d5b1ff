import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { FEATURE_ADOPTION, type FeatureAdoptionAnswer } from '../../metric/feature-adoption.js';
import { LIFECYCLE, type LifecycleAnswer } from '../../metric/lifecycle.js';
import { RETENTION } from '../../retention/compute-retention.js';
import type { RetentionAnswer, RetentionQuestion } from '../../retention/retention-query.js';
import type { GatewayContext } from '../context.js';
import type { Asking } from '../questions.js';
import { describeMetric } from './describe-metric.js';
import { eventSelector, metricQuestion, questionFilter, rangeQuestion } from './metric-question.js';
import { FeatureAdoptionArgs, LifecycleArgs, RetentionArgs } from './retention-metrics.args.js';
import { FeatureAdoption, Lifecycle, Retention } from './retention-metrics.type.js';

/** Questions about people over time: who comes back, who stays away, who takes up what. */
@Resolver()
export class RetentionMetricsResolver {
  @Query(() => Retention, { description: describeMetric(RETENTION) })
  async retention(
    @Args(() => RetentionArgs) args: RetentionArgs,
    @Ctx() { askIn, questions }: GatewayContext,
  ): Promise<RetentionAnswer> {
    const asking = await askIn(args.project);
    return questions.retention(asking, retentionQuestion(asking, args));
  }

  @Query(() => Lifecycle, { description: describeMetric(LIFECYCLE) })
  async lifecycle(
    @Args(() => LifecycleArgs) args: LifecycleArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<LifecycleAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, args, limits);
    return questions.lifecycle(asking, { ...question, period: args.grain });
  }

  @Query(() => FeatureAdoption, { description: describeMetric(FEATURE_ADOPTION) })
  async featureAdoption(
    @Args(() => FeatureAdoptionArgs) args: FeatureAdoptionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<FeatureAdoptionAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, args, limits);
    return questions.featureAdoption(asking, { ...question, feature: eventSelector(args.feature) });
  }
}

function retentionQuestion(asking: Asking, args: RetentionArgs): RetentionQuestion {
  const { startEvent, returnEvent, asOf } = args;
  return {
    ...rangeQuestion(asking, args),
    filter: questionFilter(args),
    includeBots: args.includeBots,
    period: args.grain,
    intervals: args.intervals,
    type: args.type,
    mode: args.mode,
    ...(startEvent == null ? {} : { startEvent: eventSelector(startEvent) }),
    ...(returnEvent == null ? {} : { returnEvent: eventSelector(returnEvent) }),
    brackets: args.brackets.map(({ from, to }) => ({ from, to })),
    ...(asOf == null ? {} : { asOf }),
  };
}
