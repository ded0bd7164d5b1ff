import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { CountAnswer, EventRateAnswer, PageViewsAnswer } from '../../metric/metric-query.js';
import type { GatewayContext } from '../context.js';
import { EventRate, EventVolume, PageViews, UniqueUsers } from './event-metrics.type.js';
import { metricQuestion } from './metric-question.js';
import { EventBreakdownArgs, EventQuestionArgs, PageQuestionArgs } from './question.args.js';

/** Questions about events, whatever session they belong to. */
@Resolver()
export class EventMetricsResolver {
  @Query(() => EventVolume, { description: 'How many unique events happened.' })
  async eventVolume(
    @Args(() => EventBreakdownArgs) args: EventBreakdownArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<CountAnswer> {
    const asking = await askIn(args.project);
    return questions.eventVolume(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => EventRate, { description: 'How many events came per minute.' })
  async eventRate(
    @Args(() => EventQuestionArgs) args: EventQuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<EventRateAnswer> {
    const asking = await askIn(args.project);
    return questions.eventRate(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => UniqueUsers, { description: 'How many distinct people there were.' })
  async uniqueUsers(
    @Args(() => EventBreakdownArgs) args: EventBreakdownArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<CountAnswer> {
    const asking = await askIn(args.project);
    return questions.uniqueUsers(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => PageViews, { description: 'How many pages were viewed, and which.' })
  async pageViews(
    @Args(() => PageQuestionArgs) args: PageQuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<PageViewsAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'page' }, limits);
    return questions.pageViews(asking, question);
  }
}
