import { MAX_COHORT_DEPTH } from '../../cohort/validate-cohort.js';
import { AppError } from '../../errors.js';
import type {
  Cohort,
  CohortBehaviour,
  Condition,
  EventSelector,
  Grain,
  MetricQuestion,
  SeriesWindow,
  TimeRange,
} from '../../metric/metric-query.js';
import type { CohortBehaviourInput, CohortInput } from '../cohort/cohort.input.js';
import { type GatewayLimits, pageSize } from '../limits.js';
import type { Asking, RangeQuestion } from '../questions.js';
import type {
  ConditionInput,
  EventSelectorInput,
  SeriesWindowInput,
  TimeRangeInput,
} from './question.input.js';

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
  readonly cohort?: CohortInput | null;
  readonly includeBots: boolean;
  readonly event?: EventSelectorInput | null;
  readonly grain?: Grain | null;
  readonly window?: SeriesWindowInput | null;
  readonly breakdown?: string | null;
  readonly limit?: number | null;
  readonly approximate?: boolean;
}

/**
 * The question a field was asked, in the project it may act in.
 *
 * @throws AppError `INVALID_RANGE` for a date with an instant, `LIMIT_EXCEEDED` for too many rows,
 *   `BAD_USER_INPUT` for a cohort that is none.
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
    filter: questionFilter(args),
    includeBots: args.includeBots,
    ...(event == null ? {} : { event: eventSelector(event) }),
    ...(grain == null ? {} : { grain }),
    ...(args.window == null ? {} : { window: seriesWindow(args.window, grain) }),
    ...(args.approximate === true ? { isApproximate: true } : {}),
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

function seriesWindow(
  { cumulative, moving }: SeriesWindowInput,
  grain: Grain | null | undefined,
): SeriesWindow {
  const refuse = (problem: string): AppError =>
    new AppError('BAD_USER_INPUT', `window: ${problem}`, { details: { field: 'window' } });
  if (grain == null) throw refuse('expected a grain too, because it is about a series');
  if ((cumulative === true) === (moving != null) || cumulative === false) {
    throw refuse('expected exactly one of cumulative: true and moving');
  }
  return moving == null ? { kind: 'cumulative' } : { kind: 'moving', buckets: moving };
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

/**
 * The events an argument means.
 *
 * @throws AppError `BAD_USER_INPUT` for a kept goal, where no definition was looked up.
 */
export function eventSelector({ event, where, goal }: EventSelectorInput): EventSelector {
  if (goal != null) {
    throw new AppError('BAD_USER_INPUT', 'goal: a kept goal cannot be named here', {
      details: { field: 'goal' },
    });
  }
  return { ...(event == null ? {} : { event }), ...(where == null ? {} : { where }) };
}

export function conditions(filter: readonly ConditionInput[]): readonly Condition[] {
  return filter.map(conditionOf);
}

function conditionOf({ field, operator, values }: ConditionInput): Condition {
  return { field, operator, values };
}

/**
 * The filter of a question: its conditions, and that the person belongs to the cohort.
 *
 * @throws AppError `BAD_USER_INPUT` for a cohort that is none.
 */
export function questionFilter({
  filter,
  cohort,
}: Pick<MetricArguments, 'filter' | 'cohort'>): readonly Condition[] {
  const belongs: Condition[] =
    cohort == null
      ? []
      : [{ field: 'cohort', operator: 'in', values: [], cohort: cohortOf(cohort) }];
  return [...conditions(filter), ...belongs];
}

const COHORT_KINDS = ['all', 'any', 'not', 'did', 'person', 'user'] as const;

/**
 * The cohort an argument means.
 *
 * @throws AppError `BAD_USER_INPUT` naming the place unless exactly one field is given, or beyond
 *   {@link MAX_COHORT_DEPTH}.
 */
function cohortOf(input: CohortInput, path = 'cohort', depth = 1): Cohort {
  const given = COHORT_KINDS.filter((kind) => input[kind] != null);
  if (given.length !== 1) {
    throw invalidCohort(
      path,
      `expected exactly one of ${COHORT_KINDS.join(', ')}, id, got ${given.join(', ') || 'none'}`,
    );
  }
  if (depth > MAX_COHORT_DEPTH) {
    throw invalidCohort(path, `a cohort may be nested at most ${MAX_COHORT_DEPTH} deep`);
  }
  const inner = (each: CohortInput, place: string): Cohort =>
    cohortOf(each, `${path}.${place}`, depth + 1);
  const many = (list: readonly CohortInput[], kind: string): readonly Cohort[] =>
    list.map((each, index) => inner(each, `${kind}[${index}]`));
  const { all, any, not, did, person, user } = input;
  if (all != null) return { kind: 'all', cohorts: many(all, 'all') };
  if (any != null) return { kind: 'any', cohorts: many(any, 'any') };
  if (not != null) return { kind: 'not', cohort: inner(not, 'not') };
  if (did != null) return behaviour(did, `${path}.did`);
  if (user != null) return { kind: 'user', userId: user };
  return { kind: 'person', condition: conditionOf(person as ConditionInput) };
}

function behaviour(input: CohortBehaviourInput, path: string): CohortBehaviour {
  const { event, filter, atLeast, atMost, lastDays, range } = input;
  if (lastDays != null && range != null) {
    throw invalidCohort(path, 'expected lastDays or range, got both');
  }
  return {
    kind: 'did',
    event: eventSelector(event),
    filter: conditions(filter),
    atLeast,
    ...(atMost == null ? {} : { atMost }),
    ...(lastDays == null ? {} : { period: { lastDays } }),
    ...(range == null ? {} : { period: timeRange(range) }),
  };
}

function invalidCohort(field: string, problem: string): AppError {
  return new AppError('BAD_USER_INPUT', `${field}: ${problem}`, { details: { field } });
}
