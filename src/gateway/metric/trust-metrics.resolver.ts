import { Args, Ctx, Query, Resolver } from 'type-graphql';
import { CONSUMER_LAG, type ConsumerLagAnswer, consumerLagOf } from '../../metric/consumer-lag.js';
import { DATA_QUALITY, type DataQualityAnswer } from '../../metric/data-quality.js';
import { INGESTION_LATENCY, type IngestionLatencyAnswer } from '../../metric/ingestion-latency.js';
import type { GatewayContext } from '../context.js';
import { ConsumerLagOfArgs, namedPositions } from './consumer-lag.input.js';
import { describeMetric } from './describe-metric.js';
import { rangeQuestion } from './metric-question.js';
import { RangeArgs } from './question.args.js';
import { ConsumerLag, DataQuality, IngestionLatency } from './trust-metrics.type.js';

/** Questions about the data itself: how good it is, and how soon it is there. */
@Resolver()
export class TrustMetricsResolver {
  @Query(() => DataQuality, { description: describeMetric(DATA_QUALITY) })
  async dataQuality(
    @Args(() => RangeArgs) args: RangeArgs,
    @Ctx() { askIn, questions }: GatewayContext,
  ): Promise<DataQualityAnswer> {
    const asking = await askIn(args.project);
    return questions.dataQuality(asking, rangeQuestion(asking, args));
  }

  @Query(() => IngestionLatency, { description: describeMetric(INGESTION_LATENCY) })
  async ingestionLatency(
    @Args(() => RangeArgs) args: RangeArgs,
    @Ctx() { askIn, questions }: GatewayContext,
  ): Promise<IngestionLatencyAnswer> {
    const asking = await askIn(args.project);
    return questions.ingestionLatency(asking, rangeQuestion(asking, args));
  }

  @Query(() => ConsumerLag, {
    description: `${describeMetric(CONSUMER_LAG)} Of the whole installation; needs a key with scope admin.`,
  })
  consumerLag(@Ctx() { requireScope, questions }: GatewayContext): Promise<ConsumerLagAnswer> {
    requireScope('admin');
    return questions.consumerLag();
  }

  @Query(() => ConsumerLag, {
    description:
      'The same of given positions, such as another system reports; reads no stored data.',
  })
  consumerLagOf(
    @Args(() => ConsumerLagOfArgs) { partitions }: ConsumerLagOfArgs,
    @Ctx() { requireScope }: GatewayContext,
  ): ConsumerLagAnswer {
    requireScope('read');
    return consumerLagOf(namedPositions(partitions));
  }
}
