import { AppError } from '../../errors.js';
import type { ExperimentQuestion } from '../../experiment/experiment-query.js';
import type { GatewayLimits } from '../limits.js';
import { eventSelector, metricQuestion } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import type { ExperimentArgs } from './experiment.args.js';

/**
 * The question `experiment` was asked.
 *
 * @throws AppError `BAD_USER_INPUT` without experiment or goals, and as `metricQuestion` does.
 */
export function experimentQuestion(
  asking: Asking,
  args: ExperimentArgs,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): ExperimentQuestion {
  const { experiment, goals, windowSeconds, control, allocation, daily } = args;
  if (experiment == null) throw missing('experiment');
  if (goals == null) throw missing('goals');
  return {
    ...metricQuestion(asking, args, limits),
    experiment,
    control,
    goals: goals.map(eventSelector),
    isDaily: daily,
    ...(windowSeconds == null ? {} : { windowSeconds }),
    ...(allocation == null ? {} : { allocation }),
  };
}

function missing(field: string): AppError {
  return new AppError(
    'BAD_USER_INPUT',
    `${field}: expected experiment and goals, or the id of a kept experiment`,
    { details: { field } },
  );
}
