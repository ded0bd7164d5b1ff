import { AppError } from '../../errors.js';
import type { FunnelQuestion } from '../../funnel/funnel-query.js';
import type { GatewayLimits } from '../limits.js';
import { eventSelector, metricQuestion, questionFilter } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import type { FunnelArgs, FunnelShapeArgs } from './funnel.args.js';

type Limits = Pick<GatewayLimits, 'maxPageSize'>;

/**
 * The question of the shared arguments.
 *
 * @throws AppError `BAD_USER_INPUT` without steps, and as `metricQuestion` does.
 */
export function funnelShape(asking: Asking, args: FunnelShapeArgs, limits: Limits): FunnelQuestion {
  const { breakdown, steps, ...shared } = args;
  if (steps == null) {
    throw new AppError('BAD_USER_INPUT', 'steps: expected steps, or the id of a kept funnel', {
      details: { field: 'steps' },
    });
  }
  const { projectId, range, timeZone, filter, includeBots } = metricQuestion(
    asking,
    shared,
    limits,
  );
  return {
    projectId,
    range,
    timeZone,
    filter,
    includeBots,
    steps: steps.map(eventSelector),
    order: args.order,
    windowSeconds: args.windowSeconds,
    per: args.per,
    exclusions: args.exclusions.map(({ event, fromStep, toStep }) => ({
      event: eventSelector(event),
      fromStep,
      toStep,
    })),
    ...(breakdown == null
      ? {}
      : { breakdown: { dimension: breakdown.dimension, attribution: breakdown.attribution } }),
  };
}

/**
 * The question `funnel` was asked.
 *
 * @param withHistogram Whether the answer shows times by their length.
 */
export function funnelQuestion(
  asking: Asking,
  args: FunnelArgs,
  limits: Limits,
  withHistogram: boolean,
): FunnelQuestion {
  const { grain, timeBounds, segments } = args;
  return {
    ...funnelShape(asking, args, limits),
    ...(grain == null ? {} : { grain }),
    ...(withHistogram ? { timeBounds } : {}),
    segments: segments.map((segment) => ({ name: segment.name, filter: questionFilter(segment) })),
  };
}
