import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { ACTIVE_USERS, type ActiveUsersAnswer } from '../../metric/active-users.js';
import { BOT_TRAFFIC, type BotTrafficAnswer } from '../../metric/bot-traffic.js';
import { NEW_RETURNING, type NewReturningAnswer } from '../../metric/new-returning.js';
import {
  STICKINESS_HISTOGRAM,
  type StickinessHistogramAnswer,
} from '../../metric/stickiness-histogram.js';
import type { GatewayContext } from '../context.js';
import { describeMetric } from './describe-metric.js';
import { metricQuestion } from './metric-question.js';
import {
  ActiveUsers,
  BotTraffic,
  NewReturning,
  StickinessHistogram,
} from './people-metrics.type.js';
import { EventQuestionArgs, QuestionArgs, StickinessArgs } from './question.args.js';

/** Questions about people: how many, how often, new or known, human or not. */
@Resolver()
export class PeopleMetricsResolver {
  @Query(() => ActiveUsers, { description: describeMetric(ACTIVE_USERS) })
  async activeUsers(
    @Args(() => EventQuestionArgs) args: EventQuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<ActiveUsersAnswer> {
    const asking = await askIn(args.project);
    return questions.activeUsers(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => NewReturning, { description: describeMetric(NEW_RETURNING) })
  async newReturning(
    @Args(() => EventQuestionArgs) args: EventQuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<NewReturningAnswer> {
    const asking = await askIn(args.project);
    return questions.newReturning(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => StickinessHistogram, { description: describeMetric(STICKINESS_HISTOGRAM) })
  async stickinessHistogram(
    @Args(() => StickinessArgs) args: StickinessArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<StickinessHistogramAnswer> {
    const asking = await askIn(args.project);
    return questions.stickinessHistogram(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => BotTraffic, { description: describeMetric(BOT_TRAFFIC) })
  async botTraffic(
    @Args(() => QuestionArgs) args: QuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<BotTrafficAnswer> {
    const asking = await askIn(args.project);
    return questions.botTraffic(asking, metricQuestion(asking, args, limits));
  }
}
