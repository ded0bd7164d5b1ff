import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Extensions, Info, Query, Resolver } from 'type-graphql';
import { FUNNEL } from '../../funnel/compute-funnel.js';
import type { FunnelAnswer } from '../../funnel/funnel-query.js';
import type { GatewayContext } from '../context.js';
import type { KeptAs } from '../definition/resolve-definitions.js';
import { describeMetric } from '../metric/describe-metric.js';
import { isSelected } from '../metric/selection.js';
import { FunnelActorsArgs, FunnelArgs } from './funnel.args.js';
import { Funnel } from './funnel.type.js';
import { FunnelActorConnection } from './funnel-actors.type.js';
import { funnelActorsConnection, funnelActorsQuestion } from './funnel-actors-answer.js';
import { funnelQuestion } from './funnel-question.js';

/** Funnels. */
@Resolver()
export class FunnelResolver {
  @Extensions({ keptAs: 'funnel' } satisfies KeptAs)
  @Query(() => Funnel, { description: describeMetric(FUNNEL) })
  async funnel(
    @Args(() => FunnelArgs) args: FunnelArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FunnelAnswer> {
    const asking = await askIn(args.project);
    return questions.funnel(asking, funnelQuestion(asking, args, limits, showsTimes(info)));
  }

  @Extensions({ keptAs: 'funnel' } satisfies KeptAs)
  @Query(() => FunnelActorConnection, {
    description:
      'The people or sessions behind a number of a funnel: those that reached a step, or dropped off after it.',
  })
  async funnelActors(
    @Args(() => FunnelActorsArgs) args: FunnelActorsArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<FunnelActorConnection> {
    const asking = await askIn(args.project);
    const question = funnelActorsQuestion(asking, args, limits);
    return funnelActorsConnection(args, question, await questions.funnelActors(asking, question));
  }
}

/** Whether the answer shows a histogram anywhere. */
function showsTimes(info: GraphQLResolveInfo): boolean {
  return (
    isSelected(info, 'result', 'timeHistogram') ||
    isSelected(info, 'byValue', 'result', 'timeHistogram') ||
    isSelected(info, 'segments', 'result', 'timeHistogram') ||
    isSelected(info, 'segments', 'byValue', 'result', 'timeHistogram')
  );
}
