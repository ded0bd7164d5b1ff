import { AppError } from '../../errors.js';
import { EVENT_COLUMNS } from '../../report/event-columns.js';
import type { ReportRequest } from '../../report/report.js';
import { exploreQuestion } from '../explore/explore-question.js';
import type { GatewayLimits } from '../limits.js';
import { eventSelector, questionFilter, rangeQuestion } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import type { CreateReportInput, EventsReportInput } from './report.input.js';

/**
 * The report that an input asks for.
 *
 * @throws AppError `BAD_USER_INPUT` unless exactly one subject is given, and as the questions do.
 */
export function reportRequest(
  asking: Asking,
  { format, events, exploration }: CreateReportInput,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): ReportRequest {
  if (events != null && exploration == null) {
    return { kind: 'events', format, question: eventsQuestion(asking, events) };
  }
  if (exploration != null && events == null) {
    const question = exploreQuestion(asking, exploration, limits);
    return { kind: 'exploration', format, question };
  }
  const got = events == null ? 'neither' : 'both';
  throw new AppError('BAD_USER_INPUT', `events: expected events or exploration, got ${got}`, {
    details: { field: 'events' },
  });
}

function eventsQuestion(
  asking: Asking,
  input: EventsReportInput,
): Extract<ReportRequest, { readonly kind: 'events' }>['question'] {
  return {
    ...rangeQuestion(asking, input),
    filter: questionFilter(input),
    includeBots: input.includeBots,
    ...(input.event == null ? {} : { event: eventSelector(input.event) }),
    columns: input.columns ?? EVENT_COLUMNS.map(({ name }) => name),
  };
}
