import { AppError } from '../../errors.js';
import type {
  Condition,
  EventSelector,
  Grain,
  MetricQuestion,
  TimeRange,
} from '../../metric/metric-query.js';
import { type GatewayLimits, pageSize } from '../limits.js';
import type { Asking, RangeQuestion } from '../questions.js';
import type { ConditionInput, EventSelectorInput, TimeRangeInput } from './question.input.js';

/** Rows of a breakdown whose limit was left out. */
const DEFAULT_ROWS = 100;

/** The arguments that every metric field accepts. */
export interface RangeArguments {
  readonly range: TimeRangeInput;
  readonly timeZone?: string | null;
}

/** The arguments of any metric field; each field accepts some of them. */
export interface MetricArguments extends RangeArguments {
  readonly filter: readonly ConditionInput[];
  readonly includeBots: boolean;
  readonly event?: EventSelectorInput | null;
  readonly grain?: Grain | null;
  readonly breakdown?: string | null;
  readonly limit?: number | null;
}

/**
 * The question a field was asked, in the project it may act in.
 *
 * @throws AppError `INVALID_RANGE` for a date with an instant, `LIMIT_EXCEEDED` for too many rows.
 */
export function metricQuestion(
  asking: Asking,
  args: MetricArguments,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): MetricQuestion {
  const { event, grain, breakdown } = args;
  const limit = pageSize('limit', args.limit, DEFAULT_ROWS, limits);
  return {
    ...rangeQuestion(asking, args),
    filter: conditions(args.filter),
    includeBots: args.includeBots,
    ...(event == null ? {} : { event: eventSelector(event) }),
    ...(grain == null ? {} : { grain }),
    ...(breakdown == null ? {} : { breakdown: { dimension: breakdown, limit } }),
  };
}

/**
 * When and where a field was asked about, in the project it may act in.
 *
 * @throws AppError `INVALID_RANGE` for a date with an instant.
 */
export function rangeQuestion(asking: Asking, args: RangeArguments): RangeQuestion {
  return {
    projectId: asking.project.id,
    range: timeRange(args.range),
    timeZone: args.timeZone ?? asking.project.timeZone,
  };
}

/** Ten characters are a local date, anything longer an instant. */
export function timeRange({ from, to }: TimeRangeInput): TimeRange {
  const isFromDate = from.length === 10;
  if (isFromDate !== (to.length === 10)) {
    throw new AppError(
      'INVALID_RANGE',
      `range: expected two dates (YYYY-MM-DD) or two instants (ISO 8601), got ${JSON.stringify(from)} and ${JSON.stringify(to)}`,
      { details: { field: 'range' } },
    );
  }
  return { kind: isFromDate ? 'dates' : 'instants', from, to };
}

export function eventSelector({ event, where }: EventSelectorInput): EventSelector {
  return { ...(event == null ? {} : { event }), ...(where == null ? {} : { where }) };
}

export function conditions(filter: readonly ConditionInput[]): readonly Condition[] {
  return filter.map(({ field, operator, values }) => ({ field, operator, values }));
}
