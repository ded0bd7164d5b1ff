import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { EXPLORE } from '../../explore/compute-explore.js';
import type { ExploreAnswer } from '../../explore/explore-query.js';
import type { GatewayContext } from '../context.js';
import { describeMetric } from '../metric/describe-metric.js';
import { ExploreArgs } from './explore.args.js';
import { Exploration } from './explore.type.js';
import { exploreQuestion } from './explore-question.js';

/** Questions made of parts. */
@Resolver()
export class ExploreResolver {
  @Query(() => Exploration, { description: describeMetric(EXPLORE) })
  async explore(
    @Args(() => ExploreArgs) args: ExploreArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<ExploreAnswer> {
    const asking = await askIn(args.project);
    return questions.explore(asking, exploreQuestion(asking, args, limits));
  }
}
