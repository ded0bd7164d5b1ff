import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { FORM_ANALYTICS, type FormAnalyticsAnswer } from '../../metric/form-analytics.js';
import { HEATMAP, type HeatmapAnswer } from '../../metric/heatmap.js';
import { RAGE_CLICKS, type RageClicksAnswer } from '../../metric/rage-clicks.js';
import { SCROLL_DEPTH, type ScrollDepthAnswer } from '../../metric/scroll-depth.js';
import { SEO_LANDING, type SeoLandingAnswer } from '../../metric/seo-landing.js';
import { VIDEO_PLAYS, type VideoPlaysAnswer } from '../../metric/video-plays.js';
import type { GatewayContext } from '../context.js';
import { FormArgs, HeatmapArgs, SeoLandingArgs } from './behaviour.args.js';
import {
  FormAnalytics,
  Heatmap,
  RageClicks,
  ScrollDepth,
  SeoLanding,
  VideoPlays,
} from './behaviour-metrics.type.js';
import { describeMetric } from './describe-metric.js';
import { eventSelector, metricQuestion } from './metric-question.js';
import { PageListArgs } from './question.args.js';
import { isSelected } from './selection.js';

/** Questions about what people do on pages, and how search engines bring them there. */
@Resolver()
export class BehaviourMetricsResolver {
  @Query(() => Heatmap, { description: describeMetric(HEATMAP) })
  async heatmap(
    @Args(() => HeatmapArgs) args: HeatmapArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<HeatmapAnswer> {
    const asking = await askIn(args.project);
    const { page, columns, rowPixels } = args;
    const question = metricQuestion(asking, args, limits);
    return questions.heatmap(asking, { ...question, page, columns, rowPixels });
  }

  @Query(() => RageClicks, { description: describeMetric(RAGE_CLICKS) })
  async rageClicks(
    @Args(() => PageListArgs) args: PageListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<RageClicksAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'page' }, limits);
    return questions.rageClicks(asking, question);
  }

  @Query(() => ScrollDepth, { description: describeMetric(SCROLL_DEPTH) })
  async scrollDepth(
    @Args(() => PageListArgs) args: PageListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<ScrollDepthAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'page' }, limits);
    return questions.scrollDepth(asking, question);
  }

  @Query(() => FormAnalytics, { description: describeMetric(FORM_ANALYTICS) })
  async formAnalytics(
    @Args(() => FormArgs) args: FormArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<FormAnalyticsAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'form_id' }, limits);
    const { formId } = args;
    return questions.formAnalytics(asking, formId == null ? question : { ...question, formId });
  }

  @Query(() => VideoPlays, { description: describeMetric(VIDEO_PLAYS) })
  async videoPlays(
    @Args(() => PageListArgs) args: PageListArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<VideoPlaysAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'page' }, limits);
    return questions.videoPlays(asking, question);
  }

  @Query(() => SeoLanding, { description: describeMetric(SEO_LANDING) })
  async seoLanding(
    @Args(() => SeoLandingArgs) args: SeoLandingArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SeoLandingAnswer> {
    const asking = await askIn(args.project);
    const question = metricQuestion(asking, { ...args, breakdown: 'entry_page' }, limits);
    const goal = args.goal == null ? {} : { goal: eventSelector(args.goal) };
    const withRevenue =
      isSelected(info, 'organic', 'revenue') || isSelected(info, 'aiAssistants', 'revenue');
    return questions.seoLanding(asking, { ...question, ...goal, withRevenue });
  }
}
