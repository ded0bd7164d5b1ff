import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { PATHS } from '../../path/compute-paths.js';
import type { PathsAnswer } from '../../path/path-query.js';
import type { GatewayContext } from '../context.js';
import { describeMetric } from '../metric/describe-metric.js';
import { PathSessionsArgs, PathsArgs } from './path.args.js';
import { PathSessionConnection, Paths } from './path.type.js';
import { pathSessionsConnection, pathSessionsQuestion, pathsQuestion } from './path-answer.js';

/** Ways of sessions through pages or events. */
@Resolver()
export class PathResolver {
  @Query(() => Paths, { description: describeMetric(PATHS) })
  async paths(
    @Args(() => PathsArgs) args: PathsArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<PathsAnswer> {
    const asking = await askIn(args.project);
    return questions.paths(asking, pathsQuestion(asking, args, limits));
  }

  @Query(() => PathSessionConnection, {
    description: 'The sessions behind a path, and their people: those that `paths` counts.',
  })
  async pathSessions(
    @Args(() => PathSessionsArgs) args: PathSessionsArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<PathSessionConnection> {
    const asking = await askIn(args.project);
    const question = pathSessionsQuestion(asking, args, limits);
    return pathSessionsConnection(args, question, await questions.pathSessions(asking, question));
  }
}
