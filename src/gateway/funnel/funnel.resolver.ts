import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { FunnelAnswer, FunnelQuestion } from '../../funnel/funnel-query.js';
import type { GatewayContext } from '../context.js';
import { eventSelector, metricQuestion } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import { FunnelArgs } from './funnel.args.js';
import { Funnel } from './funnel.type.js';

/** Funnels. */
@Resolver()
export class FunnelResolver {
  @Query(() => Funnel, {
    description: 'How many people or sessions went through the steps, how far, and how fast.',
  })
  async funnel(
    @Args(() => FunnelArgs) args: FunnelArgs,
    @Ctx() context: GatewayContext,
  ): Promise<FunnelAnswer> {
    const asking = await context.askIn(args.project);
    return context.questions.funnel(asking, funnelQuestion(asking, args, context));
  }
}

function funnelQuestion(
  asking: Asking,
  args: FunnelArgs,
  { limits }: Pick<GatewayContext, 'limits'>,
): FunnelQuestion {
  const { breakdown, ...shared } = args;
  const { projectId, range, timeZone, filter, includeBots } = metricQuestion(
    asking,
    shared,
    limits,
  );
  return {
    projectId,
    range,
    timeZone,
    filter,
    includeBots,
    steps: args.steps.map(eventSelector),
    order: args.order,
    windowSeconds: args.windowSeconds,
    per: args.per,
    exclusions: args.exclusions.map(({ event, fromStep, toStep }) => ({
      event: eventSelector(event),
      fromStep,
      toStep,
    })),
    ...(breakdown == null
      ? {}
      : { breakdown: { dimension: breakdown.dimension, attribution: breakdown.attribution } }),
  };
}
