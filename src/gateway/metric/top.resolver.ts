import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { TopRows as TopAnswer } from '../../metric/metric-query.js';
import type { GatewayContext } from '../context.js';
import { pageSize } from '../limits.js';
import { metricQuestion } from './metric-question.js';
import { TopArgs } from './question.args.js';
import { TopRows } from './top.type.js';

/** Rows of a list whose limit was left out. */
const DEFAULT_ROWS = 10;

/** Top lists: users, sessions and page views by a dimension. */
@Resolver()
export class TopResolver {
  @Query(() => TopRows, { description: 'Pages with most page views.' })
  topPages(@Args(() => TopArgs) args: TopArgs, @Ctx() context: GatewayContext): Promise<TopAnswer> {
    return topOf('page', args, context);
  }

  @Query(() => TopRows, {
    description: 'Sources with most users: `utm_source` of the visit, else the referring host.',
  })
  topSources(
    @Args(() => TopArgs) args: TopArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TopAnswer> {
    return topOf('source', args, context);
  }

  @Query(() => TopRows, { description: 'Device types with most users.' })
  topDevices(
    @Args(() => TopArgs) args: TopArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TopAnswer> {
    return topOf('device_type', args, context);
  }

  @Query(() => TopRows, { description: 'Browsers with most users.' })
  topBrowsers(
    @Args(() => TopArgs) args: TopArgs,
    @Ctx() context: GatewayContext,
  ): Promise<TopAnswer> {
    return topOf('browser', args, context);
  }
}

async function topOf(
  breakdown: string,
  args: TopArgs,
  { askIn, limits, questions }: GatewayContext,
): Promise<TopAnswer> {
  const asking = await askIn(args.project);
  const limit = pageSize('limit', args.limit, DEFAULT_ROWS, limits);
  return questions.top(asking, metricQuestion(asking, { ...args, limit, breakdown }, limits));
}
