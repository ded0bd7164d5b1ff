import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import type { ClassifiedEvents } from '../../channel/classify-events.js';
import type { GatewayContext } from '../context.js';
import { pageSize } from '../limits.js';
import { metricQuestion } from '../metric/metric-question.js';
import { isSelected } from '../metric/selection.js';
import { EventChannelsArgs } from './event-channels.args.js';
import { EventChannels } from './event-channels.type.js';

/** Events shown when their number was left out. */
const DEFAULT_EVENTS = 100;

/** How the rules of channels judge single events. */
@Resolver()
export class EventChannelsResolver {
  @Query(() => EventChannels, {
    description:
      'The channel each event of the range would give a session that it opens, to see why sessions are in the channel they are in.',
  })
  async eventChannels(
    @Args(() => EventChannelsArgs) args: EventChannelsArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ClassifiedEvents> {
    const asking = await askIn(args.project);
    const first = pageSize('first', args.first, DEFAULT_EVENTS, limits);
    const withSessions = isSelected(info, 'sessions');
    const question = metricQuestion(asking, args, limits);
    return questions.eventChannels(asking, { ...question, first, withSessions });
  }
}
