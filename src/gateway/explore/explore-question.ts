import { AppError } from '../../errors.js';
import type { ExploreQuestion } from '../../explore/explore-query.js';
import { type GatewayLimits, pageSize } from '../limits.js';
import { metricQuestion } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import type { ExploreArgs, ExploreOrderInput } from './explore.args.js';

/** Rows of an answer whose limit was left out. */
const USUAL_ROWS = 100;

/**
 * The question `explore` was asked.
 *
 * @throws AppError `BAD_USER_INPUT` for an order by both or neither, and as `metricQuestion` does.
 */
export function exploreQuestion(
  asking: Asking,
  args: ExploreArgs,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): ExploreQuestion {
  const { over, measures, dimensions, orderBy, limit } = args;
  return {
    ...metricQuestion(asking, args, limits),
    over,
    measures: measures.map(({ measure, property }) => ({
      measure,
      ...(property == null ? {} : { property }),
    })),
    dimensions,
    order: orderBy == null ? { by: 'measure', index: 0, descending: true } : orderOf(orderBy),
    limit: pageSize('limit', limit, USUAL_ROWS, limits),
  };
}

function orderOf({ measure, dimension, descending }: ExploreOrderInput): ExploreQuestion['order'] {
  if (measure != null && dimension == null) return { by: 'measure', index: measure, descending };
  if (dimension != null && measure == null) {
    return { by: 'dimension', index: dimension, descending };
  }
  const got = measure == null ? 'neither' : 'both';
  throw new AppError('BAD_USER_INPUT', `orderBy: expected measure or dimension, got ${got}`, {
    details: { field: 'orderBy' },
  });
}
