import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { EXPERIMENT, experimentOf } from '../../experiment/compute-experiment.js';
import type { ExperimentAnswer } from '../../experiment/experiment-query.js';
import type { GatewayContext } from '../context.js';
import { describeMetric } from '../metric/describe-metric.js';
import { eventSelector, metricQuestion } from '../metric/metric-question.js';
import { ExperimentArgs, ExperimentCountsInput } from './experiment.args.js';
import { CountedExperiment, Experiment } from './experiment.type.js';

/** Experiments. */
@Resolver()
export class ExperimentResolver {
  @Query(() => Experiment, { description: describeMetric(EXPERIMENT) })
  async experiment(
    @Args(() => ExperimentArgs) args: ExperimentArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<ExperimentAnswer> {
    const asking = await askIn(args.project);
    const { experiment, goals, windowSeconds, control, allocation, daily } = args;
    return questions.experiment(asking, {
      ...metricQuestion(asking, args, limits),
      experiment,
      control,
      goals: goals.map(eventSelector),
      isDaily: daily,
      ...(windowSeconds == null ? {} : { windowSeconds }),
      ...(allocation == null ? {} : { allocation }),
    });
  }

  @Query(() => CountedExperiment, {
    description: 'The same of given counts; reads no stored data.',
  })
  experimentOf(
    @Arg('counts', () => ExperimentCountsInput, { description: 'The experiment.' })
    { variants, control, allocation }: ExperimentCountsInput,
    @Ctx() { requireScope }: GatewayContext,
  ): CountedExperiment {
    requireScope('read');
    return experimentOf(variants, control, allocation ?? undefined);
  }
}
