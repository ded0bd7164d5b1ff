import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { AttributionAnswer, ExplanationAnswer } from '../../attribution/attribution-query.js';
import { ATTRIBUTION, attributionOf } from '../../attribution/compute-attribution.js';
import type { GatewayContext } from '../context.js';
import { describeMetric } from '../metric/describe-metric.js';
import { eventSelector, metricQuestion } from '../metric/metric-question.js';
import { AttributionArgs, AttributionOfArgs, ExplainConversionArgs } from './attribution.args.js';
import { Attribution, ConversionExplanation, ModelCredits } from './attribution.type.js';

/** What led to conversions. */
@Resolver()
export class AttributionResolver {
  @Query(() => Attribution, { description: describeMetric(ATTRIBUTION) })
  async attribution(
    @Args(() => AttributionArgs) args: AttributionArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<AttributionAnswer> {
    const asking = await askIn(args.project);
    const { models, by, lookbackDays, halfLifeDays, excludeDirect } = args;
    return questions.attribution(asking, {
      ...metricQuestion(asking, args, limits),
      goal: eventSelector(args.goal),
      ...{ models, by, lookbackDays, halfLifeDays, excludeDirect },
    });
  }

  @Query(() => [ModelCredits], {
    description: 'The same of paths that are already counted; reads no stored data.',
  })
  attributionOf(
    @Args(() => AttributionOfArgs) { models, paths, excludeDirect }: AttributionOfArgs,
    @Ctx() { requireScope }: GatewayContext,
  ): readonly ModelCredits[] {
    requireScope('read');
    const counted = paths.map(({ channels, conversions, nulls }) => ({
      touches: channels.map((name) => ({ name, isDirect: name === 'Direct' })),
      conversions,
      nulls,
    }));
    return attributionOf(models, counted, { excludeDirect });
  }

  @Query(() => ConversionExplanation, {
    description: 'The visits that led to one conversion, and what each rule credits them.',
  })
  async explainConversion(
    @Args(() => ExplainConversionArgs) { project, ...rest }: ExplainConversionArgs,
    @Ctx() { askIn, questions }: GatewayContext,
  ): Promise<ExplanationAnswer> {
    const asking = await askIn(project);
    const { id: projectId, timeZone } = asking.project;
    return questions.explainConversion(asking, { ...rest, projectId, timeZone });
  }
}
