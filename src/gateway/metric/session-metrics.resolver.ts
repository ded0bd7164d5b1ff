import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { BOUNCE_RATE } from '../../metric/bounce-rate.js';
import { ENGAGEMENT_TIME, type EngagementTimeAnswer } from '../../metric/engagement-time.js';
import { ENTRY_EXIT, type EntryExitAnswer } from '../../metric/entry-exit.js';
import type {
  BounceRateAnswer,
  SessionDurationAnswer,
  SessionsAnswer,
} from '../../metric/metric-query.js';
import { SESSION_DURATION } from '../../metric/session-duration.js';
import { SESSIONS } from '../../metric/sessions.js';
import type { GatewayContext } from '../context.js';
import { describeMetric } from './describe-metric.js';
import { metricQuestion } from './metric-question.js';
import {
  BounceRateArgs,
  PageListArgs,
  QuestionArgs,
  SessionBreakdownArgs,
} from './question.args.js';
import { isSelected } from './selection.js';
import {
  BounceRate,
  EngagementTime,
  EntryExit,
  SessionDuration,
  Sessions,
} from './session-metrics.type.js';

/** Questions about sessions that start in the range. */
@Resolver()
export class SessionMetricsResolver {
  @Query(() => Sessions, { description: describeMetric(SESSIONS) })
  async sessions(
    @Args(() => SessionBreakdownArgs) args: SessionBreakdownArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<SessionsAnswer> {
    const asking = await askIn(args.project);
    return questions.sessions(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => SessionDuration, { description: describeMetric(SESSION_DURATION) })
  async sessionDuration(
    @Args(() => QuestionArgs) args: QuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<SessionDurationAnswer> {
    const asking = await askIn(args.project);
    return questions.sessionDuration(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => BounceRate, { description: describeMetric(BOUNCE_RATE) })
  async bounceRate(
    @Args(() => BounceRateArgs) args: BounceRateArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<BounceRateAnswer> {
    const asking = await askIn(args.project);
    const breakdown = args.byEntryPage ? 'entry_page' : null;
    return questions.bounceRate(asking, metricQuestion(asking, { ...args, breakdown }, limits));
  }

  @Query(() => EngagementTime, { description: describeMetric(ENGAGEMENT_TIME) })
  async engagementTime(
    @Args(() => PageListArgs) args: PageListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<EngagementTimeAnswer> {
    const asking = await askIn(args.project);
    const breakdown = isSelected(info, 'byPage') ? 'page' : null;
    return questions.engagementTime(asking, metricQuestion(asking, { ...args, breakdown }, limits));
  }

  @Query(() => EntryExit, { description: describeMetric(ENTRY_EXIT) })
  async entryExit(
    @Args(() => PageListArgs) args: PageListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<EntryExitAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'page' }, limits);
    return questions.entryExit(asking, question);
  }
}
