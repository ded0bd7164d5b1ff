import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { EVENT_RATE } from '../../metric/event-rate.js';
import { EVENT_VOLUME } from '../../metric/event-volume.js';
import type { CountAnswer, EventRateAnswer, PageViewsAnswer } from '../../metric/metric-query.js';
import { PAGE_VIEWS } from '../../metric/page-views.js';
import { UNIQUE_USERS } from '../../metric/unique-users.js';
import type { GatewayContext } from '../context.js';
import { describeMetric } from './describe-metric.js';
import { EventRate, EventVolume, PageViews, UniqueUsers } from './event-metrics.type.js';
import { metricQuestion } from './metric-question.js';
import {
  EventBreakdownArgs,
  EventQuestionArgs,
  PageQuestionArgs,
  UniqueUsersArgs,
} from './question.args.js';
import { isSelected } from './selection.js';

/** Questions about events, whatever session they belong to. */
@Resolver()
export class EventMetricsResolver {
  @Query(() => EventVolume, { description: describeMetric(EVENT_VOLUME) })
  async eventVolume(
    @Args(() => EventBreakdownArgs) args: EventBreakdownArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<CountAnswer> {
    const asking = await askIn(args.project);
    return questions.eventVolume(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => EventRate, { description: describeMetric(EVENT_RATE) })
  async eventRate(
    @Args(() => EventQuestionArgs) args: EventQuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<EventRateAnswer> {
    const asking = await askIn(args.project);
    return questions.eventRate(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => UniqueUsers, { description: describeMetric(UNIQUE_USERS) })
  async uniqueUsers(
    @Args(() => UniqueUsersArgs) args: UniqueUsersArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<CountAnswer> {
    const asking = await askIn(args.project);
    return questions.uniqueUsers(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => PageViews, { description: describeMetric(PAGE_VIEWS) })
  async pageViews(
    @Args(() => PageQuestionArgs) args: PageQuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PageViewsAnswer> {
    const asking = await askIn(args.project);
    const breakdown = isSelected(info, 'pages') ? 'page' : null;
    return questions.pageViews(asking, metricQuestion(asking, { ...args, breakdown }, limits));
  }
}
