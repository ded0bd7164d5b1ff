import type {
  TimelineEvent,
  TimelinePage,
  TimelineQuestion,
  TimelineSubject,
} from '../../metric/metric-query.js';
import { decodeCursor, encodeCursor } from '../connection/cursor.js';
import { type GatewayLimits, pageSize } from '../limits.js';
import { conditions, eventSelector, timeRange } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import type { TimelineConnection, TimelineEvent as TimelineNode } from './person.type.js';
import type { TimelineArgs } from './timeline.args.js';

/** Events of a page whose size was left out. */
const DEFAULT_EVENTS = 50;

/** What a cursor of a timeline belongs to: whose it is and what is shown of it. */
function cursorScope(asking: Asking, subject: TimelineSubject, args: TimelineArgs): string {
  const { event, filter, includeBots } = args;
  return JSON.stringify(['timeline', asking.project.id, subject, event, filter, includeBots]);
}

/**
 * The question for one page of a timeline.
 *
 * @throws AppError `INVALID_CURSOR`, `INVALID_RANGE`, `LIMIT_EXCEEDED`.
 */
export function timelineQuestion(
  asking: Asking,
  subject: TimelineSubject,
  args: TimelineArgs,
  limits: Pick<GatewayLimits, 'maxPageSize'>,
): TimelineQuestion {
  const { range, event, after } = args;
  const first = pageSize('first', args.first, DEFAULT_EVENTS, limits);
  const [occurredAt = '', eventId = ''] =
    after == null ? [] : decodeCursor(cursorScope(asking, subject, args), after, 2);
  return {
    projectId: asking.project.id,
    subject,
    timeZone: args.timeZone ?? asking.project.timeZone,
    filter: conditions(args.filter),
    includeBots: args.includeBots,
    first,
    ...(range == null ? {} : { range: timeRange(range) }),
    ...(event == null ? {} : { event: eventSelector(event) }),
    ...(after == null ? {} : { after: { occurredAt, eventId } }),
  };
}

/** A page of a timeline as a connection. */
export function timelineConnection(
  asking: Asking,
  subject: TimelineSubject,
  args: TimelineArgs,
  { events, hasMore, meta }: TimelinePage,
): TimelineConnection {
  const scope = cursorScope(asking, subject, args);
  const edges = events.map((event) => ({
    cursor: encodeCursor(scope, [event.occurredAt, event.eventId]),
    node: timelineNode(event),
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage: args.after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    meta: { ...meta, source: [...meta.source] },
  };
}

/** An event with its properties as JSON values. */
export function timelineNode(event: TimelineEvent): TimelineNode {
  const properties = Object.entries(event.properties).map(
    ([name, json]) => [name, JSON.parse(json) as unknown] as const,
  );
  return { ...event, properties: Object.fromEntries(properties) };
}
