import { Arg, Args, Ctx, Extensions, Query, Resolver } from 'type-graphql';
import { EXPERIMENT, experimentOf } from '../../experiment/compute-experiment.js';
import type { ExperimentAnswer } from '../../experiment/experiment-query.js';
import type { GatewayContext } from '../context.js';
import type { KeptAs } from '../definition/resolve-definitions.js';
import { describeMetric } from '../metric/describe-metric.js';
import { ExperimentArgs, ExperimentCountsInput } from './experiment.args.js';
import { CountedExperiment, Experiment } from './experiment.type.js';
import { experimentQuestion } from './experiment-question.js';

/** Experiments. */
@Resolver()
export class ExperimentResolver {
  @Extensions({ keptAs: 'experiment' } satisfies KeptAs)
  @Query(() => Experiment, { description: describeMetric(EXPERIMENT) })
  async experiment(
    @Args(() => ExperimentArgs) args: ExperimentArgs,
    @Ctx() { askIn, limits, questions }: GatewayContext,
  ): Promise<ExperimentAnswer> {
    const asking = await askIn(args.project);
    return questions.experiment(asking, experimentQuestion(asking, args, limits));
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
