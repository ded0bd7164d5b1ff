import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { APP_PERFORMANCE, type AppPerformanceAnswer } from '../../metric/app-performance.js';
import { CRASH_FREE, type CrashFreeAnswer } from '../../metric/crash-free.js';
import { CRASH_GROUPS, type CrashGroupsAnswer } from '../../metric/crash-groups.js';
import { PAGE_LOAD, type PageLoadAnswer } from '../../metric/page-load.js';
import { SCREEN_VIEWS, type ScreenViewsAnswer } from '../../metric/screen-views.js';
import { WEB_VITALS, type WebVitalsAnswer } from '../../metric/web-vitals.js';
import type { GatewayContext } from '../context.js';
import { ListArgs, WebVitalsArgs } from './behaviour.args.js';
import { describeMetric } from './describe-metric.js';
import { metricQuestion } from './metric-question.js';
import {
  AppPerformance,
  CrashFree,
  CrashGroups,
  PageLoad,
  ScreenViews,
  WebVitals,
} from './performance-metrics.type.js';
import { PageListArgs, QuestionArgs } from './question.args.js';

/** Questions about how well apps and pages work. */
@Resolver()
export class PerformanceMetricsResolver {
  @Query(() => CrashFree, { description: describeMetric(CRASH_FREE) })
  async crashFree(
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<CrashFreeAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'app_version' }, limits);
    return questions.crashFree(asking, question);
  }

  @Query(() => CrashGroups, { description: describeMetric(CRASH_GROUPS) })
  async crashGroups(
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<CrashGroupsAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'fingerprint' }, limits);
    return questions.crashGroups(asking, question);
  }

  @Query(() => AppPerformance, { description: describeMetric(APP_PERFORMANCE) })
  async appPerformance(
    @Args(() => QuestionArgs) args: QuestionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<AppPerformanceAnswer> {
    const asking = await askIn(args.project);
    return questions.appPerformance(asking, metricQuestion(asking, args, limits));
  }

  @Query(() => PageLoad, { description: describeMetric(PAGE_LOAD) })
  async pageLoad(
    @Args(() => PageListArgs) args: PageListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<PageLoadAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'page' }, limits);
    return questions.pageLoad(asking, question);
  }

  @Query(() => WebVitals, { description: describeMetric(WEB_VITALS) })
  async webVitals(
    @Args(() => WebVitalsArgs) args: WebVitalsArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<WebVitalsAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, args, limits);
    const { page } = args;
    return questions.webVitals(asking, page == null ? question : { ...question, page });
  }

  @Query(() => ScreenViews, { description: describeMetric(SCREEN_VIEWS) })
  async screenViews(
    @Args(() => ListArgs) args: ListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<ScreenViewsAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'page' }, limits);
    return questions.screenViews(asking, question);
  }
}
