import type {
  PathSessionsPage,
  PathSessionsQuestion,
  PathsQuestion,
} from '../../path/path-query.js';
import { decodeCursor, encodeCursor } from '../connection/cursor.js';
import { type GatewayLimits, pageSize } from '../limits.js';
import { metricQuestion } from '../metric/metric-question.js';
import type { Asking } from '../questions.js';
import type { PathArgs, PathSessionsArgs, PathsArgs } from './path.args.js';
import type { PathSessionConnection } from './path.type.js';

const USUAL_ROWS = 100;
const USUAL_SESSIONS = 50;

type Limits = Pick<GatewayLimits, 'maxPageSize'>;

/** The question `paths` was asked. @throws AppError `LIMIT_EXCEEDED`, `INVALID_RANGE`. */
export function pathsQuestion(asking: Asking, args: PathsArgs, limits: Limits): PathsQuestion {
  return {
    ...sharedQuestion(asking, args, limits),
    limit: pageSize('limit', args.limit, USUAL_ROWS, limits),
  };
}

function sharedQuestion(
  asking: Asking,
  args: PathArgs,
  limits: Limits,
): Omit<PathsQuestion, 'limit'> {
  const { node, maxSteps, start, end, through } = args;
  return {
    ...metricQuestion(asking, args, limits),
    node,
    maxSteps,
    ...(start == null ? {} : { start }),
    ...(end == null ? {} : { end }),
    ...(through == null
      ? {}
      : { through: { step: through.step, from: through.from, to: through.to } }),
  };
}

/** What a cursor belongs to: the list, whatever its page. */
function cursorScope(question: PathSessionsQuestion): string {
  const { first: _first, after: _after, untilMs: _untilMs, ...list } = question;
  return JSON.stringify(['pathSessions', list]);
}

/**
 * The question for one page of the sessions behind a path.
 *
 * @throws AppError `INVALID_CURSOR`, and as {@link pathsQuestion}.
 */
export function pathSessionsQuestion(
  asking: Asking,
  args: PathSessionsArgs,
  limits: Limits,
): PathSessionsQuestion {
  const question = {
    ...sharedQuestion(asking, args, limits),
    limit: USUAL_ROWS,
    first: pageSize('first', args.first, USUAL_SESSIONS, limits),
  };
  if (args.after == null) return question;
  const [untilMs = '', startedMs = '', key = ''] = decodeCursor(
    cursorScope(question),
    args.after,
    3,
  );
  return {
    ...question,
    untilMs: Number(untilMs),
    after: { startedMs: Number(startedMs), key },
  };
}

/** A page of sessions as a connection; its cursors carry the moment of the first page. */
export function pathSessionsConnection(
  args: PathSessionsArgs,
  question: PathSessionsQuestion,
  { sessions, hasMore, totalSessions, totalPeople, meta }: PathSessionsPage,
): PathSessionConnection {
  const scope = cursorScope(question);
  // The newest session may lie ahead of the clock.
  const newest = Date.parse(sessions[0]?.startedAt ?? meta.asOf);
  const untilMs = question.untilMs ?? Math.max(Date.parse(meta.asOf), newest);
  const edges = sessions.map((session) => ({
    cursor: encodeCursor(scope, [
      String(untilMs),
      String(Date.parse(session.startedAt)),
      session.key,
    ]),
    node: session,
  }));
  const isBehindEnd = args.after != null && edges.length === 0;
  return {
    edges,
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage: args.after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: isBehindEnd ? null : totalSessions,
    totalPeople: isBehindEnd ? null : totalPeople,
    meta: { ...meta, source: [...meta.source] },
  };
}
